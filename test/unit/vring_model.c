/* SPDX-License-Identifier: BSD-3-Clause */
#include "vring_model.h"

#include <string.h>

#define AVAIL (1u << VRING_PACKED_DESC_F_AVAIL)
#define USED (1u << VRING_PACKED_DESC_F_USED)

/* Both layouts, told apart by who reads it. */
struct desc {
	uint64_t address;
	uint32_t len_bytes;
	uint16_t flags, next, id;
};

/* A packed ring starts in an even round with wrap counter 1, in an odd one with 0. */
static uint64_t
start_position(const struct vsw_vring_config *config, uint16_t base)
{
	if (!config->packed)
		return base;
	return (base & 0x7fff) + (base >> 15 ? 0 : config->size);
}

static uint32_t
slot(const struct model *model, uint64_t position)
{
	return position % model->config.size;
}

static bool
wrap(const struct model *model, uint64_t position)
{
	return position / model->config.size % 2 == 0;
}

uint16_t
model_base(const struct model *model, uint64_t position)
{
	if (!model->config.packed)
		return position;
	return slot(model, position) | wrap(model, position) << 15;
}

void
model_init(struct model *model, const struct vsw_vring_config *config)
{
	struct vring_used *used = config->device;
	struct vring_packed_desc_event *event = config->device;

	memset(model, 0, sizeof(*model));
	model->config = *config;
	model->next = model->avail = start_position(config, config->avail);
	model->used = model->shown = start_position(config, config->used);
	model->seen = config->avail;
	model->fresh = true;
	/* No notifications, please. */
	if (config->packed)
		event->flags = VRING_PACKED_EVENT_FLAG_DISABLE;
	else if (!config->event_idx)
		used->flags = VRING_USED_F_NO_NOTIFY;
}

/* What follows address in its region, at most *n bytes. NULL: it is in none. */
static uint8_t *
find(const struct model *model, uint64_t address, uint32_t *n)
{
	const struct vsw_vring_memory *memory = model->config.memory;
	uint32_t i;

	for (i = 0; i < memory->n; i++) {
		const struct vsw_vring_region *region = &memory->region[i];
		uint64_t end = region->guest_address + region->size_bytes;

		if (address < region->guest_address || address >= end)
			continue;
		if (*n > end - address)
			*n = end - address;
		return region->at + (address - region->guest_address);
	}
	return NULL;
}

static bool
copy(const struct model *model, uint64_t address, void *to, const uint8_t *from, uint32_t left)
{
	uint8_t *dst = to;
	uint32_t n;

	for (; left > 0; left -= n, address += n) {
		uint8_t *at = find(model, address, (n = left, &n));

		if (at == NULL)
			return false;
		if (dst != NULL) {
			memcpy(dst, at, n);
			dst += n;
		} else {
			memcpy(at, from, n);
			from += n;
		}
	}
	return true;
}

static bool
add(const struct model *model, struct model_frame *frame, const struct desc *desc)
{
	struct model_part *part = &frame->part[frame->n_parts];
	uint64_t address = desc->address;
	uint32_t left = desc->len_bytes, n;

	if (((desc->flags & VRING_DESC_F_WRITE) != 0) != model->config.writes ||
	    frame->n_parts == VSW_VRING_PIECES_MAX)
		return false;
	part->address = desc->address;
	part->len_bytes = desc->len_bytes;
	frame->n_parts++;
	for (; left > 0; left -= n, address += n) {
		n = left;
		if (frame->n_pieces == VSW_VRING_PIECES_MAX || find(model, address, &n) == NULL)
			return false;
		frame->n_pieces++;
		frame->len_bytes += n;
	}
	return true;
}

static struct desc
unpack(const struct model *model, const void *at)
{
	const struct vring_desc *split = at;
	const struct vring_packed_desc *packed = at;

	if (model->config.packed)
		return (struct desc){.address = packed->addr,
				     .len_bytes = packed->len,
				     .flags = packed->flags,
				     .id = packed->id};
	return (struct desc){.address = split->addr,
			     .len_bytes = split->len,
			     .flags = split->flags,
			     .next = split->next};
}

static struct desc
ring_desc(const struct model *model, uint32_t index)
{
	return unpack(model, (const struct vring_desc *)model->config.desc + index);
}

/* In a table of a packed ring all descriptors count, in that of a split one those linked. */
static bool
add_table(const struct model *model, struct model_frame *frame, const struct desc *table)
{
	uint32_t size = table->len_bytes / sizeof(struct vring_desc), index = 0;
	struct vring_desc bytes;
	struct desc desc;

	if (table->len_bytes % sizeof(bytes) != 0 || table->flags & VRING_DESC_F_NEXT)
		return false;
	for (;;) {
		if (index >= size || !copy(model, table->address + (uint64_t)index * sizeof(bytes),
					   &bytes, NULL, sizeof(bytes)))
			return false;
		desc = unpack(model, &bytes);
		if (desc.flags & VRING_DESC_F_INDIRECT || !add(model, frame, &desc))
			return false;
		if (model->config.packed ? ++index == size : !(desc.flags & VRING_DESC_F_NEXT))
			return true;
		if (!model->config.packed)
			index = desc.next;
	}
}

/* Zero if it is malformed, else the number of slots. A loop is a chain that is too long. */
static uint32_t
add_chain(const struct model *model, struct model_frame *frame, struct model_chain *chain)
{
	const struct vring_avail *avail = model->config.driver;
	uint32_t size = model->config.size, longest = VSW_VRING_PIECES_MAX, n, index;
	struct desc desc;

	if (model->config.packed && longest > size)
		longest = size;
	chain->id = index = slot(model, model->next);
	if (!model->config.packed)
		chain->id = index = avail->ring[index];
	for (n = 1; n <= longest && index < size; n++) {
		desc = ring_desc(model, index);
		if (desc.flags & VRING_DESC_F_INDIRECT ? !add_table(model, frame, &desc)
						       : !add(model, frame, &desc))
			return 0;
		if (!(desc.flags & VRING_DESC_F_NEXT)) {
			if (model->config.packed)
				chain->id = desc.id;
			return model->config.packed ? n : 1;
		}
		index = model->config.packed ? slot(model, model->next + n) : desc.next;
	}
	return 0;
}

static enum model_end
look_packed(const struct model *model)
{
	uint16_t flags = ring_desc(model, slot(model, model->next)).flags;
	bool counter = wrap(model, model->next);

	return ((flags & AVAIL) != 0) == counter && ((flags & USED) != 0) != counter ? MODEL_ENOUGH
										     : MODEL_NONE;
}

static enum model_end
look_split(struct model *model)
{
	const struct vring_avail *avail = model->config.driver;
	uint16_t next = model->next, ahead = avail->idx - next;

	if (next != model->seen)
		return MODEL_ENOUGH;
	if (ahead + (model->next - model->avail) > model->config.size)
		return MODEL_BROKEN;
	model->seen = avail->idx;
	return ahead > 0 ? MODEL_ENOUGH : MODEL_NONE;
}

static bool
is_full(const struct model_frame *frame)
{
	return frame->n_parts == VSW_VRING_PIECES_MAX || frame->n_pieces == VSW_VRING_PIECES_MAX;
}

/* MODEL_ENOUGH: one was added. */
static enum model_end
add_next(struct model *model, struct model_frame *frame)
{
	struct model_chain *chain = &frame->chain[frame->n_chains];
	uint64_t len_bytes = frame->len_bytes;

	chain->n_slots = add_chain(model, frame, chain);
	chain->len_bytes = frame->len_bytes - len_bytes;
	if (chain->n_slots == 0 || chain->len_bytes > UINT32_MAX)
		return MODEL_BROKEN;
	frame->n_chains++;
	model->next += chain->n_slots;
	return MODEL_ENOUGH;
}

/* Of a frame that is full, it does not matter if what is wrong behind it is found now or later. */
static enum model_end
take_chain(struct model *model, struct model_frame *frame)
{
	uint32_t n_parts = frame->n_parts, n_pieces = frame->n_pieces;
	uint64_t len_bytes = frame->len_bytes;
	enum model_end end;

	if (model->broken)
		return MODEL_BROKEN;
	if (frame->n_chains == VSW_VRING_CHAINS_MAX)
		return MODEL_FULL;
	end = model->config.packed ? look_packed(model) : look_split(model);
	if (end == MODEL_ENOUGH)
		end = add_next(model, frame);
	if (end != MODEL_BROKEN)
		return end;
	if (is_full(frame) && frame->n_chains > 0)
		end = MODEL_FULL_OR_BROKEN;
	frame->n_parts = n_parts;
	frame->n_pieces = n_pieces;
	frame->len_bytes = len_bytes;
	return end;
}

enum model_end
model_take(struct model *model, struct model_frame *frame, uint32_t want_bytes)
{
	enum model_end end;

	frame->n_chains = frame->n_parts = frame->n_pieces = 0;
	frame->len_bytes = 0;
	do {
		end = take_chain(model, frame);
	} while (end == MODEL_ENOUGH && frame->len_bytes < want_bytes);
	model->broken |= end == MODEL_BROKEN;
	return end;
}

void
model_rewind(struct model *model)
{
	model->next = model->avail;
}

void
model_read(const struct model *model, const struct model_frame *frame, uint8_t *to,
	   uint32_t len_bytes)
{
	const struct model_part *part = frame->part;
	uint32_t n;

	for (; len_bytes > 0; len_bytes -= n, to += n, part++) {
		n = part->len_bytes < len_bytes ? part->len_bytes : len_bytes;
		copy(model, part->address, to, NULL, n);
	}
}

void
model_write(const struct model *model, const struct model_frame *frame, const uint8_t *from,
	    uint32_t len_bytes)
{
	const struct model_part *part = frame->part;
	uint32_t n;

	for (; len_bytes > 0; len_bytes -= n, from += n, part++) {
		n = part->len_bytes < len_bytes ? part->len_bytes : len_bytes;
		copy(model, part->address, NULL, from, n);
	}
}

uint32_t
model_written(const struct model_frame *frame, uint32_t chain, uint32_t written_bytes)
{
	uint32_t i;

	for (i = 0; i < chain; i++)
		written_bytes -= frame->chain[i].len_bytes < written_bytes
					 ? frame->chain[i].len_bytes
					 : written_bytes;
	return frame->chain[chain].len_bytes < written_bytes ? frame->chain[chain].len_bytes
							     : written_bytes;
}

/* The flags of the first are kept back: with them all is shown. */
static void
give_packed(struct model *model, const struct model_chain *chain, uint32_t written_bytes)
{
	struct vring_packed_desc *desc = model->config.desc;
	uint16_t flags = wrap(model, model->used) ? AVAIL | USED : 0;

	desc += slot(model, model->used);
	desc->id = chain->id;
	desc->len = written_bytes;
	flags |= written_bytes > 0 ? VRING_DESC_F_WRITE : 0;
	if (model->given) {
		desc->flags = flags;
	} else {
		model->first = model->used;
		model->first_flags = flags;
	}
}

void
model_give(struct model *model, const struct model_frame *frame, uint32_t written_bytes)
{
	struct vring_used *used = model->config.device;
	uint32_t i, written;

	for (i = 0; i < frame->n_chains; i++) {
		const struct model_chain *chain = &frame->chain[i];

		written = model_written(frame, i, written_bytes);
		if (model->config.packed) {
			give_packed(model, chain, written);
		} else {
			used->ring[slot(model, model->used)].id = chain->id;
			used->ring[slot(model, model->used)].len = written;
		}
		model->used += chain->n_slots;
		model->avail += chain->n_slots;
		model->given = true;
	}
}

/* Is the position that the driver names one of those that are shown now? */
static bool
shows(const struct model *model, uint16_t event)
{
	uint64_t position;

	for (position = model->shown; position < model->used; position++) {
		if (model_base(model, position) == event)
			return true;
	}
	return false;
}

static bool
wants_split(const struct model *model)
{
	const struct vring_avail *avail = model->config.driver;

	if (model->config.event_idx)
		return shows(model, avail->ring[model->config.size]);
	return !(avail->flags & VRING_AVAIL_F_NO_INTERRUPT);
}

/* More than a round at once, or a slot that is none: only a driver that breaks the rules. */
static bool
wants_packed(const struct model *model, bool *known)
{
	const struct vring_packed_desc_event *event = model->config.driver;

	switch (event->flags & 3) {
	case VRING_PACKED_EVENT_FLAG_DISABLE:
		return false;
	case VRING_PACKED_EVENT_FLAG_DESC:
		if (!model->config.event_idx)
			return true;
		*known = (event->off_wrap & 0x7fff) < model->config.size &&
			 model->used - model->shown <= model->config.size;
		return shows(model, event->off_wrap);
	default:
		return true;
	}
}

bool
model_flush(struct model *model, bool *known)
{
	struct vring_packed_desc *desc = model->config.desc;
	struct vring_used *used = model->config.device;
	bool wanted;

	*known = true;
	if (!model->given)
		return false;
	if (model->config.packed) {
		desc[slot(model, model->first)].flags = model->first_flags;
		wanted = wants_packed(model, known);
	} else {
		used->idx = model->used;
		wanted = wants_split(model);
	}
	/* Whoever had the ring before may have left the driver waiting. */
	if (model->fresh && model->config.event_idx)
		wanted = *known = true;
	model->shown = model->used;
	model->given = model->fresh = false;
	return wanted;
}
