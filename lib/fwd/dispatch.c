/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lookup and dispatch: find the destination of each frame in the FDB, list known unicast by port,
 * and leave the rest to flood. Group addresses are never in the FDB, so they need no test here.
 */
#include <rte_branch_prediction.h>

#include "burst.h"
#include "vsw_fdb_hot.h"

void
vsw_fwd_dispatch(struct vsw_burst *burst, struct vsw_fwd_lcore *lcore,
		 const struct vsw_fwd_plan *plan)
{
	uint16_t port_id[VSW_BURST_MAX];
	uint16_t i, n_flood = 0;

	vsw_fdb_lookup_bulk(lcore->fdb, burst->da_key, burst->n_live, port_id);
	for (i = 0; i < burst->n_live; i++) {
		struct vsw_port_hot *port;

		if (port_id[i] == VSW_FDB_MISS) {
			burst->flood[n_flood++] = burst->live[i];
			continue;
		}
		port = plan->port[port_id[i]];
		if (likely(port != NULL && port != burst->port))
			vsw_fwd_output(lcore, port, &burst->frame[burst->live[i]]);
		else
			burst->row->drop[port == NULL ? VSW_DROP_PORT_DOWN : VSW_DROP_SAME_PORT]++;
	}
	burst->n_flood = n_flood;
}
