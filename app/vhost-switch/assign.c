/* SPDX-License-Identifier: BSD-3-Clause */
#include "assign.h"

#include <stdbool.h>
#include <stdlib.h>

#include "vsw_plan.h"

/* A queue of the plan, and where its port remembers the place. */
struct candidate {
	struct vsw_plan_queue plan;
	struct vsw_rxq *rxq;
	uint16_t *place;
};

static void
add_queues(struct vsw_port *port, uint16_t n_rxqs, struct candidate *candidates, uint32_t *n)
{
	uint16_t i;

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

/* The ports listed have queues, all others lose their places; both walks go up by id. */
static uint32_t
collect(struct vsw_port *const *ports, uint16_t n_ports, struct candidate *candidates)
{
	struct vsw_port *port;
	uint16_t port_id = 0, listed = 0;
	uint32_t n = 0;

	while ((port = vsw_port_next(&port_id)) != NULL) {
		bool forwards = listed < n_ports && ports[listed] == port;

		listed += forwards;
		add_queues(port, forwards ? port->ops->n_rxqs(port) : 0, candidates, &n);
	}
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
assign_queues(struct vsw_switch *vsw, struct vsw_port *const *ports, uint16_t n_ports, uint32_t *n,
	      uint32_t *n_moved)
{
	uint32_t n_max = n_ports * VSW_PORT_QUEUES_MAX + 1, i;
	struct candidate *candidates = calloc(n_max, sizeof(*candidates));
	struct vsw_plan_queue *plan = calloc(n_max, sizeof(*plan));
	struct vsw_fwd_queue *queues = calloc(n_max, sizeof(*queues));
	uint32_t *load = calloc(vsw->n_lcores, sizeof(*load));

	if (candidates == NULL || plan == NULL || queues == NULL || load == NULL) {
		free(queues);
		queues = NULL;
		goto out;
	}
	*n = collect(ports, n_ports, candidates);
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
