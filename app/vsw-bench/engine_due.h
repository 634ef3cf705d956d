/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How many frames a port has to send at a time: the loads of engine.h.
 *
 * Threads: the lcore's of the port.
 */
#ifndef ENGINE_DUE_H
#define ENGINE_DUE_H

#include <rte_branch_prediction.h>

#include "engine_lcore.h"
#include "vsw_judge.h"
#include "vsw_traffic.h"

/* Of the frames of a port: those that came, and those known not to come. */
static inline uint64_t
settled(const struct engine *engine, const struct engine_port *port)
{
	struct vsw_judge_counts counts;
	uint64_t sum = 0;
	uint16_t i;

	if (port->peer != NULL) {
		vsw_judge_get_counts(port->peer->judge, &counts);
		return counts.received + counts.lost;
	}
	/* A full mesh is symmetric: an equal share of all is as good as one's own. */
	for (i = 0; i < engine->n_ports; i++) {
		vsw_judge_get_counts(engine->port[i].judge, &counts);
		sum += counts.received + counts.lost;
	}
	return sum / engine->n_ports;
}

static inline uint64_t
closed_due(const struct engine *engine, struct engine_port *port, uint64_t now)
{
	uint64_t done = settled(engine, port), limit = engine->load.value;
	int64_t under_way;

	if (done != port->settled) {
		port->settled = done;
		port->heard_tsc = now;
	} else if (now - port->heard_tsc > engine->give_up_ticks) {
		port->forgiven = port->sent - RTE_MIN(done, port->sent);
		port->heard_tsc = now;
	}
	under_way = port->sent - port->forgiven - done;
	if (under_way < 0)
		under_way = 0; /* what was given up came after all */
	return (uint64_t)under_way < limit ? limit - under_way : 0;
}

/* Frames of the schedule that are due at a time. */
static inline uint64_t
due_at(const struct engine *engine, uint64_t tsc)
{
	uint64_t elapsed = tsc - engine->start_tsc;

	if (tsc < engine->start_tsc)
		return 0;
	return RTE_MIN((uint64_t)(elapsed * engine->frames_per_tick + engine->owed),
		       engine->planned);
}

/* Pass over the frames that are too late to be sent. Returns how many. */
static inline uint64_t
skip_late(const struct engine *engine, struct engine_port *port, uint64_t now)
{
	uint64_t late = due_at(engine, now - engine->late_ticks), n;

	if (likely(port->handled >= late))
		return 0;
	n = late - port->handled;
	port->handled = late;
	return n;
}

static inline uint64_t
rate_due(const struct engine *engine, struct engine_port *port, uint64_t now)
{
	port->unsent += skip_late(engine, port, now);
	return due_at(engine, now) - port->handled;
}

/*
 * The lcore has lost its CPU from `then` to `now`. What fell due meanwhile was never offered to the
 * switch, and is not its loss.
 */
static inline void
miss(const struct engine *engine, const struct engine_lcore *lcore, uint64_t then, uint64_t now)
{
	uint16_t i;

	for (i = 0; engine->load.kind == LOAD_RATE && i < lcore->n_ports; i++) {
		struct engine_port *port = lcore->port[i];

		if (!port->sends)
			continue;
		port->unsent += skip_late(engine, port, then);
		port->missed += skip_late(engine, port, now);
	}
}

static inline uint64_t
frames_due(const struct engine *engine, struct engine_port *port, uint64_t now)
{
	switch (engine->load.kind) {
	case LOAD_CLOSED:
		return closed_due(engine, port, now);
	case LOAD_RATE:
		return rate_due(engine, port, now);
	case LOAD_BURST:
		return engine->planned - port->handled;
	default:
		return engine->burst;
	}
}

#endif /* ENGINE_DUE_H */
