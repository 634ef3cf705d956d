/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One burst on its way: the arrays that the stages share, and the stages.
 *
 * `live` holds the indices of the frames that go on; a stage that drops a frame counts it and
 * leaves it out of the list. Loops append first and advance the count by a condition, so that the
 * common case has no branch to mispredict.
 */
#ifndef BURST_H
#define BURST_H

#include <stdint.h>
#include <string.h>

#include <rte_branch_prediction.h>
#include <rte_byteorder.h>

#include "vsw_fwd.h"
#include "vsw_offload_hot.h"
#include "vsw_port_hot.h"

/*
 * Segments that are made of a burst at most: of 32 frames of 64 KiB, with the MSS that TCP takes
 * for granted, 536 bytes (RFC 9293 section 3.7.1). One takes 157 TSC ticks with 64 bytes of
 * payload, 270 with 536, 540 with 1448 (EPYC, without the port's work): a guest that asks for many,
 * or has them flooded, keeps the lcore from other ports for less than a millisecond.
 */
#define SEGMENTS_MAX 4096

#define SEGMENT_BYTES 9216 /* VSW_FRAME_MAX_BYTES, in whole cache lines */

struct vsw_burst {
	const struct vsw_fwd_port *port; /* where the frames came from */
	struct vsw_stats_row *row;	 /* of that port, on this lcore */
	uint16_t n;			 /* frames received */
	uint16_t n_live;
	uint16_t n_flood;
	bool plain; /* no live frame has or was given a tag, and all are of the port's own VLAN */
	uint16_t needs;		 /* VSW_OFFLOAD_*: what any of the frames needs */
	uint32_t segments_left;	 /* of SEGMENTS_MAX */
	uint32_t shortest_bytes; /* bounds of the lengths of the live frames */
	uint32_t longest_bytes;
	uint8_t live[VSW_BURST_MAX];	/* frames that go on; after dispatch: nothing */
	uint8_t flood[VSW_BURST_MAX];	/* frames without a known destination, in live's order */
	uint64_t da_key[VSW_BURST_MAX]; /* domain and destination, in the order of live */
	uint64_t sa_key[VSW_BURST_MAX]; /* domain and source, in the order of live */
	struct vsw_frames frames;
};

/* The frames that leave by one port, collected over a burst. */
struct vsw_fwd_output {
	const struct vsw_fwd_port *port;
	uint16_t n;
	struct vsw_frame *frame[VSW_BURST_MAX];
};

/* rw by its lcore only. */
struct vsw_fwd_lcore {
	struct vsw_fdb *fdb;
	unsigned int lcore;
	uint16_t n_used;
	uint16_t used[VSW_PORT_MAX]; /* port ids whose output is not empty */
	struct vsw_fwd_output output[VSW_PORT_MAX];
	uint8_t segment[VSW_BURST_MAX][SEGMENT_BYTES]; /* on their way to a port */
};

/* Append a frame to the output of a port. A frame is never output twice to one port. */
static inline void
vsw_fwd_output(struct vsw_fwd_lcore *lcore, const struct vsw_fwd_port *port,
	       struct vsw_frame *frame)
{
	struct vsw_fwd_output *output = &lcore->output[port->port_id];

	if (output->n == 0) {
		output->port = port;
		lcore->used[lcore->n_used++] = port->port_id;
	}
	output->frame[output->n++] = frame;
}

/* The destination address of a frame of at least 14 bytes. */
static inline uint64_t
vsw_fwd_destination(const uint8_t *head)
{
	uint64_t word;

	memcpy(&word, head, sizeof(word));
	return rte_be_to_cpu_64(word) >> 16;
}

/* True for a broadcast or multicast destination: the I/G bit of a key's address. */
static inline bool
vsw_fwd_is_group(uint64_t key)
{
	return key >> 40 & 1;
}

/*
 * True if a classified frame is longer than max_bytes, its MTU and the Ethernet header, where our
 * tag does not count, nor one of a customer's. Who is short with tags is not asked for them. Of a
 * frame that is to be cut the segments count.
 */
static inline bool
vsw_fwd_is_oversize(const struct vsw_frame *frame, uint16_t max_bytes)
{
	uint32_t bytes = frame->len_bytes;

	if (likely(bytes <= max_bytes))
		return false;
	bytes = vsw_offload_wire_bytes(&frame->offload, bytes);
	bytes -= frame->tag != VSW_VLAN_NO_TAG ? VSW_VLAN_TAG_BYTES : 0;
	bytes -= frame->vlan.inner ? VSW_VLAN_TAG_BYTES : 0;
	return bytes > max_bytes;
}

/* The stages, in their order. */
void vsw_fwd_admit(struct vsw_burst *burst);
void vsw_fwd_learn(struct vsw_burst *burst, struct vsw_fdb *fdb);
void vsw_fwd_dispatch(struct vsw_burst *burst, struct vsw_fwd_lcore *lcore,
		      const struct vsw_fwd_plan *plan);
void vsw_fwd_flood(struct vsw_burst *burst, struct vsw_fwd_lcore *lcore,
		   const struct vsw_fwd_plan *plan);
void vsw_fwd_egress(struct vsw_burst *burst, struct vsw_fwd_lcore *lcore);

/* Send an output to a port that takes `offloads`, not all that the frames may need. */
void vsw_fwd_offload(struct vsw_burst *burst, struct vsw_fwd_output *output,
		     struct vsw_fwd_lcore *lcore, uint16_t offloads);

/*
 * Give frames to a port and count them, as sent or dropped. Returns VSW_PORT_SENT, or why the last
 * of those was dropped that were.
 */
enum vsw_drop vsw_fwd_send(struct vsw_port_hot *port, unsigned int lcore,
			   struct vsw_frame *const *frames, uint16_t n);

/* The services: what vsw_fwd_port.forward can be. */
void vsw_fwd_bridge(struct vsw_burst *burst, struct vsw_fwd_lcore *lcore,
		    const struct vsw_fwd_plan *plan);
void vsw_fwd_connect(struct vsw_burst *burst, struct vsw_fwd_lcore *lcore,
		     const struct vsw_fwd_plan *plan);
void vsw_fwd_guest(struct vsw_burst *burst, struct vsw_fwd_lcore *lcore,
		   const struct vsw_fwd_plan *plan);
void vsw_fwd_private_guest(struct vsw_burst *burst, struct vsw_fwd_lcore *lcore,
			   const struct vsw_fwd_plan *plan);
void vsw_fwd_uplink(struct vsw_burst *burst, struct vsw_fwd_lcore *lcore,
		    const struct vsw_fwd_plan *plan);

#endif /* BURST_H */
