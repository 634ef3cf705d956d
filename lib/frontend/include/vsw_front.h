/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The driver's end of a vhost-user port: what a virtual machine with a virtio network device is to
 * a switch, without the machine. For load generators.
 *
 * Model: a front connects to the socket of a switch (or listens until the switch connects),
 * negotiates, shares one region of memory, and sets up n_pairs pairs of rings. All buffers are
 * there from the beginning and stay where they are: a buffer to send from keeps its contents from
 * use to use, a buffer to receive into returns to the ring. Buffers lie so that a frame begins at
 * a cache line, with its virtio header at the end of the line before; the header stays zero.
 *
 * Frames move with vsw_front_hot.h.
 *
 * No offloads, no event indices, no control queue, no live migration; a front whose peer went away
 * is destroyed and made anew.
 *
 * Threads: create and destroy by one thread; a pair is one thread's at a time, several pairs of a
 * front may be used by several threads. Pure C.
 *
 * Source: virtio 1.2 sections 2.7, 2.8, 5.1; the vhost-user protocol of QEMU's documentation.
 */
#ifndef VSW_FRONT_H
#define VSW_FRONT_H

#include <stdbool.h>
#include <stdint.h>

#include "vsw_error.h"

#define VSW_FRONT_RING_MIN 64
#define VSW_FRONT_RING_MAX 32768
#define VSW_FRONT_PAIRS_MAX 16
#define VSW_FRONT_BUFFER_MIN 60
#define VSW_FRONT_BUFFER_MAX 65536
#define VSW_FRONT_HEADER_BYTES 12 /* before each frame; struct virtio_net_hdr_v1 */

struct vsw_front;

struct vsw_front_config {
	const char *path; /* of the socket; NULL: no peer, but a wire (vsw_front_wire.h) */
	bool server;	  /* we listen, the switch connects */
	bool packed;
	bool mergeable;
	bool in_order;
	bool hugepages;	       /* if there are free ones; else, normal memory */
	uint16_t ring_size;    /* a power of 2 from VSW_FRONT_RING_MIN to _MAX */
	uint16_t n_pairs;      /* 1..VSW_FRONT_PAIRS_MAX */
	uint32_t buffer_bytes; /* of a frame, in a buffer to receive into; frames that are longer
				* need mergeable, or the switch drops them */
	uint32_t frame_bytes;  /* the longest frame to send; 0: buffer_bytes */
	uint32_t timeout_ms;   /* for all that the peer has to do in vsw_front_create() */
};

/*
 * Returns when the peer has taken the rings over; its switching may need a moment more, so the
 * first frames may be lost. What is asked for and the peer does not offer is an error, nothing is
 * left away silently (but huge pages). Returns 0 or
 * -EINVAL	  the config is out of limits,
 * -ENOENT	  there is no such socket, after all of timeout_ms,
 * -ECONNREFUSED  nobody listens there, after all of timeout_ms,
 * -ETIMEDOUT	  nobody connected, or the peer has not answered,
 * -ECONNRESET	  the peer has closed the connection,
 * -EPROTO	  the peer has answered what makes no sense, or refused what it had offered,
 * -ENOTSUP	  the peer does not offer what the config asks for,
 * -ENOMEM	  no memory to share, or what else a system call gave.
 */
int vsw_front_create(const struct vsw_front_config *config, struct vsw_front **front,
		     struct vsw_error *err);

/* Stops the rings, closes the connection and removes a socket that it listened on. */
void vsw_front_destroy(struct vsw_front *front);

/* False once the peer has closed the connection. One system call: not for the packet path. */
bool vsw_front_is_alive(const struct vsw_front *front);

/*
 * 0, or -EBADMSG and why, if the peer has written into a ring what no device may: an index that
 * runs ahead, an unknown buffer, more bytes than the buffer has. Such a ring stands still from
 * there on: no buffers, no frames.
 */
int vsw_front_check(const struct vsw_front *front, struct vsw_error *err);

/* All buffers to send from, those in flight, too: to fill them before the first is used. */
uint8_t *vsw_front_tx_buffer(struct vsw_front *front, uint16_t pair, uint16_t i);

struct vsw_front_facts {
	uint64_t features; /* as negotiated */
	uint64_t protocol_features;
	uint64_t memory_bytes;
	bool hugepages;
};

void vsw_front_facts(const struct vsw_front *front, struct vsw_front_facts *facts);

#endif /* VSW_FRONT_H */
