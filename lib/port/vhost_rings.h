/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A guest's rings: when they are the lcores', and when librte_vhost's.
 *
 * Model: librte_vhost speaks the protocol; the rings are ours. Before a message that may change
 * what the lcores rely on - memory, ring addresses, indices, features - the port is parked: nobody
 * knows its rings any more, and the library has the indices. When the message has been handled,
 * everything is read anew, and published if the device runs. A message that fails leaves the port
 * parked until one succeeds.
 *
 * Threads: librte_vhost's, with the locks of all the device's queues held; no lcore ever takes
 * those, so waiting for the lcores' grace period here ends. While the socket is closed, the control
 * thread.
 *
 * Source: librte_vhost 22.11.11, vhost_user.c: vhost_user_msg_handler().
 */
#ifndef VHOST_RINGS_H
#define VHOST_RINGS_H

#include <stdbool.h>
#include <stdint.h>

struct vhost_port;

/* The device with its rings, indices and memory, for the lcores. It runs, and has memory. */
void vhost_rings_publish(struct vhost_port *vhost, int vid);

/* Take all back, if published: no lcore uses anything of it when this returns. */
void vhost_rings_park(struct vhost_port *vhost);

/* Handlers for rte_vhost_extern_callback_register(). */
extern const struct rte_vhost_user_extern_ops vhost_rings_watch;

#endif /* VHOST_RINGS_H */
