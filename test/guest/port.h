/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The guest's ports: every ethdev that EAL has found, with the queue pairs of its arguments.
 *
 * Model: received frames are judged at once: probes go to the verdict of their stream, all others
 * to the capture. A port whose link is down is not polled: as a socket server, virtio-user sets its
 * rings up anew, on another thread, before the link comes up again.
 *
 * Threads: one; only the driver's link state is written by EAL's interrupt thread.
 */
#ifndef PORT_H
#define PORT_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_mbuf.h>

#include "capture.h"
#include "verdict.h"

#define PORTS_MAX 32
#define PORT_STREAMS 256 /* ids of streams: 0 .. PORT_STREAMS - 1 */
#define PORT_BURST 32

struct port {
	uint16_t ethdev_id;
	uint16_t n_queues;
	uint64_t rx_frames;
	uint64_t rx_bytes;
	uint64_t tx_frames;
	uint64_t unknown; /* frames that are no probes */
	struct capture capture;
	struct verdict verdict[PORT_STREAMS];
};

/* Start all ports. Returns their number, or a negative errno with a line on stderr. */
int ports_start(void);
void ports_stop(void);

/* NULL if there is no such port. */
struct port *port_get(uint32_t index);

bool port_link_is_up(const struct port *port);

/* Receive and judge at most one burst on each queue. Returns the number of frames. */
uint32_t ports_receive(void);

/* A new mbuf to write a frame to, or NULL. */
struct rte_mbuf *port_alloc(void);

/*
 * Send up to n frames on a queue, modulo their number; those not taken are freed. Returns the
 * number taken.
 */
uint16_t port_send(struct port *port, uint16_t queue, struct rte_mbuf **frames, uint16_t n);

uint64_t port_now_ns(void);

#endif /* PORT_H */
