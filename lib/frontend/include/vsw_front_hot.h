/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Frames through the driver's end of a vhost-user port: bursts to send, bursts received.
 *
 *	n = vsw_front_tx_get(front, pair, frame, 32);	write a frame to each frame[i]
 *	vsw_front_tx_put(front, pair, len_bytes, n);
 *
 *	n = vsw_front_rx_get(front, pair, frame, 32);	read them
 *	vsw_front_rx_put(front, pair);
 *
 * No system call but the kick, for a peer that asks for it. A peer that begins to ask in the
 * moment in which a burst is put may get its kick only with the next rx_get of the pair that finds
 * nothing, or tx_pending: keep polling.
 *
 * Ticks a frame of 60 bytes in bursts of 32, to send + to receive, on a virtual AMD EPYC (family 25
 * model 17, TSC 2.6 GHz), by test/perf/front_bench, medians of 2 to 6 calls:
 *
 *			  alone		 near		 far
 *	split		   9 +  7	22 + 26	       102 + 66
 *	split mergeable	   9 + 12	21 + 39		87 + 91
 *	packed		  15 + 15	29 + 33		80 + 73
 *	packed mergeable  15 + 22	28 + 54		79 + 114
 *
 * alone is on the core of the peer: instructions. Near and far, by the way between the cores, the
 * rest is the lines that move: that of the frame both ways, 1/8 of one of the used ring (split) or
 * twice 1/4 of one of the descriptors (packed); and a mergeable frame has its header in another.
 *
 * What the peer writes into the rings cannot lead these functions astray: see vsw_front_check().
 */
#ifndef VSW_FRONT_HOT_H
#define VSW_FRONT_HOT_H

#include <stdint.h>

#include "vsw_front.h"

/* A frame received. Its bytes lie in memory that the peer can change. */
struct vsw_front_frame {
	uint8_t *data;	    /* the first piece; begins at a cache line */
	uint32_t len_bytes; /* of the whole frame */
	uint16_t n_pieces;  /* 1, but for a mergeable front that gets more than a buffer holds */
	uint16_t position;  /* for vsw_front_rx_piece() */
};

/*
 * Up to n buffers which the peer has given back, in frame[]. They hold what was last written to
 * them. Calling it again without tx_put gives the same ones. Returns how many.
 */
uint16_t vsw_front_tx_get(struct vsw_front *front, uint16_t pair, uint8_t **frame, uint16_t n);

/*
 * The first n buffers of the last tx_get are frames now, of len_bytes[i] bytes without FCS, at most
 * the config's frame_bytes each; the peer sees all of them at once.
 */
void vsw_front_tx_put(struct vsw_front *front, uint16_t pair, const uint32_t *len_bytes,
		      uint16_t n);

/* Frames put and not given back by the peer. */
uint32_t vsw_front_tx_pending(struct vsw_front *front, uint16_t pair);

/*
 * Up to n frames that have come. They are the caller's until rx_put, which comes before the next
 * rx_get. Returns how many.
 */
uint16_t vsw_front_rx_get(struct vsw_front *front, uint16_t pair, struct vsw_front_frame *frame,
			  uint16_t n);

/* All buffers of the last rx_get are for the peer to fill again. */
void vsw_front_rx_put(struct vsw_front *front, uint16_t pair);

/* Piece i < n_pieces of a frame of the last rx_get, and its length. */
const uint8_t *vsw_front_rx_piece(const struct vsw_front *front, uint16_t pair,
				  const struct vsw_front_frame *frame, uint16_t i,
				  uint32_t *len_bytes);

#endif /* VSW_FRONT_HOT_H */
