/* SPDX-License-Identifier: BSD-3-Clause */
#include "engine_lcore.h"

#include <rte_branch_prediction.h>
#include <rte_cycles.h>

#include "engine_due.h"
#include "vsw_judge_hot.h"
#include "vsw_traffic_hot.h"

#define PREFETCH_AHEAD 4

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

int
engine_lcore_run(void *arg)
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

uint32_t
engine_lcore_receive(struct engine *engine)
{
	uint64_t now = rte_rdtsc();
	uint32_t n = 0;
	uint16_t i;

	for (i = 0; i < engine->n_ports; i++)
		n += receive_port(&engine->port[i], now);
	return n;
}
