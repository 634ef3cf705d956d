/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The device's side of a virtqueue: take the buffers that a driver makes available, give them back.
 *
 * Model: the ring and all it points to lie in memory that the driver can change at any time. Each
 * word of it is read once, checked, and used from a private copy. What cannot be read - an index or
 * an address that leads nowhere, a loop, a chain longer than the ring - breaks the ring: it stands
 * still until it is set up anew. Split and packed rings are behind one interface.
 *
 *	vsw_vring_peek()	views of the next chains, as far as they have the common shape
 *	vsw_vring_take()	so many of them are taken
 *
 *	vsw_vring_gather()	take the next chain, of any shape, into a buffer (repeatedly, when
 *				a frame needs several)
 *	vsw_vring_read/write()	copy out of the buffer, into it
 *
 *	vsw_vring_use()		what was taken is used; or vsw_vring_rewind(): as if not taken
 *	vsw_vring_flush()	show the driver what has been used; tells if it wants an interrupt
 *
 * The common shape is one descriptor, not indirect, of memory that is contiguous here. What has
 * another one, and what is wrong, ends a list of views and is gather's to take or to judge.
 *
 * A ring that is read from takes chains that the device reads, one that is written to chains that
 * it writes. Chains are given back in the order in which they were made available.
 *
 * Limits: VSW_VRING_PIECES_MAX descriptors, and pieces of memory, in a buffer; a longer chain
 * breaks the ring.
 *
 * Threads: a ring is one thread's at a time. Pure C.
 *
 * Source: virtio 1.2 sections 2.7, 2.8.
 */
#ifndef VSW_VRING_H
#define VSW_VRING_H

#include <stdbool.h>
#include <stdint.h>

#define VSW_VRING_SIZE_MAX 32768 /* descriptors: virtio 1.2 sections 2.7 and 2.8 */
#define VSW_VRING_REGIONS_MAX 8	 /* of a vhost-user memory table */
#define VSW_VRING_CHAINS_MAX 64	 /* so a frame of 64 KiB fits in buffers of 1 KiB and a little */
#define VSW_VRING_PREFETCH_MAX 32
#define VSW_VRING_VIEWS_MAX 32
#define VSW_VRING_PIECES_MAX 256 /* Linux has 19 in a chain; DPDK as many as an mbuf has segments */

/* Memory of the driver, as it is mapped here. guest_address + size_bytes does not overflow. */
struct vsw_vring_region {
	uint64_t guest_address;
	uint64_t size_bytes;
	uint8_t *at;
};

struct vsw_vring_memory {
	uint32_t n;
	struct vsw_vring_region region[VSW_VRING_REGIONS_MAX];
};

/* A part of a buffer that is contiguous here. */
struct vsw_vring_piece {
	uint8_t *at;
	uint64_t guest_address;
	uint32_t len_bytes;
};

/* What the driver made available as one, and gets back as one. */
struct vsw_vring_chain {
	uint16_t id;
	uint16_t n_slots;   /* of the ring: 1, or the descriptors of a packed chain */
	uint32_t len_bytes; /* that it holds; for vsw_vring_use(): that were written */
};

/* A chain of the common shape; it has one slot. */
struct vsw_vring_view {
	uint8_t *at;
	uint32_t len_bytes;
	uint16_t id;
};

struct vsw_vring_buffer {
	/*
	 * These two are saved as one word by vsw_vring_gather(), which must find them written as
	 * one: a load of several stores waits until all stores before it are done, those to the
	 * driver's memory, too. Measured: scripts/profile, 64 B.
	 */
	uint16_t n_pieces;
	uint16_t n_descs; /* read for it: those of no bytes, too */
	uint16_t n_chains;
	uint64_t len_bytes;
	struct vsw_vring_chain chain[VSW_VRING_CHAINS_MAX];
	struct vsw_vring_piece piece[VSW_VRING_PIECES_MAX];
};

/* Where the ring lies, and how the two sides have agreed to use it. Pointers are aligned. */
struct vsw_vring_config {
	const struct vsw_vring_memory *memory; /* outlives the ring */
	void *desc;
	void *driver; /* available ring, or the driver's event suppression */
	void *device; /* used ring, or the device's */
	uint16_t size;
	bool packed;
	bool event_idx;
	bool writes; /* the device writes to the buffers */
	/* Indices to go on from; of a packed ring with the wrap counter in bit 15. */
	uint16_t avail;
	uint16_t used;
};

/* A position in a ring: split rings count on, packed ones have a wrap counter. */
struct vsw_vring_position {
	uint16_t index;
	bool wrap;
};

/* rw by the thread that owns it; no member is anybody else's. */
struct vsw_vring {
	struct vsw_vring_config config;
	struct vsw_vring_position next;	 /* to gather */
	struct vsw_vring_position avail; /* to give: all before it are used */
	struct vsw_vring_position used;	 /* to write */
	uint16_t seen;			 /* split: the driver's available index when last looked */
	uint16_t shown;			 /* used index at the last flush */
	uint16_t n_given;		 /* chains, since the last flush */
	uint16_t first; /* packed: where these begin, and the flags that show them */
	uint16_t first_flags;
	uint16_t hit; /* region of the last view */
	bool fresh;   /* nothing was flushed yet */
	bool broken;
};

/*
 * Take a ring over. All of its three areas lie within memory (vsw_vring_fits()). The driver is told
 * not to notify us: who uses this polls.
 */
void vsw_vring_init(struct vsw_vring *ring, const struct vsw_vring_config *config);

/* True if config describes a ring that lies in its memory with all its areas. */
bool vsw_vring_fits(const struct vsw_vring_config *config);

/*
 * Where in the driver's memory vsw_vring_give() and vsw_vring_flush() write: the used ring, or the
 * descriptors of a packed ring.
 */
struct vsw_vring_area {
	uint64_t guest_address;
	uint64_t len_bytes;
};

struct vsw_vring_area vsw_vring_written(const struct vsw_vring *ring);

/* Indices to go on from later, as in the config. Nothing may be gathered or unflushed. */
uint16_t vsw_vring_avail_base(const struct vsw_vring *ring);
uint16_t vsw_vring_used_base(const struct vsw_vring *ring);

static inline void
vsw_vring_empty(struct vsw_vring_buffer *buffer)
{
	buffer->n_chains = 0;
	buffer->n_pieces = 0;
	buffer->n_descs = 0;
	buffer->len_bytes = 0;
}

/* True if the driver has made nothing available that is not taken yet. */
bool vsw_vring_is_empty(const struct vsw_vring *ring);

/*
 * A word of the driver's memory that, masked, is no longer *silent as soon as the driver has made
 * the next chain available. As long as the ring is where it is.
 */
const uint16_t *vsw_vring_bell(const struct vsw_vring *ring, uint16_t *mask, uint16_t *silent);

/*
 * Views of the next n <= VSW_VRING_VIEWS_MAX chains, in their order. Returns how many there are:
 * the list ends where no more is available, and where a chain has another shape. The memory of a
 * view is being fetched into this CPU's cache. The driver may still write to it.
 */
uint16_t vsw_vring_peek(struct vsw_vring *ring, struct vsw_vring_view *views, uint16_t n);

/* The first n of the views that were last peeked at are taken. */
void vsw_vring_take(struct vsw_vring *ring, uint16_t n);

/*
 * Take the next available chain and add it to buffer. Returns 1; 0 if there is none, or no place
 * for it in buffer; -EBADMSG if the ring is broken, now or before.
 */
int vsw_vring_gather(struct vsw_vring *ring, struct vsw_vring_buffer *buffer);

/*
 * Fetch into this CPU's cache what the next n <= VSW_VRING_PREFETCH_MAX chains need, as far as they
 * are available: the driver wrote it last, and to wait for one line after the other takes as long
 * as all other work. What is read here decides nothing, and may be anything.
 */
void vsw_vring_prefetch(const struct vsw_vring *ring, uint16_t n);

/* Forget what was taken and not used. */
void vsw_vring_rewind(struct vsw_vring *ring);

/* The next n chains of those that were taken are used, in their order. */
void vsw_vring_use(struct vsw_vring *ring, const struct vsw_vring_chain *chains, uint16_t n);

/* Likewise all chains of buffer; written_bytes were written into them, from the start. */
void vsw_vring_give(struct vsw_vring *ring, const struct vsw_vring_buffer *buffer,
		    uint32_t written_bytes);

/* Show what was used. Returns true if the driver wants to be interrupted. */
bool vsw_vring_flush(struct vsw_vring *ring);

/* Where in a buffer to go on copying; all zero: at its start. */
struct vsw_vring_cursor {
	uint16_t piece;
	uint32_t offset;
};

/* Copy len_bytes, which the buffer holds from the cursor on, and advance the cursor. */
void vsw_vring_read(const struct vsw_vring_buffer *buffer, struct vsw_vring_cursor *cursor,
		    void *to, uint32_t len_bytes);
void vsw_vring_write(const struct vsw_vring_buffer *buffer, struct vsw_vring_cursor *cursor,
		     const void *from, uint32_t len_bytes);

#endif /* VSW_VRING_H */
