/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The socket of vhost ports, as librte_vhost knows it.
 *
 * Model: a socket has as many ports, its slots, as it takes front ends; a new front end gets the
 * lowest free one. The socket is registered with the library once, and its slots come and go with
 * it.
 *
 * Threads: control thread; vhost_socket_of_device() by librte_vhost's threads. A socket is found
 * from before it is registered until after it is unregistered, so callbacks find it alive.
 */
#ifndef VHOST_SOCKET_H
#define VHOST_SOCKET_H

#include "vsw_port_vhost.h"

struct vhost_port;

struct vhost_socket {
	struct vhost_socket *next;
	bool client;
	bool closing;			/* control: rw; librte_vhost: r */
	uint32_t refused;		/* librte_vhost: rw; control: r, relaxed */
	char name[VSW_PORT_NAME_BYTES]; /* of the port, or what all slots are called */
	char path[VSW_PORT_VHOST_PATH_BYTES];
	uint16_t n_slots;
	struct vhost_port *slot[];
};

/* Start listening or connecting. Returns 0 or a negative errno with err set. */
int vhost_socket_open(struct vhost_socket *socket, const struct vsw_port_vhost_config *config,
		      struct vsw_error *err);

/*
 * No lcore knows the slots any more. End all connections and remove the socket; when this returns
 * no callback runs any more.
 */
void vhost_socket_close(struct vhost_socket *socket);

/* The socket with this path; NULL: none. */
struct vhost_socket *vhost_socket_find(const char *path);

/* The socket that a device came in by; NULL only for a socket that is not ours. */
struct vhost_socket *vhost_socket_of_device(int vid);

#endif /* VHOST_SOCKET_H */
