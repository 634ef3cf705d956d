/* SPDX-License-Identifier: BSD-3-Clause */
/* The snapshot that lcores forward by: made whole, then constant. */
#include <stdlib.h>

#include "burst.h"

#define HEADER_BYTES 14
#define NO_HORIZON UINT16_MAX /* a group that no port is in */

static void
add(struct vsw_fwd_list *list, const struct vsw_fwd_port *port)
{
	list->port[list->n++] = port;
}

static void
set_service(struct vsw_fwd_plan *plan, struct vsw_fwd_port *port, const struct vsw_port *from,
	    bool private_guests)
{
	switch (from->settings.service) {
	case VSW_PORT_BRIDGE:
		port->forward = vsw_fwd_bridge;
		add(port->vlan.mode == VSW_VLAN_TRUNK ? &plan->trunk : &plan->member, port);
		break;
	case VSW_PORT_CONNECT:
		port->forward = vsw_fwd_connect;
		port->peer = &plan->port[from->settings.peer->hot.port_id];
		port->vlan = (struct vsw_vlan_port){.mode = VSW_VLAN_TRANSPARENT};
		break;
	case VSW_PORT_GUEST:
		port->forward = private_guests ? vsw_fwd_private_guest : vsw_fwd_guest;
		port->domain = VSW_FWD_SHARED_DOMAIN;
		plan->guest_of_vid[port->vlan.vlan] = port;
		add(&plan->guest, port);
		break;
	case VSW_PORT_UPLINK:
		port->forward = vsw_fwd_uplink;
		port->domain = VSW_FWD_SHARED_DOMAIN;
		add(&plan->uplink, port);
		break;
	}
}

static void
set_port(struct vsw_fwd_plan *plan, struct vsw_port *from, bool private_guests)
{
	const struct vsw_port_settings *settings = &from->settings;
	struct vsw_fwd_port *port = &plan->port[from->hot.port_id];

	port->hot = &from->hot;
	port->group = settings->group;
	port->horizon = settings->group != VSW_PORT_GROUP_NONE ? settings->group : NO_HORIZON;
	port->min_bytes = from->hot.min_bytes;
	port->max_bytes = vsw_port_mtu(from) + HEADER_BYTES;
	port->flood_unknown = settings->flood_unknown;
	port->vlan = settings->vlan;
	set_service(plan, port, from, private_guests);
}

static int
by_vlan(const void *a, const void *b)
{
	const struct vsw_fwd_port *const *left = a;
	const struct vsw_fwd_port *const *right = b;

	if ((*left)->vlan.vlan != (*right)->vlan.vlan)
		return (*left)->vlan.vlan < (*right)->vlan.vlan ? -1 : 1;
	return (*left)->port_id < (*right)->port_id ? -1 : 1;
}

static void
set_members(struct vsw_fwd_plan *plan)
{
	struct vsw_fwd_list *member = &plan->member;
	uint16_t i;

	qsort(member->port, member->n, sizeof(member->port[0]), by_vlan);
	for (i = member->n; i-- > 0;) {
		struct vsw_fwd_vlan *vlan = &plan->vlan[member->port[i]->vlan.vlan];

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
vsw_fwd_plan_create(const struct vsw_fwd_config *config)
{
	struct vsw_fwd_plan *plan;
	uint16_t i;

	plan = calloc(1, sizeof(*plan));
	if (plan == NULL)
		return NULL;
	plan->n_lcores = config->n_lcores;
	plan->poll = calloc(config->n_lcores, sizeof(*plan->poll));
	plan->rxq = calloc(config->n_queues + 1, sizeof(*plan->rxq));
	if (plan->poll == NULL || plan->rxq == NULL) {
		vsw_fwd_plan_destroy(plan);
		return NULL;
	}
	for (i = 0; i < VSW_FWD_FDB_PORTS; i++)
		plan->port[i].port_id = i;
	for (i = 0; i < config->n_ports; i++)
		set_port(plan, config->ports[i], config->private_guests);
	set_members(plan);
	set_queues(plan, config->queues, config->n_queues);
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
