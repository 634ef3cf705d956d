/* SPDX-License-Identifier: BSD-3-Clause */
/* The service bridge: a learning bridge for each VLAN. */
#include "burst.h"

void
vsw_fwd_bridge(struct vsw_burst *burst, struct vsw_fwd_lcore *lcore,
	       const struct vsw_fwd_plan *plan)
{
	vsw_fwd_admit(burst);
	vsw_fwd_learn(burst, lcore->fdb);
	vsw_fwd_dispatch(burst, lcore, plan);
	vsw_fwd_flood(burst, lcore, plan);
}
