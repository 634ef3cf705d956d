/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The unit of forwarding: a view of a frame, with its header already read.
 *
 * Model: a port's receive function fills views; forwarding decides on `head` alone; a port's
 * transmit function moves the bytes, from wherever they lie. A view owns nothing: the port the
 * frame came from takes all of a burst back with its release function, after the burst's outputs
 * are done, in the same loop iteration. A view may be output to any number of ports.
 *
 * `head` is private to the lcore: no guest can change it after it was read, so what was decided on
 * is what the receiver gets. Today the backing is an mbuf that a vhost port or an ethdev filled and
 * `head` points into it; forwarding code must not rely on that.
 *
 * Threads: lives on one lcore's stack.
 */
#ifndef VSW_FRAME_H
#define VSW_FRAME_H

#include <stdint.h>

#include "vsw_offload.h"
#include "vsw_vlan.h"

/* Most frames in a burst: DESIGN.md section 3. */
#define VSW_BURST_MAX 32

/*
 * Head bytes that are always read where the frame has them: Ethernet, two tags, IPv6 and the ports
 * behind, or IPv4 with options of 20 bytes.
 */
#define VSW_FRAME_HEAD_BYTES 66

#define VSW_FRAME_MIN_BYTES 14 /* Ethernet header; virtio has no larger minimum */

/* Largest frame without FCS: 9000 bytes of payload, Ethernet header, two tags. */
#define VSW_FRAME_MTU_MAX_BYTES 9000
#define VSW_FRAME_MAX_BYTES 9022

struct vsw_frame {
	const uint8_t
		*head; /* private to the lcore; min(len_bytes, VSW_FRAME_HEAD_BYTES) readable */
	void *backing; /* of the port that received it */
	uint32_t len_bytes;	    /* without FCS */
	uint32_t tag;		    /* the outer tag that the bytes wear now, as vlan.tag */
	struct vsw_vlan_view vlan;  /* as it was received; set, with tag, by admit */
	struct vsw_offload offload; /* what a receiver must do for itself; set with head */
};

#endif /* VSW_FRAME_H */
