/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bursts, as far as they are the same for both layouts of a ring. All of it is compiled once for
 * each layout, which says how it tells of buffers that came back.
 */
#ifndef FRONT_BURST_H
#define FRONT_BURST_H

#include "front_ring.h"

#define FRONT_INLINE static inline __attribute__((always_inline))

/* Of a buffer that came back. */
struct front_entry {
	uint32_t id;
	uint32_t len;
};

struct front_layout {
	/* How many came back from tail on; counts no further than n. 0 if the ring breaks. */
	uint32_t (*ready)(struct front_ring *ring, uint32_t n);
	/* That of position, which is ready. */
	struct front_entry (*entry)(const struct front_ring *ring, uint32_t position);
	/* Gives back what came back: at least n if there are so many. */
	void (*reclaim)(struct front_ring *ring, uint32_t n);
};

/* True if the buffer at tail is the one that the entry names, or is now. */
FRONT_INLINE bool
front_burst_accept(struct front_ring *ring, uint32_t id)
{
	return FRONT_LIKELY(id == ring->order[ring->tail & ring->mask]) ||
	       front_ring_settle(ring, id);
}

FRONT_INLINE void
front_burst_reclaim(struct front_ring *ring, uint32_t n, const struct front_layout *layout)
{
	uint32_t end = ring->tail + layout->ready(ring, n);

	while (ring->tail != end && front_burst_accept(ring, layout->entry(ring, ring->tail).id))
		ring->tail++;
}

FRONT_INLINE uint16_t
front_burst_tx_get(struct front_ring *ring, uint8_t **frame, uint16_t n,
		   const struct front_layout *layout)
{
	uint32_t n_free = front_ring_n_free(ring), i;

	/* No sooner: the later, the less do both sides work on the same line. */
	if (n_free < n) {
		layout->reclaim(ring, n - n_free);
		n_free = front_ring_n_free(ring);
	}
	if (FRONT_UNLIKELY(ring->broken))
		return 0;
	if (n > n_free)
		n = n_free;
	for (i = 0; i < n; i++) {
		frame[i] = front_ring_frame(ring, ring->head + i);
		front_prefetch_write(frame[i]);
	}
	return n;
}

FRONT_INLINE uint32_t
front_burst_tx_pending(struct front_ring *ring, const struct front_layout *layout)
{
	layout->reclaim(ring, ring->size);
	return ring->head - ring->tail;
}

FRONT_INLINE bool
front_burst_len_is_sane(struct front_ring *ring, uint32_t payload_bytes, uint32_t most_bytes)
{
	return FRONT_LIKELY(payload_bytes <= most_bytes) ||
	       front_ring_break(ring, "has told a length that the buffer does not have");
}

FRONT_INLINE uint16_t
front_burst_rx_get(struct front_ring *ring, struct vsw_front_frame *frame, uint16_t n,
		   const struct front_layout *layout)
{
	uint32_t n_ready, i;

	n_ready = layout->ready(ring, n);
	for (i = 0; i < n_ready; i++) {
		struct front_entry entry = layout->entry(ring, ring->tail);
		uint32_t len_bytes = entry.len - VSW_FRONT_HEADER_BYTES;

		if (!front_burst_accept(ring, entry.id) ||
		    !front_burst_len_is_sane(ring, len_bytes, ring->buffer_bytes))
			break;
		frame[i] = (struct vsw_front_frame){
			.data = front_ring_frame(ring, ring->tail),
			.len_bytes = len_bytes,
			.n_pieces = 1,
			.position = ring->tail & ring->mask,
		};
		__builtin_prefetch(frame[i].data);
		ring->tail++;
	}
	return i;
}

/* Takes n_pieces from tail on, which are ready. False if the ring is broken. */
FRONT_INLINE bool
front_burst_take(struct front_ring *ring, struct vsw_front_frame *frame, uint16_t n_pieces,
		 const struct front_layout *layout)
{
	const uint32_t buffer_bytes = VSW_FRONT_HEADER_BYTES + ring->buffer_bytes;
	uint32_t len_bytes = -VSW_FRONT_HEADER_BYTES, i;

	for (i = 0; i < n_pieces; i++) {
		struct front_entry entry = layout->entry(ring, ring->tail);

		if (!front_burst_accept(ring, entry.id) ||
		    !front_burst_len_is_sane(ring, entry.len, buffer_bytes) ||
		    (i == 0 && !front_burst_len_is_sane(ring, entry.len - VSW_FRONT_HEADER_BYTES,
							buffer_bytes)))
			return false;
		ring->len_bytes[ring->tail & ring->mask] = entry.len;
		len_bytes += entry.len;
		ring->tail++;
	}
	frame->len_bytes = len_bytes;
	frame->n_pieces = n_pieces;
	return true;
}

FRONT_INLINE uint16_t
front_burst_n_buffers(const uint8_t *data)
{
	const struct {
		uint8_t offloads[VSW_FRONT_HEADER_BYTES - 2];
		uint16_t n_buffers;
	} *header = (const void *)(data - VSW_FRONT_HEADER_BYTES);

	return FRONT_LOAD(header->n_buffers);
}

/* The next frame. False if it has not come, not as a whole, or the ring is broken. */
FRONT_INLINE bool
front_burst_rx_next(struct front_ring *ring, struct vsw_front_frame *frame, bool first,
		    const struct front_layout *layout)
{
	uint16_t n_pieces;

	if (!first && layout->ready(ring, 1) == 0)
		return false;
	/* The frame lies where its first entry says. */
	if (!front_burst_accept(ring, layout->entry(ring, ring->tail).id))
		return false;
	frame->data = front_ring_frame(ring, ring->tail);
	frame->position = ring->tail & ring->mask;
	n_pieces = front_burst_n_buffers(frame->data);
	if (n_pieces == 0 || n_pieces > ring->head - ring->tail)
		return front_ring_break(ring, "has told a number of buffers that cannot be");
	if (n_pieces > 1 && layout->ready(ring, n_pieces) < n_pieces)
		return false;
	return front_burst_take(ring, frame, n_pieces, layout);
}

FRONT_INLINE uint16_t
front_burst_rx_get_mergeable(struct front_ring *ring, struct vsw_front_frame *frame, uint16_t n,
			     const struct front_layout *layout)
{
	uint32_t n_ready = layout->ready(ring, n), i;

	for (i = 0; i < n_ready; i++) {
		const uint8_t *data = front_ring_frame(ring, ring->tail + i);

		__builtin_prefetch(data - VSW_FRONT_HEADER_BYTES);
		__builtin_prefetch(data);
	}
	for (i = 0; i < n_ready; i++) {
		if (!front_burst_rx_next(ring, &frame[i], i == 0, layout))
			break;
	}
	return i;
}

#endif /* FRONT_BURST_H */
