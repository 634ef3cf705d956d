/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is done to frames: for lib/port, and lib/fwd's header edits.
 *
 * An edit changes the bytes for all outputs that come after it. An output that keeps the bytes
 * longer than its call, as an ethdev does, holds a reference of the mbuf; who edits bytes that
 * somebody else refers to copies the frame first. The head of a guest's frame is the lcore's own.
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

/* An mbuf of one segment as a frame: all of it is head. */
static inline void
vsw_frame_from_mbuf(struct vsw_frame *frame, struct rte_mbuf *mbuf)
{
	*frame = (struct vsw_frame){
		.head = rte_pktmbuf_mtod(mbuf, uint8_t *),
		.mbuf = mbuf,
		.len_bytes = rte_pktmbuf_data_len(mbuf),
		.head_bytes = rte_pktmbuf_data_len(mbuf),
	};
}

/* Copy n <= 128 bytes, in words as wide as all CPUs have; the last one overlaps that before it. */
static inline void
vsw_frame_copy_short(uint8_t *to, const uint8_t *from, uint32_t n)
{
	uint32_t i;

	if (likely(n >= 16)) {
		for (i = 0; i < n - 16; i += 16)
			memcpy(to + i, from + i, 16);
		memcpy(to + n - 16, from + n - 16, 16);
	} else if (n >= 8) {
		memcpy(to, from, 8);
		memcpy(to + n - 8, from + n - 8, 8);
	} else {
		for (i = 0; i < n; i++)
			to[i] = from[i];
	}
}

/* Copy the whole frame. Two guests may share memory: what they then get is their own affair. */
static inline void
vsw_frame_copy(uint8_t *to, const struct vsw_frame *frame)
{
	uint16_t i;

	if (likely(frame->head_bytes <= VSW_FRAME_SLOT_BYTES))
		vsw_frame_copy_short(to, frame->head, frame->head_bytes);
	else
		memcpy(to, frame->head, frame->head_bytes);
	to += frame->head_bytes;
	for (i = 0; i < frame->n_body; i++) {
		memmove(to, frame->body[i].iov_base, frame->body[i].iov_len);
		to += frame->body[i].iov_len;
	}
}

/* The bytes move to copy, which is the frame's from now on. */
static inline void
vsw_frame_move(struct vsw_frame *frame, struct rte_mbuf *copy)
{
	frame->mbuf = copy;
	frame->head = rte_pktmbuf_mtod(copy, uint8_t *);
	frame->head_bytes = frame->len_bytes;
	frame->n_body = 0;
}

/* Make the bytes this frame's alone. False when there is no buffer for a copy. */
static inline bool
vsw_frame_own(struct vsw_frame *frame)
{
	struct rte_mbuf *mbuf = frame->mbuf, *copy;

	if (likely(mbuf == NULL || (rte_mbuf_refcnt_read(mbuf) == 1 && RTE_MBUF_DIRECT(mbuf))))
		return true;
	copy = rte_pktmbuf_alloc(mbuf->pool);
	if (copy == NULL)
		return false;
	if (rte_pktmbuf_append(copy, frame->len_bytes) == NULL) {
		rte_pktmbuf_free(copy);
		return false;
	}
	vsw_frame_copy(rte_pktmbuf_mtod(copy, uint8_t *), frame);
	vsw_frame_move(frame, copy);
	rte_pktmbuf_free(mbuf);
	return true;
}

/* Let the head begin `bytes` earlier (later, if less than 0). False when there is no room. */
static inline bool
vsw_frame_grow(struct vsw_frame *frame, int bytes)
{
	if (frame->mbuf != NULL) {
		if (bytes > 0 && rte_pktmbuf_prepend(frame->mbuf, bytes) == NULL)
			return false;
		if (bytes < 0 && rte_pktmbuf_adj(frame->mbuf, -bytes) == NULL)
			return false;
	}
	frame->head -= bytes;
	frame->head_bytes += bytes;
	frame->len_bytes += bytes;
	vsw_offload_move(&frame->offload, bytes);
	return true;
}

/*
 * Give the frame the outer tag `tag` (0: none) in the place of the one it has. The caller owns the
 * bytes, of which there are at least 14, 18 if the frame has a tag. False when there is no room.
 */
static inline bool
vsw_frame_set_tag(struct vsw_frame *frame, uint32_t tag)
{
	rte_be32_t wire = rte_cpu_to_be_32(tag);

	if (frame->tag == VSW_VLAN_NO_TAG) {
		if (unlikely(!vsw_frame_grow(frame, VSW_VLAN_TAG_BYTES)))
			return false;
		memmove(frame->head, frame->head + VSW_VLAN_TAG_BYTES, 12);
	} else if (tag == VSW_VLAN_NO_TAG) {
		memmove(frame->head + VSW_VLAN_TAG_BYTES, frame->head, 12);
		vsw_frame_grow(frame, -VSW_VLAN_TAG_BYTES);
	}
	if (tag != VSW_VLAN_NO_TAG)
		memcpy(frame->head + 12, &wire, sizeof(wire));
	frame->tag = tag;
	return true;
}

/*
 * Append zeros up to min_bytes <= VSW_FRAME_HEAD_BYTES; the caller owns the bytes. A frame that is
 * so short has no body. False when there is no room.
 */
static inline bool
vsw_frame_pad(struct vsw_frame *frame, uint16_t min_bytes)
{
	uint16_t missing = min_bytes - frame->len_bytes;

	if (frame->mbuf != NULL && rte_pktmbuf_append(frame->mbuf, missing) == NULL)
		return false;
	memset(frame->head + frame->head_bytes, 0, missing);
	frame->head_bytes += missing;
	frame->len_bytes += missing;
	return true;
}

#endif /* VSW_FRAME_HOT_H */
