/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a sender has left undone, done for a receiver that cannot: a checksum written, a frame cut
 * into segments.
 *
 * Model: the bytes of a frame lie in pieces, in the order of the frame, of any lengths; pieces hold
 * the whole frame and nothing else. The frame's request was admitted (vsw_offload.h). Segments are
 * taken one after another, each made only when it is asked for; the frame stays as it is.
 *
 * Source: RFC 1071; RFC 791, 8200, 9293; what changes from segment to segment is as of Linux's TCP
 * segmentation: identification + 1, FIN and PSH on the last, CWR on the first.
 *
 * Threads: each struct is its caller's. Pure C.
 */
#ifndef VSW_OFFLOAD_HOT_H
#define VSW_OFFLOAD_HOT_H

#include <sys/uio.h>

#include "vsw_offload.h"

/* Headers as they were admitted, and tags that were added on the way. */
#define VSW_OFFLOAD_HDR_MAX_BYTES (VSW_OFFLOAD_HEAD_BYTES + 8)

/* A frame that is being cut. */
struct vsw_offload_cut {
	struct vsw_offload offload;
	const struct iovec *piece; /* where the payload that is left begins */
	size_t piece_at;
	uint32_t left_bytes; /* payload that is in no segment yet */
	uint32_t done;	     /* segments made */
	uint8_t header[VSW_OFFLOAD_HDR_MAX_BYTES];
};

/* A tag of so many bytes was put in (bytes > 0) or taken out before what the offsets name. */
static inline void
vsw_offload_move(struct vsw_offload *offload, int bytes)
{
	if (offload->needs == 0)
		return;
	offload->csum_start += bytes;
	if ((offload->needs & VSW_OFFLOAD_TSO) == 0)
		return;
	offload->hdr_bytes += bytes;
	offload->ip_start += bytes;
}

/* Bytes of the longest frame that a frame of len_bytes is on a wire. */
static inline uint32_t
vsw_offload_wire_bytes(const struct vsw_offload *offload, uint32_t len_bytes)
{
	if (__builtin_expect((offload->needs & VSW_OFFLOAD_TSO) == 0, 1))
		return len_bytes;
	return (uint32_t)offload->hdr_bytes + offload->gso_bytes;
}

/* Write the checksum; 0 is written as 0xffff, which no protocol takes for "none". */
void vsw_offload_complete(const struct vsw_offload *offload, const struct iovec *pieces,
			  unsigned int n_pieces);

/* Begin to cut a frame that needs TSO. The pieces stay as they are, and the caller's. */
void vsw_offload_cut_begin(struct vsw_offload_cut *cut, const struct vsw_offload *offload,
			   const struct iovec *pieces, unsigned int n_pieces);

/* Segments that are still to be made. */
static inline uint32_t
vsw_offload_cut_left(const struct vsw_offload_cut *cut)
{
	return (cut->left_bytes + cut->offload.gso_bytes - 1) / cut->offload.gso_bytes;
}

/* Bytes of the next segment, if there is one. */
static inline uint32_t
vsw_offload_cut_bytes(const struct vsw_offload_cut *cut)
{
	uint32_t payload = cut->left_bytes;

	if (payload > cut->offload.gso_bytes)
		payload = cut->offload.gso_bytes;
	return cut->offload.hdr_bytes + payload;
}

/* Make the next segment, which is left, at `to`: vsw_offload_cut_bytes() bytes, complete. */
void vsw_offload_cut_next(struct vsw_offload_cut *cut, uint8_t *to);

#endif /* VSW_OFFLOAD_HOT_H */
