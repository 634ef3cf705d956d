/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The connection of a front end on a slot of a shared socket, as something that can be ended.
 *
 * Model: librte_vhost ends connections with their socket, all together, and tells nobody their file
 * descriptors. When a front end has connected, its connection is the one accepted socket of that
 * path that no slot knows yet; a duplicate of it is kept. To shut it down makes the library find
 * that the front end has gone, and the front end that the switch has. A slot that is stopped takes
 * no front end.
 *
 * Threads: begin and end by librte_vhost's (end by control, too, where the socket is closed), stop
 * and start by control. Goes when the sockets are ours (the relay).
 */
#ifndef VHOST_CONNECTION_H
#define VHOST_CONNECTION_H

#include <stdbool.h>
#include <sys/types.h>

struct vhost_port;

struct vhost_connection {
	int fd; /* -1: none, or not found */
	ino_t inode;
	bool stopped;
};

void vhost_connection_init(struct vhost_connection *connection);

/* A front end has connected to the slot. False: it is stopped. */
bool vhost_connection_begin(struct vhost_port *vhost);

/* It is gone. */
void vhost_connection_end(struct vhost_port *vhost);

/* End the connection, soon, if there is one, and let none begin until start. */
void vhost_connection_stop(struct vhost_port *vhost);
void vhost_connection_start(struct vhost_port *vhost);

#endif /* VHOST_CONNECTION_H */
