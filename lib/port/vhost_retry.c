/* SPDX-License-Identifier: BSD-3-Clause */
/* Transmit with retries: what a ring does not take is tried again, by vhost_retry.h's budget. */
#include "vhost_retry.h"

#include <string.h>

#include <rte_cycles.h>
#include <rte_pause.h>

#include "vhost_port.h"

static struct vhost_retry_savings of_lcore[RTE_MAX_LCORE]; /* each its lcore's alone */

/* Returns the time. */
static uint64_t
wait_until(uint64_t end_tsc)
{
	uint64_t now_tsc;

	while ((now_tsc = rte_rdtsc()) < end_tsc)
		rte_pause();
	return now_tsc;
}

/* Frames that found the ring full, and where they stood among the others. */
struct rest {
	uint16_t n;
	struct vsw_frame *frame[VSW_BURST_MAX];
	uint8_t place[VSW_BURST_MAX];
	uint8_t fate[VSW_BURST_MAX];
};

/* Front ends that go, or switch their rings off, while we wait have other fates; so it ends. */
static void
collect(struct rest *rest, struct vsw_frame *const *frames, uint16_t n, const uint8_t *fate)
{
	uint16_t i;

	rest->n = 0;
	for (i = 0; i < n; i++) {
		if (fate[i] != VSW_DROP_RING_FULL)
			continue;
		rest->place[rest->n] = i;
		rest->frame[rest->n++] = frames[i];
	}
}

/* Returns how many of them are sent. */
static uint16_t
send_rest(struct vhost_port *vhost, unsigned int lcore, struct rest *rest, uint8_t *fate)
{
	uint16_t sent, i;

	memset(rest->fate, VSW_PORT_SENT, rest->n);
	sent = vhost_send(vhost, lcore, rest->frame, rest->n, rest->fate);
	for (i = 0; i < rest->n; i++)
		fate[rest->place[i]] = rest->fate[i];
	return sent;
}

/* `sent` of n frames were taken, and fate tells which. Returns how many are in the end. */
static uint16_t
try_again(struct vhost_port *vhost, unsigned int lcore, struct vsw_frame *const *frames, uint16_t n,
	  uint16_t sent, uint8_t *fate)
{
	const struct vhost_retry_limits *limits = &vhost->retry_limits;
	struct vsw_stats_row *row = &vhost->port.hot.rows[lcore];
	struct vhost_retry *retry = &vhost->retry[lcore];
	uint64_t now_tsc = rte_rdtsc();
	struct rest rest;
	uint16_t more;
	uint32_t i;

	for (i = 0; i < limits->num; i++) {
		collect(&rest, frames, n, fate);
		if (rest.n == 0 || !vhost_retry_begin(retry, &of_lcore[lcore], limits, now_tsc,
						      row->tx_frames + sent))
			break;
		now_tsc = wait_until(now_tsc + limits->delay_tsc);
		row->retries++;
		row->retry_ticks += limits->delay_tsc;
		more = send_rest(vhost, lcore, &rest, fate);
		row->retried += more;
		sent += more;
	}
	return sent;
}

uint16_t
vhost_tx_retry(struct vsw_port_hot *hot, unsigned int lcore, struct vsw_frame *const *frames,
	       uint16_t n, uint8_t *fate)
{
	struct vhost_port *vhost = container_of(hot, struct vhost_port, port.hot);
	uint16_t sent = vhost_send(vhost, lcore, frames, n, fate);

	if (likely(sent == n))
		return sent;
	return try_again(vhost, lcore, frames, n, sent, fate);
}
