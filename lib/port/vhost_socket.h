/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The socket of vhost ports, as librte_vhost knows it.
 *
 * Model: a socket has as many ports, its slots, as it takes front ends; a new front end gets the
 * lowest free one. While it is open, it is registered with the library, which listens or connects;
 * closed, it is a path that is ours and no file.
 *
 * Threads: control thread; vhost_socket_of_device() by librte_vhost's threads. A socket is found
 * from create to destroy, so callbacks find it alive.
 */
#ifndef VHOST_SOCKET_H
#define VHOST_SOCKET_H

#include "vsw_port_vhost.h"

struct vhost_port;

struct vhost_socket {
	struct vhost_socket *next;
	bool open;			/* control */
	bool closing;			/* control: rw; librte_vhost: r */
	uint32_t refused;		/* librte_vhost: rw; control: r, relaxed */
	char name[VSW_PORT_NAME_BYTES]; /* of the port, or what all slots are called */
	char path[VSW_PORT_VHOST_PATH_BYTES];
	/* Constant. */
	bool client;
	uint64_t withheld; /* virtio features that are not offered */
	mode_t mode;
	uid_t owner;
	gid_t group;
	uint16_t n_slots; /* filled by the caller before it is opened */
	struct vhost_port *slot[];
};

/* Make a socket for config->n_clients slots, closed and without any. NULL: out of memory. */
struct vhost_socket *vhost_socket_create(const struct vsw_port_vhost_config *config);

/* It is closed. The slots are the caller's. */
void vhost_socket_destroy(struct vhost_socket *socket);

/*
 * Start listening or connecting. Returns 0, or a negative errno with err set and the socket closed:
 * those of vsw_sockpath_claim(), EIO, what chmod(2) and chown(2) return.
 */
int vhost_socket_open(struct vhost_socket *socket, struct vsw_error *err);

/*
 * No lcore knows the slots any more. End all connections and remove the socket file; when this
 * returns no callback runs any more. Nothing happens if it is closed.
 */
void vhost_socket_close(struct vhost_socket *socket);

/* The socket with this path; NULL: none. */
struct vhost_socket *vhost_socket_find(const char *path);

/* The socket that a device came in by; NULL only for a socket that is not ours. */
struct vhost_socket *vhost_socket_of_device(int vid);

#endif /* VHOST_SOCKET_H */
