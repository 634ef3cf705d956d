/* SPDX-License-Identifier: BSD-3-Clause */
/* What split and packed rings share. */
#ifndef VRING_H
#define VRING_H

#include <linux/virtio_ring.h>

#include "vsw_vring.h"

/* A descriptor, read once. */
struct vring_read {
	uint64_t address;
	uint32_t len_bytes;
	uint16_t flags;
	uint16_t next_or_id;
};

/* Each word is read once: the compiler may not read it again. */
#define VRING_LOAD(where) __atomic_load_n(&(where), __ATOMIC_RELAXED)
#define VRING_STORE(where, value) __atomic_store_n(&(where), (value), __ATOMIC_RELAXED)

#define VRING_LINE_BYTES 64 /* of a cache */

static inline void
vring_step(const struct vsw_vring *ring, struct vsw_vring_position *position, uint16_t n_slots)
{
	uint32_t index = position->index + n_slots;

	if (ring->config.packed && index >= ring->config.size) {
		index -= ring->config.size;
		position->wrap = !position->wrap;
	}
	position->index = index;
}

/*
 * Where guest_address is mapped; *len_bytes is cut to what is contiguous there. NULL: nowhere.
 */
uint8_t *vring_translate(const struct vsw_vring_memory *memory, uint64_t guest_address,
			 uint32_t *len_bytes);

/* As vring_find_last(), in all regions; the one that is found is the last from then on. */
uint8_t *vring_find(struct vsw_vring *ring, uint64_t guest_address, uint32_t len_bytes);

/* Where the len_bytes at guest_address are mapped, all in one piece. NULL: nowhere. */
static inline uint8_t *
vring_find_last(struct vsw_vring *ring, uint64_t guest_address, uint32_t len_bytes)
{
	const struct vsw_vring_region *region = &ring->config.memory->region[ring->hit];
	uint64_t offset = guest_address - region->guest_address;

	if (__builtin_expect(
		    offset < region->size_bytes && len_bytes <= region->size_bytes - offset, 1))
		return region->at + offset;
	return vring_find(ring, guest_address, len_bytes);
}

/*
 * Add the memory of a descriptor to the buffer. False if it is not the driver's memory, not meant
 * for this direction, or too much.
 */
bool vring_add(const struct vsw_vring *ring, struct vsw_vring_buffer *buffer,
	       const struct vring_read *desc);

/* Descriptors in a chain: each counts, one of no bytes too, or a chain could take any time. */
#define VRING_CHAIN_MAX VSW_VRING_PIECES_MAX

/* Number of descriptors in an indirect table; 0: it is none. */
uint32_t vring_table_size(const struct vring_read *desc);

/* Descriptor `index` of an indirect table. False if it is not in the driver's memory. */
bool vring_table_read(const struct vsw_vring *ring, const struct vring_read *table, uint32_t index,
		      struct vring_read *desc);

/* To own a line at once, not first to share it: on a CPU that does not know it, it does nothing. */
static inline void
vring_prefetch_write(const void *at)
{
#ifdef __x86_64__
	__asm__ volatile("prefetchw %0" : : "m"(*(const uint8_t *)at));
#else
	__builtin_prefetch(at, 1);
#endif
}

/* Fetch the first bytes of a buffer, to be read or written: its header and some of its frame. */
static inline void
vring_prefetch_at(const struct vsw_vring *ring, const uint8_t *at)
{
	if (ring->config.writes) {
		vring_prefetch_write(at);
		vring_prefetch_write(at + VRING_LINE_BYTES);
	} else {
		__builtin_prefetch(at);
		__builtin_prefetch(at + VRING_LINE_BYTES);
	}
}

/* The same of where guest_address is mapped, if it is. */
void vring_prefetch(const struct vsw_vring *ring, uint64_t guest_address);

/* What vsw_vring.h promises, for each layout; of one chain where it says so. */
const uint16_t *vring_split_bell(const struct vsw_vring *ring, uint16_t *mask, uint16_t *silent);
const uint16_t *vring_packed_bell(const struct vsw_vring *ring, uint16_t *mask, uint16_t *silent);
bool vring_split_is_empty(const struct vsw_vring *ring);
bool vring_packed_is_empty(const struct vsw_vring *ring);
uint16_t vring_split_peek(struct vsw_vring *ring, struct vsw_vring_view *views, uint16_t n);
uint16_t vring_packed_peek(struct vsw_vring *ring, struct vsw_vring_view *views, uint16_t n);
void vring_split_use(struct vsw_vring *ring, const struct vsw_vring_chain *chains, uint16_t n);
void vring_packed_use(struct vsw_vring *ring, const struct vsw_vring_chain *chains, uint16_t n);

int vring_split_gather(struct vsw_vring *ring, struct vsw_vring_buffer *buffer,
		       struct vsw_vring_chain *chain);
void vring_split_prefetch(const struct vsw_vring *ring, uint16_t n);
bool vring_split_flush(struct vsw_vring *ring);
void vring_split_quiet(struct vsw_vring *ring);

int vring_packed_gather(struct vsw_vring *ring, struct vsw_vring_buffer *buffer,
			struct vsw_vring_chain *chain);
void vring_packed_prefetch(const struct vsw_vring *ring, uint16_t n);
bool vring_packed_flush(struct vsw_vring *ring);
void vring_packed_quiet(struct vsw_vring *ring);

#endif /* VRING_H */
