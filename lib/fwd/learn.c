/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * learn: enter the sources of a burst into the FDB. A frame whose source is a static entry of
 * another port is dropped; one whose source finds no place is forwarded all the same, and
 * counted.
 */
#include <rte_branch_prediction.h>

#include "burst.h"
#include "vsw_fdb_hot.h"

/* Count what is not everyday. False if the frame is to be dropped. */
static bool
take_result(struct vsw_stats_row *row, enum vsw_fdb_result result)
{
	switch (result) {
	case VSW_FDB_LEARNED:
		row->learned++;
		return true;
	case VSW_FDB_MOVED:
		row->moved++;
		return true;
	case VSW_FDB_PORT_LIMIT:
		row->unlearned_port++;
		return true;
	case VSW_FDB_TABLE_FULL:
		row->unlearned_full++;
		return true;
	case VSW_FDB_STATIC_VIOLATION:
		row->drop[VSW_DROP_FDB_VIOLATION]++;
		return false;
	default:
		return true;
	}
}

void
vsw_fwd_learn(struct vsw_burst *burst, struct vsw_fdb *fdb)
{
	uint8_t result[VSW_BURST_MAX];
	uint16_t i, n = 0;

	vsw_fdb_learn_bulk(fdb, burst->sa_key, burst->n_live, burst->port->port_id, result);
	for (i = 0; i < burst->n_live; i++) {
		burst->live[n] = burst->live[i];
		burst->da_key[n] = burst->da_key[i];
		n += likely(result[i] <= VSW_FDB_REFRESHED) || take_result(burst->row, result[i]);
	}
	burst->n_live = n;
}
