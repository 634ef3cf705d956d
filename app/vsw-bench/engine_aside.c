/* SPDX-License-Identifier: BSD-3-Clause */
/* Frames beside the traffic: to learn addresses by, and to ask for them. */
#include <errno.h>

#include <rte_cycles.h>

#include "engine_lcore.h"
#include "vsw_traffic_hot.h"

#define PATIENCE_S 5 /* with a switch that takes no frames */

struct aside {
	struct engine_port *port;
	bool ask;
	uint16_t to;
	double frames_per_tick; /* 0: no pace */
};

static uint32_t
write_aside(const struct aside *aside, uint32_t i, uint8_t *frame, uint64_t now)
{
	const struct engine_port *port = aside->port;
	uint32_t to = i > 0 && port->peer != NULL ? port->peer->number : VSW_TRAFFIC_BROADCAST;

	if (aside->ask)
		return vsw_traffic_ask(port->sender[0], aside->to, i, frame, now);
	return vsw_traffic_learn(port->sender[0], i, to, frame, now);
}

/* One burst, from the first-th on. Returns how many the ring took. */
static uint16_t
send_aside(const struct aside *aside, uint32_t first, uint32_t n)
{
	struct port *port = aside->port->port;
	uint32_t len_bytes[PORT_BURST_MAX];
	uint8_t *frame[PORT_BURST_MAX];
	uint64_t now = rte_rdtsc();
	uint16_t i, taken;

	taken = n > 0 ? port->ops->tx_get(port, 0, frame, RTE_MIN(n, PORT_BURST_MAX)) : 0;
	for (i = 0; i < taken; i++)
		len_bytes[i] = write_aside(aside, first + i, frame[i], now);
	if (taken > 0)
		port->ops->tx_put(port, 0, len_bytes, taken);
	return taken;
}

/*
 * What is due by its pace. Questions wait until the switch has taken the last ones: after it has
 * stood still, all that is late would not fit into a ring at once.
 */
static uint32_t
aside_due(const struct engine *engine, const struct aside *aside, uint32_t n, uint64_t elapsed)
{
	if (aside->ask && engine_pending(engine, aside->port->number) > 0)
		return 0;
	if (aside->frames_per_tick > 0)
		return RTE_MIN((double)n, elapsed * aside->frames_per_tick + 1);
	return n;
}

static int
run_aside(struct engine *engine, const struct aside *aside, uint32_t n, double *took_pps,
	  struct vsw_error *err)
{
	uint64_t start = rte_rdtsc(), then = start, now = start;
	uint32_t done = 0, due, taken;

	while (done < n || engine_pending(engine, aside->port->number) > 0) {
		due = aside_due(engine, aside, n, now - start);
		taken = due > done ? send_aside(aside, done, due - done) : 0;
		done += taken;
		engine_lcore_receive(engine);
		now = rte_rdtsc();
		if (engine->stopped)
			return vsw_error_set(err, EINTR, "interrupted");
		if (taken > 0 || (done < n && due == done))
			then = now;
		else if (now - then > PATIENCE_S * engine->tsc_hz)
			return vsw_error_set(
				err, ETIMEDOUT,
				"port %u: the switch takes no frames; does it forward?",
				aside->port->number);
	}
	if (took_pps != NULL)
		*took_pps = (double)n * engine->tsc_hz / (now - start);
	return 0;
}

int
engine_learn(struct engine *engine, uint16_t port, uint32_t n, double pps, double *took_pps,
	     struct vsw_error *err)
{
	const struct aside aside = {.port = &engine->port[port],
				    .frames_per_tick = pps / engine->tsc_hz};

	return run_aside(engine, &aside, n, took_pps, err);
}

int
engine_ask(struct engine *engine, uint16_t port, uint16_t to, uint32_t n, double pps,
	   struct vsw_error *err)
{
	const struct aside aside = {.port = &engine->port[port],
				    .ask = true,
				    .to = to,
				    .frames_per_tick = pps / engine->tsc_hz};

	return run_aside(engine, &aside, n, NULL, err);
}
