/* SPDX-License-Identifier: BSD-3-Clause */
#include "apply.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "assign.h"
#include "shared.h"
#include "vsw_fdb.h"
#include "vsw_fwd.h"
#include "vsw_log.h"
#include "vsw_rcu.h"

/* By rising id. A guest may change its port's state at any time: this is the one look at it. */
static uint16_t
forwarding_ports(struct vsw_port **ports)
{
	struct vsw_port *port;
	uint16_t port_id = 0, n = 0;

	while ((port = vsw_port_next(&port_id)) != NULL) {
		if (vsw_port_state(port) == VSW_PORT_FORWARDING)
			ports[n++] = port;
	}
	return n;
}

static void
publish(struct vsw_switch *vsw, struct vsw_fwd_plan *plan)
{
	struct vsw_fwd_plan *old = vsw->plan;

	vsw_rcu_publish(&vsw->plan, plan);
	vsw_rcu_synchronize(vsw->rcu);
	vsw_fwd_plan_destroy(old);
}

int
apply_plan(struct vsw_switch *vsw, struct vsw_error *err)
{
	struct vsw_port *ports[VSW_PORT_MAX];
	struct vsw_fwd_config config = {
		.ports = ports,
		.n_ports = forwarding_ports(ports),
		.private_guests = vsw->private_guests,
		.n_lcores = vsw->n_lcores,
	};
	struct vsw_fwd_plan *plan = NULL, *pause = NULL;
	struct vsw_fwd_queue *queues;
	uint32_t n_moved = 0;

	queues = assign_queues(vsw, ports, config.n_ports, &config.n_queues, &n_moved);
	/* After a plan that failed, the places that ports remember are not those in effect. */
	if (vsw->plan_failed)
		n_moved = config.n_queues;
	config.queues = queues;
	if (queues != NULL)
		plan = vsw_fwd_plan_create(&config);
	config.n_queues -= n_moved;
	if (plan != NULL && n_moved > 0)
		pause = vsw_fwd_plan_create(&config);
	free(queues);
	vsw->plan_failed = plan == NULL || (n_moved > 0 && pause == NULL);
	if (vsw->plan_failed) {
		vsw_fwd_plan_destroy(plan);
		return vsw_error_set(err, ENOMEM, "out of memory for a forwarding plan");
	}
	/* For one grace period nobody polls a queue that moves; never do two lcores. */
	if (pause != NULL)
		publish(vsw, pause);
	publish(vsw, plan);
	return 0;
}

static bool
poll_ports(void)
{
	struct vsw_port *port;
	uint16_t port_id = 0;
	bool changed = false;

	while ((port = vsw_port_next(&port_id)) != NULL)
		changed |= port->ops->poll != NULL && port->ops->poll(port);
	return changed;
}

static void
end_sessions(struct vsw_switch *vsw)
{
	struct vsw_error err;
	struct vsw_port *port;
	uint16_t port_id = 0;

	while ((port = vsw_port_next(&port_id)) != NULL) {
		uint32_t ended = port->ops->sessions_ended(port);

		if (port->sessions_seen == ended)
			continue;
		port->sessions_seen = ended;
		vsw_fdb_flush_port(vsw->fdb, port->hot.port_id);
	}
	if (apply_plan(vsw, &err) < 0)
		vsw_log(VSW_LOG_ERROR, "%s", err.text);
}

void
apply_link_changes(struct vsw_switch *vsw)
{
	uint64_t count;

	if (read(vsw->notify_fd, &count, sizeof(count)) < 0)
		return;
	poll_ports();
	end_sessions(vsw);
}

void
apply_poll_ports(struct vsw_switch *vsw)
{
	if (poll_ports())
		end_sessions(vsw);
}

static void
notify(void *ctx)
{
	struct vsw_switch *vsw = ctx;
	const uint64_t one = 1;

	/* Only a counter at its end refuses; then the control thread is behind but knows. */
	if (write(vsw->notify_fd, &one, sizeof(one)) < 0)
		return;
}

int
apply_port_add_vhost(struct vsw_switch *vsw, const struct vsw_port_vhost_config *config,
		     struct vsw_error *err)
{
	const struct vsw_port_vhost_env env = {
		.n_lcores = vsw->n_lcores,
		.rcu = vsw->rcu,
		.retry_num = vsw->rx_retry_num,
		.retry_delay_us = vsw->rx_retry_delay_us,
		.notify = notify,
		.notify_ctx = vsw,
	};
	struct vsw_port *port, *slot;
	uint16_t port_id = 0;
	int ret;

	ret = vsw_port_vhost_create(config, &env, &port, err);
	if (ret < 0)
		return ret;
	while ((slot = vsw_port_next_slot(port, &port_id)) != NULL)
		shared_join(vsw, slot);
	shared_update_uplinks(vsw);
	/* Its front end may be there at once; the notification that follows makes the plan. */
	return 0;
}

int
apply_port_settings(struct vsw_switch *vsw, struct vsw_port *port,
		    const struct vsw_port_settings *settings, struct vsw_error *err)
{
	struct vsw_port_settings before = port->settings;
	int ret;

	port->settings = *settings;
	ret = apply_plan(vsw, err);
	if (ret < 0)
		port->settings = before;
	else if (memcmp(&before.vlan, &settings->vlan, sizeof(before.vlan)) != 0)
		vsw_fdb_flush_port(vsw->fdb, port->hot.port_id);
	return ret;
}

static int
check_unconnected(const struct vsw_port *port, struct vsw_error *err)
{
	if (port->settings.service != VSW_PORT_CONNECT)
		return 0;
	return vsw_error_set(err, EBUSY,
			     "port \"%s\" is connected to \"%s\"; run 'port disconnect %s' first",
			     port->name, port->settings.peer->name, port->name);
}

int
apply_port_connect(struct vsw_switch *vsw, struct vsw_port *port, struct vsw_port *peer,
		   struct vsw_error *err)
{
	enum vsw_port_service before[2] = {port->settings.service, peer->settings.service};
	int ret;

	if (port == peer)
		return vsw_error_set(err, EINVAL, "port \"%s\" cannot be its own peer", port->name);
	ret = check_unconnected(port, err);
	if (ret == 0)
		ret = check_unconnected(peer, err);
	if (ret < 0)
		return ret;
	port->settings.peer = peer;
	peer->settings.peer = port;
	port->settings.service = peer->settings.service = VSW_PORT_CONNECT;
	ret = apply_plan(vsw, err);
	if (ret < 0) {
		port->settings.service = before[0];
		peer->settings.service = before[1];
		return ret;
	}
	vsw_fdb_flush_port(vsw->fdb, port->hot.port_id);
	vsw_fdb_flush_port(vsw->fdb, peer->hot.port_id);
	return 0;
}

int
apply_port_disconnect(struct vsw_switch *vsw, struct vsw_port *port, struct vsw_error *err)
{
	struct vsw_port *peer;
	int ret;

	if (port->settings.service != VSW_PORT_CONNECT)
		return vsw_error_set(err, ENOTCONN, "port \"%s\" is not connected", port->name);
	peer = vsw_port_get(port->settings.peer->hot.port_id);
	port->settings.service = shared_service(vsw, port);
	peer->settings.service = shared_service(vsw, peer);
	ret = apply_plan(vsw, err);
	if (ret < 0)
		port->settings.service = peer->settings.service = VSW_PORT_CONNECT;
	return ret;
}

/* Take an Ethernet port into the plan; it goes again if there is no memory for one. */
static int
join(struct vsw_switch *vsw, struct vsw_port *port, struct vsw_error *err)
{
	int ret;

	shared_join(vsw, port);
	shared_update_uplinks(vsw);
	ret = apply_plan(vsw, err);
	if (ret < 0)
		vsw_port_destroy(port);
	return ret;
}

static struct vsw_port_eth_config
complete(struct vsw_switch *vsw, const struct vsw_port_eth_config *config)
{
	struct vsw_port_eth_config whole = *config;

	whole.n_lcores = vsw->n_lcores;
	whole.promiscuous = vsw->promiscuous;
	whole.notify = notify;
	whole.notify_ctx = vsw;
	return whole;
}

int
apply_port_add_eth(struct vsw_switch *vsw, const struct vsw_port_eth_config *config,
		   struct vsw_error *err)
{
	const struct vsw_port_eth_config whole = complete(vsw, config);
	struct vsw_port *port;
	int ret;

	ret = vsw_port_eth_create(&whole, &port, err);
	return ret < 0 ? ret : join(vsw, port, err);
}

int
apply_port_add_host(struct vsw_switch *vsw, const struct vsw_port_eth_config *config,
		    const char *netns, struct vsw_error *err)
{
	struct vsw_port_eth_config whole = complete(vsw, config);
	struct vsw_port *port;
	int ret;

	whole.pool = vsw->pool; /* its driver gives back at once what it sends */
	ret = vsw_port_host_create(&whole, netns, &port, err);
	return ret < 0 ? ret : join(vsw, port, err);
}

static int
set_admin(struct vsw_port *port, bool up, struct vsw_error *err)
{
	return port->ops->set_admin != NULL ? port->ops->set_admin(port, up, err) : 0;
}

int
apply_port_admin(struct vsw_switch *vsw, struct vsw_port *port, bool up, struct vsw_error *err)
{
	int ret = 0;

	if (port->admin_up == up)
		return 0;
	if (up)
		ret = set_admin(port, true, err);
	if (ret < 0)
		return ret;
	port->admin_up = up;
	ret = apply_plan(vsw, err);
	if (ret < 0)
		port->admin_up = !up;
	if (port->admin_up)
		return ret;
	set_admin(port, false, NULL);
	vsw_fdb_flush_port(vsw->fdb, port->hot.port_id);
	return ret;
}

/* Stop the slots in one plan: each grace period is as long as the slowest lcore takes. */
static int
stop_slots(struct vsw_switch *vsw, const struct vsw_port *port, struct vsw_error *err)
{
	bool were_up[VSW_PORT_MAX];
	struct vsw_port *slot;
	uint16_t port_id = 0;
	int ret;

	while ((slot = vsw_port_next_slot(port, &port_id)) != NULL) {
		were_up[slot->hot.port_id] = slot->admin_up;
		slot->admin_up = false;
	}
	ret = apply_plan(vsw, err);
	for (port_id = 0; ret < 0 && (slot = vsw_port_next_slot(port, &port_id)) != NULL;)
		slot->admin_up = were_up[slot->hot.port_id];
	return ret;
}

static int
disconnect_slots(struct vsw_switch *vsw, const struct vsw_port *port, struct vsw_error *err)
{
	struct vsw_port *slot;
	uint16_t port_id = 0;
	int ret = 0;

	while (ret == 0 && (slot = vsw_port_next_slot(port, &port_id)) != NULL) {
		if (slot->settings.service == VSW_PORT_CONNECT)
			ret = apply_port_disconnect(vsw, slot, err);
	}
	return ret;
}

/* The books stay whole: what the port has counted is carried on without it. */
static void
forget(struct vsw_switch *vsw, const struct vsw_port *port)
{
	struct vsw_stats_row counted;

	vsw_fdb_remove_port(vsw->fdb, port->hot.port_id);
	vsw_stats_read_all(port->stats, &counted);
	vsw_stats_add(&vsw->gone, &counted);
}

int
apply_port_del(struct vsw_switch *vsw, struct vsw_port *port, struct vsw_error *err)
{
	struct vsw_port *slot;
	uint16_t port_id = 0;
	int ret;

	ret = disconnect_slots(vsw, port, err);
	if (ret == 0)
		ret = stop_slots(vsw, port, err);
	if (ret < 0)
		return ret;
	while ((slot = vsw_port_next_slot(port, &port_id)) != NULL)
		forget(vsw, slot);
	vsw_port_destroy(port);
	shared_update_uplinks(vsw);
	return 0;
}
