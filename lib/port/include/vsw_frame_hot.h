/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Frames that are backed by an mbuf: today all of them. For lib/port, and lib/fwd's header edits.
 */
#ifndef VSW_FRAME_HOT_H
#define VSW_FRAME_HOT_H

#include <string.h>

#include <rte_mbuf.h>

#include "vsw_frame.h"

static inline void
vsw_frame_from_mbuf(struct vsw_frame *frame, struct rte_mbuf *mbuf)
{
	frame->head = rte_pktmbuf_mtod(mbuf, const uint8_t *);
	frame->backing = mbuf;
	frame->len_bytes = rte_pktmbuf_pkt_len(mbuf);
}

static inline void
vsw_frame_to_mbufs(struct vsw_frame *const *frames, struct rte_mbuf **mbufs, uint16_t n)
{
	uint16_t i;

	for (i = 0; i < n; i++)
		mbufs[i] = frames[i]->backing;
}

static inline void
vsw_frame_free_mbufs(struct vsw_frame *frames, uint16_t n)
{
	struct rte_mbuf *mbufs[VSW_BURST_MAX];
	uint16_t i;

	for (i = 0; i < n; i++)
		mbufs[i] = frames[i].backing;
	rte_pktmbuf_free_bulk(mbufs, n);
}

/* Remove the outer VLAN tag of a frame of at least 18 bytes: the addresses move up over it. */
static inline void
vsw_frame_strip_tag(struct vsw_frame *frame)
{
	struct rte_mbuf *mbuf = frame->backing;
	uint8_t *head = rte_pktmbuf_mtod(mbuf, uint8_t *);

	memmove(head + 4, head, 12);
	frame->head = (const uint8_t *)rte_pktmbuf_adj(mbuf, 4);
	frame->len_bytes -= 4;
}

#endif /* VSW_FRAME_HOT_H */
