/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The life of a vhost port from the user's side, from create to destroy. Its socket is in
 * vhost_socket.c, what its front end does in vhost_device.c, the packet path in vhost_rx.c and
 * vhost_tx.c.
 */
#include "vsw_port_vhost.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_malloc.h>

#include "vhost_port.h"

static struct vhost_port *
to_vhost(const struct vsw_port *port)
{
	return container_of(port, struct vhost_port, port);
}

static enum vsw_port_state
vhost_link_state(const struct vsw_port *port)
{
	return vhost_device_link(to_vhost(port));
}

static uint32_t
vhost_sessions_ended(const struct vsw_port *port)
{
	return __atomic_load_n(&to_vhost(port)->sessions_ended, __ATOMIC_ACQUIRE);
}

static uint16_t
vhost_link_mtu(const struct vsw_port *port)
{
	return __atomic_load_n(&to_vhost(port)->info.mtu_bytes, __ATOMIC_RELAXED);
}

static uint16_t
vhost_n_rxqs(const struct vsw_port *port)
{
	return RTE_MIN(vhost_device_n_pairs(to_vhost(port)), VSW_PORT_QUEUES_MAX);
}

static struct vsw_rxq *
vhost_rxq(struct vsw_port *port, uint16_t queue)
{
	return &to_vhost(port)->queue[queue].rxq;
}

static void
free_port(struct vhost_port *vhost)
{
	rte_free(vhost->retry);
	rte_free(vhost);
}

static void
free_socket(struct vhost_socket *socket)
{
	uint16_t i;

	for (i = 0; i < socket->n_slots; i++) {
		vsw_port_fini(&socket->slot[i]->port);
		free_port(socket->slot[i]);
	}
	vhost_socket_destroy(socket);
}

static void
vhost_destroy(struct vsw_port *port)
{
	struct vhost_socket *socket = to_vhost(port)->socket;

	vhost_socket_close(socket);
	free_socket(socket);
}

/*
 * The front end of a port that is alone goes with its socket; on a socket that others share its
 * connection is ended.
 */
static int
vhost_set_admin(struct vsw_port *port, bool up, struct vsw_error *err)
{
	struct vhost_port *vhost = to_vhost(port);
	bool alone = vhost->socket->n_slots == 1;
	int ret = 0;

	if (alone && up)
		ret = vhost_socket_open(vhost->socket, err);
	else if (alone)
		vhost_socket_close(vhost->socket);
	else if (up)
		vhost_connection_start(vhost);
	else
		vhost_connection_stop(vhost);
	if (ret == 0)
		vhost_device_admin_changed(vhost);
	return ret;
}

static const struct vsw_port_ops vhost_ops = {
	.kind = "vhost",
	.link_state = vhost_link_state,
	.sessions_ended = vhost_sessions_ended,
	.link_mtu = vhost_link_mtu,
	.n_rxqs = vhost_n_rxqs,
	.rxq = vhost_rxq,
	.set_admin = vhost_set_admin,
	.destroy = vhost_destroy,
};

bool
vsw_port_is_vhost(const struct vsw_port *port)
{
	return port->ops == &vhost_ops;
}

void
vsw_port_vhost_get_info(const struct vsw_port *port, struct vsw_port_vhost_info *info)
{
	struct vhost_port *vhost = to_vhost(port);
	uint16_t i;

	pthread_mutex_lock(&vhost->info_lock);
	*info = vhost->info;
	pthread_mutex_unlock(&vhost->info_lock);
	info->path = vhost->socket->path;
	info->client = vhost->socket->client;
	info->n_clients = vhost->socket->n_slots;
	info->withheld = vhost->socket->withheld;
	info->refused = __atomic_load_n(&vhost->socket->refused, __ATOMIC_RELAXED);
	for (i = 0; i < VSW_PORT_QUEUES_MAX; i++) {
		info->queue[2 * i].enabled =
			__atomic_load_n(&vhost->tx_enabled, __ATOMIC_RELAXED) >> i & 1;
		info->queue[2 * i + 1].enabled =
			__atomic_load_n(&vhost->rx_enabled, __ATOMIC_RELAXED) >> i & 1;
		info->queue[2 * i].broken =
			__atomic_load_n(&vhost->txq[i].broken, __ATOMIC_RELAXED);
		info->queue[2 * i + 1].broken =
			__atomic_load_n(&vhost->queue[i].broken, __ATOMIC_RELAXED);
	}
}

bool
vsw_port_vhost_is_spare(const struct vsw_port *port)
{
	const struct vhost_port *vhost = to_vhost(port);

	return vsw_port_is_vhost(port) && vhost->slot > 0 &&
	       vhost_device_connections(vhost->socket->slot[vhost->slot - 1]) == 0;
}

static int
check_clients(const struct vsw_port_vhost_config *config, struct vsw_error *err)
{
	if (config->n_clients < 1 || config->n_clients > VSW_PORT_VHOST_CLIENTS_MAX)
		return vsw_error_set(err, EINVAL,
				     "port \"%s\": clients %u: a socket takes 1 to %d front ends",
				     config->name, config->n_clients, VSW_PORT_VHOST_CLIENTS_MAX);
	if (config->client && config->n_clients > 1)
		return vsw_error_set(
			err, EINVAL,
			"port \"%s\": who connects as client has one front end, not %u; leave out "
			"'clients', or 'client' to listen",
			config->name, config->n_clients);
	return 0;
}

/* virtio 1.2 section 5.1.3.1. */
static int
check_offloads(const struct vsw_port_vhost_config *config, struct vsw_error *err)
{
	if (!config->tso || config->csum)
		return 0;
	return vsw_error_set(err, EINVAL,
			     "port \"%s\": tso on needs csum on: who cuts a frame writes its "
			     "checksums; leave out 'csum off', or 'tso on'",
			     config->name);
}

static int
check_path(const struct vsw_port_vhost_config *config, struct vsw_error *err)
{
	const struct vhost_socket *other;

	if (strlen(config->path) >= VSW_PORT_VHOST_PATH_BYTES)
		return vsw_error_set(
			err, ENAMETOOLONG,
			"port \"%s\": the path has %zu bytes, a socket path at most %d",
			config->name, strlen(config->path), VSW_PORT_VHOST_PATH_BYTES - 1);
	other = vhost_socket_find(config->path);
	if (other != NULL)
		return vsw_error_set(err, EADDRINUSE,
				     "port \"%s\": %s is the socket of port \"%s\"", config->name,
				     config->path, other->name);
	return 0;
}

static int
out_of_memory(const struct vsw_port_vhost_config *config, struct vsw_error *err)
{
	return vsw_error_set(err, ENOMEM, "port \"%s\": out of memory; give EAL more (-m)",
			     config->name);
}

static struct vhost_port *
alloc_port(const struct vsw_port_vhost_env *env)
{
	struct vhost_port *vhost;

	vhost = rte_zmalloc("vhost_port", sizeof(*vhost), RTE_CACHE_LINE_SIZE);
	if (vhost == NULL || env->retry_num == 0)
		return vhost;
	vhost->retry_limits =
		vhost_retry_limits(env->retry_num, env->retry_delay_us, rte_get_tsc_hz());
	vhost->retry = rte_zmalloc("vhost_retry", env->n_lcores * sizeof(*vhost->retry),
				   RTE_CACHE_LINE_SIZE);
	if (vhost->retry == NULL) {
		rte_free(vhost);
		return NULL;
	}
	return vhost;
}

/* "NAME-2" is the third of several, "NAME" the only one. */
static void
name_slot(const struct vhost_port *vhost, uint16_t n_slots, char *name, size_t size)
{
	if (n_slots == 1)
		snprintf(name, size, "%s", vhost->socket->name);
	else
		snprintf(name, size, "%s-%u", vhost->socket->name, vhost->slot);
}

static int
add_slot(struct vhost_socket *socket, const struct vsw_port_vhost_config *config,
	 const struct vsw_port_vhost_env *env, struct vsw_error *err)
{
	struct vhost_port *vhost = alloc_port(env);
	char name[VSW_PORT_NAME_BYTES + sizeof("-65535")];
	int ret;

	if (vhost == NULL)
		return out_of_memory(config, err);
	vhost->socket = socket;
	vhost->slot = socket->n_slots;
	vhost->env = *env;
	vhost_device_init(vhost);
	vhost_rx_init(vhost);
	vhost_tx_init(vhost);
	vhost->port.ops = &vhost_ops;
	vhost->port.slot_of = config->n_clients > 1 ? socket->name : NULL;
	vhost->port.admin_up = true;
	vhost->port.pinned_lcore = config->pinned_lcore;
	name_slot(vhost, config->n_clients, name, sizeof(name));
	ret = vsw_port_init(&vhost->port, name, config->vlan, env->n_lcores, err);
	if (ret < 0) {
		free_port(vhost);
		return ret;
	}
	socket->slot[socket->n_slots++] = vhost;
	return 0;
}

int
vsw_port_vhost_create(const struct vsw_port_vhost_config *config,
		      const struct vsw_port_vhost_env *env, struct vsw_port **port,
		      struct vsw_error *err)
{
	struct vhost_socket *socket;
	int ret;

	ret = check_clients(config, err);
	if (ret == 0)
		ret = check_offloads(config, err);
	if (ret == 0)
		ret = vsw_port_check_name(config->name, err);
	if (ret == 0)
		ret = check_path(config, err);
	if (ret < 0)
		return ret;
	socket = vhost_socket_create(config);
	if (socket == NULL)
		return out_of_memory(config, err);
	while (ret == 0 && socket->n_slots < config->n_clients)
		ret = add_slot(socket, config, env, err);
	if (ret == 0)
		ret = vhost_socket_open(socket, err);
	if (ret < 0) {
		free_socket(socket);
		return ret;
	}
	*port = &socket->slot[0]->port;
	return 0;
}
