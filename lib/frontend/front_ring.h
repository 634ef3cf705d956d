/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The driver's side of a virtqueue whose descriptors and buffers belong together for good.
 *
 * Positions count all buffers ever made available, and never wrap but at 2^32; the slot of a
 * position is its low bits. Those from tail to head are the peer's; those from head to tail + size
 * are ours. order[] says which buffer is at a slot: at first buffer i at slot i, and so it stays
 * if the peer gives back in order. If it does not, order[] becomes another permutation: two entries
 * of the peer's are exchanged, and a buffer that is not the peer's breaks the ring.
 */
#ifndef FRONT_RING_H
#define FRONT_RING_H

#include <linux/virtio_ring.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vsw_front_hot.h"

#define FRONT_LINE_BYTES 64

/* Each word of the peer's is read once: the compiler may not read it again. */
#define FRONT_LOAD(where) __atomic_load_n(&(where), __ATOMIC_RELAXED)
#define FRONT_STORE(where, value) __atomic_store_n(&(where), (value), __ATOMIC_RELAXED)

#define FRONT_LIKELY(x) __builtin_expect(!!(x), 1)
#define FRONT_UNLIKELY(x) __builtin_expect(!!(x), 0)

/* The builtin takes the instruction for reading where the compiler is not told of the CPU. */
static inline void
front_prefetch_write(const void *at)
{
#if defined(__x86_64__)
	__asm__ volatile("prefetchw %0" : : "m"(*(const uint8_t *)at));
#else
	__builtin_prefetch(at, 1);
#endif
}

/* Both views of the half of a packed descriptor that both sides write, as one. */
union front_packed_state {
	struct {
		uint32_t len;
		uint16_t id;
		uint16_t flags;
	};
	uint64_t word;
};

struct front_packed_desc {
	uint64_t address;
	uint64_t state; /* union front_packed_state */
};

/* rw by the thread that has the pair. Memory of the three areas is shared with the peer. */
struct front_ring {
	uint32_t head, tail; /* positions: next to make available, next to get back */
	uint32_t seen;	     /* split: what the peer has given back when last looked */
	uint16_t size, mask;
	bool writes; /* the peer writes to the buffers */
	bool in_order;
	bool broken;
	bool shuffled; /* order[] is no longer 0, 1, ... */
	bool owes;     /* the peer's wish for a kick was seen without a fence */
	uint32_t stride_bytes;
	uint32_t buffer_bytes; /* of a frame in a buffer */
	uint8_t *data;	       /* the frame of buffer 0 */
	uint16_t *order;
	/* By slot, of what we get: pieces of frames of several. By buffer, of a split ring that we
	 * send on: as in the descriptor. */
	uint32_t *len_bytes;
	union {
		struct {
			struct vring_desc *desc;
			struct vring_avail *avail;
			struct vring_used *used;
		} split;
		struct {
			struct front_packed_desc *desc;
			struct vring_packed_desc_event *driver;
			struct vring_packed_desc_event *device;
		} packed;
	};
	int kick_fd;
	const char *fault; /* why it is broken */
} __attribute__((aligned(FRONT_LINE_BYTES)));

/* The functions of vsw_front_hot.h for one ring. */
struct front_ops {
	uint16_t (*tx_get)(struct front_ring *ring, uint8_t **frame, uint16_t n);
	void (*tx_put)(struct front_ring *ring, const uint32_t *len_bytes, uint16_t n);
	uint32_t (*tx_pending)(struct front_ring *ring);
	uint16_t (*rx_get)(struct front_ring *ring, struct vsw_front_frame *frame, uint16_t n);
	void (*rx_put)(struct front_ring *ring);
	bool (*wants_kick)(const struct front_ring *ring);
};

extern const struct front_ops front_split, front_split_mergeable;
extern const struct front_ops front_packed, front_packed_mergeable;

/* What a ring needs of the shared memory. */
struct front_ring_layout {
	size_t desc, driver, device, data; /* offsets */
	size_t bytes;			   /* of all, from 0 on; a multiple of 4096 */
	uint32_t stride_bytes;
};

void front_ring_layout(struct front_ring_layout *layout, bool packed, uint16_t size,
		       uint32_t buffer_bytes);

struct front_ring_config {
	bool packed;
	bool writes;
	bool in_order;
	uint16_t size;
	uint32_t buffer_bytes;
	int kick_fd; /* stays the caller's; -1: no kicks */
};

/*
 * A ring at the beginning of zeroed memory as big as its layout says; if the peer writes, all its
 * buffers are available. Returns 0 or -ENOMEM.
 */
int front_ring_init(struct front_ring *ring, const struct front_ring_config *config, void *memory);
void front_ring_fini(struct front_ring *ring);

/* Make the first buffers of a ring that the peer writes to available; of each layout. */
void front_split_start(struct front_ring *ring);
void front_packed_start(struct front_ring *ring);

/*
 * The peer gives back buffer id as the next one, at tail, which was not expected there. False:
 * it does not have it; the ring is broken.
 */
bool front_ring_settle(struct front_ring *ring, uint32_t id);

/* The ring stands still from now on. Returns false. */
bool front_ring_break(struct front_ring *ring, const char *fault);

void front_ring_kick(struct front_ring *ring);

static inline uint8_t *
front_ring_frame(const struct front_ring *ring, uint32_t position)
{
	return ring->data + (size_t)ring->order[position & ring->mask] * ring->stride_bytes;
}

static inline uint32_t
front_ring_n_free(const struct front_ring *ring)
{
	return ring->size - (ring->head - ring->tail);
}

#endif /* FRONT_RING_H */
