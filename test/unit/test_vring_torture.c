/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A driver that rewrites its ring at random while the device works. Whatever it does, the device
 * stays within the guest's memory: all else are guard pages.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <time.h>

#include <cmocka.h>

#include "vring_guest.h"

#define SIZE 64
#define RUN_NS 150000000LL
#define FRAME_MAX_BYTES 4096

struct torture {
	struct guest guest;
	uint64_t random;
	uint64_t driver_random;
	bool ends;
};

static uint8_t bytes[FRAME_MAX_BYTES];

/* In the memory, across its ends, or nowhere; the ring is the guest's memory, too. */
static uint64_t
any_address(uint64_t *random)
{
	static const uint64_t near[] = {GUEST_RING,	 GUEST_LOW,	 GUEST_HIGH,
					GUEST_HIGH_END,	 GUEST_APART,	 GUEST_APART,
					GUEST_APART_END, GUEST_TOP,	 GUEST_LOW + 128,
					GUEST_HIGH,	 GUEST_LOW + 64, GUEST_HIGH};

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

static void
spoil_desc(struct torture *torture, uint64_t *random)
{
	struct vring_desc *desc = guest_desc(&torture->guest, guest_below(random, SIZE));
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

static void
spoil_index(struct torture *torture, uint64_t *random)
{
	struct vring_avail *avail = guest_avail(&torture->guest);
	struct vring_packed_desc_event *event = torture->guest.config.driver;

	if (torture->guest.config.packed) {
		PUT(event->off_wrap, guest_random(random));
		PUT(event->flags, guest_random(random));
	} else {
		PUT(avail->ring[guest_below(random, SIZE + 1)], guest_below(random, SIZE + 1));
		PUT(avail->idx, guest_used(&torture->guest)->idx + guest_below(random, SIZE + 2));
	}
}

static void *
drive(void *arg)
{
	struct torture *torture = arg;
	uint64_t *random = &torture->driver_random;

	while (!__atomic_load_n(&torture->ends, __ATOMIC_RELAXED)) {
		if (guest_below(random, 4) > 0)
			spoil_desc(torture, random);
		else
			spoil_index(torture, random);
	}
	return NULL;
}

/* As a port does it, whatever the chains are. Returns false if the ring is broken. */
static bool
take_frame(struct torture *torture, struct vsw_vring *ring)
{
	struct vsw_vring_cursor cursor = {0};
	struct vsw_vring_buffer buffer;
	uint32_t want = 1 + guest_below(&torture->random, FRAME_MAX_BYTES);
	int ret;

	vsw_vring_empty(&buffer);
	do {
		ret = vsw_vring_gather(ring, &buffer);
	} while (ret > 0 && buffer.len_bytes < want);
	want = buffer.len_bytes < want ? buffer.len_bytes : want;
	if (torture->guest.config.writes)
		vsw_vring_write(&buffer, &cursor, bytes, want);
	else
		vsw_vring_read(&buffer, &cursor, bytes, want);
	if (guest_below(&torture->random, 8) == 0)
		vsw_vring_rewind(ring);
	else
		vsw_vring_give(ring, &buffer, want);
	if (guest_below(&torture->random, 4) == 0)
		vsw_vring_flush(ring);
	return ret >= 0;
}

static int64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* Returns how many frames were taken before the rings broke. */
static uint64_t
work(struct torture *torture)
{
	struct vsw_vring_config *config = &torture->guest.config;
	int64_t end_ns = now_ns() + RUN_NS;
	struct vsw_vring ring;
	uint64_t n_taken = 0;
	unsigned int left;

	while (now_ns() < end_ns) {
		config->avail = guest_below(&torture->random, SIZE);
		config->avail |= config->packed ? guest_below(&torture->random, 2) << 15 : 0;
		config->used = config->avail;
		if (!config->packed)
			config->avail = config->used = guest_used(&torture->guest)->idx;
		vsw_vring_init(&ring, config);
		for (left = 1000; left > 0 && take_frame(torture, &ring); left--)
			n_taken++;
	}
	return n_taken;
}

static void
test_torture(void **state)
{
	struct torture *torture = *state;
	pthread_t driver;
	unsigned int k;

	for (k = 0; k < 4; k++) {
		guest_init(&torture->guest, SIZE, k & 1, true, k & 2);
		torture->driver_random = guest_random(&torture->random);
		torture->ends = false;
		assert_int_equal(pthread_create(&driver, NULL, drive, torture), 0);
		assert_true(work(torture) > 0);
		__atomic_store_n(&torture->ends, true, __ATOMIC_RELAXED);
		pthread_join(driver, NULL);
		guest_fini(&torture->guest);
	}
}

int
main(void)
{
	static struct torture torture;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(test_torture, &torture),
	};

	torture.random = guest_seed();
	return cmocka_run_group_tests_name("vring_torture", tests, NULL, NULL);
}
