/* SPDX-License-Identifier: BSD-3-Clause */
#include "engine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_launch.h>
#include <rte_lcore.h>

#include "engine_lcore.h"
#include "vsw_judge.h"

#define ROUND_US 5	/* no port takes longer in a round: 64 frames */
#define FRAME_NONE 1e-3 /* of a frame: what is missing by rounding ticks */

static void
run_lcores(struct engine *engine)
{
	uint16_t i;

	for (i = 1; i < engine->n_lcores; i++)
		rte_eal_remote_launch(engine_lcore_run, &engine->lcore[i],
				      engine->lcore[i].lcore_id);
	engine_lcore_run(&engine->lcore[0]);
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
		if (engine_lcore_receive(engine) > 0 || is_any_pending(engine))
			heard = now;
		now = rte_rdtsc();
	}
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
