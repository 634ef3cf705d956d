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

#include "vsw_fwd.h"

struct vsw_burst {
	struct vsw_port_hot *port; /* where the frames came from */
	struct vsw_stats_row *row; /* of that port, on this lcore */
	uint16_t n;		   /* frames received */
	uint16_t n_live;
	uint16_t n_flood;
	uint8_t live[VSW_BURST_MAX];	/* frames that go on; after dispatch: nothing */
	uint8_t flood[VSW_BURST_MAX];	/* frames without a known destination */
	uint64_t da_key[VSW_BURST_MAX]; /* VLAN and destination, in the order of live */
	uint64_t sa_key[VSW_BURST_MAX]; /* VLAN and source, in the order of live */
	struct vsw_frame frame[VSW_BURST_MAX];
};

/* The frames that leave by one port, collected over a burst. */
struct vsw_fwd_output {
	struct vsw_port_hot *port;
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
};

/* Append a frame to the output of a port. A frame is never output twice to one port. */
static inline void
vsw_fwd_output(struct vsw_fwd_lcore *lcore, struct vsw_port_hot *port, struct vsw_frame *frame)
{
	struct vsw_fwd_output *output = &lcore->output[port->port_id];

	if (output->n == 0) {
		output->port = port;
		lcore->used[lcore->n_used++] = port->port_id;
	}
	output->frame[output->n++] = frame;
}

/* The stages, in their order. */
void vsw_fwd_admit(struct vsw_burst *burst);
void vsw_fwd_learn(struct vsw_burst *burst, struct vsw_fdb *fdb);
void vsw_fwd_dispatch(struct vsw_burst *burst, struct vsw_fwd_lcore *lcore,
		      const struct vsw_fwd_plan *plan);
void vsw_fwd_flood(struct vsw_burst *burst, struct vsw_fwd_lcore *lcore,
		   const struct vsw_fwd_plan *plan);
void vsw_fwd_egress(struct vsw_fwd_lcore *lcore);

#endif /* BURST_H */
