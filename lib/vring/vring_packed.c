/* SPDX-License-Identifier: BSD-3-Clause */
/* Packed virtqueues: virtio 1.2 section 2.8. */
#include <errno.h>
#include <stddef.h>

#include "vring.h"

#define FLAG_AVAIL (1u << VRING_PACKED_DESC_F_AVAIL)
#define FLAG_USED (1u << VRING_PACKED_DESC_F_USED)
#define DESCS_IN_LINE (VRING_LINE_BYTES / sizeof(struct vring_packed_desc))
#define EVENT_FLAGS 3u /* the other bits are reserved */

static struct vring_packed_desc *
descriptor(const struct vsw_vring *ring, uint16_t index)
{
	return (struct vring_packed_desc *)ring->config.desc + index;
}

static bool
is_available(struct vsw_vring_position position, uint16_t flags)
{
	return !(flags & FLAG_AVAIL) != position.wrap && !(flags & FLAG_USED) == position.wrap;
}

/* All but the flags, which have been read. */
static struct vring_read
read_desc(const struct vsw_vring *ring, uint16_t index, uint16_t flags)
{
	struct vring_packed_desc *desc = descriptor(ring, index);

	return (struct vring_read){
		.address = VRING_LOAD(desc->addr),
		.len_bytes = VRING_LOAD(desc->len),
		.flags = flags,
		.next_or_id = VRING_LOAD(desc->id),
	};
}

static bool
add_table(const struct vsw_vring *ring, struct vsw_vring_buffer *buffer,
	  const struct vring_read *table)
{
	uint32_t size = vring_table_size(table), index;
	struct vring_read desc;

	for (index = 0; index < size; index++) {
		if (index == VRING_CHAIN_MAX || !vring_table_read(ring, table, index, &desc) ||
		    (desc.flags & VRING_DESC_F_INDIRECT) != 0 || !vring_add(ring, buffer, &desc))
			return false;
	}
	return size > 0;
}

int
vring_packed_gather(struct vsw_vring *ring, struct vsw_vring_buffer *buffer,
		    struct vsw_vring_chain *chain)
{
	struct vsw_vring_position at = ring->next;
	uint16_t longest = ring->config.size < VRING_CHAIN_MAX ? ring->config.size
							       : VRING_CHAIN_MAX;
	struct vring_read desc;
	uint16_t flags;

	/* The flags of the first one come last: with them all of the chain is there. */
	flags = __atomic_load_n(&descriptor(ring, at.index)->flags, __ATOMIC_ACQUIRE);
	if (!is_available(at, flags))
		return 0;
	for (chain->n_slots = 1; chain->n_slots <= longest; chain->n_slots++) {
		desc = read_desc(ring, at.index, flags);
		if (flags & VRING_DESC_F_INDIRECT) {
			if ((flags & VRING_DESC_F_NEXT) != 0 || !add_table(ring, buffer, &desc))
				return -EBADMSG;
		} else if (!vring_add(ring, buffer, &desc)) {
			return -EBADMSG;
		}
		vring_step(ring, &at, 1);
		if ((flags & VRING_DESC_F_NEXT) == 0) {
			chain->id = desc.next_or_id;
			ring->next = at;
			return 1;
		}
		flags = VRING_LOAD(descriptor(ring, at.index)->flags);
	}
	return -EBADMSG;
}

/* Until the driver writes it, the flag is what it was when the ring went round last. */
const uint16_t *
vring_packed_bell(const struct vsw_vring *ring, uint16_t *mask, uint16_t *silent)
{
	*mask = FLAG_AVAIL;
	*silent = ring->next.wrap ? 0 : FLAG_AVAIL;
	return &descriptor(ring, ring->next.index)->flags;
}

bool
vring_packed_is_empty(const struct vsw_vring *ring)
{
	return !is_available(ring->next, VRING_LOAD(descriptor(ring, ring->next.index)->flags));
}

/* Flags of a chain that is available, of the common shape, and for this direction. */
static uint16_t
flags_of_view(const struct vsw_vring *ring, struct vsw_vring_position at)
{
	return (at.wrap ? FLAG_AVAIL : FLAG_USED) | (ring->config.writes ? VRING_DESC_F_WRITE : 0);
}

uint16_t
vring_packed_peek(struct vsw_vring *ring, struct vsw_vring_view *views, uint16_t n)
{
	struct vsw_vring_position at = ring->next;
	uint16_t i;

	for (i = 0; i < n; i++) {
		struct vring_packed_desc *desc = descriptor(ring, at.index);

		if (__atomic_load_n(&desc->flags, __ATOMIC_ACQUIRE) != flags_of_view(ring, at))
			break;
		views[i].len_bytes = VRING_LOAD(desc->len);
		views[i].id = VRING_LOAD(desc->id);
		views[i].at = vring_find_last(ring, VRING_LOAD(desc->addr), views[i].len_bytes);
		if (views[i].at == NULL)
			break;
		vring_prefetch_at(ring, views[i].at);
		if (i % DESCS_IN_LINE == 0)
			vring_prefetch_write(desc);
		vring_step(ring, &at, 1);
	}
	return i;
}

/* Is the descriptor that comes `ahead` behind the next one available? */
static bool
is_ready(const struct vsw_vring *ring, uint16_t ahead)
{
	struct vsw_vring_position at = ring->next;

	vring_step(ring, &at, ahead);
	return is_available(at, VRING_LOAD(descriptor(ring, at.index)->flags));
}

/* What the driver is still to write is left alone, or it would have to fetch it back. */
void
vring_packed_prefetch(const struct vsw_vring *ring, uint16_t n)
{
	struct vsw_vring_position at = ring->next, line = ring->next;
	uint16_t i;

	if (!is_ready(ring, 0))
		return;
	while (n > 1 && !is_ready(ring, n - 1))
		n /= 2;
	for (i = 0; i < n; i += DESCS_IN_LINE) {
		vring_prefetch_write(descriptor(ring, line.index));
		vring_step(ring, &line, DESCS_IN_LINE);
	}
	for (i = 0; i < n; i++) {
		vring_prefetch(ring, VRING_LOAD(descriptor(ring, at.index)->addr));
		vring_step(ring, &at, 1);
	}
}

/* The flags of the first one of a flush are kept back, and show all of them at once. */
void
vring_packed_use(struct vsw_vring *ring, const struct vsw_vring_chain *chains, uint16_t n)
{
	uint16_t i;

	for (i = 0; i < n; i++) {
		struct vring_packed_desc *desc = descriptor(ring, ring->used.index);
		uint16_t flags = ring->used.wrap ? FLAG_AVAIL | FLAG_USED : 0;

		if (chains[i].len_bytes > 0)
			flags |= VRING_DESC_F_WRITE;
		VRING_STORE(desc->id, chains[i].id);
		VRING_STORE(desc->len, chains[i].len_bytes);
		if (i == 0 && ring->n_given == 0) {
			ring->first = ring->used.index;
			ring->first_flags = flags;
		} else {
			__atomic_store_n(&desc->flags, flags, __ATOMIC_RELEASE);
		}
		vring_step(ring, &ring->used, chains[i].n_slots);
		vring_step(ring, &ring->avail, chains[i].n_slots);
	}
}

/* As vring_need_event(), of indices that wrap at the size of the ring. */
static bool
passes(const struct vsw_vring *ring, uint16_t off_wrap)
{
	uint16_t event = off_wrap & ((1u << VRING_PACKED_EVENT_F_WRAP_CTR) - 1);
	bool wrap = off_wrap >> VRING_PACKED_EVENT_F_WRAP_CTR;
	uint16_t now = ring->used.index, then = ring->shown;

	if (now <= then)
		then -= ring->config.size;
	if (wrap != ring->used.wrap)
		event -= ring->config.size;
	return vring_need_event(event, now, then);
}

bool
vring_packed_flush(struct vsw_vring *ring)
{
	struct vring_packed_desc_event *driver = ring->config.driver;
	uint16_t flags;

	__atomic_store_n(&descriptor(ring, ring->first)->flags, ring->first_flags,
			 __ATOMIC_RELEASE);
	/* The driver looks at the flags after it has written what is read now, or we see it. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	flags = __atomic_load_n(&driver->flags, __ATOMIC_ACQUIRE) & EVENT_FLAGS;
	if (flags == VRING_PACKED_EVENT_FLAG_DESC && ring->config.event_idx)
		return passes(ring, VRING_LOAD(driver->off_wrap));
	return flags != VRING_PACKED_EVENT_FLAG_DISABLE;
}

void
vring_packed_quiet(struct vsw_vring *ring)
{
	struct vring_packed_desc_event *device = ring->config.device;

	VRING_STORE(device->flags, VRING_PACKED_EVENT_FLAG_DISABLE);
}
