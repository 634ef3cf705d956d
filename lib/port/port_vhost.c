/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The life of a vhost port from the user's side: its socket, from create to destroy. What its front
 * end does is in vhost_device.c, the packet path in vhost_queue.c.
 */
#include "vsw_port_vhost.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rte_malloc.h>
#include <rte_vhost.h>

#include "vhost_port.h"
#include "vsw_sockpath.h"

/* What needs offload support on our side, which comes with lib/fwd's offload stage. */
#define FEATURES_NOT_OFFERED                                                                       \
	(1ULL << VIRTIO_NET_F_CSUM | 1ULL << VIRTIO_NET_F_GUEST_CSUM | 1ULL << VIRTIO_NET_F_GSO |  \
	 1ULL << VIRTIO_NET_F_GUEST_TSO4 | 1ULL << VIRTIO_NET_F_GUEST_TSO6 |                       \
	 1ULL << VIRTIO_NET_F_GUEST_ECN | 1ULL << VIRTIO_NET_F_GUEST_UFO |                         \
	 1ULL << VIRTIO_NET_F_HOST_TSO4 | 1ULL << VIRTIO_NET_F_HOST_TSO6 |                         \
	 1ULL << VIRTIO_NET_F_HOST_ECN | 1ULL << VIRTIO_NET_F_HOST_UFO)

#define PROTOCOL_FEATURES_OFFERED                                                                  \
	(1ULL << VHOST_USER_PROTOCOL_F_MQ | 1ULL << VHOST_USER_PROTOCOL_F_LOG_SHMFD |              \
	 1ULL << VHOST_USER_PROTOCOL_F_RARP | 1ULL << VHOST_USER_PROTOCOL_F_REPLY_ACK |            \
	 1ULL << VHOST_USER_PROTOCOL_F_NET_MTU | 1ULL << VHOST_USER_PROTOCOL_F_STATUS)

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
vhost_free(struct vhost_port *vhost)
{
	vhost_device_unwatch(vhost);
	vsw_port_fini(&vhost->port);
	rte_free(vhost);
}

static void
vhost_destroy(struct vsw_port *port)
{
	struct vhost_port *vhost = to_vhost(port);

	rte_vhost_driver_unregister(vhost->path); /* calls on_destroy_device; removes the socket */
	vhost_free(vhost);
}

static const struct vsw_port_ops vhost_ops = {
	.kind = "vhost",
	.link_state = vhost_link_state,
	.sessions_ended = vhost_sessions_ended,
	.n_rxqs = vhost_n_rxqs,
	.rxq = vhost_rxq,
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
	for (i = 0; i < VSW_PORT_QUEUES_MAX; i++)
		info->queue[2 * i + 1].broken =
			__atomic_load_n(&vhost->queue[i].broken, __ATOMIC_RELAXED);
}

static int
register_driver(struct vhost_port *vhost, const struct vsw_port_vhost_config *config,
		struct vsw_error *err)
{
	uint64_t flags = RTE_VHOST_USER_LINEARBUF_SUPPORT | RTE_VHOST_USER_NET_COMPLIANT_OL_FLAGS;
	uint64_t disabled = FEATURES_NOT_OFFERED;

	if (config->client)
		flags |= RTE_VHOST_USER_CLIENT;
	if (!config->mergeable)
		disabled |= 1ULL << VIRTIO_NET_F_MRG_RXBUF;
	if (!config->packed)
		disabled |= 1ULL << VIRTIO_F_RING_PACKED;
	if (rte_vhost_driver_register(vhost->path, flags) < 0)
		return vsw_error_set(
			err, EIO,
			"port \"%s\": librte_vhost cannot register %s; is it the path of "
			"another port?",
			vhost->port.name, vhost->path);
	if (rte_vhost_driver_disable_features(vhost->path, disabled) < 0 ||
	    rte_vhost_driver_set_protocol_features(vhost->path, PROTOCOL_FEATURES_OFFERED) < 0 ||
	    rte_vhost_driver_callback_register(vhost->path, &vhost_device_ops) < 0) {
		rte_vhost_driver_unregister(vhost->path);
		return vsw_error_set(err, EIO, "port \"%s\": librte_vhost cannot configure %s",
				     vhost->port.name, vhost->path);
	}
	return 0;
}

/* The process's umask gives the owner alone access until here. */
static int
set_access(const struct vsw_port_vhost_config *config, struct vsw_error *err)
{
	if (config->client)
		return 0;
	if (chmod(config->path, config->mode) < 0)
		return vsw_error_set(err, errno, "port \"%s\": mode %03o of %s cannot be set: %s",
				     config->name, config->mode, config->path, strerror(errno));
	if ((config->owner != (uid_t)-1 || config->group != (gid_t)-1) &&
	    chown(config->path, config->owner, config->group) < 0)
		return vsw_error_set(err, errno, "port \"%s\": owner of %s cannot be set: %s",
				     config->name, config->path, strerror(errno));
	return 0;
}

static int
start_driver(struct vhost_port *vhost, const struct vsw_port_vhost_config *config,
	     struct vsw_error *err)
{
	int ret;

	ret = register_driver(vhost, config, err);
	if (ret < 0)
		return ret;
	if (rte_vhost_driver_start(vhost->path) < 0)
		ret = vsw_error_set(err, EIO, "port \"%s\": %s cannot be %s", config->name,
				    vhost->path, config->client ? "connected to" : "listened on");
	else
		ret = set_access(config, err);
	if (ret < 0)
		rte_vhost_driver_unregister(vhost->path);
	return ret;
}

static int
check_path(const struct vsw_port_vhost_config *config, struct vsw_error *err)
{
	struct vsw_port *port;
	uint16_t port_id = 0;

	if (strlen(config->path) >= VSW_PORT_VHOST_PATH_BYTES)
		return vsw_error_set(
			err, ENAMETOOLONG,
			"port \"%s\": the path has %zu bytes, a socket path at most %d",
			config->name, strlen(config->path), VSW_PORT_VHOST_PATH_BYTES - 1);
	while ((port = vsw_port_next(&port_id)) != NULL) {
		if (vsw_port_is_vhost(port) && strcmp(to_vhost(port)->path, config->path) == 0)
			return vsw_error_set(err, EADDRINUSE,
					     "port \"%s\": %s is the socket of port \"%s\"",
					     config->name, config->path, port->name);
	}
	if (config->client)
		return 0;
	if (vsw_sockpath_claim(config->path, err) < 0)
		return vsw_error_prefix(err, "port \"%s\"", config->name);
	return 0;
}

int
vsw_port_vhost_create(const struct vsw_port_vhost_config *config,
		      const struct vsw_port_vhost_env *env, struct vsw_port **port,
		      struct vsw_error *err)
{
	struct vhost_port *vhost;
	int ret;

	ret = check_path(config, err);
	if (ret < 0)
		return ret;
	vhost = rte_zmalloc("vhost_port", sizeof(*vhost), RTE_CACHE_LINE_SIZE);
	if (vhost == NULL)
		return vsw_error_set(err, ENOMEM, "port \"%s\": out of memory; give EAL more (-m)",
				     config->name);
	strcpy(vhost->path, config->path);
	vhost->env = *env;
	vhost_device_init(vhost, config->client);
	vhost_queues_init(vhost);
	vhost->port.ops = &vhost_ops;
	vhost->port.admin_up = true;
	vhost->port.pinned_lcore = config->pinned_lcore;
	ret = vsw_port_init(&vhost->port, config->name, config->vlan, env->n_lcores, err);
	if (ret < 0) {
		rte_free(vhost);
		return ret;
	}
	vhost_device_watch(vhost);
	ret = start_driver(vhost, config, err);
	if (ret < 0) {
		vhost_free(vhost);
		return ret;
	}
	*port = &vhost->port;
	return 0;
}
