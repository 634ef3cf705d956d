/* SPDX-License-Identifier: BSD-3-Clause */
/* Split virtqueues: virtio 1.2 section 2.7. */
#include <errno.h>
#include <stddef.h>

#include "vring.h"

#define ELEMS_IN_LINE (VRING_LINE_BYTES / sizeof(struct vring_used_elem))

static struct vring_avail *
available(const struct vsw_vring *ring)
{
	return ring->config.driver;
}

static struct vring_used *
used(const struct vsw_vring *ring)
{
	return ring->config.device;
}

static struct vring_read
read_desc(const struct vsw_vring *ring, uint16_t index)
{
	struct vring_desc *desc = (struct vring_desc *)ring->config.desc + index;

	return (struct vring_read){
		.address = VRING_LOAD(desc->addr),
		.len_bytes = VRING_LOAD(desc->len),
		.flags = VRING_LOAD(desc->flags),
		.next_or_id = VRING_LOAD(desc->next),
	};
}

static bool
add_table(const struct vsw_vring *ring, struct vsw_vring_buffer *buffer,
	  const struct vring_read *table)
{
	uint32_t size = vring_table_size(table), index = 0, left;
	struct vring_read desc;

	for (left = VRING_CHAIN_MAX; left > 0; left--) {
		if (index >= size || !vring_table_read(ring, table, index, &desc) ||
		    (desc.flags & VRING_DESC_F_INDIRECT) != 0 || !vring_add(ring, buffer, &desc))
			return false;
		if ((desc.flags & VRING_DESC_F_NEXT) == 0)
			return true;
		index = desc.next_or_id;
	}
	return false;
}

static bool
add_chain(const struct vsw_vring *ring, struct vsw_vring_buffer *buffer, uint16_t head)
{
	struct vring_read desc;
	uint32_t left;

	for (left = VRING_CHAIN_MAX; left > 0; left--) {
		if (head >= ring->config.size)
			return false;
		desc = read_desc(ring, head);
		if (desc.flags & VRING_DESC_F_INDIRECT)
			return (desc.flags & VRING_DESC_F_NEXT) == 0 &&
			       add_table(ring, buffer, &desc);
		if (!vring_add(ring, buffer, &desc))
			return false;
		if ((desc.flags & VRING_DESC_F_NEXT) == 0)
			return true;
		head = desc.next_or_id;
	}
	return false;
}

int
vring_split_gather(struct vsw_vring *ring, struct vsw_vring_buffer *buffer,
		   struct vsw_vring_chain *chain)
{
	uint16_t n_gathered = ring->next.index - ring->avail.index;
	uint16_t mask = ring->config.size - 1, seen;

	if (ring->next.index == ring->seen) {
		seen = __atomic_load_n(&available(ring)->idx, __ATOMIC_ACQUIRE);
		if ((uint16_t)(seen - ring->next.index) > ring->config.size - n_gathered)
			return -EBADMSG;
		ring->seen = seen;
		if (ring->next.index == seen)
			return 0;
	}
	chain->n_slots = 1;
	chain->id = VRING_LOAD(available(ring)->ring[ring->next.index & mask]);
	if (!add_chain(ring, buffer, chain->id))
		return -EBADMSG;
	vring_step(ring, &ring->next, 1);
	return 1;
}

const uint16_t *
vring_split_bell(const struct vsw_vring *ring, uint16_t *mask, uint16_t *silent)
{
	*mask = 0xffff;
	*silent = ring->next.index;
	return &available(ring)->idx;
}

bool
vring_split_is_empty(const struct vsw_vring *ring)
{
	return VRING_LOAD(available(ring)->idx) == ring->next.index;
}

/*
 * Chains that can be looked at, up to n. An available index that makes no sense is passed over: it
 * is gather's to judge, when all that was shown before is taken.
 */
static uint16_t
count_ready(struct vsw_vring *ring, uint16_t n)
{
	uint16_t n_taken = ring->next.index - ring->avail.index;
	uint16_t n_ready = ring->seen - ring->next.index, n_shown, seen;

	if (n_ready >= n)
		return n;
	seen = __atomic_load_n(&available(ring)->idx, __ATOMIC_ACQUIRE);
	n_shown = seen - ring->next.index;
	if (n_shown > n_ready && n_shown <= ring->config.size - n_taken) {
		ring->seen = seen;
		n_ready = n_shown;
	}
	return n < n_ready ? n : n_ready;
}

/*
 * Two passes, so that the driver's lines come side by side: to wait for one after the other takes
 * as long as all other work.
 */
uint16_t
vring_split_peek(struct vsw_vring *ring, struct vsw_vring_view *views, uint16_t n)
{
	uint16_t mask = ring->config.size - 1, i;
	uint16_t flags = ring->config.writes ? VRING_DESC_F_WRITE : 0;
	const struct vring_desc *table = ring->config.desc;
	const struct vring_avail *avail = available(ring);

	n = count_ready(ring, n);
	for (i = 0; i < n; i++) {
		views[i].id = VRING_LOAD(avail->ring[(ring->next.index + i) & mask]);
		__builtin_prefetch(&table[views[i].id & mask]);
	}
	for (i = 0; i < n; i += ELEMS_IN_LINE)
		vring_prefetch_write(&used(ring)->ring[(ring->used.index + i) & mask]);
	for (i = 0; i < n; i++) {
		const struct vring_desc *desc = &table[views[i].id & mask];

		if (views[i].id > mask || VRING_LOAD(desc->flags) != flags)
			break;
		views[i].len_bytes = VRING_LOAD(desc->len);
		views[i].at = vring_find_last(ring, VRING_LOAD(desc->addr), views[i].len_bytes);
		if (views[i].at == NULL)
			break;
		vring_prefetch_at(ring, views[i].at);
	}
	return i;
}

void
vring_split_prefetch(const struct vsw_vring *ring, uint16_t n)
{
	uint16_t mask = ring->config.size - 1, head[VSW_VRING_PREFETCH_MAX], n_ready, i;
	struct vring_desc *desc = ring->config.desc;

	n_ready = VRING_LOAD(available(ring)->idx) - ring->next.index;
	n = n < n_ready ? n : n_ready;
	for (i = 0; i < n; i += ELEMS_IN_LINE)
		vring_prefetch_write(&used(ring)->ring[(ring->used.index + i) & mask]);
	for (i = 0; i < n; i++) {
		head[i] = VRING_LOAD(available(ring)->ring[(ring->next.index + i) & mask]) & mask;
		__builtin_prefetch(&desc[head[i]]);
	}
	for (i = 0; i < n; i++)
		vring_prefetch(ring, VRING_LOAD(desc[head[i]].addr));
}

void
vring_split_use(struct vsw_vring *ring, const struct vsw_vring_chain *chains, uint16_t n)
{
	uint16_t mask = ring->config.size - 1, i;
	struct vring_used *to = used(ring);

	for (i = 0; i < n; i++) {
		struct vring_used_elem *elem = &to->ring[(ring->used.index + i) & mask];

		VRING_STORE(elem->id, chains[i].id);
		VRING_STORE(elem->len, chains[i].len_bytes);
	}
	ring->used.index += n;
	ring->avail.index += n;
}

bool
vring_split_flush(struct vsw_vring *ring)
{
	struct vring_avail *avail = available(ring);

	__atomic_store_n(&used(ring)->idx, ring->used.index, __ATOMIC_RELEASE);
	/* The driver looks at idx after it has written what is read now, or we see it. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (ring->config.event_idx)
		return vring_need_event(VRING_LOAD(avail->ring[ring->config.size]),
					ring->used.index, ring->shown);
	return (VRING_LOAD(avail->flags) & VRING_AVAIL_F_NO_INTERRUPT) == 0;
}

/* With event indices the driver notifies when its index passes ours, which never moves. */
void
vring_split_quiet(struct vsw_vring *ring)
{
	if (!ring->config.event_idx)
		VRING_STORE(used(ring)->flags, VRING_USED_F_NO_NOTIFY);
}
