/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The unit of forwarding: a view of a frame, with its header already read.
 *
 * Model: a port's receive function fills views; forwarding decides on `head` alone; a port's
 * transmit function moves the bytes, from wherever they lie: copied once into a guest's ring, or
 * into an mbuf for an ethdev that did not receive them itself. A view owns nothing: the port the
 * frame came from takes all of a burst back with its release function, after the burst's outputs
 * are done, in the same loop iteration. A view may be output to any number of ports.
 *
 * `head` is private to the lcore: no guest can change it after it was read, so what was decided on
 * is what the receiver gets. What comes behind it, `body`, may still lie in the memory of the guest
 * that sent it, who can change it until it is copied: nobody decides on it.
 *
 * Threads: lives on one lcore's stack.
 */
#ifndef VSW_FRAME_H
#define VSW_FRAME_H

#include <stdint.h>
#include <sys/uio.h>

#include "vsw_offload.h"
#include "vsw_vlan.h"

/* Most frames in a burst: DESIGN.md section 3. */
#define VSW_BURST_MAX 32

/*
 * Head bytes that are always read where the frame has them: Ethernet, two tags, IPv6 and the ports
 * behind, or IPv4 with options of 20 bytes.
 */
#define VSW_FRAME_HEAD_BYTES 66

/* Of a guest's frame, so many are copied; a frame that is as long is nowhere else. */
#define VSW_FRAME_HEAD_COPIED_BYTES 96
#define VSW_FRAME_ROOM_BYTES 16 /* in front of a head: two tags, and 16 to be aligned */
#define VSW_FRAME_SLOT_BYTES 128

/* In a burst: 32 frames of 64 KiB in buffers of 4 KiB, and one of as many as a chain may have. */
#define VSW_FRAME_PIECES_MAX 800

#define VSW_FRAME_BODY_MAX 256 /* pieces of one frame: what a chain may have */

#define VSW_FRAME_MIN_BYTES 14 /* Ethernet header; virtio has no larger minimum */

/* Largest frame without FCS: 9000 bytes of payload, Ethernet header, two tags. */
#define VSW_FRAME_MTU_MAX_BYTES 9000
#define VSW_FRAME_MAX_BYTES 9022

struct rte_mbuf;

struct vsw_frame {
	uint8_t *head;		  /* its first bytes, with room in front for two tags */
	const struct iovec *body; /* what comes behind them, in its order */
	struct rte_mbuf *mbuf;	  /* an ethdev's, that all bytes lie in; NULL: a guest's frame */
	uint32_t len_bytes;	  /* head and body, without FCS */
	uint16_t head_bytes;	  /* at least min(len_bytes, VSW_FRAME_HEAD_BYTES) */
	uint16_t n_body;
	uint32_t tag;		    /* the outer tag that the bytes wear now, as vlan.tag */
	struct vsw_vlan_view vlan;  /* as it was received; set, with tag, by admit */
	struct vsw_offload offload; /* what a receiver must do for itself; set with head */
};

/* The views of one burst, and memory for what they are made of. Nothing needs to be initialised. */
struct vsw_frames {
	struct vsw_frame frame[VSW_BURST_MAX];
	uint32_t n_pieces; /* of piece, in use; set by rx */
	struct iovec piece[VSW_FRAME_PIECES_MAX];
	uint8_t head[VSW_BURST_MAX][VSW_FRAME_SLOT_BYTES] __attribute__((aligned(64)));
	uint8_t long_head[VSW_BURST_MAX][VSW_FRAME_ROOM_BYTES + VSW_OFFLOAD_HEAD_BYTES];
};

#endif /* VSW_FRAME_H */
