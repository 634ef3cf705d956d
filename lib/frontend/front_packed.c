/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packed virtqueues: virtio 1.2 section 2.8.
 *
 * Both sides write the same descriptors, so all of each is written anew; the flags of the first
 * of a burst come last, and show all of it.
 */
#include "front_burst.h"

#define FLAG_AVAIL (1u << VRING_PACKED_DESC_F_AVAIL)
#define FLAG_USED (1u << VRING_PACKED_DESC_F_USED)
#define EVENT_FLAGS 3u /* the other bits are reserved */

/* The wrap counter of a position: 1 in the first round. */
static bool
wrap(const struct front_ring *ring, uint32_t position)
{
	return (position & ring->size) == 0;
}

static union front_packed_state
state(const struct front_ring *ring, uint32_t position)
{
	const uint64_t *at = &ring->packed.desc[position & ring->mask].state;

	return (union front_packed_state){.word = __atomic_load_n(at, __ATOMIC_ACQUIRE)};
}

static bool
is_used(const struct front_ring *ring, uint32_t position)
{
	uint16_t flags = state(ring, position).flags & (FLAG_AVAIL | FLAG_USED);

	return flags == (wrap(ring, position) ? FLAG_AVAIL | FLAG_USED : 0);
}

static struct front_entry
entry(const struct front_ring *ring, uint32_t position)
{
	union front_packed_state found = state(ring, position);

	return (struct front_entry){.id = found.id, .len = found.len};
}

static uint32_t
ready(struct front_ring *ring, uint32_t n)
{
	uint32_t n_theirs = ring->head - ring->tail, i;

	if (FRONT_UNLIKELY(ring->broken))
		return 0;
	if (n > n_theirs)
		n = n_theirs;
	for (i = 0; i < n && is_used(ring, ring->tail + i); i++)
		;
	return i;
}

static void reclaim(struct front_ring *ring, uint32_t n);

static const struct front_layout layout = {
	.ready = ready,
	.entry = entry,
	.reclaim = reclaim,
};

/* A device that keeps order may tell of several in the place of the first, naming the last. */
static void
reclaim_in_order(struct front_ring *ring, uint32_t n)
{
	const uint32_t end = ring->tail + n;
	uint32_t id, n_skipped;

	while ((int32_t)(end - ring->tail) > 0 && ready(ring, 1) > 0) {
		id = entry(ring, ring->tail).id;
		n_skipped = (id - ring->tail) & ring->mask;
		if (id > ring->mask || n_skipped >= ring->head - ring->tail) {
			front_ring_break(ring, "has given back a buffer that it did not have");
			return;
		}
		ring->tail += n_skipped + 1;
	}
}

static void
reclaim(struct front_ring *ring, uint32_t n)
{
	if (ring->in_order)
		reclaim_in_order(ring, n);
	else
		front_burst_reclaim(ring, n, &layout);
}

static void
write_desc(struct front_ring *ring, uint32_t position, uint32_t len_bytes, bool shows)
{
	struct front_packed_desc *desc = &ring->packed.desc[position & ring->mask];
	union front_packed_state made = {
		.len = len_bytes,
		.id = ring->order[position & ring->mask],
		.flags = (wrap(ring, position) ? FLAG_AVAIL : FLAG_USED) |
			 (ring->writes ? VRING_DESC_F_WRITE : 0),
	};
	const uint8_t *buffer = front_ring_frame(ring, position) - VSW_FRONT_HEADER_BYTES;

	FRONT_STORE(desc->address, (uintptr_t)buffer);
	__atomic_store_n(&desc->state, made.word, shows ? __ATOMIC_RELEASE : __ATOMIC_RELAXED);
}

static void
tx_put(struct front_ring *ring, const uint32_t *len_bytes, uint16_t n)
{
	uint32_t i;

	for (i = 1; i < n; i++)
		write_desc(ring, ring->head + i, VSW_FRONT_HEADER_BYTES + len_bytes[i], false);
	if (n > 0)
		write_desc(ring, ring->head, VSW_FRONT_HEADER_BYTES + len_bytes[0], true);
	ring->head += n;
}

static void
rx_put(struct front_ring *ring)
{
	const uint32_t len_bytes = VSW_FRONT_HEADER_BYTES + ring->buffer_bytes;
	uint32_t n = front_ring_n_free(ring), i;

	for (i = 1; i < n; i++)
		write_desc(ring, ring->head + i, len_bytes, false);
	if (n > 0)
		write_desc(ring, ring->head, len_bytes, true);
	ring->head += n;
}

/* Without event indices a descriptor event is none that was agreed on: rather once too often. */
static bool
wants_kick(const struct front_ring *ring)
{
	uint16_t flags = FRONT_LOAD(ring->packed.device->flags) & EVENT_FLAGS;

	return flags != VRING_PACKED_EVENT_FLAG_DISABLE;
}

static uint16_t
tx_get(struct front_ring *ring, uint8_t **frame, uint16_t n)
{
	return front_burst_tx_get(ring, frame, n, &layout);
}

static uint32_t
tx_pending(struct front_ring *ring)
{
	return front_burst_tx_pending(ring, &layout);
}

static uint16_t
rx_get(struct front_ring *ring, struct vsw_front_frame *frame, uint16_t n)
{
	return front_burst_rx_get(ring, frame, n, &layout);
}

static uint16_t
rx_get_mergeable(struct front_ring *ring, struct vsw_front_frame *frame, uint16_t n)
{
	return front_burst_rx_get_mergeable(ring, frame, n, &layout);
}

const struct front_ops front_packed = {
	.tx_get = tx_get,
	.tx_put = tx_put,
	.tx_pending = tx_pending,
	.rx_get = rx_get,
	.rx_put = rx_put,
	.wants_kick = wants_kick,
};

const struct front_ops front_packed_mergeable = {
	.tx_get = tx_get,
	.tx_put = tx_put,
	.tx_pending = tx_pending,
	.rx_get = rx_get_mergeable,
	.rx_put = rx_put,
	.wants_kick = wants_kick,
};

void
front_packed_start(struct front_ring *ring)
{
	/* We poll, too. */
	ring->packed.driver->flags = VRING_PACKED_EVENT_FLAG_DISABLE;
	if (ring->writes)
		rx_put(ring);
}
