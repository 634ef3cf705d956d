/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FRONT_H
#define FRONT_H

#include "front_memory.h"
#include "front_ring.h"
#include "front_socket.h"
#include "vsw_front.h"

struct front_pair {
	struct front_ring rx, tx;
};

/* The peer's queues have numbers: 2 * pair is its one to send on, our rx; then our tx. */
struct vsw_front {
	const struct front_ops *ops;
	uint16_t n_pairs;
	uint16_t ring_size;
	bool packed, mergeable, in_order;
	uint64_t features, protocol_features; /* as negotiated */
	struct front_socket socket;
	struct front_memory memory;
	int call_fd; /* of all rings: we never ask for a call */
	struct front_pair pair[];
};

/* All messages from the first one to the moment in which the peer runs the rings. */
int front_negotiate(struct vsw_front *front, struct vsw_error *err);
int front_start(struct vsw_front *front, struct vsw_error *err);

/* The peer does not touch the rings any more, if it still answers. */
void front_stop(struct vsw_front *front);

static inline struct front_ring *
front_queue(struct vsw_front *front, uint16_t queue)
{
	return queue % 2 == 0 ? &front->pair[queue / 2].rx : &front->pair[queue / 2].tx;
}

#endif /* FRONT_H */
