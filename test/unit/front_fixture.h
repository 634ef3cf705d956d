/* SPDX-License-Identifier: BSD-3-Clause */
/* A transmit and a receive ring of lib/frontend, in memory of their own, without a peer. */
#ifndef FRONT_FIXTURE_H
#define FRONT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "front.h"

#define LONGEST 700 /* frame to send */
#define LEAST 8

struct shape {
	bool packed, mergeable, in_order, shuffles;
	uint16_t size;
	uint32_t buffer_bytes; /* to receive into */
	uint32_t n_frames;
};

struct rings {
	struct front_ring rx, tx;
	const struct front_ops *ops;
	void *rx_memory, *tx_memory;
};

static inline uint32_t
below(uint64_t *random, uint32_t n)
{
	*random ^= *random << 13;
	*random ^= *random >> 7;
	*random ^= *random << 17;
	return *random % n;
}

/* VSW_TEST_SEED, or one that changes; printed. */
static inline uint64_t
seed(void)
{
	const char *given = getenv("VSW_TEST_SEED");
	uint64_t value = given != NULL ? strtoull(given, NULL, 0) : (uint64_t)time(NULL) << 16 | 1;

	printf("VSW_TEST_SEED=%llu\n", (unsigned long long)value);
	return value;
}

static inline void *
init_ring(struct front_ring *ring, const struct shape *shape, bool writes)
{
	struct front_ring_config config = {
		.packed = shape->packed,
		.writes = writes,
		.in_order = shape->in_order,
		.size = shape->size,
		.buffer_bytes = writes ? shape->buffer_bytes : LONGEST,
		.kick_fd = -1,
	};
	struct front_ring_layout layout;
	void *memory;

	front_ring_layout(&layout, config.packed, config.size, config.buffer_bytes);
	memory = aligned_alloc(FRONT_LINE_BYTES, layout.bytes);
	assert_non_null(memory);
	memset(memory, 0, layout.bytes);
	assert_int_equal(front_ring_init(ring, &config, memory), 0);
	return memory;
}

static inline void
open_rings(struct rings *rings, const struct shape *shape)
{
	rings->rx_memory = init_ring(&rings->rx, shape, true);
	rings->tx_memory = init_ring(&rings->tx, shape, false);
	if (shape->packed)
		rings->ops = shape->mergeable ? &front_packed_mergeable : &front_packed;
	else
		rings->ops = shape->mergeable ? &front_split_mergeable : &front_split;
}

static inline void
close_rings(struct rings *rings)
{
	front_ring_fini(&rings->rx);
	front_ring_fini(&rings->tx);
	free(rings->rx_memory);
	free(rings->tx_memory);
}

/* All pieces as one. Returns their length. */
static inline uint32_t
whole_frame(const struct front_ring *ring, const struct vsw_front_frame *frame, uint8_t *bytes)
{
	uint32_t at = 0, slot, len_bytes;
	uint16_t i;

	if (frame->n_pieces == 1) {
		memcpy(bytes, frame->data, frame->len_bytes);
		return frame->len_bytes;
	}
	for (i = 0; i < frame->n_pieces; i++) {
		const uint8_t *data = front_ring_frame(ring, frame->position + i);

		slot = (frame->position + i) & ring->mask;
		len_bytes = ring->len_bytes[slot] - (i == 0 ? VSW_FRONT_HEADER_BYTES : 0);
		memcpy(bytes + at, i == 0 ? data : data - VSW_FRONT_HEADER_BYTES, len_bytes);
		at += len_bytes;
	}
	return at;
}

#endif /* FRONT_FIXTURE_H */
