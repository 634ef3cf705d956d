/* SPDX-License-Identifier: BSD-3-Clause */
/* From what a descriptor says to memory that can be copied from and to. */
#include <string.h>

#include "vring.h"

uint8_t *
vring_translate(const struct vsw_vring_memory *memory, uint64_t guest_address, uint32_t *len_bytes)
{
	uint32_t i;

	for (i = 0; i < memory->n; i++) {
		const struct vsw_vring_region *region = &memory->region[i];
		uint64_t offset = guest_address - region->guest_address;

		if (guest_address < region->guest_address || offset >= region->size_bytes)
			continue;
		if (*len_bytes > region->size_bytes - offset)
			*len_bytes = region->size_bytes - offset;
		return region->at + offset;
	}
	return NULL;
}

uint8_t *
vring_find(struct vsw_vring *ring, uint64_t guest_address, uint32_t len_bytes)
{
	const struct vsw_vring_memory *memory = ring->config.memory;
	uint32_t i;

	for (i = 0; i < memory->n; i++) {
		const struct vsw_vring_region *region = &memory->region[i];
		uint64_t offset = guest_address - region->guest_address;

		if (offset >= region->size_bytes || len_bytes > region->size_bytes - offset)
			continue;
		ring->hit = i;
		return region->at + offset;
	}
	return NULL;
}

void
vring_prefetch(const struct vsw_vring *ring, uint64_t guest_address)
{
	uint32_t len_bytes = 2 * VRING_LINE_BYTES;
	const uint8_t *at = vring_translate(ring->config.memory, guest_address, &len_bytes);

	if (at != NULL)
		vring_prefetch_at(ring, at);
}

bool
vring_add(const struct vsw_vring *ring, struct vsw_vring_buffer *buffer,
	  const struct vring_read *desc)
{
	uint64_t address = desc->address;
	uint32_t left = desc->len_bytes, len_bytes;

	if (!(desc->flags & VRING_DESC_F_WRITE) == ring->config.writes ||
	    buffer->n_descs == VSW_VRING_PIECES_MAX)
		return false;
	buffer->n_descs++;
	while (left > 0) {
		struct vsw_vring_piece *piece = &buffer->piece[buffer->n_pieces];

		if (buffer->n_pieces == VSW_VRING_PIECES_MAX)
			return false;
		len_bytes = left;
		piece->at = vring_translate(ring->config.memory, address, &len_bytes);
		if (piece->at == NULL)
			return false;
		piece->guest_address = address;
		piece->len_bytes = len_bytes;
		buffer->n_pieces++;
		buffer->len_bytes += len_bytes;
		address += len_bytes;
		left -= len_bytes;
	}
	return true;
}

uint32_t
vring_table_size(const struct vring_read *desc)
{
	if (desc->len_bytes % sizeof(struct vring_desc) != 0)
		return 0;
	return desc->len_bytes / sizeof(struct vring_desc);
}

/* Copy what may lie in several regions. */
static bool
read_guest(const struct vsw_vring_memory *memory, uint64_t address, void *to, uint32_t left)
{
	uint8_t *dst = to;

	while (left > 0) {
		uint32_t len_bytes = left;
		const uint8_t *at = vring_translate(memory, address, &len_bytes);

		if (at == NULL)
			return false;
		memcpy(dst, at, len_bytes);
		dst += len_bytes;
		address += len_bytes;
		left -= len_bytes;
	}
	/* The copy is what is read from here on. */
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	return true;
}

/* Both layouts have descriptors of address, length and two more words of 16 bits. */
bool
vring_table_read(const struct vsw_vring *ring, const struct vring_read *table, uint32_t index,
		 struct vring_read *desc)
{
	uint64_t address = table->address + (uint64_t)index * sizeof(struct vring_desc);
	struct vring_desc copy;

	if (!read_guest(ring->config.memory, address, &copy, sizeof(copy)))
		return false;
	desc->address = copy.addr;
	desc->len_bytes = copy.len;
	desc->flags = ring->config.packed ? copy.next : copy.flags;
	desc->next_or_id = ring->config.packed ? copy.flags : copy.next;
	return true;
}

/* The next contiguous bytes at the cursor, at most len_bytes. */
static uint8_t *
advance(const struct vsw_vring_buffer *buffer, struct vsw_vring_cursor *cursor, uint32_t *len_bytes)
{
	const struct vsw_vring_piece *piece = &buffer->piece[cursor->piece];
	uint8_t *at = piece->at + cursor->offset;
	uint32_t left = piece->len_bytes - cursor->offset;

	if (*len_bytes < left) {
		cursor->offset += *len_bytes;
		return at;
	}
	*len_bytes = left;
	cursor->piece++;
	cursor->offset = 0;
	return at;
}

void
vsw_vring_read(const struct vsw_vring_buffer *buffer, struct vsw_vring_cursor *cursor, void *to,
	       uint32_t len_bytes)
{
	uint8_t *dst = to;

	while (len_bytes > 0) {
		uint32_t n = len_bytes;
		const uint8_t *at = advance(buffer, cursor, &n);

		memcpy(dst, at, n);
		dst += n;
		len_bytes -= n;
	}
}

void
vsw_vring_write(const struct vsw_vring_buffer *buffer, struct vsw_vring_cursor *cursor,
		const void *from, uint32_t len_bytes)
{
	const uint8_t *src = from;

	while (len_bytes > 0) {
		uint32_t n = len_bytes;
		uint8_t *at = advance(buffer, cursor, &n);

		memmove(at, src, n); /* both may be memory that two guests share */
		src += n;
		len_bytes -= n;
	}
}
