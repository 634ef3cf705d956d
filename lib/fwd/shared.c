/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The services guest and uplink: one domain for all guests, in which the uplinks tell them apart by
 * a tag (DESIGN.md section 6, the table). A guest's frame leaves by uplinks with the guest's tag;
 * an uplink's frame goes to the guest of its tag, if its destination is an address of that guest or
 * a group. Nothing is learned from uplinks: what no guest has is behind them. Nothing passes
 * between uplinks.
 */
#include "burst.h"
#include "vsw_fdb_hot.h"

static uint16_t
to_list(const struct vsw_fwd_list *list, const struct vsw_burst *burst, struct vsw_frame *frame,
	struct vsw_fwd_lcore *lcore)
{
	uint16_t i, n = 0;

	for (i = 0; i < list->n; i++) {
		const struct vsw_fwd_port *to = list->port[i];

		if (to == burst->port || to->group == burst->port->horizon)
			continue;
		vsw_fwd_output(lcore, to, frame);
		n++;
	}
	return n;
}

/* Of a frame that was output n times. */
static void
count_outputs(struct vsw_stats_row *row, uint16_t n)
{
	if (n == 0)
		row->drop[VSW_DROP_NO_MEMBER]++;
	else
		row->copies += n - 1;
}

/* What the FDB does not know is behind the uplinks; groups are there and with the other guests. */
static void
flood_guest(struct vsw_burst *burst, struct vsw_fwd_lcore *lcore, const struct vsw_fwd_plan *plan)
{
	uint16_t i, n;

	for (i = 0; i < burst->n_flood; i++) {
		struct vsw_frame *frame = &burst->frames.frame[burst->flood[i]];

		n = to_list(&plan->uplink, burst, frame, lcore);
		if (vsw_fwd_is_group(burst->da_key[i]))
			n += to_list(&plan->guest, burst, frame, lcore);
		count_outputs(burst->row, n);
	}
	burst->row->flooded += burst->n_flood;
}

void
vsw_fwd_guest(struct vsw_burst *burst, struct vsw_fwd_lcore *lcore, const struct vsw_fwd_plan *plan)
{
	vsw_fwd_admit(burst);
	vsw_fwd_learn(burst, lcore->fdb);
	vsw_fwd_dispatch(burst, lcore, plan);
	flood_guest(burst, lcore, plan);
}

/* Guests that see each other by the network beyond the uplinks alone. */
void
vsw_fwd_private_guest(struct vsw_burst *burst, struct vsw_fwd_lcore *lcore,
		      const struct vsw_fwd_plan *plan)
{
	uint16_t port_id[VSW_BURST_MAX];
	uint16_t i;

	vsw_fwd_admit(burst);
	vsw_fwd_learn(burst, lcore->fdb);
	vsw_fdb_lookup_bulk(lcore->fdb, burst->da_key, burst->n_live, port_id);
	for (i = 0; i < burst->n_live; i++) {
		struct vsw_frame *frame = &burst->frames.frame[burst->live[i]];

		if (port_id[i] == burst->port->port_id)
			burst->row->drop[VSW_DROP_SAME_PORT]++;
		else if (port_id[i] == VSW_FWD_BLACKHOLE)
			burst->row->drop[VSW_DROP_BLACKHOLE]++;
		else
			count_outputs(burst->row, to_list(&plan->uplink, burst, frame, lcore));
	}
}

/* The guest of a frame's tag, if the frame is for one of its addresses. */
static const struct vsw_fwd_port *
guest_of(const struct vsw_frame *frame, uint16_t port_id, const struct vsw_fwd_plan *plan)
{
	const struct vsw_fwd_port *guest = plan->guest_of_vid[frame->vlan.vid];

	return guest != NULL && guest->port_id == port_id ? guest : NULL;
}

/* An uplink without tags: the address alone tells. */
static const struct vsw_fwd_port *
guest_at(uint16_t port_id, const struct vsw_fwd_plan *plan)
{
	const struct vsw_fwd_port *to;

	if (port_id == VSW_FDB_MISS)
		return NULL;
	to = &plan->port[port_id];
	return to->hot != NULL && to->forward != vsw_fwd_uplink ? to : NULL;
}

static void
to_guests(struct vsw_burst *burst, struct vsw_frame *frame, struct vsw_fwd_lcore *lcore,
	  const struct vsw_fwd_plan *plan)
{
	const struct vsw_fwd_port *guest = plan->guest_of_vid[frame->vlan.vid];

	burst->row->flooded++;
	if (frame->vlan.vid == VSW_FWD_SHARED_DOMAIN)
		count_outputs(burst->row, to_list(&plan->guest, burst, frame, lcore));
	else if (guest != NULL)
		vsw_fwd_output(lcore, guest, frame);
	else
		burst->row->drop[VSW_DROP_NO_MEMBER]++;
}

void
vsw_fwd_uplink(struct vsw_burst *burst, struct vsw_fwd_lcore *lcore,
	       const struct vsw_fwd_plan *plan)
{
	uint16_t port_id[VSW_BURST_MAX];
	uint16_t i;

	vsw_fwd_admit(burst);
	vsw_fdb_lookup_bulk(lcore->fdb, burst->da_key, burst->n_live, port_id);
	for (i = 0; i < burst->n_live; i++) {
		struct vsw_frame *frame = &burst->frames.frame[burst->live[i]];
		const struct vsw_fwd_port *to;

		if (vsw_fwd_is_group(burst->da_key[i])) {
			to_guests(burst, frame, lcore, plan);
			continue;
		}
		to = frame->vlan.vid == VSW_FWD_SHARED_DOMAIN ? guest_at(port_id[i], plan)
							      : guest_of(frame, port_id[i], plan);
		if (to != NULL)
			vsw_fwd_output(lcore, to, frame);
		else
			burst->row->drop[port_id[i] == VSW_FWD_BLACKHOLE ? VSW_DROP_BLACKHOLE
									 : VSW_DROP_FOREIGN_DA]++;
	}
}
