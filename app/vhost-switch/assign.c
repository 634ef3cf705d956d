/* SPDX-License-Identifier: BSD-3-Clause */
#include "assign.h"

#include <stdlib.h>

#include "vsw_plan.h"

/* A queue of the plan, and where its port remembers the place. */
struct candidate {
	struct vsw_plan_queue plan;
	struct vsw_rxq *rxq;
	uint16_t *place;
};

static uint32_t
count_queues(void)
{
	struct vsw_port *port;
	uint16_t port_id = 0;
	uint32_t n = 0;

	while ((port = vsw_port_next(&port_id)) != NULL)
		n += VSW_PORT_QUEUES_MAX;
	return n;
}

static void
add_port(struct vsw_port *port, struct candidate *candidates, uint32_t *n)
{
	uint16_t n_rxqs = port->ops->n_rxqs(port);
	uint16_t i;

	if (vsw_port_state(port) != VSW_PORT_FORWARDING)
		n_rxqs = 0;
	for (i = 0; i < n_rxqs; i++) {
		candidates[(*n)++] = (struct candidate){
			.plan = {.pinned = port->pinned_lcore, .lcore = port->place[i]},
			.rxq = port->ops->rxq(port, i),
			.place = &port->place[i],
		};
	}
	for (; i < VSW_PORT_QUEUES_MAX; i++)
		port->place[i] = VSW_PLAN_NOWHERE;
}

static uint32_t
collect(struct candidate *candidates)
{
	struct vsw_port *port;
	uint16_t port_id = 0;
	uint32_t n = 0;

	while ((port = vsw_port_next(&port_id)) != NULL)
		add_port(port, candidates, &n);
	return n;
}

/* Those that stay go to the front, those that move to the back. */
static uint32_t
settle(struct candidate *candidates, const struct vsw_plan_queue *plan, uint32_t n,
       struct vsw_fwd_queue *queues)
{
	uint32_t i, front = 0, back = n;

	for (i = 0; i < n; i++) {
		uint16_t *place = candidates[i].place;
		int moved = *place != VSW_PLAN_NOWHERE && *place != plan[i].lcore;

		*place = plan[i].lcore;
		queues[moved ? --back : front++] =
			(struct vsw_fwd_queue){.rxq = candidates[i].rxq, .lcore = plan[i].lcore};
	}
	return n - back;
}

struct vsw_fwd_queue *
assign_queues(struct vsw_switch *vsw, uint32_t *n, uint32_t *n_moved)
{
	uint32_t n_max = count_queues() + 1, i;
	struct candidate *candidates = calloc(n_max, sizeof(*candidates));
	struct vsw_plan_queue *plan = calloc(n_max, sizeof(*plan));
	struct vsw_fwd_queue *queues = calloc(n_max, sizeof(*queues));
	uint32_t *load = calloc(vsw->n_lcores, sizeof(*load));

	if (candidates == NULL || plan == NULL || queues == NULL || load == NULL) {
		free(queues);
		queues = NULL;
		goto out;
	}
	*n = collect(candidates);
	for (i = 0; i < *n; i++)
		plan[i] = candidates[i].plan;
	vsw_plan_lcores(plan, *n, load, vsw->n_lcores);
	*n_moved = settle(candidates, plan, *n, queues);
out:
	free(candidates);
	free(plan);
	free(load);
	return queues;
}
