/* SPDX-License-Identifier: BSD-3-Clause */
#include "vring_guest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include <cmocka.h>

#define PAGE 4096U

static uint64_t
round_up(uint64_t n, uint64_t unit)
{
	return (n + unit - 1) / unit * unit;
}

/* Zeros between two pages that cannot be touched. */
static uint8_t *
map(uint64_t bytes)
{
	uint64_t mapped = round_up(bytes, PAGE);
	uint8_t *at = mmap(NULL, mapped + 2 * (uint64_t)PAGE, PROT_NONE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(at, MAP_FAILED);
	assert_int_equal(mprotect(at + PAGE, mapped, PROT_READ | PROT_WRITE), 0);
	return at + PAGE;
}

static uint64_t
device_bytes(uint16_t size, bool packed, bool event_idx)
{
	if (packed)
		return sizeof(struct vring_packed_desc_event);
	return sizeof(struct vring_used) + size * sizeof(struct vring_used_elem) +
	       (event_idx ? sizeof(uint16_t) : 0);
}

/* The device's area, the only one that it may write to, ends where the region does. */
static uint64_t
place_ring(struct guest *guest, uint16_t size, bool packed, bool event_idx)
{
	uint64_t desc = size * sizeof(struct vring_desc);
	uint64_t driver = sizeof(struct vring_avail) + (size + 1) * sizeof(uint16_t);
	uint64_t device = round_up(device_bytes(size, packed, event_idx), 4);

	driver = round_up(packed ? sizeof(struct vring_packed_desc_event) : driver, 4);
	guest->config.driver = (void *)(uintptr_t)desc;
	guest->config.device = (void *)(uintptr_t)(round_up(desc + driver + device, PAGE) - device);
	return round_up(desc + driver + device, PAGE);
}

void
guest_init(struct guest *guest, uint16_t size, bool packed, bool event_idx, bool writes)
{
	uint64_t ring = place_ring(guest, size, packed, event_idx);
	const struct vsw_vring_region regions[GUEST_N_REGIONS] = {
		{.guest_address = GUEST_HIGH, .size_bytes = GUEST_HIGH_END - GUEST_HIGH},
		{.guest_address = GUEST_LOW, .size_bytes = GUEST_HIGH - GUEST_LOW},
		{.guest_address = GUEST_TOP, .size_bytes = PAGE - 1},
		{.guest_address = GUEST_RING, .size_bytes = ring},
		{.guest_address = GUEST_APART, .size_bytes = GUEST_APART_END - GUEST_APART},
	};
	uint8_t *at;
	uint32_t i;

	guest->memory.n = GUEST_N_REGIONS;
	for (i = 0; i < GUEST_N_REGIONS; i++) {
		guest->memory.region[i] = regions[i];
		guest->memory.region[i].at = map(regions[i].size_bytes);
		guest->shadow[i] = calloc(1, regions[i].size_bytes);
		assert_non_null(guest->shadow[i]);
	}
	at = guest_at(guest, GUEST_RING);
	guest->config = (struct vsw_vring_config){
		.memory = &guest->memory,
		.desc = at,
		.driver = at + (uintptr_t)guest->config.driver,
		.device = at + (uintptr_t)guest->config.device,
		.size = size,
		.packed = packed,
		.event_idx = event_idx,
		.writes = writes,
	};
	assert_true(vsw_vring_fits(&guest->config));
}

void
guest_fini(struct guest *guest)
{
	uint32_t i;

	for (i = 0; i < GUEST_N_REGIONS; i++) {
		const struct vsw_vring_region *region = &guest->memory.region[i];

		munmap(region->at - PAGE, round_up(region->size_bytes, PAGE) + 2 * (uint64_t)PAGE);
		free(guest->shadow[i]);
	}
}

/* The region of an address, and where in it. */
static uint32_t
find(const struct guest *guest, uint64_t address, uint64_t *offset)
{
	uint32_t i;

	for (i = 0; i < GUEST_N_REGIONS; i++) {
		*offset = address - guest->memory.region[i].guest_address;
		if (*offset < guest->memory.region[i].size_bytes)
			return i;
	}
	fail_msg("0x%llx is not the guest's", (unsigned long long)address);
	return 0;
}

uint8_t *
guest_at(const struct guest *guest, uint64_t address)
{
	uint64_t offset;
	uint32_t i = find(guest, address, &offset);

	return guest->memory.region[i].at + offset;
}

/* What follows the address in its region, at most n bytes; and its shadow. */
static uint8_t *
span(const struct guest *guest, uint64_t address, uint32_t *n, uint8_t **shadow)
{
	uint64_t offset, left;
	uint32_t i = find(guest, address, &offset);

	left = guest->memory.region[i].size_bytes - offset;
	*n = *n < left ? *n : left;
	*shadow = guest->shadow[i] + offset;
	return guest->memory.region[i].at + offset;
}

void
guest_expect(struct guest *guest, uint64_t address, const uint8_t *bytes, uint32_t len_bytes)
{
	uint8_t *shadow;
	uint32_t n;

	for (; len_bytes > 0; len_bytes -= n, address += n, bytes += n) {
		n = len_bytes;
		span(guest, address, &n, &shadow);
		memcpy(shadow, bytes, n);
	}
}

void
guest_put(struct guest *guest, uint64_t address, const void *bytes, uint32_t len_bytes)
{
	const uint8_t *from = bytes;
	uint8_t *shadow, *at;
	uint32_t n;

	guest_expect(guest, address, from, len_bytes);
	for (; len_bytes > 0; len_bytes -= n, address += n, from += n) {
		n = len_bytes;
		at = span(guest, address, &n, &shadow);
		memcpy(at, from, n);
	}
}

void
guest_require(const struct guest *guest, uint64_t address, const uint8_t *bytes, uint32_t len_bytes)
{
	uint8_t *shadow;
	uint32_t n;

	for (; len_bytes > 0; len_bytes -= n, address += n, bytes += n) {
		n = len_bytes;
		span(guest, address, &n, &shadow);
		assert_memory_equal(shadow, bytes, n);
	}
}

void
guest_check(const struct guest *guest)
{
	uint32_t i;

	for (i = 0; i < GUEST_N_REGIONS; i++) {
		const struct vsw_vring_region *region = &guest->memory.region[i];

		if (region->guest_address != GUEST_RING)
			assert_memory_equal(region->at, guest->shadow[i], region->size_bytes);
	}
}

struct vring_desc *
guest_desc(const struct guest *guest, uint16_t index)
{
	return (struct vring_desc *)guest->config.desc + index;
}

struct vring_avail *
guest_avail(const struct guest *guest)
{
	return guest->config.driver;
}

struct vring_used *
guest_used(const struct guest *guest)
{
	return guest->config.device;
}

void
guest_random_bytes(uint64_t *state, uint8_t *to, uint32_t len_bytes)
{
	uint32_t i;

	for (i = 0; i < len_bytes; i++)
		to[i] = (i % 8 == 0 ? guest_random(state) : *state) >> i % 8 * 8;
}

uint64_t
guest_seed(void)
{
	const char *text = getenv("VSW_TEST_SEED");
	uint64_t seed = text != NULL ? strtoull(text, NULL, 0) : (uint64_t)time(NULL);

	print_message("VSW_TEST_SEED=%llu\n", (unsigned long long)seed);
	/* Neighbouring seeds differ in all bits; 0 would stay 0. */
	return (seed + 1) * 0x9e3779b97f4a7c15ULL | 1;
}
