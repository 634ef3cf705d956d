/* SPDX-License-Identifier: BSD-3-Clause */
/* A ring from take-over to flush, whatever its layout. */
#include "vring.h"

#include <errno.h>
#include <string.h>

#define WRAP_BIT 15

static struct vsw_vring_position
position(const struct vsw_vring_config *config, uint16_t base)
{
	if (!config->packed)
		return (struct vsw_vring_position){.index = base};
	return (struct vsw_vring_position){
		.index = base & ((1u << WRAP_BIT) - 1),
		.wrap = base >> WRAP_BIT,
	};
}

static uint16_t
base(const struct vsw_vring *ring, struct vsw_vring_position position)
{
	return ring->config.packed ? position.index | position.wrap << WRAP_BIT : position.index;
}

/* The region that the area, as a whole, lies in; NULL: none. */
static const struct vsw_vring_region *
find_region(const struct vsw_vring_memory *memory, const void *area, uint64_t bytes)
{
	uint64_t offset;
	uint32_t i;

	for (i = 0; i < memory->n; i++) {
		const struct vsw_vring_region *region = &memory->region[i];

		offset = (uintptr_t)area - (uintptr_t)region->at;
		if ((uintptr_t)area >= (uintptr_t)region->at && offset < region->size_bytes &&
		    bytes <= region->size_bytes - offset)
			return region;
	}
	return NULL;
}

static bool
lies_in(const struct vsw_vring_memory *memory, const void *area, uint64_t bytes, uintptr_t align)
{
	return area != NULL && (uintptr_t)area % align == 0 &&
	       find_region(memory, area, bytes) != NULL;
}

/* Of the used ring. */
static uint64_t
used_bytes(const struct vsw_vring_config *config)
{
	return sizeof(struct vring_used) + config->size * sizeof(struct vring_used_elem) +
	       (config->event_idx ? sizeof(uint16_t) : 0);
}

bool
vsw_vring_fits(const struct vsw_vring_config *config)
{
	const struct vsw_vring_memory *memory = config->memory;
	uint64_t size = config->size, driver, device;

	if (size == 0 || size > VSW_VRING_SIZE_MAX)
		return false;
	if (config->packed) {
		driver = device = sizeof(struct vring_packed_desc_event);
		if (position(config, config->avail).index >= size ||
		    position(config, config->used).index >= size)
			return false;
	} else {
		driver = sizeof(struct vring_avail) + size * sizeof(uint16_t);
		device = used_bytes(config);
		if (config->event_idx)
			driver += sizeof(uint16_t);
		if ((size & (size - 1)) != 0)
			return false;
	}
	return lies_in(memory, config->desc, size * sizeof(struct vring_desc), 16) &&
	       lies_in(memory, config->driver, driver, config->packed ? 4 : 2) &&
	       lies_in(memory, config->device, device, 4);
}

void
vsw_vring_init(struct vsw_vring *ring, const struct vsw_vring_config *config)
{
	memset(ring, 0, sizeof(*ring));
	ring->config = *config;
	ring->next = ring->avail = position(config, config->avail);
	ring->used = position(config, config->used);
	ring->seen = ring->avail.index;
	ring->shown = ring->used.index;
	ring->fresh = true;
	if (config->packed)
		vring_packed_quiet(ring);
	else
		vring_split_quiet(ring);
}

struct vsw_vring_area
vsw_vring_written(const struct vsw_vring *ring)
{
	const struct vsw_vring_config *config = &ring->config;
	const uint8_t *at = config->packed ? config->desc : config->device;
	uint64_t bytes = config->packed ? config->size * sizeof(struct vring_packed_desc)
					: used_bytes(config);
	const struct vsw_vring_region *region = find_region(config->memory, at, bytes);

	return (struct vsw_vring_area){region->guest_address + (at - region->at), bytes};
}

uint16_t
vsw_vring_avail_base(const struct vsw_vring *ring)
{
	return base(ring, ring->avail);
}

uint16_t
vsw_vring_used_base(const struct vsw_vring *ring)
{
	return base(ring, ring->used);
}

void
vsw_vring_prefetch(const struct vsw_vring *ring, uint16_t n)
{
	if (n > ring->config.size)
		n = ring->config.size;
	if (ring->config.packed)
		vring_packed_prefetch(ring, n);
	else
		vring_split_prefetch(ring, n);
}

bool
vsw_vring_is_empty(const struct vsw_vring *ring)
{
	return ring->config.packed ? vring_packed_is_empty(ring) : vring_split_is_empty(ring);
}

const uint16_t *
vsw_vring_bell(const struct vsw_vring *ring, uint16_t *mask, uint16_t *silent)
{
	return ring->config.packed ? vring_packed_bell(ring, mask, silent)
				   : vring_split_bell(ring, mask, silent);
}

uint16_t
vsw_vring_peek(struct vsw_vring *ring, struct vsw_vring_view *views, uint16_t n)
{
	if (ring->broken)
		return 0;
	if (n > ring->config.size)
		n = ring->config.size;
	return ring->config.packed ? vring_packed_peek(ring, views, n)
				   : vring_split_peek(ring, views, n);
}

void
vsw_vring_take(struct vsw_vring *ring, uint16_t n)
{
	vring_step(ring, &ring->next, n);
}

static int
gather(struct vsw_vring *ring, struct vsw_vring_buffer *buffer, struct vsw_vring_chain *chain)
{
	return ring->config.packed ? vring_packed_gather(ring, buffer, chain)
				   : vring_split_gather(ring, buffer, chain);
}

int
vsw_vring_gather(struct vsw_vring *ring, struct vsw_vring_buffer *buffer)
{
	uint64_t len_bytes = buffer->len_bytes;
	uint16_t n_pieces = buffer->n_pieces, n_descs = buffer->n_descs;
	bool full, may_fit;
	int ret;

	if (ring->broken)
		return -EBADMSG;
	if (buffer->n_chains == VSW_VRING_CHAINS_MAX)
		return 0;
	ret = gather(ring, buffer, &buffer->chain[buffer->n_chains]);
	if (ret == 0)
		return 0;
	/* Virtio 1.2 section 2.7.5: a chain has no more than 2^32 bytes. */
	if (ret > 0 && buffer->len_bytes - len_bytes <= UINT32_MAX) {
		buffer->chain[buffer->n_chains++].len_bytes = buffer->len_bytes - len_bytes;
		return 1;
	}
	/* What does not fit behind others may fit alone. */
	full = buffer->n_pieces == VSW_VRING_PIECES_MAX || buffer->n_descs == VSW_VRING_PIECES_MAX;
	may_fit = ret < 0 && buffer->n_chains > 0 && full;
	buffer->len_bytes = len_bytes;
	buffer->n_pieces = n_pieces;
	buffer->n_descs = n_descs;
	ring->broken = !may_fit;
	return may_fit ? 0 : -EBADMSG;
}

void
vsw_vring_rewind(struct vsw_vring *ring)
{
	ring->next = ring->avail;
}

void
vsw_vring_use(struct vsw_vring *ring, const struct vsw_vring_chain *chains, uint16_t n)
{
	if (ring->config.packed)
		vring_packed_use(ring, chains, n);
	else
		vring_split_use(ring, chains, n);
	ring->n_given += n;
}

void
vsw_vring_give(struct vsw_vring *ring, const struct vsw_vring_buffer *buffer,
	       uint32_t written_bytes)
{
	struct vsw_vring_chain used[VSW_VRING_CHAINS_MAX];
	uint16_t i;

	for (i = 0; i < buffer->n_chains; i++) {
		used[i] = buffer->chain[i];
		if (used[i].len_bytes > written_bytes)
			used[i].len_bytes = written_bytes;
		written_bytes -= used[i].len_bytes;
	}
	vsw_vring_use(ring, used, buffer->n_chains);
}

bool
vsw_vring_flush(struct vsw_vring *ring)
{
	bool wanted;

	if (ring->n_given == 0)
		return false;
	wanted = ring->config.packed ? vring_packed_flush(ring) : vring_split_flush(ring);
	/* Whoever had the ring before may have passed the event without a word. */
	wanted |= ring->fresh && ring->config.event_idx;
	ring->fresh = false;
	ring->n_given = 0;
	ring->shown = ring->used.index;
	return wanted;
}
