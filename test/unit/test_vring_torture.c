/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A driver that rewrites its ring, its tables and its frames at random while the device works.
 * Whatever it does, the device stays within the guest's memory: all else are guard pages. The ring
 * goes on or is broken.
 *
 *	test_vring_torture [SECONDS]
 */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "vring_device.h"
#include "vring_guest.h"

#define SIZE 64
#define LAYOUTS 8 /* packed or split, written to or read, with event indices or without */
#define RUN_NS 100000000LL
#define FRAME_MAX_BYTES 4096
#define TABLE GUEST_APART
#define TABLE_DESCS 256
/* Available in a round of a packed ring. */
#define TURN_1 (1u << VRING_PACKED_DESC_F_AVAIL)
#define TURN_0 (1u << VRING_PACKED_DESC_F_USED)

struct torture {
	struct guest guest;
	struct device device;
	uint64_t random;
	uint64_t driver_random;
	int64_t run_ns;	  /* of each layout */
	uint64_t n_taken; /* frames */
	bool ends;
};

static uint8_t bytes[FRAME_MAX_BYTES];

/* In the memory, across its ends, or nowhere; the ring is the guest's memory, too. */
static uint64_t
any_address(uint64_t *random)
{
	static const uint64_t near[] = {GUEST_RING,	 GUEST_LOW, GUEST_HIGH,
					GUEST_HIGH_END,	 TABLE,	    TABLE,
					GUEST_APART_END, GUEST_TOP, GUEST_LOW + 128,
					GUEST_HIGH,	 TABLE,	    GUEST_LOW + 64};

	return near[guest_below(random, 12)] + guest_below(random, 64) -
	       (guest_below(random, 16) == 0 ? 32 : 0);
}

static uint32_t
any_length(uint64_t *random)
{
	switch (guest_below(random, 16)) {
	case 0:
		return guest_random(random);
	case 1:
	case 2:
		return 16 * guest_below(random, 16);
	default:
		return guest_below(random, 256);
	}
}

/* Most are right for the direction, and the last of their chain. */
static uint16_t
any_flags(const struct torture *torture, uint64_t *random)
{
	uint16_t flags = torture->guest.config.writes ? VRING_DESC_F_WRITE : 0;

	if (guest_below(random, 4) == 0)
		flags |= VRING_DESC_F_NEXT;
	if (guest_below(random, 8) == 0)
		flags ^= guest_below(random, 8);
	if (torture->guest.config.packed)
		flags |= guest_below(random, 2) << VRING_PACKED_DESC_F_AVAIL |
			 guest_below(random, 2) << VRING_PACKED_DESC_F_USED;
	return flags;
}

#define PUT(where, value) __atomic_store_n(&(where), (value), __ATOMIC_RELAXED)
#define PEEK(where) __atomic_load_n(&(where), __ATOMIC_RELAXED)

/* A field of a descriptor, of the ring or of a table. */
static void
spoil_desc(struct torture *torture, struct vring_desc *desc, uint64_t *random)
{
	uint16_t flags = any_flags(torture, random), next = guest_below(random, SIZE + 1);
	bool packed = torture->guest.config.packed;

	switch (guest_below(random, 4)) {
	case 0:
		PUT(desc->addr, any_address(random));
		break;
	case 1:
		PUT(desc->len, any_length(random));
		break;
	case 2:
		PUT(desc->flags, packed ? next : flags);
		break;
	default:
		PUT(desc->next, packed ? flags : next);
	}
}

/* A descriptor that leads to a table. */
static void
spoil_indirect(struct torture *torture, struct vring_desc *desc, uint64_t *random)
{
	uint16_t flags = VRING_DESC_F_INDIRECT | (any_flags(torture, random) & ~VRING_DESC_F_NEXT);

	PUT(desc->addr, TABLE + 16 * (uint64_t)guest_below(random, TABLE_DESCS));
	PUT(desc->len, 16 * (1 + guest_below(random, 8)));
	if (torture->guest.config.packed)
		PUT(desc->next, flags);
	else
		PUT(desc->flags, flags);
}

static void
spoil_frame(struct torture *torture, uint64_t *random)
{
	uint64_t *at = (uint64_t *)guest_at(&torture->guest, GUEST_LOW);

	PUT(at[guest_below(random, 64)], guest_random(random));
}

/* Mostly as a driver does it, or rings would break at once. */
static void
spoil_avail(struct torture *torture, uint64_t *random)
{
	struct vring_avail *avail = guest_avail(&torture->guest);
	uint16_t shown = PEEK(guest_used(&torture->guest)->idx), ahead = PEEK(avail->idx) - shown;
	bool sound = guest_below(random, 1024) > 0;

	PUT(avail->ring[guest_below(random, SIZE)], guest_below(random, SIZE + !sound));
	PUT(avail->ring[SIZE], guest_random(random));
	if (!sound)
		PUT(avail->idx, guest_random(random));
	else if (ahead != SIZE)
		PUT(avail->idx, shown + (ahead < SIZE ? ahead + 1 : 0));
}

static void
spoil_index(struct torture *torture, uint64_t *random)
{
	struct vring_packed_desc_event *event = torture->guest.config.driver;

	if (torture->guest.config.packed) {
		PUT(event->off_wrap, guest_random(random));
		PUT(event->flags, guest_random(random));
	} else {
		spoil_avail(torture, random);
	}
}

/* A sound one, of one piece. */
static void
mend_desc(struct torture *torture, struct vring_desc *desc, uint64_t *random)
{
	uint16_t flags = torture->guest.config.writes ? VRING_DESC_F_WRITE : 0;

	PUT(desc->addr, GUEST_LOW + guest_below(random, 512));
	PUT(desc->len, guest_below(random, 1500));
	if (torture->guest.config.packed)
		PUT(desc->next, flags | (guest_below(random, 2) ? TURN_1 : TURN_0));
	else
		PUT(desc->flags, flags);
}

static void
spoil(struct torture *torture, uint64_t *random)
{
	struct vring_desc *table = (struct vring_desc *)guest_at(&torture->guest, TABLE);
	struct vring_desc *desc = guest_desc(&torture->guest, guest_below(random, SIZE));
	struct vring_desc *in_table = &table[guest_below(random, TABLE_DESCS)];

	switch (guest_below(random, 32)) {
	case 0:
		spoil_desc(torture, desc, random);
		break;
	case 1:
		spoil_desc(torture, in_table, random);
		break;
	case 2:
	case 3:
		spoil_indirect(torture, desc, random);
		break;
	case 4:
	case 5:
	case 6:
		spoil_frame(torture, random);
		break;
	case 7:
	case 8:
	case 9:
	case 10:
	case 11:
		mend_desc(torture, in_table, random);
		break;
	case 12:
	case 13:
	case 14:
	case 15:
		spoil_index(torture, random);
		break;
	default:
		mend_desc(torture, desc, random);
	}
}

static void *
drive(void *arg)
{
	struct torture *torture = arg;

	while (!PEEK(torture->ends))
		spoil(torture, &torture->driver_random);
	return NULL;
}

/* A frame is what its chains are, whatever has become of them since. */
static void
check_frame(const struct device *device, uint32_t frame)
{
	uint64_t len_bytes = 0;
	uint32_t i;

	for (i = 0; i < device_n_chains(device, frame); i++)
		len_bytes += device_chain(device, frame, i).len_bytes;
	assert_true(device_n_chains(device, frame) > 0);
	assert_true(device_len_bytes(device, frame) == len_bytes);
}

/* As a port does it, whatever the chains are. Returns false if the ring is broken. */
static bool
take_burst(struct torture *torture)
{
	uint32_t n = 1 + guest_below(&torture->random, DEVICE_BURST_MAX), i;
	uint32_t want_bytes = guest_below(&torture->random, 2)
				      ? guest_below(&torture->random, FRAME_MAX_BYTES)
				      : 0;
	struct device *device = &torture->device;
	uint32_t written_bytes[DEVICE_BURST_MAX];
	int ret = device_take(device, n, want_bytes);

	assert_true(ret == 0 || ret == -EBADMSG);
	n = device->n_frames;
	for (i = 0; i < n; i++) {
		uint64_t len_bytes = device_len_bytes(device, i);

		check_frame(device, i);
		written_bytes[i] = len_bytes < FRAME_MAX_BYTES ? len_bytes : FRAME_MAX_BYTES;
		device_copy(device, i, bytes, written_bytes[i], 1024);
	}
	device_give(device, n - guest_below(&torture->random, n + 1) / 4, written_bytes);
	if (guest_below(&torture->random, 4) > 0)
		device_flush(device);
	torture->n_taken += n;
	if (ret == 0)
		return true;
	assert_int_equal(device_take(device, 1, 0), -EBADMSG);
	assert_int_equal(device->n_frames, 0);
	return false;
}

static int64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void
work(struct torture *torture)
{
	struct vsw_vring_config *config = &torture->guest.config;
	int64_t end_ns = now_ns() + torture->run_ns;
	uint32_t left;

	while (now_ns() < end_ns) {
		config->avail = guest_below(&torture->random, SIZE);
		config->avail |= config->packed ? guest_below(&torture->random, 2) << 15 : 0;
		config->used = config->avail;
		if (!config->packed)
			config->avail = config->used = guest_used(&torture->guest)->idx;
		device_init(&torture->device, config);
		for (left = 1000; left > 0 && take_burst(torture);)
			left--;
	}
}

static void
test_torture(void **state)
{
	struct torture *torture = *state;
	pthread_t driver;
	unsigned int k;

	for (k = 0; k < LAYOUTS; k++) {
		guest_init(&torture->guest, SIZE, k & 1, k & 4, k & 2);
		torture->driver_random = guest_random(&torture->random);
		torture->ends = false;
		assert_int_equal(pthread_create(&driver, NULL, drive, torture), 0);
		torture->n_taken = 0;
		work(torture);
		print_message("%s, %s: %llu frames\n", k & 1 ? "packed" : "split",
			      k & 2 ? "written to" : "read", (unsigned long long)torture->n_taken);
		PUT(torture->ends, true);
		pthread_join(driver, NULL);
		assert_true(torture->n_taken > 0);
		guest_fini(&torture->guest);
	}
}

int
main(int argc, char **argv)
{
	static struct torture torture = {.run_ns = RUN_NS};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(test_torture, &torture),
	};

	if (argc > 1)
		torture.run_ns = strtoll(argv[1], NULL, 0) * 1000000000LL / LAYOUTS;
	torture.random = guest_seed();
	return cmocka_run_group_tests_name("vring_torture", tests, NULL, NULL);
}
