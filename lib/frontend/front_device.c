/* SPDX-License-Identifier: BSD-3-Clause */
#include "front_device.h"

#include <string.h>

#define FLAG_AVAIL (1u << VRING_PACKED_DESC_F_AVAIL)
#define FLAG_USED (1u << VRING_PACKED_DESC_F_USED)
#define NUM_BUFFERS_AT 10 /* in the header */

void
front_device_quiet(struct front_device *device, bool packed)
{
	struct front_ring *rings[] = {device->tx, device->rx};
	unsigned int i;

	for (i = 0; i < 2; i++) {
		if (packed)
			rings[i]->packed.device->flags = VRING_PACKED_EVENT_FLAG_DISABLE;
		else
			rings[i]->split.used->flags = VRING_USED_F_NO_NOTIFY;
	}
}

/* What a device reads and writes of a frame, and nothing else. */
static void
copy(const struct front_device *device, uint64_t from, uint64_t to, uint32_t len_bytes)
{
	uint8_t *header = (uint8_t *)(uintptr_t)to;

	memcpy(header, (const void *)(uintptr_t)from, len_bytes);
	if (device->mergeable)
		header[NUM_BUFFERS_AT] = 1;
}

uint32_t
front_device_split(struct front_device *device)
{
	struct front_ring *tx = device->tx, *rx = device->rx;
	uint16_t tx_avail = __atomic_load_n(&tx->split.avail->idx, __ATOMIC_ACQUIRE);
	uint16_t rx_avail = __atomic_load_n(&rx->split.avail->idx, __ATOMIC_ACQUIRE);
	uint16_t n = tx_avail - (uint16_t)device->tx_done;
	uint16_t room = rx_avail - (uint16_t)device->rx_done, i;

	if (n > room)
		n = room;
	if (n > FRONT_DEVICE_BURST)
		n = FRONT_DEVICE_BURST;
	for (i = 0; i < n; i++) {
		uint32_t at = (device->tx_done + i) & tx->mask;
		uint32_t to_at = (device->rx_done + i) & rx->mask;
		uint16_t id = tx->split.avail->ring[at];
		uint16_t to_id = rx->split.avail->ring[to_at];
		struct vring_desc *from = &tx->split.desc[id];

		copy(device, from->addr, rx->split.desc[to_id].addr, from->len);
		tx->split.used->ring[at] = (struct vring_used_elem){id, 0};
		rx->split.used->ring[to_at] = (struct vring_used_elem){to_id, from->len};
	}
	device->tx_done += n;
	device->rx_done += n;
	if (n > 0) {
		__atomic_store_n(&tx->split.used->idx, device->tx_done, __ATOMIC_RELEASE);
		__atomic_store_n(&rx->split.used->idx, device->rx_done, __ATOMIC_RELEASE);
	}
	return n;
}

static struct front_packed_desc *
packed_available(struct front_ring *ring, uint32_t position, union front_packed_state *state)
{
	struct front_packed_desc *desc = &ring->packed.desc[position & ring->mask];
	bool wrap = (position & ring->size) == 0;

	state->word = __atomic_load_n(&desc->state, __ATOMIC_ACQUIRE);
	return (state->flags & (FLAG_AVAIL | FLAG_USED)) == (wrap ? FLAG_AVAIL : FLAG_USED) ? desc
											    : NULL;
}

static uint64_t
packed_used(const struct front_ring *ring, uint32_t position, uint16_t id, uint32_t len_bytes)
{
	union front_packed_state state = {
		.len = len_bytes,
		.id = id,
		.flags = (position & ring->size) == 0 ? FLAG_AVAIL | FLAG_USED : 0,
	};

	return state.word;
}

static void
packed_show(struct front_ring *ring, uint32_t position, uint64_t state)
{
	__atomic_store_n(&ring->packed.desc[position & ring->mask].state, state, __ATOMIC_RELEASE);
}

/* The first of a burst is shown last. */
uint32_t
front_device_packed(struct front_device *device)
{
	uint64_t first_from = 0, first_to = 0, used;
	uint32_t n;

	for (n = 0; n < FRONT_DEVICE_BURST; n++) {
		union front_packed_state from_state, to_state;
		struct front_packed_desc *from, *to;

		from = packed_available(device->tx, device->tx_done + n, &from_state);
		to = packed_available(device->rx, device->rx_done + n, &to_state);
		if (from == NULL || to == NULL)
			break;
		copy(device, from->address, to->address, from_state.len);
		used = packed_used(device->tx, device->tx_done + n, from_state.id, 0);
		if (n == 0)
			first_from = used;
		else
			from->state = used;
		used = packed_used(device->rx, device->rx_done + n, to_state.id, from_state.len);
		if (n == 0)
			first_to = used;
		else
			to->state = used;
	}
	if (n > 0) {
		packed_show(device->tx, device->tx_done, first_from);
		packed_show(device->rx, device->rx_done, first_to);
	}
	device->tx_done += n;
	device->rx_done += n;
	return n;
}
