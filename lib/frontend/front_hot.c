/* SPDX-License-Identifier: BSD-3-Clause */
#include "vsw_front_hot.h"

#include "front.h"

/* The wish may be older than what was put: see settle(). */
static void
notify(const struct vsw_front *front, struct front_ring *ring)
{
	ring->owes = !front->ops->wants_kick(ring);
	if (!ring->owes)
		front_ring_kick(ring);
}

/* A fence after each burst would wait for all of its lines to come; here nothing else waits. */
static void
settle(const struct vsw_front *front, struct front_ring *ring)
{
	if (!ring->owes)
		return;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (front->ops->wants_kick(ring))
		front_ring_kick(ring);
	ring->owes = false;
}

uint16_t
vsw_front_tx_get(struct vsw_front *front, uint16_t pair, uint8_t **frame, uint16_t n)
{
	return front->ops->tx_get(&front->pair[pair].tx, frame, n);
}

void
vsw_front_tx_put(struct vsw_front *front, uint16_t pair, const uint32_t *len_bytes, uint16_t n)
{
	struct front_ring *ring = &front->pair[pair].tx;

	if (n == 0)
		return;
	front->ops->tx_put(ring, len_bytes, n);
	notify(front, ring);
}

uint32_t
vsw_front_tx_pending(struct vsw_front *front, uint16_t pair)
{
	struct front_ring *ring = &front->pair[pair].tx;

	settle(front, ring);
	return front->ops->tx_pending(ring);
}

uint16_t
vsw_front_rx_get(struct vsw_front *front, uint16_t pair, struct vsw_front_frame *frame, uint16_t n)
{
	struct front_pair *both = &front->pair[pair];

	n = front->ops->rx_get(&both->rx, frame, n);
	if (n == 0) {
		settle(front, &both->rx);
		settle(front, &both->tx);
	}
	return n;
}

void
vsw_front_rx_put(struct vsw_front *front, uint16_t pair)
{
	struct front_ring *ring = &front->pair[pair].rx;

	if (front_ring_n_free(ring) == 0)
		return;
	front->ops->rx_put(ring);
	notify(front, ring);
}

const uint8_t *
vsw_front_rx_piece(const struct vsw_front *front, uint16_t pair,
		   const struct vsw_front_frame *frame, uint16_t i, uint32_t *len_bytes)
{
	const struct front_ring *ring = &front->pair[pair].rx;
	uint32_t position = frame->position + i;

	if (i == 0) {
		*len_bytes = frame->n_pieces == 1
				     ? frame->len_bytes
				     : ring->len_bytes[frame->position] - VSW_FRONT_HEADER_BYTES;
		return frame->data;
	}
	/* Only the first one has a header. */
	*len_bytes = ring->len_bytes[position & ring->mask];
	return front_ring_frame(ring, position) - VSW_FRONT_HEADER_BYTES;
}
