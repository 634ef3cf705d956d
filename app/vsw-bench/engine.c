/* SPDX-License-Identifier: BSD-3-Clause */
#include "engine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_branch_prediction.h>
#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_launch.h>
#include <rte_lcore.h>

#include "vsw_judge_hot.h"
#include "vsw_traffic_hot.h"

#define PREFETCH_AHEAD 4
#define ROUND_US 5	/* no port takes longer in a round: 64 frames */
#define PATIENCE_S 5	/* with a switch that takes no frames */
#define FRAME_NONE 1e-3 /* of a frame: what is missing by rounding ticks */

/* rw by the lcore of the port while a slice runs. */
struct engine_port {
	struct port *port;
	struct vsw_sender *sender[OPTIONS_QUEUES_MAX];
	struct vsw_judge *judge;
	const struct engine_port *peer; /* that its frames go to; NULL: several */
	uint16_t number;
	uint16_t n_queues;
	uint16_t tx_queue; /* next to send on */
	bool sends;
	bool receives;
	uint64_t handled;   /* of the schedule of this slice: sent or given up */
	uint64_t sent;	    /* in this round of the traffic */
	uint64_t forgiven;  /* of sent: given up by the closed loop */
	uint64_t heard_tsc; /* when its peer last got a frame */
	uint64_t settled;   /* of sent: what the peer had got, or missed, at that time */
	uint64_t got;	    /* frames of any kind, since the engine was made */
	uint64_t unsent;    /* in this slice */
	uint64_t missed;    /* likewise */
} __rte_cache_aligned;

struct engine_lcore {
	struct engine *engine;
	unsigned int lcore_id;
	uint16_t n_ports;
	struct engine_port *port[OPTIONS_PORTS_MAX];
	uint64_t idle_ticks;
	uint64_t ticks;
	struct stall_meter stalls;
} __rte_cache_aligned;

struct engine {
	struct engine_port port[OPTIONS_PORTS_MAX];
	struct engine_lcore lcore[OPTIONS_PORTS_MAX];
	uint16_t n_ports;
	uint16_t n_lcores;
	uint16_t burst;
	struct vsw_traffic *traffic;
	uint64_t tsc_hz;
	uint64_t late_ticks;
	uint64_t away_ticks; /* a round that took longer was interrupted */
	uint64_t give_up_ticks;
	/* Of the slice: */
	struct bench_load load;
	double frames_per_tick; /* of one port that sends at a rate */
	double owed;		/* of a frame, at the start of a slice */
	double rest;		/* and at its end */
	uint64_t planned;	/* frames of each port, if that is known before */
	uint64_t start_tsc;
	uint64_t end_tsc;
	volatile bool stopped; /* by a signal */
};

/* Up to n frames. Returns how many the ring took. */
static uint16_t
send_frames(struct engine_port *port, uint16_t n, uint64_t now)
{
	uint32_t len_bytes[PORT_BURST_MAX];
	uint8_t *frame[PORT_BURST_MAX];
	uint16_t queue = port->tx_queue, i;

	port->tx_queue = queue + 1 < port->n_queues ? queue + 1 : 0;
	n = port->port->ops->tx_get(port->port, queue, frame, n);
	for (i = 0; i < n; i++)
		len_bytes[i] = vsw_traffic_write(port->sender[queue], frame[i], now);
	if (n == 0)
		return 0;
	port->port->ops->tx_put(port->port, queue, len_bytes, n);
	port->sent += n;
	return n;
}

static uint16_t
receive_frames(struct engine_port *port, uint16_t queue, uint64_t now)
{
	struct port_frame frame[PORT_BURST_MAX];
	uint16_t i, n;

	n = port->port->ops->rx_get(port->port, queue, frame, PORT_BURST_MAX);
	if (n == 0)
		return 0;
	for (i = 0; i < n && i < PREFETCH_AHEAD; i++)
		__builtin_prefetch(frame[i].data);
	for (i = 0; i < n; i++) {
		if (i + PREFETCH_AHEAD < n)
			__builtin_prefetch(frame[i + PREFETCH_AHEAD].data);
		vsw_judge_frame(port->judge, frame[i].data, frame[i].len_bytes, now);
	}
	port->port->ops->rx_put(port->port, queue);
	port->got += n;
	return n;
}

static uint16_t
receive_port(struct engine_port *port, uint64_t now)
{
	uint16_t queue, n = 0;

	for (queue = 0; port->receives && queue < port->n_queues; queue++)
		n += receive_frames(port, queue, now);
	return n;
}

/* Of the frames of a port: those that came, and those known not to come. */
static uint64_t
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

static uint64_t
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
static uint64_t
due_at(const struct engine *engine, uint64_t tsc)
{
	uint64_t elapsed = tsc - engine->start_tsc;

	if (tsc < engine->start_tsc)
		return 0;
	return RTE_MIN((uint64_t)(elapsed * engine->frames_per_tick + engine->owed),
		       engine->planned);
}

/* Pass over the frames that are too late to be sent. Returns how many. */
static uint64_t
skip_late(const struct engine *engine, struct engine_port *port, uint64_t now)
{
	uint64_t late = due_at(engine, now - engine->late_ticks), n;

	if (likely(port->handled >= late))
		return 0;
	n = late - port->handled;
	port->handled = late;
	return n;
}

static uint64_t
rate_due(const struct engine *engine, struct engine_port *port, uint64_t now)
{
	port->unsent += skip_late(engine, port, now);
	return due_at(engine, now) - port->handled;
}

/*
 * The lcore has lost its CPU from `then` to `now`. What fell due meanwhile was never offered to the
 * switch, and is not its loss.
 */
static void
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

static uint64_t
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

static uint16_t
send_port(const struct engine *engine, struct engine_port *port, uint64_t now)
{
	uint64_t due = port->sends ? frames_due(engine, port, now) : 0;
	uint16_t n;

	if (due == 0)
		return 0;
	n = send_frames(port, RTE_MIN(due, engine->burst), now);
	port->handled += n;
	return n;
}

/*
 * True when the time is over, and what was due by then was sent or is too late; and when a burst
 * was sent.
 */
static bool
is_over(const struct engine_lcore *lcore, uint64_t now)
{
	const struct engine *engine = lcore->engine;
	uint16_t i;

	if (unlikely(engine->stopped))
		return true;
	if (likely(now < engine->end_tsc && engine->load.kind != LOAD_BURST))
		return false;
	for (i = 0; i < lcore->n_ports; i++) {
		if (lcore->port[i]->sends && lcore->port[i]->handled < engine->planned)
			return now >= engine->end_tsc + engine->late_ticks;
	}
	return true;
}

static int
run_lcore(void *arg)
{
	struct engine_lcore *lcore = arg;
	const struct engine *engine = lcore->engine;
	uint64_t now = rte_rdtsc(), then, begin = now;
	uint32_t n;
	uint16_t i;

	stall_resume(&lcore->stalls, now);
	while (!is_over(lcore, now)) {
		for (i = 0, n = 0; i < lcore->n_ports; i++) {
			n += receive_port(lcore->port[i], now);
			n += send_port(engine, lcore->port[i], now);
		}
		then = now;
		now = rte_rdtsc();
		stall_mark(&lcore->stalls, now);
		if (unlikely(now - then > engine->away_ticks))
			miss(engine, lcore, then, now);
		lcore->idle_ticks += n == 0 ? now - then : 0;
	}
	lcore->ticks += now - begin;
	return 0;
}

static void
run_lcores(struct engine *engine)
{
	uint16_t i;

	for (i = 1; i < engine->n_lcores; i++)
		rte_eal_remote_launch(run_lcore, &engine->lcore[i], engine->lcore[i].lcore_id);
	run_lcore(&engine->lcore[0]);
	for (i = 1; i < engine->n_lcores; i++)
		rte_eal_wait_lcore(engine->lcore[i].lcore_id);
}

static uint16_t
count_senders(const struct engine *engine)
{
	uint16_t i, n = 0;

	for (i = 0; i < engine->n_ports; i++)
		n += engine->port[i].sends;
	return n;
}

static uint64_t
count_received(const struct engine *engine)
{
	struct vsw_judge_counts counts;
	uint64_t sum = 0;
	uint16_t i;

	for (i = 0; i < engine->n_ports; i++) {
		vsw_judge_get_counts(engine->port[i].judge, &counts);
		sum += counts.received;
	}
	return sum;
}

/* The slices of a trial have as many frames as it would have in one. */
static void
plan(struct engine *engine, uint64_t ticks)
{
	double frames = ticks * engine->frames_per_tick + engine->rest;

	engine->owed = engine->rest;
	engine->planned = engine->load.kind == LOAD_BURST ? engine->load.value
							  : frames + FRAME_NONE;
	engine->rest = engine->load.kind == LOAD_RATE ? frames - engine->planned : 0;
}

static void
begin_slice(struct engine *engine, const struct bench_load *load, uint64_t ticks)
{
	uint16_t i, n_senders = count_senders(engine);

	engine->load = *load;
	engine->frames_per_tick = 0;
	if (load->kind == LOAD_RATE && n_senders > 0)
		engine->frames_per_tick = load->value / n_senders / engine->tsc_hz;
	plan(engine, ticks);
	engine->start_tsc = rte_rdtsc();
	engine->end_tsc = engine->start_tsc + ticks;
	for (i = 0; i < engine->n_ports; i++) {
		engine->port[i].handled = engine->port[i].unsent = engine->port[i].missed = 0;
		engine->port[i].heard_tsc = engine->start_tsc;
	}
	for (i = 0; i < engine->n_lcores; i++) {
		struct engine_lcore *lcore = &engine->lcore[i];

		lcore->idle_ticks = lcore->ticks = 0;
		stall_init(&lcore->stalls, engine->tsc_hz, engine->start_tsc);
	}
}

/* What was due until the end and not sent was not sent. */
static void
end_slice(struct engine *engine, struct engine_slice *slice)
{
	uint16_t i;

	for (i = 0; i < engine->n_ports; i++) {
		struct engine_port *port = &engine->port[i];

		if (engine->planned > 0 && port->sends) {
			port->unsent += engine->planned - port->handled;
			slice->intended += engine->planned - port->missed;
		}
		slice->unsent += port->unsent;
		slice->missed += port->missed;
	}
	for (i = 0; i < engine->n_lcores; i++) {
		slice->lcore_ticks += engine->lcore[i].ticks;
		slice->idle_ticks += engine->lcore[i].idle_ticks;
		stall_add(&slice->stalls, &engine->lcore[i].stalls);
	}
}

static uint64_t
count_sent(const struct engine *engine)
{
	uint64_t sum = 0;
	uint16_t i;

	for (i = 0; i < engine->n_ports; i++)
		sum += vsw_traffic_sent_by(engine->traffic, i);
	return sum;
}

void
engine_run(struct engine *engine, const struct bench_load *load, uint64_t ticks,
	   struct engine_slice *slice)
{
	uint64_t sent = count_sent(engine), received = count_received(engine);

	begin_slice(engine, load, ticks);
	run_lcores(engine);
	slice->ticks += rte_rdtsc() - engine->start_tsc;
	slice->sent += count_sent(engine) - sent;
	slice->received += count_received(engine) - received;
	end_slice(engine, slice);
}

void
engine_begin_round(struct engine *engine)
{
	uint16_t i;

	vsw_traffic_begin(engine->traffic);
	engine->rest = 0;
	for (i = 0; i < engine->n_ports; i++)
		engine->port[i].sent = engine->port[i].forgiven = engine->port[i].settled = 0;
}

void
engine_stop(struct engine *engine)
{
	engine->stopped = true;
}

void
engine_set_senders(struct engine *engine, uint32_t mask)
{
	uint16_t i;

	for (i = 0; i < engine->n_ports; i++)
		engine->port[i].sends = mask >> i & 1;
}

void
engine_set_receivers(struct engine *engine, uint32_t mask)
{
	uint16_t i;

	for (i = 0; i < engine->n_ports; i++)
		engine->port[i].receives = mask >> i & 1;
}

static uint32_t
receive_all(struct engine *engine)
{
	uint64_t now = rte_rdtsc();
	uint32_t n = 0;
	uint16_t i;

	for (i = 0; i < engine->n_ports; i++)
		n += receive_port(&engine->port[i], now);
	return n;
}

static bool
is_any_pending(const struct engine *engine)
{
	uint16_t i;

	for (i = 0; i < engine->n_ports; i++) {
		if (engine_pending(engine, i) > 0)
			return true;
	}
	return false;
}

void
engine_drain(struct engine *engine, uint32_t idle_us, uint32_t timeout_ms)
{
	uint64_t now = rte_rdtsc(), heard = now, us = engine->tsc_hz / 1000000;
	uint64_t end = now + timeout_ms * 1000 * us;

	while (now < end && now - heard < idle_us * us) {
		if (receive_all(engine) > 0 || is_any_pending(engine))
			heard = now;
		now = rte_rdtsc();
	}
}

/* Frames beside the traffic. */
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
		receive_all(engine);
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

uint64_t
engine_pending(const struct engine *engine, uint16_t port)
{
	struct port *of = engine->port[port].port;
	uint64_t sum = 0;
	uint16_t queue;

	for (queue = 0; queue < of->n_queues; queue++)
		sum += of->ops->tx_pending(of, queue);
	return sum;
}

uint64_t
engine_received(const struct engine *engine, uint16_t port)
{
	return engine->port[port].got;
}

static void
init_ports(struct engine *engine, const struct options *options, struct port *const *ports)
{
	bool has_peer = !options->mesh && options->mode != MODE_HOL;
	uint16_t i, queue;

	for (i = 0; i < engine->n_ports; i++) {
		engine->port[i] = (struct engine_port){
			.port = ports[i],
			.judge = vsw_traffic_judge(engine->traffic, i),
			.peer = has_peer ? &engine->port[i ^ 1] : NULL,
			.number = i,
			.n_queues = options->n_queues,
			.sends = true,
			.receives = true,
		};
		for (queue = 0; queue < options->n_queues; queue++)
			engine->port[i].sender[queue] =
				vsw_traffic_sender(engine->traffic, i, queue);
	}
}

/* A pair of ports stays together: both ends of a stream are counted by one lcore. */
static void
share_out(struct engine *engine)
{
	unsigned int lcore_id;
	uint16_t i, n = 0;

	engine->lcore[n++].lcore_id = rte_lcore_id();
	RTE_LCORE_FOREACH_WORKER(lcore_id) {
		if (n < (engine->n_ports + 1) / 2)
			engine->lcore[n++].lcore_id = lcore_id;
	}
	engine->n_lcores = n;
	for (i = 0; i < n; i++)
		engine->lcore[i].engine = engine;
	for (i = 0; i < engine->n_ports; i++) {
		struct engine_lcore *lcore = &engine->lcore[i / 2 % n];

		lcore->port[lcore->n_ports++] = &engine->port[i];
	}
}

int
engine_create(const struct options *options, struct vsw_traffic *traffic, struct port *const *ports,
	      struct engine **engine, struct vsw_error *err)
{
	struct engine *made = aligned_alloc(RTE_CACHE_LINE_SIZE, sizeof(*made));

	if (made == NULL)
		return vsw_error_set(err, ENOMEM, "no memory for the engine");
	memset(made, 0, sizeof(*made));
	made->traffic = traffic;
	made->n_ports = options->n_ports;
	made->burst = options->burst;
	made->tsc_hz = rte_get_tsc_hz();
	made->late_ticks = made->tsc_hz / 1000000 * options->late_us;
	made->away_ticks =
		made->tsc_hz / 1000000 * RTE_MAX(STALL_MIN_US, ROUND_US * options->n_ports);
	made->give_up_ticks = made->tsc_hz / 1000000 * ENGINE_GIVE_UP_US;
	init_ports(made, options, ports);
	share_out(made);
	*engine = made;
	return 0;
}

void
engine_destroy(struct engine *engine)
{
	free(engine);
}
