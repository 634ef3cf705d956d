/* SPDX-License-Identifier: BSD-3-Clause */
/* Transmit with retries: what a ring does not take is tried again, by vhost_retry.h's budget. */
#include "vhost_retry.h"

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

/*
 * The first `sent` frames of n were taken. Returns how many are in the end. A front end that goes,
 * or switches its ring off, while we wait changes *why, which ends it.
 */
static uint16_t
try_again(struct vhost_port *vhost, unsigned int lcore, struct vsw_frame *const *frames, uint16_t n,
	  uint16_t sent, enum vsw_drop *why)
{
	const struct vhost_retry_limits *limits = &vhost->retry_limits;
	struct vsw_stats_row *row = &vhost->port.hot.rows[lcore];
	struct vhost_retry *retry = &vhost->retry[lcore];
	uint64_t now_tsc = rte_rdtsc();
	uint16_t more;
	uint32_t i;

	for (i = 0; i < limits->num && sent < n && *why == VSW_DROP_RING_FULL; i++) {
		if (!vhost_retry_begin(retry, &of_lcore[lcore], limits, now_tsc,
				       row->tx_frames + sent))
			break;
		now_tsc = wait_until(now_tsc + limits->delay_tsc);
		row->retries++;
		row->retry_ticks += limits->delay_tsc;
		more = vhost->send(vhost, lcore, frames + sent, n - sent, why);
		row->retried += more;
		sent += more;
	}
	return sent;
}

uint16_t
vhost_tx_retry(struct vsw_port_hot *hot, unsigned int lcore, struct vsw_frame *const *frames,
	       uint16_t n, enum vsw_drop *why)
{
	struct vhost_port *vhost = container_of(hot, struct vhost_port, port.hot);
	uint16_t sent = vhost->send(vhost, lcore, frames, n, why);

	if (likely(sent == n || *why != VSW_DROP_RING_FULL))
		return sent;
	return try_again(vhost, lcore, frames, n, sent, why);
}
