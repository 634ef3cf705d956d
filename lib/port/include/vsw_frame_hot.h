/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Frames that are backed by an mbuf: today all of them. For lib/port, and lib/fwd's header edits.
 * One that needs TSO may lie in several mbufs, its headers in the first; any other lies in one, or
 * is longer than any MTU.
 *
 * An edit changes the bytes for all outputs that come after it. An output that keeps the bytes
 * longer than its call, as an ethdev does, holds a reference of the mbuf; who edits bytes that
 * somebody else refers to copies the frame first.
 */
#ifndef VSW_FRAME_HOT_H
#define VSW_FRAME_HOT_H

#include <stdbool.h>
#include <string.h>

#include <rte_branch_prediction.h>
#include <rte_byteorder.h>
#include <rte_mbuf.h>

#include "vsw_frame.h"
#include "vsw_offload_hot.h"

static inline void
vsw_frame_from_mbuf(struct vsw_frame *frame, struct rte_mbuf *mbuf)
{
	frame->head = rte_pktmbuf_mtod(mbuf, const uint8_t *);
	frame->backing = mbuf;
	frame->len_bytes = rte_pktmbuf_pkt_len(mbuf);
	frame->offload = (struct vsw_offload){0};
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

/* Make the bytes this frame's alone. False when there is no buffer for a copy. */
static inline bool
vsw_frame_own(struct vsw_frame *frame)
{
	struct rte_mbuf *mbuf = frame->backing, *copy;
	struct vsw_offload offload = frame->offload;

	if (likely(rte_mbuf_refcnt_read(mbuf) == 1 && RTE_MBUF_DIRECT(mbuf)))
		return true;
	copy = rte_pktmbuf_copy(mbuf, mbuf->pool, 0, UINT32_MAX);
	if (copy == NULL)
		return false;
	rte_pktmbuf_free(mbuf);
	vsw_frame_from_mbuf(frame, copy);
	frame->offload = offload;
	return true;
}

/*
 * Give the frame the outer tag `tag` (0: none) in the place of the one it has. The caller owns the
 * bytes, of which there are at least 14, 18 if the frame has a tag. False when there is no room.
 */
static inline bool
vsw_frame_set_tag(struct vsw_frame *frame, uint32_t tag)
{
	struct rte_mbuf *mbuf = frame->backing;
	rte_be32_t wire = rte_cpu_to_be_32(tag);
	uint8_t *head;

	if (frame->tag == VSW_VLAN_NO_TAG) {
		head = (uint8_t *)rte_pktmbuf_prepend(mbuf, VSW_VLAN_TAG_BYTES);
		if (unlikely(head == NULL))
			return false;
		memmove(head, head + VSW_VLAN_TAG_BYTES, 12);
		vsw_offload_move(&frame->offload, VSW_VLAN_TAG_BYTES);
	} else if (tag == VSW_VLAN_NO_TAG) {
		head = rte_pktmbuf_mtod(mbuf, uint8_t *);
		memmove(head + VSW_VLAN_TAG_BYTES, head, 12);
		head = (uint8_t *)rte_pktmbuf_adj(mbuf, VSW_VLAN_TAG_BYTES);
		vsw_offload_move(&frame->offload, -VSW_VLAN_TAG_BYTES);
	} else {
		head = rte_pktmbuf_mtod(mbuf, uint8_t *);
	}
	if (tag != VSW_VLAN_NO_TAG)
		memcpy(head + 12, &wire, sizeof(wire));
	frame->tag = tag;
	frame->head = head;
	frame->len_bytes = rte_pktmbuf_pkt_len(mbuf);
	return true;
}

/* Append zeros up to min_bytes; the caller owns the bytes. False when there is no room. */
static inline bool
vsw_frame_pad(struct vsw_frame *frame, uint16_t min_bytes)
{
	uint16_t missing = min_bytes - frame->len_bytes;
	char *tail = rte_pktmbuf_append(frame->backing, missing);

	if (unlikely(tail == NULL))
		return false;
	memset(tail, 0, missing);
	frame->len_bytes = min_bytes;
	return true;
}

#endif /* VSW_FRAME_HOT_H */
