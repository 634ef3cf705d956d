/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What an lcore knows of a port: a transmit function, receive queues, its counter rows.
 *
 * The functions are chosen when a port is configured; no flag is tested per frame. Exactly one
 * lcore polls a receive queue and owns what the queue struct holds; any lcore may transmit.
 *
 * Threads: lcores only, on pointers taken from the published plan in the same loop iteration.
 */
#ifndef VSW_PORT_HOT_H
#define VSW_PORT_HOT_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_common.h>

#include "vsw_frame.h"
#include "vsw_stats.h"

#define VSW_PORT_MAX 1024

/* What became of a frame that was given to tx: sent, or dropped for that reason. */
#define VSW_PORT_SENT VSW_DROP_N

struct vsw_port_hot {
	/*
	 * Send n <= VSW_BURST_MAX frames and return how many were taken. If not all were, fate
	 * says of each of the n what became of it: VSW_PORT_SENT or an enum vsw_drop. The frames
	 * stay their receiver's.
	 */
	uint16_t (*tx)(struct vsw_port_hot *port, unsigned int lcore,
		       struct vsw_frame *const *frames, uint16_t n, uint8_t *fate);
	struct vsw_stats_row *rows; /* one for each lcore */
	uint16_t port_id;
	uint16_t min_bytes; /* shorter frames are padded with zeros before tx */
	/*
	 * VSW_OFFLOAD_*: what frames given to tx may need; atomic, relaxed. What changes it sees
	 * to it that no lcore sends meanwhile.
	 */
	uint16_t offloads;
} __rte_cache_aligned;

/*
 * A word that has another value as soon as something has come; to look at it is far cheaper than to
 * receive nothing, and most queues are idle. All zero but `at`, the bell rings never; with `silent`
 * 1 always. rw by the lcore of the queue, but while no lcore knows it, and `at` by who takes the
 * word's memory away, before a grace period.
 */
struct vsw_bell {
	const uint16_t *at;
	uint16_t mask;
	uint16_t silent; /* its value, masked, as long as nothing has come */
};

extern const uint16_t vsw_bell_none; /* 0 */

struct vsw_rxq {
	/*
	 * Receive up to n <= VSW_BURST_MAX frames. What the port itself could not take is counted
	 * in row, as received and dropped.
	 */
	uint16_t (*rx)(struct vsw_rxq *rxq, struct vsw_stats_row *row, struct vsw_frames *frames,
		       uint16_t n);
	/* Give the n > 0 frames of one rx call back; their outputs are done. */
	void (*release)(struct vsw_rxq *rxq, struct vsw_frames *frames, uint16_t n);
	struct vsw_port_hot *port;
	struct vsw_bell bell;
};

/* False if nothing can have come: rx need not be called. */
static inline bool
vsw_rxq_rings(const struct vsw_rxq *rxq)
{
	const uint16_t *at = __atomic_load_n(&rxq->bell.at, __ATOMIC_ACQUIRE);

	return (__atomic_load_n(at, __ATOMIC_RELAXED) & rxq->bell.mask) != rxq->bell.silent;
}

#endif /* VSW_PORT_HOT_H */
