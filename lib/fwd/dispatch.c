/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lookup and dispatch: find the destination of each frame in the FDB, list known unicast by port,
 * and leave the rest to flood. Group addresses are never in the FDB, so they need no test here.
 */
#include <rte_branch_prediction.h>

#include "burst.h"
#include "vsw_fdb_hot.h"

/* Why a frame does not go to the port that its destination is on. */
static enum vsw_drop
refusal(const struct vsw_burst *burst, const struct vsw_fwd_port *to)
{
	if (to == burst->port)
		return VSW_DROP_SAME_PORT;
	if (to->hot != NULL)
		return VSW_DROP_ISOLATED;
	return to->port_id == VSW_FWD_BLACKHOLE ? VSW_DROP_BLACKHOLE : VSW_DROP_PORT_DOWN;
}

void
vsw_fwd_dispatch(struct vsw_burst *burst, struct vsw_fwd_lcore *lcore,
		 const struct vsw_fwd_plan *plan)
{
	const struct vsw_fwd_port *from = burst->port, *to;
	uint16_t port_id[VSW_BURST_MAX];
	uint16_t i, n_flood = 0;

	vsw_fdb_lookup_bulk(lcore->fdb, burst->da_key, burst->n_live, port_id);
	for (i = 0; i < burst->n_live; i++) {
		if (port_id[i] == VSW_FDB_MISS) {
			burst->da_key[n_flood] = burst->da_key[i];
			burst->flood[n_flood++] = burst->live[i];
			continue;
		}
		to = &plan->port[port_id[i]];
		if (likely(to->hot != NULL && to != from && to->group != from->horizon))
			vsw_fwd_output(lcore, to, &burst->frames.frame[burst->live[i]]);
		else
			burst->row->drop[refusal(burst, to)]++;
	}
	burst->n_flood = n_flood;
}
