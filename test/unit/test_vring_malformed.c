/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a driver must not do, by name: the ring is broken and stays so, nothing was written, and a
 * new start with a sound ring works. Each case also behind a sound chain in the same buffer.
 * Next to them, what is odd and allowed.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "vring_guest.h"

#define SIZE 1024
#define NEXT VRING_DESC_F_NEXT
#define WRITE VRING_DESC_F_WRITE
#define INDIRECT VRING_DESC_F_INDIRECT
#define TABLE GUEST_APART
#define N_MAX VSW_VRING_PIECES_MAX
#define GIB (1ULL << 30)

/* A ring whose driver writes descriptors by hand. */
struct hand {
	struct guest guest;
	struct vsw_vring ring;
	struct vsw_vring_buffer buffer;
	uint16_t first; /* descriptor of the chain in question */
	uint16_t good;	/* flag of the direction of this ring */
};

struct fault {
	const char *name;
	void (*make)(struct hand *hand);
	bool split_only;
	bool fills; /* the buffer: whether it would fit alone shows when it is */
};

/* Both layouts in one: next is the id of a packed descriptor. */
static void
put_desc(const struct hand *hand, void *at, uint64_t address, uint32_t len_bytes, uint16_t flags,
	 uint16_t next)
{
	const struct vring_packed_desc packed = {
		.addr = address, .len = len_bytes, .id = next, .flags = flags};
	const struct vring_desc split = {
		.addr = address, .len = len_bytes, .flags = flags, .next = next};

	if (hand->guest.config.packed)
		memcpy(at, &packed, sizeof(packed));
	else
		memcpy(at, &split, sizeof(split));
}

/* i-th descriptor of the chain; the following one is next. */
static void
put_at(struct hand *hand, uint16_t i, uint64_t address, uint32_t len_bytes, uint16_t flags,
       uint16_t next)
{
	if (hand->guest.config.packed)
		flags |= 1 << VRING_PACKED_DESC_F_AVAIL;
	put_desc(hand, guest_desc(&hand->guest, hand->first + i), address, len_bytes, flags, next);
}

static void
put(struct hand *hand, uint16_t i, uint64_t address, uint32_t len_bytes, uint16_t flags)
{
	put_at(hand, i, address, len_bytes, flags, hand->first + i + 1);
}

static void
put_in_table_at(struct hand *hand, uint64_t table, uint16_t i, uint64_t address, uint32_t len_bytes,
		uint16_t flags, uint16_t next)
{
	uint8_t desc[sizeof(struct vring_desc)];

	put_desc(hand, desc, address, len_bytes, flags, next);
	guest_put(&hand->guest, table + i * sizeof(desc), desc, sizeof(desc));
}

static void
put_in_table(struct hand *hand, uint64_t table, uint16_t i, uint64_t address, uint32_t len_bytes,
	     uint16_t flags)
{
	put_in_table_at(hand, table, i, address, len_bytes, flags, i + 1);
}

static void
put_table(struct hand *hand, uint64_t table, uint32_t len_bytes)
{
	put(hand, 0, table, len_bytes, INDIRECT);
}

/* Split rings: the next head, and the index behind it. */
static void
show(struct hand *hand, uint16_t head)
{
	struct vring_avail *avail = guest_avail(&hand->guest);

	if (hand->guest.config.packed)
		return;
	avail->ring[avail->idx % SIZE] = head;
	avail->idx++;
}

static void
head_out_of_range(struct hand *hand)
{
	put(hand, 0, GUEST_LOW, 1, hand->good);
	guest_avail(&hand->guest)->idx--;
	show(hand, SIZE);
}

static void
next_out_of_range(struct hand *hand)
{
	put_at(hand, 0, GUEST_LOW, 1, hand->good | NEXT, SIZE);
}

static void
index_leaps(struct hand *hand)
{
	put(hand, 0, GUEST_LOW, 1, hand->good);
	guest_avail(&hand->guest)->idx += SIZE;
}

static void
index_goes_back(struct hand *hand)
{
	put(hand, 0, GUEST_LOW, 1, hand->good);
	guest_avail(&hand->guest)->idx -= 2;
}

static void
loop(struct hand *hand)
{
	put(hand, 0, GUEST_LOW, 1, hand->good | NEXT);
	put_at(hand, 1, GUEST_LOW, 1, hand->good | NEXT, hand->first);
}

static void
loop_of_nothing(struct hand *hand)
{
	put_at(hand, 0, GUEST_LOW, 0, hand->good | NEXT, hand->first);
}

static void
loop_in_table(struct hand *hand)
{
	put_in_table(hand, TABLE, 0, GUEST_LOW, 0, hand->good | NEXT);
	put_in_table_at(hand, TABLE, 1, GUEST_LOW, 0, hand->good | NEXT, 0);
	put_table(hand, TABLE, 32);
}

static void
all_next(struct hand *hand)
{
	uint16_t i;

	for (i = 0; i < SIZE - 1; i++)
		put(hand, i, GUEST_LOW, 0, hand->good | NEXT);
}

static void
nowhere(struct hand *hand)
{
	put(hand, 0, GUEST_HIGH_END, 1, hand->good);
}

static void
in_front(struct hand *hand)
{
	put(hand, 0, GUEST_LOW - 1, 2, hand->good);
}

static void
into_a_gap(struct hand *hand)
{
	put(hand, 0, GUEST_HIGH_END - 1, 2, hand->good);
}

static void
over_a_gap(struct hand *hand)
{
	put(hand, 0, GUEST_HIGH_END - 1, GUEST_APART - GUEST_HIGH_END + 2, hand->good);
}

/* Behind the last address is the ring, at 0. */
static void
overflow(struct hand *hand)
{
	put(hand, 0, GUEST_TOP, 4096 + 16, hand->good);
}

static void
everything(struct hand *hand)
{
	put(hand, 0, GUEST_LOW, UINT32_MAX, hand->good);
}

static void
second_nowhere(struct hand *hand)
{
	put(hand, 0, GUEST_LOW, 1, hand->good | NEXT);
	put(hand, 1, GUEST_HIGH_END, 1, hand->good);
}

static void
direction(struct hand *hand)
{
	put(hand, 0, GUEST_LOW, 1, hand->good ^ WRITE);
}

static void
second_direction(struct hand *hand)
{
	put(hand, 0, GUEST_LOW, 1, hand->good | NEXT);
	put(hand, 1, GUEST_LOW, 1, hand->good ^ WRITE);
}

static void
direction_in_table(struct hand *hand)
{
	put_in_table(hand, TABLE, 0, GUEST_LOW, 1, hand->good ^ WRITE);
	put_table(hand, TABLE, 16);
}

static void
table_of_nothing(struct hand *hand)
{
	put_in_table(hand, TABLE, 0, GUEST_LOW, 1, hand->good);
	put_table(hand, TABLE, 0);
}

static void
table_of_15_bytes(struct hand *hand)
{
	put_in_table(hand, TABLE, 0, GUEST_LOW, 1, hand->good);
	put_table(hand, TABLE, 15);
}

static void
table_of_17_bytes(struct hand *hand)
{
	put_in_table(hand, TABLE, 0, GUEST_LOW, 1, hand->good);
	put_table(hand, TABLE, 17);
}

static void
table_with_next(struct hand *hand)
{
	put_in_table(hand, TABLE, 0, GUEST_LOW, 1, hand->good);
	put(hand, 0, TABLE, 16, INDIRECT | NEXT);
	put(hand, 1, GUEST_LOW, 1, hand->good);
}

static void
table_in_table(struct hand *hand)
{
	put_in_table(hand, TABLE, 0, TABLE + 16, 16, INDIRECT | hand->good);
	put_in_table(hand, TABLE + 16, 0, GUEST_LOW, 1, hand->good);
	put_table(hand, TABLE, 16);
}

static void
table_nowhere(struct hand *hand)
{
	put_table(hand, GUEST_HIGH_END, 16);
}

static void
table_into_a_gap(struct hand *hand)
{
	put_in_table(hand, GUEST_HIGH_END - 24, 0, GUEST_LOW, 1, hand->good | NEXT);
	put_table(hand, GUEST_HIGH_END - 24, 32);
}

static void
table_next_out_of_range(struct hand *hand)
{
	put_in_table(hand, TABLE, 0, GUEST_LOW, 1, hand->good | NEXT);
	put_in_table(hand, TABLE, 1, GUEST_LOW, 1, hand->good);
	put_table(hand, TABLE, 16);
}

static void
make_chain(struct hand *hand, uint16_t n, uint32_t len_bytes)
{
	uint16_t i;

	for (i = 0; i < n; i++)
		put(hand, i, GUEST_LOW + i, len_bytes, hand->good | (i + 1 < n ? NEXT : 0));
}

static void
make_table(struct hand *hand, uint16_t n, uint32_t len_bytes)
{
	uint16_t i;

	for (i = 0; i < n; i++)
		put_in_table(hand, TABLE, i, GUEST_LOW + i, len_bytes,
			     hand->good | (i + 1 < n && !hand->guest.config.packed ? NEXT : 0));
	put_table(hand, TABLE, n * 16);
}

static void
too_long(struct hand *hand)
{
	make_chain(hand, N_MAX + 1, 1);
}

static void
too_long_of_nothing(struct hand *hand)
{
	make_chain(hand, N_MAX + 1, 0);
}

static void
table_too_long(struct hand *hand)
{
	make_table(hand, N_MAX + 1, 1);
}

static void
table_too_long_of_nothing(struct hand *hand)
{
	make_table(hand, N_MAX + 1, 0);
}

static const struct fault faults[] = {
	{.name = "head out of range", .make = head_out_of_range, .split_only = true},
	{.name = "next out of range", .make = next_out_of_range, .split_only = true},
	{.name = "index leaps", .make = index_leaps, .split_only = true},
	{.name = "index goes back", .make = index_goes_back, .split_only = true},
	{.name = "loop", .make = loop, .split_only = true, .fills = true},
	{.name = "loop of nothing", .make = loop_of_nothing, .split_only = true},
	{.name = "loop in table", .make = loop_in_table, .split_only = true},
	{.name = "all with next", .make = all_next},
	{.name = "nowhere", .make = nowhere},
	{.name = "in front of a region", .make = in_front},
	{.name = "into a gap", .make = into_a_gap},
	{.name = "over a gap", .make = over_a_gap},
	{.name = "overflow", .make = overflow},
	{.name = "everything", .make = everything},
	{.name = "second nowhere", .make = second_nowhere},
	{.name = "wrong direction", .make = direction},
	{.name = "second of wrong direction", .make = second_direction},
	{.name = "wrong direction in table", .make = direction_in_table},
	{.name = "table of nothing", .make = table_of_nothing},
	{.name = "table of 15 bytes", .make = table_of_15_bytes},
	{.name = "table of 17 bytes", .make = table_of_17_bytes},
	{.name = "table with next", .make = table_with_next},
	{.name = "table in table", .make = table_in_table},
	{.name = "table nowhere", .make = table_nowhere},
	{.name = "table into a gap", .make = table_into_a_gap},
	{.name = "next out of the table", .make = table_next_out_of_range, .split_only = true},
	{.name = "chain too long", .make = too_long, .fills = true},
	{.name = "chain of nothing too long", .make = too_long_of_nothing},
	{.name = "table too long", .make = table_too_long, .fills = true},
	{.name = "table of nothing too long", .make = table_too_long_of_nothing},
};

static void
start(struct hand *hand, bool packed, bool writes)
{
	guest_init(&hand->guest, SIZE, packed, true, writes);
	hand->guest.config.avail = hand->guest.config.used = packed ? 1 << 15 : 0;
	vsw_vring_init(&hand->ring, &hand->guest.config);
	vsw_vring_empty(&hand->buffer);
	hand->first = 0;
	hand->good = writes ? WRITE : 0;
}

static void
require_one(struct hand *hand)
{
	put(hand, 0, GUEST_LOW, 7, hand->good);
	show(hand, hand->first);
	assert_int_equal(vsw_vring_gather(&hand->ring, &hand->buffer), 1);
	assert_int_equal(hand->buffer.n_chains, 1);
	assert_int_equal(hand->buffer.len_bytes, 7);
}

/* What is too long behind a sound chain may fit alone, and is found then. */
static void
require_broken(struct hand *hand)
{
	uint64_t len_bytes;
	uint16_t n_chains, n_pieces;
	int i;

	if (hand->buffer.n_chains > 0 && vsw_vring_gather(&hand->ring, &hand->buffer) == 0)
		vsw_vring_empty(&hand->buffer);
	len_bytes = hand->buffer.len_bytes;
	n_chains = hand->buffer.n_chains;
	n_pieces = hand->buffer.n_pieces;
	for (i = 0; i < 3; i++) {
		assert_int_equal(vsw_vring_gather(&hand->ring, &hand->buffer), -EBADMSG);
		assert_int_equal(hand->buffer.n_chains, n_chains);
		assert_int_equal(hand->buffer.n_pieces, n_pieces);
		assert_int_equal(hand->buffer.len_bytes, len_bytes);
		assert_false(vsw_vring_flush(&hand->ring));
	}
	vsw_vring_rewind(&hand->ring);
	vsw_vring_empty(&hand->buffer);
	assert_int_equal(vsw_vring_gather(&hand->ring, &hand->buffer), -EBADMSG);
}

/* The ring as of now; true: it is still the same. */
static bool
compare_ring(const struct guest *guest, uint8_t **copy)
{
	const uint8_t *ring = guest_at(guest, GUEST_RING);
	bool same;

	if (*copy == NULL) {
		*copy = malloc(guest->memory.region[3].size_bytes);
		memcpy(*copy, ring, guest->memory.region[3].size_bytes);
		return true;
	}
	same = memcmp(*copy, ring, guest->memory.region[3].size_bytes) == 0;
	free(*copy);
	return same;
}

static void
give_first(struct hand *hand)
{
	assert_int_equal(vsw_vring_gather(&hand->ring, &hand->buffer), 0);
	assert_int_equal(hand->buffer.n_chains, 1);
	vsw_vring_give(&hand->ring, &hand->buffer, 0);
	vsw_vring_flush(&hand->ring);
	vsw_vring_empty(&hand->buffer);
}

static void
require_fault(const struct fault *fault, bool packed, bool writes, bool behind)
{
	uint8_t *copy = NULL;
	struct hand hand;

	print_message("%s, %s, %s%s\n", fault->name, packed ? "packed" : "split",
		      writes ? "written to" : "read", behind ? ", behind another" : "");
	start(&hand, packed, writes);
	if (behind) {
		require_one(&hand);
		hand.first++;
	}
	show(&hand, hand.first);
	fault->make(&hand);
	if (behind && fault->fills)
		give_first(&hand);
	compare_ring(&hand.guest, &copy);
	require_broken(&hand);
	guest_check(&hand.guest);
	assert_true(compare_ring(&hand.guest, &copy));

	memset(guest_at(&hand.guest, GUEST_RING), 0, hand.guest.memory.region[3].size_bytes);
	vsw_vring_init(&hand.ring, &hand.guest.config);
	hand.first = 0;
	vsw_vring_empty(&hand.buffer);
	require_one(&hand);
	guest_fini(&hand.guest);
}

static void
test_faults(void **state)
{
	unsigned int i, k;

	(void)state;
	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		for (k = 0; k < 8; k++) {
			if (!faults[i].split_only || (k & 1) == 0)
				require_fault(&faults[i], k & 1, k & 2, k & 4);
		}
	}
}

static void
require_sound(void (*make)(struct hand *hand), uint64_t len_bytes, uint16_t n_pieces)
{
	struct hand hand;
	unsigned int k;

	for (k = 0; k < 4; k++) {
		start(&hand, k & 1, k & 2);
		show(&hand, 0);
		make(&hand);
		assert_int_equal(vsw_vring_gather(&hand.ring, &hand.buffer), 1);
		assert_int_equal(hand.buffer.len_bytes, len_bytes);
		assert_int_equal(hand.buffer.n_pieces, n_pieces);
		guest_fini(&hand.guest);
	}
}

static void
longest(struct hand *hand)
{
	make_chain(hand, N_MAX, 1);
}

static void
longest_table(struct hand *hand)
{
	make_table(hand, N_MAX, 1);
}

/* The device must ignore what a table says of its own direction. */
static void
table_direction(struct hand *hand)
{
	make_table(hand, 3, 5);
	put(hand, 0, TABLE, 3 * 16, INDIRECT | (hand->good ^ WRITE));
}

static void
nothing(struct hand *hand)
{
	put(hand, 0, GUEST_HIGH_END, 0, hand->good);
}

static void
to_the_end(struct hand *hand)
{
	put(hand, 0, GUEST_LOW, GUEST_HIGH_END - GUEST_LOW, hand->good);
}

/* A split ring's table may have descriptors that no chain leads to. */
static void
large_table(struct hand *hand)
{
	make_table(hand, 2, 5);
	if (!hand->guest.config.packed)
		put_table(hand, TABLE, GUEST_APART_END - GUEST_APART);
}

static void
test_sound(void **state)
{
	(void)state;
	require_sound(longest, N_MAX, N_MAX);
	require_sound(longest_table, N_MAX, N_MAX);
	require_sound(table_direction, 15, 3);
	require_sound(nothing, 0, 0);
	require_sound(to_the_end, GUEST_HIGH_END - GUEST_LOW, 2);
	require_sound(large_table, 10, 2);
}

/* A chain that does not fit behind another waits for a buffer of its own. */
static void
test_waits(void **state)
{
	struct hand hand;
	unsigned int k;

	(void)state;
	for (k = 0; k < 4; k++) {
		start(&hand, k & 1, k & 2);
		require_one(&hand);
		hand.first++;
		make_chain(&hand, N_MAX, 1);
		show(&hand, hand.first);
		assert_int_equal(vsw_vring_gather(&hand.ring, &hand.buffer), 0);
		assert_int_equal(hand.buffer.n_chains, 1);
		assert_int_equal(hand.buffer.len_bytes, 7);
		vsw_vring_give(&hand.ring, &hand.buffer, 0);
		vsw_vring_empty(&hand.buffer);
		assert_int_equal(vsw_vring_gather(&hand.ring, &hand.buffer), 1);
		assert_int_equal(hand.buffer.n_pieces, N_MAX);
		guest_fini(&hand.guest);
	}
}

/* A packed descriptor is there when its two bits differ, as the wrap counter says. */
static void
test_available(void **state)
{
	const uint16_t avail = 1 << VRING_PACKED_DESC_F_AVAIL, used = 1 << VRING_PACKED_DESC_F_USED;
	const uint16_t flags[] = {0, used, avail | used, avail};
	struct hand hand;
	unsigned int i;

	(void)state;
	start(&hand, true, false);
	for (i = 0; i < 4; i++) {
		put_desc(&hand, guest_desc(&hand.guest, 0), GUEST_LOW, 1, flags[i], 0);
		assert_int_equal(vsw_vring_gather(&hand.ring, &hand.buffer), i == 3);
	}
	guest_fini(&hand.guest);
}

/* Virtio 1.2 section 2.7.5: 2^32 bytes in a chain are the most there can be. */
static void
test_bytes(void **state)
{
	struct hand hand;
	unsigned int k;
	uint8_t *much;

	(void)state;
	much = mmap(NULL, GIB, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	assert_ptr_not_equal(much, MAP_FAILED);
	for (k = 0; k < 8; k++) {
		uint32_t last = k & 4 ? GIB : GIB - 1;
		uint16_t i;

		start(&hand, k & 1, k & 2);
		hand.guest.memory.region[hand.guest.memory.n++] = (struct vsw_vring_region){
			.guest_address = 4 * GIB, .size_bytes = GIB, .at = much};
		for (i = 0; i < 4; i++)
			put(&hand, i, 4 * GIB, i < 3 ? GIB : last, hand.good | (i < 3 ? NEXT : 0));
		show(&hand, 0);
		if (k & 4) {
			require_broken(&hand);
		} else {
			assert_int_equal(vsw_vring_gather(&hand.ring, &hand.buffer), 1);
			assert_int_equal(hand.buffer.chain[0].len_bytes, UINT32_MAX);
		}
		guest_fini(&hand.guest);
	}
	munmap(much, GIB);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_faults), cmocka_unit_test(test_sound),
		cmocka_unit_test(test_waits),  cmocka_unit_test(test_available),
		cmocka_unit_test(test_bytes),
	};

	return cmocka_run_group_tests_name("vring_malformed", tests, NULL, NULL);
}
