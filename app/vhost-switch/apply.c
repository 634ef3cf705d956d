/* SPDX-License-Identifier: BSD-3-Clause */
#include "apply.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "assign.h"
#include "vsw_fdb.h"
#include "vsw_fwd.h"
#include "vsw_log.h"
#include "vsw_rcu.h"

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

	queues = assign_queues(vsw, &config.n_queues, &n_moved);
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

void
apply_link_changes(struct vsw_switch *vsw)
{
	struct vsw_error err;
	struct vsw_port *port;
	uint16_t port_id = 0;
	uint64_t count;

	if (read(vsw->notify_fd, &count, sizeof(count)) < 0)
		return;
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
		.pool = vsw->pool,
		.rcu = vsw->rcu,
		.notify = notify,
		.notify_ctx = vsw,
	};
	struct vsw_port *port;

	/* Its front end may be there at once; the notification that follows makes the plan. */
	return vsw_port_vhost_create(config, &env, &port, err);
}

int
apply_port_admin(struct vsw_switch *vsw, struct vsw_port *port, bool up, struct vsw_error *err)
{
	int ret;

	if (port->admin_up == up)
		return 0;
	port->admin_up = up;
	ret = apply_plan(vsw, err);
	if (ret < 0) {
		port->admin_up = !up;
		return ret;
	}
	if (!up)
		vsw_fdb_flush_port(vsw->fdb, port->hot.port_id);
	return 0;
}

int
apply_port_del(struct vsw_switch *vsw, struct vsw_port *port, struct vsw_error *err)
{
	struct vsw_stats_row counted;
	int ret;

	ret = apply_port_admin(vsw, port, false, err);
	if (ret < 0)
		return ret;
	vsw_fdb_remove_port(vsw->fdb, port->hot.port_id);
	/* The books stay whole: what the port has counted is carried on without it. */
	vsw_stats_read_all(port->stats, &counted);
	vsw_stats_add(&vsw->gone, &counted);
	vsw_port_destroy(port);
	return 0;
}
