/* SPDX-License-Identifier: BSD-3-Clause */
#include "vhost_socket.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rte_vhost.h>

#include "vhost_port.h"
#include "vhost_wake.h"
#include "vsw_sockpath.h"

#define CSUM_FEATURES (1ULL << VIRTIO_NET_F_CSUM | 1ULL << VIRTIO_NET_F_GUEST_CSUM)

#define TSO_FEATURES                                                                               \
	(1ULL << VIRTIO_NET_F_GUEST_TSO4 | 1ULL << VIRTIO_NET_F_GUEST_TSO6 |                       \
	 1ULL << VIRTIO_NET_F_HOST_TSO4 | 1ULL << VIRTIO_NET_F_HOST_TSO6)

/* What lib/offload cannot complete, and the obsolete name for any of it. */
#define FEATURES_NEVER_OFFERED                                                                     \
	(1ULL << VIRTIO_NET_F_GSO | 1ULL << VIRTIO_NET_F_GUEST_ECN |                               \
	 1ULL << VIRTIO_NET_F_HOST_ECN | 1ULL << VIRTIO_NET_F_GUEST_UFO |                          \
	 1ULL << VIRTIO_NET_F_HOST_UFO)

#define PROTOCOL_FEATURES_OFFERED                                                                  \
	(1ULL << VHOST_USER_PROTOCOL_F_MQ | 1ULL << VHOST_USER_PROTOCOL_F_LOG_SHMFD |              \
	 1ULL << VHOST_USER_PROTOCOL_F_RARP | 1ULL << VHOST_USER_PROTOCOL_F_REPLY_ACK |            \
	 1ULL << VHOST_USER_PROTOCOL_F_NET_MTU | 1ULL << VHOST_USER_PROTOCOL_F_STATUS)

static pthread_mutex_t list_lock = PTHREAD_MUTEX_INITIALIZER;
static struct vhost_socket *list; /* control: rw; librte_vhost: r: under list_lock */

struct vhost_socket *
vhost_socket_find(const char *path)
{
	struct vhost_socket *socket;

	pthread_mutex_lock(&list_lock);
	for (socket = list; socket != NULL; socket = socket->next) {
		if (strcmp(socket->path, path) == 0)
			break;
	}
	pthread_mutex_unlock(&list_lock);
	return socket;
}

struct vhost_socket *
vhost_socket_of_device(int vid)
{
	char path[VSW_PORT_VHOST_PATH_BYTES];

	if (rte_vhost_get_ifname(vid, path, sizeof(path)) < 0)
		return NULL;
	return vhost_socket_find(path);
}

static uint64_t
features_withheld(const struct vsw_port_vhost_config *config)
{
	uint64_t withheld = FEATURES_NEVER_OFFERED;

	if (!config->csum)
		withheld |= CSUM_FEATURES;
	if (!config->tso)
		withheld |= TSO_FEATURES;
	if (!config->mergeable)
		withheld |= 1ULL << VIRTIO_NET_F_MRG_RXBUF;
	if (!config->packed)
		withheld |= 1ULL << VIRTIO_F_RING_PACKED;
	return withheld;
}

struct vhost_socket *
vhost_socket_create(const struct vsw_port_vhost_config *config)
{
	struct vhost_socket *socket;

	socket = calloc(1, sizeof(*socket) + config->n_clients * sizeof(socket->slot[0]));
	if (socket == NULL)
		return NULL;
	strcpy(socket->name, config->name);
	strcpy(socket->path, config->path);
	socket->client = config->client;
	socket->withheld = features_withheld(config);
	socket->mode = config->mode;
	socket->owner = config->owner;
	socket->group = config->group;
	pthread_mutex_lock(&list_lock);
	socket->next = list;
	list = socket;
	pthread_mutex_unlock(&list_lock);
	return socket;
}

void
vhost_socket_destroy(struct vhost_socket *socket)
{
	struct vhost_socket **link;

	pthread_mutex_lock(&list_lock);
	for (link = &list; *link != socket; link = &(*link)->next)
		;
	*link = socket->next;
	pthread_mutex_unlock(&list_lock);
	free(socket);
}

static int
register_driver(struct vhost_socket *socket, struct vsw_error *err)
{
	uint64_t flags = 0;

	if (socket->client)
		flags |= RTE_VHOST_USER_CLIENT;
	if (rte_vhost_driver_register(socket->path, flags) < 0)
		return vsw_error_set(
			err, EIO,
			"port \"%s\": librte_vhost cannot register %s; is it the path of "
			"another port?",
			socket->name, socket->path);
	if (rte_vhost_driver_disable_features(socket->path, socket->withheld) < 0 ||
	    rte_vhost_driver_set_protocol_features(socket->path, PROTOCOL_FEATURES_OFFERED) < 0 ||
	    rte_vhost_driver_callback_register(socket->path, &vhost_device_ops) < 0) {
		rte_vhost_driver_unregister(socket->path);
		return vsw_error_set(err, EIO, "port \"%s\": librte_vhost cannot configure %s",
				     socket->name, socket->path);
	}
	return 0;
}

/* The process's umask gives the owner alone access until here. */
static int
set_access(const struct vhost_socket *socket, struct vsw_error *err)
{
	if (socket->client)
		return 0;
	if (chmod(socket->path, socket->mode) < 0)
		return vsw_error_set(err, errno, "port \"%s\": mode %03o of %s cannot be set: %s",
				     socket->name, socket->mode, socket->path, strerror(errno));
	if ((socket->owner != (uid_t)-1 || socket->group != (gid_t)-1) &&
	    chown(socket->path, socket->owner, socket->group) < 0)
		return vsw_error_set(err, errno, "port \"%s\": owner of %s cannot be set: %s",
				     socket->name, socket->path, strerror(errno));
	return 0;
}

/* A front end that has connected meanwhile goes with the socket. */
static void
unregister_driver(struct vhost_socket *socket)
{
	__atomic_store_n(&socket->closing, true, __ATOMIC_RELAXED);
	rte_vhost_driver_unregister(socket->path); /* calls on_destroy_device; removes the file */
	vhost_device_forget(socket);
	__atomic_store_n(&socket->closing, false, __ATOMIC_RELAXED);
	vhost_wake(); /* front ends see the end when the thread no longer waits for them */
}

int
vhost_socket_open(struct vhost_socket *socket, struct vsw_error *err)
{
	int ret;

	if (!socket->client && vsw_sockpath_claim(socket->path, err) < 0)
		return vsw_error_prefix(err, "port \"%s\"", socket->name);
	ret = register_driver(socket, err);
	if (ret < 0)
		return ret;
	if (rte_vhost_driver_start(socket->path) < 0)
		ret = vsw_error_set(err, EIO, "port \"%s\": %s cannot be %s", socket->name,
				    socket->path, socket->client ? "connected to" : "listened on");
	else
		ret = set_access(socket, err);
	if (ret < 0) {
		unregister_driver(socket);
		return ret;
	}
	socket->open = true;
	vhost_wake();
	return 0;
}

void
vhost_socket_close(struct vhost_socket *socket)
{
	if (!socket->open)
		return;
	socket->open = false;
	unregister_driver(socket);
}
