/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory of a guest with a ring in it, for the tests of lib/vring. Each region lies between pages
 * that nobody may touch; regions that follow each other for the guest do not follow each other
 * here. A shadow has what the memory should hold.
 */
#ifndef VRING_GUEST_H
#define VRING_GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/virtio_ring.h>

#include "vring_random.h"
#include "vsw_vring.h"

/* The ring is at 0, so that an address that overflows leads there. */
#define GUEST_RING 0ULL
#define GUEST_LOW 0x40000000ULL
#define GUEST_HIGH 0x40010000ULL /* follows GUEST_LOW; behind it is nothing */
#define GUEST_HIGH_END 0x40020000ULL
#define GUEST_APART 0x40030000ULL
#define GUEST_APART_END 0x40038000ULL
#define GUEST_TOP 0xfffffffffffff000ULL /* all but the last byte there is */
#define GUEST_N_REGIONS 5

struct guest {
	struct vsw_vring_memory memory;
	uint8_t *shadow[GUEST_N_REGIONS];
	struct vsw_vring_config config; /* of the ring; indices are 0 */
};

/* All of it is zero. */
void guest_init(struct guest *guest, uint16_t size, bool packed, bool event_idx, bool writes);
void guest_fini(struct guest *guest);

/* The byte at an address, which must be the guest's. */
uint8_t *guest_at(const struct guest *guest, uint64_t address);

/* As the guest: into the memory and the shadow. */
void guest_put(struct guest *guest, uint64_t address, const void *bytes, uint32_t len_bytes);

/* Into the shadow alone: what the device should write. */
void guest_expect(struct guest *guest, uint64_t address, const uint8_t *bytes, uint32_t len_bytes);

/* The bytes are what the shadow has: what the device should read. */
void guest_require(const struct guest *guest, uint64_t address, const uint8_t *bytes,
		   uint32_t len_bytes);

/* All regions but the ring's are as they should be. */
void guest_check(const struct guest *guest);

/* The areas of the ring. */
struct vring_desc *guest_desc(const struct guest *guest, uint16_t index);
struct vring_avail *guest_avail(const struct guest *guest);
struct vring_used *guest_used(const struct guest *guest);

void guest_random_bytes(uint64_t *state, uint8_t *to, uint32_t len_bytes);

/* VSW_TEST_SEED, or one that changes; printed. */
uint64_t guest_seed(void);

#endif /* VRING_GUEST_H */
