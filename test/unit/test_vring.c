/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lib/vring against a driver and a model of it (vring_driver.h): what is read is what the driver
 * wrote and the other way around, nothing else changes, and interrupts come when they should.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "vring_driver.h"

#define BYTES_MAX (VSW_VRING_CHAINS_MAX * DRIVER_CHAIN_MAX_BYTES)

/* The device, and what it should know. */
struct bench {
	uint64_t random;
	struct guest guest;
	struct driver driver;
	struct vsw_vring ring;
	struct vsw_vring_buffer buffer;
	uint64_t n_given;     /* chains, ever */
	uint64_t position;    /* as far as they reach */
	uint64_t shown;	      /* position at the last flush */
	uint64_t n_unflushed; /* chains */
	bool fresh;
};

static uint8_t bytes[BYTES_MAX];

static void
start(struct bench *bench, uint16_t size, bool packed, bool event_idx, bool writes, uint16_t base)
{
	struct vsw_vring_config *config = &bench->guest.config;

	guest_init(&bench->guest, size, packed, event_idx, writes);
	driver_init(&bench->driver, &bench->guest, &bench->random, guest_below(&bench->random, 2),
		    base);
	config->avail = config->used = base;
	vsw_vring_init(&bench->ring, config);
	bench->n_given = bench->position = bench->shown = bench->n_unflushed = 0;
	bench->fresh = true;
}

static uint16_t
any_base(struct bench *bench, uint16_t size, bool packed)
{
	uint16_t wrap = guest_below(&bench->random, 2);

	return packed ? guest_below(&bench->random, size) | wrap << 15
		      : guest_random(&bench->random);
}

static struct driver_chain *
chain_at(struct bench *bench, uint64_t number)
{
	return driver_chain(&bench->driver, number);
}

/* Pieces that the regions make of the parts of a chain. */
static uint32_t
count_pieces(const struct driver_chain *chain)
{
	uint32_t i, n = 0;

	for (i = 0; i < chain->n_parts; i++) {
		const struct driver_part *part = &chain->part[i];

		n += part->len_bytes > 0;
		n += part->address < GUEST_HIGH && part->address + part->len_bytes > GUEST_HIGH;
	}
	return n;
}

/* Gather up to n_max chains, behind n_before that are gathered already. Returns how many. */
static uint32_t
gather(struct bench *bench, uint64_t n_before, uint32_t n_max)
{
	uint64_t first = bench->n_given + n_before, len_bytes = 0;
	uint32_t n, pieces = 0, descs = 0;

	vsw_vring_prefetch(&bench->ring, 1 + n_max % VSW_VRING_PREFETCH_MAX);
	vsw_vring_empty(&bench->buffer);
	for (n = 0; n < n_max; n++) {
		int ret = vsw_vring_gather(&bench->ring, &bench->buffer);
		bool more = first + n < bench->driver.n_shown && n < VSW_VRING_CHAINS_MAX &&
			    pieces + count_pieces(chain_at(bench, first + n)) <=
				    VSW_VRING_PIECES_MAX &&
			    descs + chain_at(bench, first + n)->n_parts <= VSW_VRING_PIECES_MAX;

		assert_int_equal(ret, more);
		if (!more)
			break;
		assert_int_equal(bench->buffer.chain[n].len_bytes,
				 chain_at(bench, first + n)->len_bytes);
		pieces += count_pieces(chain_at(bench, first + n));
		descs += chain_at(bench, first + n)->n_parts;
		len_bytes += chain_at(bench, first + n)->len_bytes;
	}
	assert_int_equal(bench->buffer.n_chains, n);
	assert_int_equal(bench->buffer.n_pieces, pieces);
	assert_int_equal(bench->buffer.len_bytes, len_bytes);
	return n;
}

/* Some bytes at a time, as frames are copied. */
static void
copy(struct bench *bench, uint32_t len_bytes)
{
	struct vsw_vring_cursor cursor = {0};
	uint32_t done = 0, n;

	for (; done < len_bytes; done += n) {
		n = 1 + guest_below(&bench->random, len_bytes - done);
		if (bench->guest.config.writes)
			vsw_vring_write(&bench->buffer, &cursor, bytes + done, n);
		else
			vsw_vring_read(&bench->buffer, &cursor, bytes + done, n);
	}
}

/* Hold what was read of a chain against what the driver wrote. */
static void
check_read(struct bench *bench, const struct driver_chain *chain, const uint8_t *at)
{
	uint32_t i;

	for (i = 0; i < chain->n_parts; i++) {
		guest_require(&bench->guest, chain->part[i].address, at, chain->part[i].len_bytes);
		at += chain->part[i].len_bytes;
	}
}

static void
expect_written(struct bench *bench, const struct driver_chain *chain, const uint8_t *at)
{
	uint32_t left = chain->written_bytes, i, n;

	for (i = 0; left > 0; i++) {
		n = chain->part[i].len_bytes < left ? chain->part[i].len_bytes : left;
		guest_expect(&bench->guest, chain->part[i].address, at, n);
		at += n;
		left -= n;
	}
}

/* Copy, and give back, the n chains that were gathered. */
static void
give(struct bench *bench, uint32_t n)
{
	uint32_t all = bench->buffer.len_bytes, len_bytes = all, done = 0, i;
	bool writes = bench->guest.config.writes;

	if (writes) {
		len_bytes = guest_below(&bench->random, 4) > 0
				    ? all
				    : guest_below(&bench->random, all + 1);
		guest_random_bytes(&bench->random, bytes, len_bytes);
	}
	copy(bench, len_bytes);
	for (i = 0; i < n; i++) {
		struct driver_chain *chain = chain_at(bench, bench->n_given++);
		uint32_t left = len_bytes - done;

		if (writes) {
			chain->written_bytes = left < chain->len_bytes ? left : chain->len_bytes;
			expect_written(bench, chain, bytes + done);
			done += chain->written_bytes;
		} else {
			check_read(bench, chain, bytes + done);
			done += chain->len_bytes;
		}
		bench->position += bench->guest.config.packed ? chain->n_slots : 1;
	}
	vsw_vring_give(&bench->ring, &bench->buffer, writes ? len_bytes : 0);
	bench->n_unflushed += n;
}

/* Whether a view can be had of a chain: one descriptor, of memory that lies in one region. */
static bool
has_common_shape(const struct driver_chain *chain)
{
	return chain->n_parts == 1 && !chain->indirect && count_pieces(chain) <= 1;
}

/* One chain, by its view. */
static void
use_view(struct bench *bench, const struct vsw_vring_view *view, struct vsw_vring_chain *used)
{
	struct driver_chain *chain = chain_at(bench, bench->n_given++);

	*used = (struct vsw_vring_chain){.id = view->id, .n_slots = 1};
	if (bench->guest.config.writes) {
		used->len_bytes = guest_below(&bench->random, view->len_bytes + 1);
		chain->written_bytes = used->len_bytes;
		guest_random_bytes(&bench->random, bytes, used->len_bytes);
		memcpy(view->at, bytes, used->len_bytes);
		expect_written(bench, chain, bytes);
	} else {
		check_read(bench, chain, view->at);
	}
	bench->position++;
}

/* A burst of what has the common shape; not all of it, sometimes. */
static void
take_views(struct bench *bench)
{
	uint16_t n_max = guest_below(&bench->random, VSW_VRING_VIEWS_MAX + 1), n, i;
	struct vsw_vring_chain used[VSW_VRING_VIEWS_MAX];
	struct vsw_vring_view views[VSW_VRING_VIEWS_MAX];

	assert_int_equal(vsw_vring_is_empty(&bench->ring), bench->n_given == bench->driver.n_shown);
	n = vsw_vring_peek(&bench->ring, views, n_max);
	for (i = 0; i < n; i++) {
		assert_true(bench->n_given + i < bench->driver.n_shown);
		assert_true(has_common_shape(chain_at(bench, bench->n_given + i)));
		assert_int_equal(views[i].len_bytes,
				 chain_at(bench, bench->n_given + i)->len_bytes);
	}
	/* What has no bytes may lie anywhere, and is no view then. */
	if (n < n_max && n < bench->guest.config.size &&
	    bench->n_given + n < bench->driver.n_shown &&
	    chain_at(bench, bench->n_given + n)->len_bytes > 0)
		assert_false(has_common_shape(chain_at(bench, bench->n_given + n)));
	n = guest_below(&bench->random, 4) > 0 ? n : guest_below(&bench->random, n + 1);
	for (i = 0; i < n; i++)
		use_view(bench, &views[i], &used[i]);
	vsw_vring_take(&bench->ring, n);
	vsw_vring_use(&bench->ring, used, n);
	bench->n_unflushed += n;
}

/* A frame of any number of chains; sometimes only looked at. */
static void
take_frame(struct bench *bench)
{
	uint32_t n_max = 1 + guest_below(&bench->random, 4), n;

	if (guest_below(&bench->random, 64) == 0)
		n_max = 2 * VSW_VRING_CHAINS_MAX;
	n = gather(bench, 0, n_max);
	if (guest_below(&bench->random, 8) == 0)
		vsw_vring_rewind(&bench->ring);
	else
		give(bench, n);
}

/* Two frames gathered, and only the first given. */
static void
take_first(struct bench *bench)
{
	struct vsw_vring_buffer first;
	uint32_t n = gather(bench, 0, 2);

	first = bench->buffer;
	gather(bench, n, 2);
	bench->buffer = first;
	give(bench, n);
	vsw_vring_rewind(&bench->ring);
}

/*
 * What the driver asks for, with a position near the ones that matter. A packed ring cannot tell
 * those apart that are two rounds from each other: the driver only names what is less than one
 * round ahead of what it has seen, and not older than a round.
 */
static bool
wish(struct bench *bench, bool *known)
{
	uint64_t size = bench->guest.config.packed ? bench->guest.config.size : 4096;
	uint64_t oldest = bench->position > size ? bench->position - size : 0;
	const uint64_t near[] = {bench->shown, bench->position, bench->shown - 1,
				 bench->position - 1, oldest + guest_below(&bench->random, size)};
	uint64_t position = near[guest_below(&bench->random, 5)];
	enum driver_wish wish = guest_below(&bench->random, 3);

	if (!bench->guest.config.event_idx && wish == DRIVER_WANTS_EVENT)
		wish = DRIVER_WANTS_ALL;
	if (bench->guest.config.event_idx && !bench->guest.config.packed)
		wish = DRIVER_WANTS_EVENT;
	if (position > bench->position || position < oldest)
		position = oldest;
	*known = wish != DRIVER_WANTS_EVENT || position < bench->shown + size;
	driver_wish(&bench->driver, wish, position);
	if (wish == DRIVER_WANTS_EVENT)
		return bench->shown <= position && position < bench->position;
	return wish == DRIVER_WANTS_ALL;
}

static void
flush(struct bench *bench)
{
	bool known, wanted = wish(bench, &known);
	bool told;

	/* Nothing is shown before. */
	driver_reap(&bench->driver);
	assert_int_equal(bench->driver.n_reaped, bench->n_given - bench->n_unflushed);
	told = vsw_vring_flush(&bench->ring);
	if (bench->n_unflushed == 0)
		assert_false(told);
	else if (bench->fresh && bench->guest.config.event_idx)
		assert_true(told);
	else if (known)
		assert_int_equal(told, wanted);
	bench->fresh = bench->fresh && bench->n_unflushed == 0;
	bench->n_unflushed = 0;
	bench->shown = bench->position;
}

/* Another device goes on where this one stands. */
static void
take_over(struct bench *bench)
{
	struct vsw_vring_config *config = &bench->guest.config;

	config->avail = vsw_vring_avail_base(&bench->ring);
	config->used = vsw_vring_used_base(&bench->ring);
	assert_int_equal(config->avail, driver_index(&bench->driver, bench->position));
	assert_int_equal(config->used, config->avail);
	memset(&bench->ring, 0xff, sizeof(bench->ring));
	vsw_vring_init(&bench->ring, config);
	bench->fresh = true;
}

static void
check(struct bench *bench)
{
	driver_reap(&bench->driver);
	assert_int_equal(bench->driver.n_reaped, bench->n_given);
	guest_check(&bench->guest);
}

/* Both sides work until n_chains are through; returns how often the device changed. */
static uint32_t
run(struct bench *bench, uint64_t n_chains)
{
	uint32_t round, i, n_taken_over = 0;

	for (round = 0; bench->n_given < n_chains; round++) {
		for (i = guest_below(&bench->random, 48); i > 0 && driver_post(&bench->driver);)
			i--;
		if (guest_below(&bench->random, 4) > 0)
			driver_show(&bench->driver);
		for (i = guest_below(&bench->random, 24); i > 0; i--) {
			take_frame(bench);
			take_views(bench);
		}
		if (guest_below(&bench->random, 4) == 0)
			take_first(bench);
		flush(bench);
		if (guest_below(&bench->random, 8) == 0) {
			take_over(bench);
			n_taken_over++;
		}
		if (round % 16 == 0)
			check(bench);
		driver_reap(&bench->driver);
	}
	check(bench);
	guest_fini(&bench->guest);
	return n_taken_over;
}

/* Sizes that matter, and any. */
static uint16_t
any_size(struct bench *bench, bool packed)
{
	static const uint16_t sizes[] = {1, 2, 4, 8, 64, 256, 1024, 32768};
	static const uint16_t odd[] = {3, 5, 7, 63, 255, 257, 1000, 32767};
	uint32_t k = guest_below(&bench->random, 8);

	return packed && guest_below(&bench->random, 2) ? odd[k] : sizes[k];
}

static void
test_shapes(void **state)
{
	struct bench *bench = *state;
	uint32_t k;

	for (k = 0; k < 96; k++) {
		bool packed = k & 1, writes = k & 2, event_idx = k & 4;
		uint16_t size = any_size(bench, packed);

		start(bench, size, packed, event_idx, writes, any_base(bench, size, packed));
		run(bench, 400);
	}
}

/* Indices of split rings wrap at 65536, whatever their size. */
static void
test_long(void **state)
{
	struct bench *bench = *state;
	uint32_t k;

	for (k = 0; k < 4; k++) {
		start(bench, 256, k & 1, true, k & 2, k & 1 ? 1 << 15 : 0);
		assert_true(run(bench, 66000) >= 100);
	}
}

static bool
fits(const struct guest *guest, struct vsw_vring_config config)
{
	config.memory = &guest->memory;
	return vsw_vring_fits(&config);
}

static void
test_fits(void **state)
{
	struct vsw_vring_config config;
	struct guest guest;
	uint8_t *end;
	int packed;

	(void)state;
	for (packed = 0; packed < 2; packed++) {
		guest_init(&guest, 256, packed, true, false);
		end = guest_at(&guest, GUEST_RING) + guest.memory.region[3].size_bytes;
		config = guest.config;
		config.size = 0;
		assert_false(fits(&guest, config));
		config.size = 255;
		assert_int_equal(fits(&guest, config), packed);
		config = guest.config;
		config.avail = 256;
		assert_int_equal(fits(&guest, config), !packed);
		config.avail = 255 | 1 << 15;
		config.used = 256 | 1 << 15;
		assert_int_equal(fits(&guest, config), !packed);
		config.used = 255;
		assert_true(fits(&guest, config));

		config.desc = end - 256 * sizeof(struct vring_desc);
		assert_true(fits(&guest, config));
		config.desc = (uint8_t *)config.desc + 16;
		assert_false(fits(&guest, config));
		config.desc = (uint8_t *)guest.config.desc + 8;
		assert_false(fits(&guest, config));
		config.desc = guest_at(&guest, GUEST_RING) - 16;
		assert_false(fits(&guest, config));
		config.desc = NULL;
		assert_false(fits(&guest, config));

		config = guest.config;
		config.driver = end - (packed ? 4 : 2 + 2 + 2 * 256 + 2);
		assert_true(fits(&guest, config));
		config.driver = (uint8_t *)config.driver + (packed ? 4 : 2);
		assert_false(fits(&guest, config));
		config.event_idx = false;
		assert_int_equal(fits(&guest, config), !packed);
		config = guest.config;
		config.driver = (uint8_t *)config.driver + (packed ? 2 : 1);
		assert_false(fits(&guest, config));

		/* Of a split ring, guest_init() has left 2 bytes behind this one. */
		config = guest.config;
		config.device = (uint8_t *)config.device + 4;
		assert_false(fits(&guest, config));
		config.event_idx = false;
		assert_int_equal(fits(&guest, config), !packed);
		config.device = (uint8_t *)config.device + 4;
		assert_false(fits(&guest, config));
		config.device = (uint8_t *)guest.config.device - 2;
		assert_false(fits(&guest, config));
		guest_fini(&guest);
	}
}

static void
test_fits_largest(void **state)
{
	struct vsw_vring_config config;
	struct guest guest;
	int packed;

	(void)state;
	for (packed = 0; packed < 2; packed++) {
		guest_init(&guest, VSW_VRING_SIZE_MAX, packed, true, false);
		config = guest.config;
		assert_true(fits(&guest, config));
		config.size++;
		assert_false(fits(&guest, config));
		guest_fini(&guest);
	}
}

/* The driver is told to keep quiet, where there is a word for it. */
static void
test_quiet(void **state)
{
	struct bench *bench = *state;
	int event_idx;

	for (event_idx = 0; event_idx < 2; event_idx++) {
		start(bench, 8, false, event_idx, false, 0);
		assert_int_equal(guest_used(&bench->guest)->flags,
				 event_idx ? 0 : VRING_USED_F_NO_NOTIFY);
		guest_fini(&bench->guest);
		start(bench, 8, true, event_idx, false, 0);
		assert_int_equal(
			((struct vring_packed_desc_event *)bench->guest.config.device)->flags,
			VRING_PACKED_EVENT_FLAG_DISABLE);
		guest_fini(&bench->guest);
	}
}

/* What a log of a migration needs, wherever the driver's memory is mapped. */
static void
test_written(void **state)
{
	struct bench *bench = *state;
	struct vsw_vring_area area;

	start(bench, 256, false, true, true, 0);
	area = vsw_vring_written(&bench->ring);
	assert_ptr_equal(guest_at(&bench->guest, area.guest_address), bench->guest.config.device);
	assert_int_equal(area.len_bytes, 2 + 2 + 256 * 8 + 2);
	guest_fini(&bench->guest);
	start(bench, 256, true, true, true, 1 << 15);
	area = vsw_vring_written(&bench->ring);
	assert_ptr_equal(guest_at(&bench->guest, area.guest_address), bench->guest.config.desc);
	assert_int_equal(area.len_bytes, 256 * 16);
	guest_fini(&bench->guest);
}

int
main(void)
{
	static struct bench bench;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(test_fits, &bench),
		cmocka_unit_test_prestate(test_fits_largest, &bench),
		cmocka_unit_test_prestate(test_quiet, &bench),
		cmocka_unit_test_prestate(test_written, &bench),
		cmocka_unit_test_prestate(test_shapes, &bench),
		cmocka_unit_test_prestate(test_long, &bench),
	};

	bench.random = guest_seed();
	return cmocka_run_group_tests_name("vring", tests, NULL, NULL);
}
