/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/frontend and devices that are not as they should be; under ASan. */
#include "front_fixture.h"

#define BURST 64

static uint64_t random_state;

/* Gives the next buffer back, most often as it should. */
static void
give_nonsense(struct front_ring *ring, bool packed, uint64_t *random)
{
	uint32_t id = ring->order[ring->tail & ring->mask], len_bytes = VSW_FRONT_HEADER_BYTES;
	uint32_t slot = ring->tail & ring->mask;
	uint16_t flags = (ring->tail & ring->size) == 0 ? 1u << 7 | 1u << 15 : 0;
	uint8_t *header = front_ring_frame(ring, ring->tail) - VSW_FRONT_HEADER_BYTES;

	header[10] = below(random, 8) ? 1 : below(random, 256);
	if (below(random, 16) == 0)
		id = below(random, 2) ? below(random, 2 * ring->size) : 1u << below(random, 32);
	if (below(random, 4) == 0)
		len_bytes = below(random, 64) ? below(random, 800) : 1u << below(random, 32);
	if (packed) {
		union front_packed_state state = {.len = len_bytes, .id = id, .flags = flags};

		ring->packed.desc[slot].state = state.word;
	} else {
		ring->split.used->ring[slot] = (struct vring_used_elem){id, len_bytes};
		ring->split.used->idx = ring->tail + (below(random, 64) ? 1 : below(random, 65536));
	}
}

/* Whatever a device says, the driver does not leave its own memory. Returns the faults found. */
static uint32_t
run_nonsense(const struct shape *shape, uint32_t n_rounds)
{
	struct rings rings = {0};
	uint8_t bytes[LONGEST + VSW_FRONT_HEADER_BYTES], *buffers[BURST];
	struct vsw_front_frame frames[BURST];
	uint32_t len_bytes[BURST], n_faults, i;
	uint16_t n;

	open_rings(&rings, shape);
	for (i = 0; i < BURST; i++)
		len_bytes[i] = LEAST;
	while (n_rounds-- > 0 && !(rings.rx.broken && rings.tx.broken)) {
		n = rings.ops->tx_get(&rings.tx, buffers, 1 + below(&random_state, BURST));
		for (i = 0; i < n; i++)
			memset(buffers[i], 1, LEAST);
		if (n > 0)
			rings.ops->tx_put(&rings.tx, len_bytes, n);
		if (rings.tx.head != rings.tx.tail)
			give_nonsense(&rings.tx, shape->packed, &random_state);
		give_nonsense(&rings.rx, shape->packed, &random_state);
		n = rings.ops->rx_get(&rings.rx, frames, BURST);
		for (i = 0; i < n && frames[i].len_bytes <= LONGEST; i++)
			whole_frame(&rings.rx, &frames[i], bytes);
		if (front_ring_n_free(&rings.rx) > 0)
			rings.ops->rx_put(&rings.rx);
	}
	n_faults = rings.rx.broken + rings.tx.broken;
	close_rings(&rings);
	return n_faults;
}

static void
test_nonsense(void **state)
{
	uint32_t n_faults = 0, kind, i;

	(void)state;
	for (i = 0; i < 400; i++) {
		for (kind = 0; kind < 4; kind++) {
			struct shape shape = {
				.packed = kind & 1,
				.mergeable = kind & 2,
				.in_order = i & 1,
				.size = 64,
				.buffer_bytes = 100,
			};

			n_faults += run_nonsense(&shape, 1000);
		}
	}
	assert_true(n_faults > 400);
}

/* Puts n frames and has no peer for them. */
static void
put(struct rings *rings, uint16_t n)
{
	uint32_t len_bytes[BURST] = {0};
	uint8_t *frames[BURST];

	assert_int_equal(rings->ops->tx_get(&rings->tx, frames, n), n);
	rings->ops->tx_put(&rings->tx, len_bytes, n);
}

static void
give_packed(struct front_ring *ring, uint32_t slot, uint16_t id, uint32_t len_bytes)
{
	union front_packed_state state = {.len = len_bytes, .id = id, .flags = 1u << 7 | 1u << 15};

	ring->packed.desc[slot].state = state.word;
}

/* One entry for seven buffers, which virtio 1.2 allows a device that keeps order. */
static void
test_batch(void **state)
{
	struct shape shape = {.in_order = true, .size = 64, .buffer_bytes = 100};
	struct rings rings = {0};

	(void)state;
	open_rings(&rings, &shape);
	put(&rings, 10);
	rings.tx.split.used->ring[0].id = 6;
	rings.tx.split.used->idx = 7;
	assert_int_equal(rings.ops->tx_pending(&rings.tx), 3);
	close_rings(&rings);

	shape.packed = true;
	open_rings(&rings, &shape);
	put(&rings, 10);
	give_packed(&rings.tx, 0, 6, 0);
	assert_int_equal(rings.ops->tx_pending(&rings.tx), 3);
	assert_false(rings.tx.broken);
	/* More than there are. */
	give_packed(&rings.tx, 7, 10, 0);
	assert_int_equal(rings.ops->tx_pending(&rings.tx), 3);
	assert_true(rings.tx.broken);
	close_rings(&rings);
}

/* A frame of two buffers of which only one is there is none yet. */
static void
test_half_a_frame(void **state)
{
	struct shape shape = {.mergeable = true, .size = 64, .buffer_bytes = 100};
	struct vsw_front_frame frame;
	struct rings rings = {0};
	struct vring_used *used;

	(void)state;
	open_rings(&rings, &shape);
	used = rings.rx.split.used;
	front_ring_frame(&rings.rx, 0)[10 - VSW_FRONT_HEADER_BYTES] = 2;
	used->ring[0] = (struct vring_used_elem){0, 112};
	used->ring[1] = (struct vring_used_elem){1, 50};
	used->idx = 1;
	assert_int_equal(rings.ops->rx_get(&rings.rx, &frame, 1), 0);
	used->idx = 2;
	assert_int_equal(rings.ops->rx_get(&rings.rx, &frame, 1), 1);
	assert_int_equal(frame.n_pieces, 2);
	assert_int_equal(frame.len_bytes, 150);
	close_rings(&rings);
}

/* What one entry of a receive ring of 64 buffers says, and the header of its frame. */
struct claim {
	uint32_t id, len_bytes;
	uint16_t n_buffers;
	uint16_t n_entries; /* of a split ring */
	bool is_true;
};

static bool
is_believed(const struct claim *claim, bool packed)
{
	struct shape shape = {.packed = packed, .mergeable = true, .size = 64, .buffer_bytes = 100};
	struct vsw_front_frame frame;
	struct rings rings = {0};
	bool believed;
	uint16_t n;

	open_rings(&rings, &shape);
	/* Wherever it looks, all buffers say so. */
	for (n = 0; n < 64; n++)
		memcpy(front_ring_frame(&rings.rx, n) - 2, &claim->n_buffers, 2);
	if (packed) {
		give_packed(&rings.rx, 0, claim->id, claim->len_bytes);
	} else {
		rings.rx.split.used->ring[0] =
			(struct vring_used_elem){claim->id, claim->len_bytes};
		rings.rx.split.used->idx = claim->n_entries;
	}
	n = rings.ops->rx_get(&rings.rx, &frame, 1);
	believed = !rings.rx.broken;
	assert_int_equal(n, believed);
	close_rings(&rings);
	return believed;
}

static void
test_claims(void **state)
{
	static const struct claim claims[] = {
		{.id = 0, .len_bytes = 112, .n_buffers = 1, .n_entries = 1, .is_true = true},
		{.id = 63, .len_bytes = 12, .n_buffers = 1, .n_entries = 64, .is_true = true},
		{.id = 64, .len_bytes = 112, .n_buffers = 1, .n_entries = 1},
		{.id = 0, .len_bytes = 113, .n_buffers = 1, .n_entries = 1},
		{.id = 0, .len_bytes = 11, .n_buffers = 1, .n_entries = 1},
		{.id = 0, .len_bytes = 112, .n_buffers = 0, .n_entries = 1},
		{.id = 0, .len_bytes = 112, .n_buffers = 65, .n_entries = 1},
	};
	static const struct claim ahead = {
		.id = 0, .len_bytes = 112, .n_buffers = 1, .n_entries = 65};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(claims) / sizeof(claims[0]); i++) {
		assert_int_equal(is_believed(&claims[i], false), claims[i].is_true);
		assert_int_equal(is_believed(&claims[i], true), claims[i].is_true);
	}
	assert_false(is_believed(&ahead, false));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nonsense),
		cmocka_unit_test(test_batch),
		cmocka_unit_test(test_half_a_frame),
		cmocka_unit_test(test_claims),
	};

	random_state = seed();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
