/* SPDX-License-Identifier: BSD-3-Clause */
#include "vsw_fwd.h"

#include <rte_malloc.h>

#include "burst.h"

struct vsw_fwd_lcore *
vsw_fwd_lcore_create(unsigned int lcore, struct vsw_fdb *fdb, int socket_id)
{
	struct vsw_fwd_lcore *context;

	context = rte_zmalloc_socket("vsw_fwd", sizeof(*context), RTE_CACHE_LINE_SIZE, socket_id);
	if (context == NULL)
		return NULL;
	context->lcore = lcore;
	context->fdb = fdb;
	return context;
}

void
vsw_fwd_lcore_destroy(struct vsw_fwd_lcore *lcore)
{
	rte_free(lcore);
}

uint16_t
vsw_fwd_burst(struct vsw_fwd_lcore *lcore, const struct vsw_fwd_plan *plan, struct vsw_rxq *rxq)
{
	struct vsw_burst burst;

	burst.port = &plan->port[rxq->port->port_id];
	burst.row = &rxq->port->rows[lcore->lcore];
	burst.segments_left = SEGMENTS_MAX;
	burst.n = rxq->rx(rxq, burst.row, &burst.frames, VSW_BURST_MAX);
	if (burst.n == 0)
		return 0;
	burst.port->forward(&burst, lcore, plan);
	vsw_fwd_egress(&burst, lcore);
	rxq->release(rxq, &burst.frames, burst.n);
	return burst.n;
}
