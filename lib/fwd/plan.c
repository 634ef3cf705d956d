/* SPDX-License-Identifier: BSD-3-Clause */
/* The snapshot that lcores forward by: made whole, then constant. */
#include "vsw_fwd.h"

#include <stdlib.h>

static int
by_vlan(const void *a, const void *b)
{
	const struct vsw_port_hot *const *left = a;
	const struct vsw_port_hot *const *right = b;

	if ((*left)->vlan != (*right)->vlan)
		return (*left)->vlan < (*right)->vlan ? -1 : 1;
	return (*left)->port_id < (*right)->port_id ? -1 : 1;
}

static void
set_members(struct vsw_fwd_plan *plan, struct vsw_port_hot *const *ports, uint16_t n)
{
	uint16_t i;

	for (i = 0; i < n; i++) {
		plan->port[ports[i]->port_id] = ports[i];
		plan->member[i] = ports[i];
	}
	qsort(plan->member, n, sizeof(plan->member[0]), by_vlan);
	for (i = n; i-- > 0;) {
		struct vsw_fwd_vlan *vlan = &plan->vlan[plan->member[i]->vlan];

		vlan->first = i;
		vlan->n++;
	}
}

static void
set_queues(struct vsw_fwd_plan *plan, const struct vsw_fwd_queue *queues, uint32_t n)
{
	uint32_t lcore, i, used = 0;

	for (lcore = 0; lcore < plan->n_lcores; lcore++) {
		plan->poll[lcore].first = used;
		for (i = 0; i < n; i++) {
			if (queues[i].lcore == lcore)
				plan->rxq[used++] = queues[i].rxq;
		}
		plan->poll[lcore].n = used - plan->poll[lcore].first;
	}
	plan->n_rxqs = used;
}

struct vsw_fwd_plan *
vsw_fwd_plan_create(struct vsw_port_hot *const *ports, uint16_t n_ports,
		    const struct vsw_fwd_queue *queues, uint32_t n_queues, uint32_t n_lcores)
{
	struct vsw_fwd_plan *plan;

	plan = calloc(1, sizeof(*plan));
	if (plan == NULL)
		return NULL;
	plan->n_lcores = n_lcores;
	plan->poll = calloc(n_lcores, sizeof(*plan->poll));
	plan->rxq = calloc(n_queues + 1, sizeof(*plan->rxq));
	if (plan->poll == NULL || plan->rxq == NULL) {
		vsw_fwd_plan_destroy(plan);
		return NULL;
	}
	set_members(plan, ports, n_ports);
	set_queues(plan, queues, n_queues);
	return plan;
}

void
vsw_fwd_plan_destroy(struct vsw_fwd_plan *plan)
{
	if (plan == NULL)
		return;
	free(plan->poll);
	free(plan->rxq);
	free(plan);
}
