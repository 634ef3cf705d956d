/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Split virtqueues: virtio 1.2 section 2.7.
 *
 * Descriptors and available entries are written once. What moves with a burst is the available
 * index alone - and lengths of frames that are not those of the last round.
 */
#include "front_burst.h"

/* As the peer writes it, in one piece. */
union used_elem {
	struct {
		uint32_t id;
		uint32_t len;
	};
	uint64_t word;
};

static struct front_entry
entry(const struct front_ring *ring, uint32_t position)
{
	const uint64_t *at = (const void *)&ring->split.used->ring[position & ring->mask];
	union used_elem elem = {.word = FRONT_LOAD(*at)};

	return (struct front_entry){.id = elem.id, .len = elem.len};
}

static void
look(struct front_ring *ring)
{
	uint16_t index = __atomic_load_n(&ring->split.used->idx, __ATOMIC_ACQUIRE);
	uint16_t n = index - (uint16_t)ring->tail;

	if (n > ring->head - ring->tail || n < ring->seen - ring->tail)
		front_ring_break(ring, "has set the used index to where it cannot be");
	else
		ring->seen = ring->tail + n;
}

static uint32_t
ready(struct front_ring *ring, uint32_t n)
{
	if (ring->seen - ring->tail < n)
		look(ring);
	if (FRONT_UNLIKELY(ring->broken))
		return 0;
	return ring->seen - ring->tail < n ? ring->seen - ring->tail : n;
}

static void reclaim(struct front_ring *ring, uint32_t n);

static const struct front_layout layout = {
	.ready = ready,
	.entry = entry,
	.reclaim = reclaim,
};

/* A device that keeps order may leave out entries; the index tells all. */
static void
reclaim(struct front_ring *ring, uint32_t n)
{
	if (ring->in_order)
		ring->tail += ready(ring, n);
	else
		front_burst_reclaim(ring, n, &layout);
}

static void
reorder(struct front_ring *ring, uint32_t n)
{
	uint32_t slot, i;

	for (i = 0; i < n; i++) {
		slot = (ring->head + i) & ring->mask;
		FRONT_STORE(ring->split.avail->ring[slot], ring->order[slot]);
	}
}

/* The next n of ours are the peer's. */
static void
publish(struct front_ring *ring, uint32_t n)
{
	if (FRONT_UNLIKELY(ring->shuffled))
		reorder(ring, n);
	ring->head += n;
	__atomic_store_n(&ring->split.avail->idx, (uint16_t)ring->head, __ATOMIC_RELEASE);
}

static void
set_len(struct front_ring *ring, uint32_t position, uint32_t len_bytes)
{
	uint16_t id = ring->order[position & ring->mask];

	/* A descriptor that is only read stays in both caches. */
	if (ring->len_bytes[id] == len_bytes)
		return;
	ring->len_bytes[id] = len_bytes;
	FRONT_STORE(ring->split.desc[id].len, len_bytes);
}

static void
tx_put(struct front_ring *ring, const uint32_t *len_bytes, uint16_t n)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		set_len(ring, ring->head + i, VSW_FRONT_HEADER_BYTES + len_bytes[i]);
	publish(ring, n);
}

static void
rx_put(struct front_ring *ring)
{
	publish(ring, front_ring_n_free(ring));
}

static bool
wants_kick(const struct front_ring *ring)
{
	return (FRONT_LOAD(ring->split.used->flags) & VRING_USED_F_NO_NOTIFY) == 0;
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

const struct front_ops front_split = {
	.tx_get = tx_get,
	.tx_put = tx_put,
	.tx_pending = tx_pending,
	.rx_get = rx_get,
	.rx_put = rx_put,
	.wants_kick = wants_kick,
};

const struct front_ops front_split_mergeable = {
	.tx_get = tx_get,
	.tx_put = tx_put,
	.tx_pending = tx_pending,
	.rx_get = rx_get_mergeable,
	.rx_put = rx_put,
	.wants_kick = wants_kick,
};

void
front_split_start(struct front_ring *ring)
{
	uint32_t i;

	for (i = 0; i < ring->size; i++) {
		const uint8_t *buffer =
			ring->data + (size_t)i * ring->stride_bytes - VSW_FRONT_HEADER_BYTES;

		ring->split.desc[i] = (struct vring_desc){
			.addr = (uintptr_t)buffer,
			.len = VSW_FRONT_HEADER_BYTES + ring->buffer_bytes,
			.flags = ring->writes ? VRING_DESC_F_WRITE : 0,
		};
		ring->split.avail->ring[i] = i;
		ring->len_bytes[i] = ring->split.desc[i].len;
	}
	/* We poll, too. */
	ring->split.avail->flags = VRING_AVAIL_F_NO_INTERRUPT;
	if (ring->writes)
		publish(ring, ring->size);
}
