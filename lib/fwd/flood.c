/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * flood: unknown unicast, multicast and broadcast go to every other port that forwards in the VLAN.
 * The same view stands in several lists; nothing is cloned.
 */
#include "burst.h"

/* The ports a frame is flooded to, and what all of them are asked. */
struct flood {
	const struct vsw_fwd_port *from;
	struct vsw_fwd_lcore *lcore;
	struct vsw_frame *frame;
	bool unknown; /* unicast */
};

static inline uint16_t
flood_to(const struct flood *flood, const struct vsw_fwd_port *to)
{
	if (to == flood->from || to->group == flood->from->horizon ||
	    (flood->unknown && !to->flood_unknown))
		return 0;
	vsw_fwd_output(flood->lcore, to, flood->frame);
	return 1;
}

static uint16_t
flood_frame(const struct flood *flood, const struct vsw_fwd_plan *plan)
{
	uint16_t vid = flood->frame->vlan.vid, i, n = 0;
	const struct vsw_fwd_vlan *vlan = &plan->vlan[vid];

	for (i = vlan->first; i < vlan->first + vlan->n; i++)
		n += flood_to(flood, plan->member.port[i]);
	for (i = 0; i < plan->trunk.n; i++) {
		if (vsw_vlan_is_member(&plan->trunk.port[i]->vlan, vid))
			n += flood_to(flood, plan->trunk.port[i]);
	}
	return n;
}

void
vsw_fwd_flood(struct vsw_burst *burst, struct vsw_fwd_lcore *lcore, const struct vsw_fwd_plan *plan)
{
	struct flood flood = {.from = burst->port, .lcore = lcore};
	uint16_t i, n;

	for (i = 0; i < burst->n_flood; i++) {
		flood.frame = &burst->frames.frame[burst->flood[i]];
		flood.unknown = !vsw_fwd_is_group(burst->da_key[i]);
		n = flood_frame(&flood, plan);
		if (n == 0)
			burst->row->drop[VSW_DROP_NO_MEMBER]++;
		else
			burst->row->copies += n - 1;
	}
	burst->row->flooded += burst->n_flood;
}
