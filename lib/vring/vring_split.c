/* SPDX-License-Identifier: BSD-3-Clause */
/* Split virtqueues: virtio 1.2 section 2.7. */
#include <errno.h>

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
vring_split_give(struct vsw_vring *ring, const struct vsw_vring_chain *chain,
		 uint32_t written_bytes)
{
	struct vring_used_elem *elem;

	elem = &used(ring)->ring[ring->used.index++ & (ring->config.size - 1)];
	VRING_STORE(elem->id, chain->id);
	VRING_STORE(elem->len, written_bytes);
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
