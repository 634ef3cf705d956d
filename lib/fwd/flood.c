/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * flood: unknown unicast, multicast and broadcast go to every other port that forwards in the VLAN.
 * The same view stands in several lists; nothing is cloned.
 */
#include "burst.h"

static uint16_t
flood_frame(struct vsw_frame *frame, const struct vsw_burst *burst, struct vsw_fwd_lcore *lcore,
	    const struct vsw_fwd_plan *plan)
{
	const struct vsw_fwd_vlan *vlan = &plan->vlan[frame->vlan];
	uint16_t i, n = 0;

	for (i = vlan->first; i < vlan->first + vlan->n; i++) {
		if (plan->member[i] == burst->port)
			continue;
		vsw_fwd_output(lcore, plan->member[i], frame);
		n++;
	}
	return n;
}

void
vsw_fwd_flood(struct vsw_burst *burst, struct vsw_fwd_lcore *lcore, const struct vsw_fwd_plan *plan)
{
	uint16_t i, n;

	for (i = 0; i < burst->n_flood; i++) {
		n = flood_frame(&burst->frame[burst->flood[i]], burst, lcore, plan);
		if (n == 0)
			burst->row->drop[VSW_DROP_NO_MEMBER]++;
		else
			burst->row->copies += n - 1;
	}
	burst->row->flooded += burst->n_flood;
}
