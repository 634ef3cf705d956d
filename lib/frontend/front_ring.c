/* SPDX-License-Identifier: BSD-3-Clause */
#include "front_ring.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE_BYTES 4096

static size_t
round_up(size_t n, size_t unit)
{
	return (n + unit - 1) / unit * unit;
}

/* A place for flags and an index at the end of a line, so that what follows begins one. */
static size_t
before_line(size_t at)
{
	return round_up(at + 4, FRONT_LINE_BYTES) - 4;
}

/*
 * The word that tells of new entries has a line for itself, because the line moves with each burst
 * from core to core; and the stride is odd in lines, or only some sets of the cache would be used.
 */
void
front_ring_layout(struct front_ring_layout *layout, bool packed, uint16_t size,
		  uint32_t buffer_bytes)
{
	size_t lines = 1 + round_up(buffer_bytes, FRONT_LINE_BYTES) / FRONT_LINE_BYTES;
	size_t end = size * sizeof(struct vring_desc);

	layout->desc = 0;
	if (packed) {
		layout->driver = round_up(end, FRONT_LINE_BYTES);
		layout->device = layout->driver + FRONT_LINE_BYTES;
		end = layout->device + FRONT_LINE_BYTES;
	} else {
		layout->driver = before_line(end);
		end = layout->driver + sizeof(struct vring_avail) + size * sizeof(uint16_t);
		layout->device = before_line(end + sizeof(uint16_t));
		end = layout->device + sizeof(struct vring_used) +
		      size * sizeof(struct vring_used_elem) + sizeof(uint16_t);
	}
	layout->stride_bytes = (lines | 1) * FRONT_LINE_BYTES;
	layout->data = round_up(end, FRONT_LINE_BYTES) + FRONT_LINE_BYTES;
	layout->bytes = round_up(layout->data + (size_t)size * layout->stride_bytes, PAGE_BYTES);
}

static void
place(struct front_ring *ring, const struct front_ring_config *config, uint8_t *memory)
{
	struct front_ring_layout layout;

	front_ring_layout(&layout, config->packed, config->size, config->buffer_bytes);
	ring->stride_bytes = layout.stride_bytes;
	ring->data = memory + layout.data;
	if (config->packed) {
		ring->packed.desc = (void *)(memory + layout.desc);
		ring->packed.driver = (void *)(memory + layout.driver);
		ring->packed.device = (void *)(memory + layout.device);
	} else {
		ring->split.desc = (void *)(memory + layout.desc);
		ring->split.avail = (void *)(memory + layout.driver);
		ring->split.used = (void *)(memory + layout.device);
	}
}

int
front_ring_init(struct front_ring *ring, const struct front_ring_config *config, void *memory)
{
	uint32_t i;

	memset(ring, 0, sizeof(*ring));
	ring->size = config->size;
	ring->mask = config->size - 1;
	ring->writes = config->writes;
	ring->in_order = config->in_order;
	ring->buffer_bytes = config->buffer_bytes;
	ring->kick_fd = config->kick_fd;
	ring->order = calloc(config->size, sizeof(*ring->order));
	ring->len_bytes = calloc(config->size, sizeof(*ring->len_bytes));
	if (ring->order == NULL || ring->len_bytes == NULL) {
		front_ring_fini(ring);
		return -ENOMEM;
	}
	for (i = 0; i < config->size; i++)
		ring->order[i] = i;
	place(ring, config, memory);
	if (config->packed)
		front_packed_start(ring);
	else
		front_split_start(ring);
	return 0;
}

void
front_ring_fini(struct front_ring *ring)
{
	free(ring->order);
	free(ring->len_bytes);
	ring->order = NULL;
	ring->len_bytes = NULL;
}

bool
front_ring_break(struct front_ring *ring, const char *fault)
{
	ring->broken = true;
	ring->fault = fault;
	return false;
}

bool
front_ring_settle(struct front_ring *ring, uint32_t id)
{
	uint16_t *first = &ring->order[ring->tail & ring->mask], *other;
	uint32_t position;

	for (position = ring->tail + 1; position != ring->head; position++) {
		other = &ring->order[position & ring->mask];
		if (*other != id)
			continue;
		*other = *first;
		*first = id;
		ring->shuffled = true;
		return true;
	}
	return front_ring_break(ring, "has given back a buffer that it did not have");
}

/* The counter of an eventfd that nobody reads overflows after 2^64 kicks. */
void
front_ring_kick(struct front_ring *ring)
{
	uint64_t one = 1;

	if (ring->kick_fd >= 0 && write(ring->kick_fd, &one, sizeof(one)) < 0)
		return;
}
