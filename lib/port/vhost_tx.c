/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * To a guest: frames are copied from where they lie into its buffers, on one of its queue pairs.
 * What a frame still needs is told in the struct virtio_net_hdr in front of it.
 */
#include <string.h>

#include "flow.h"
#include "vhost_port.h"
#include "vsw_frame_hot.h"

/* Queue pairs that one lcore sends on. */
struct vhost_share {
	unsigned int n;
	uint8_t pair[VSW_PORT_QUEUES_MAX];
};

static void
copy_in(const struct vsw_vring_buffer *buffer, struct vsw_vring_cursor *cursor,
	const struct vsw_frame *frame)
{
	uint16_t i;

	vsw_vring_write(buffer, cursor, frame->head, frame->head_bytes);
	for (i = 0; i < frame->n_body; i++)
		vsw_vring_write(buffer, cursor, frame->body[i].iov_base, frame->body[i].iov_len);
}

/* Why there was no buffer for a frame: the ring may have others later, or all are too small. */
static enum vsw_drop
no_room(const struct vhost_port *vhost, const struct vsw_vring_buffer *buffer, int gathered)
{
	if (gathered < 0)
		return VSW_DROP_DESC_INVALID;
	if (buffer->n_chains == VSW_VRING_CHAINS_MAX || (gathered > 0 && !vhost->mergeable))
		return VSW_DROP_BUFFER_SMALL;
	return VSW_DROP_RING_FULL;
}

static void
write_header(const struct vhost_port *vhost, const struct vsw_vring_buffer *buffer,
	     struct vsw_vring_cursor *cursor, const struct vsw_offload *offload)
{
	struct virtio_net_hdr_v1 header;

	vsw_offload_describe(offload, (struct virtio_net_hdr *)&header);
	header.num_buffers = buffer->n_chains;
	vsw_vring_write(buffer, cursor, &header, vhost->header_bytes);
}

/* Give one frame to the guest. VSW_PORT_SENT, or why not; then the ring is as it was. */
static enum vsw_drop
put(struct vhost_port *vhost, int vid, struct vsw_vring *ring, const struct vsw_frame *frame)
{
	uint32_t need_bytes = vhost->header_bytes + frame->len_bytes;
	struct vsw_vring_cursor cursor = {0};
	struct vsw_vring_buffer buffer;
	int ret;

	vsw_vring_empty(&buffer);
	do {
		ret = vsw_vring_gather(ring, &buffer);
	} while (ret > 0 && buffer.len_bytes < need_bytes && vhost->mergeable);
	if (unlikely(buffer.len_bytes < need_bytes)) {
		vsw_vring_rewind(ring);
		return no_room(vhost, &buffer, ret);
	}
	write_header(vhost, &buffer, &cursor, &frame->offload);
	copy_in(&buffer, &cursor, frame);
	if (unlikely(vhost->logs))
		vhost_log(vid, &buffer, need_bytes);
	vsw_vring_give(ring, &buffer, need_bytes);
	return VSW_PORT_SENT;
}

/*
 * The struct virtio_net_hdr of a frame that needs nothing and fills one buffer: a constant, because
 * the copy of one that was just written by small stores would wait for all stores before it.
 */
static inline void
write_plain_header(uint8_t *at, uint16_t header_bytes)
{
	static const struct virtio_net_hdr_v1 plain = {.num_buffers = 1};

	if (likely(header_bytes == sizeof(plain)))
		memcpy(at, &plain, sizeof(plain));
	else
		memcpy(at, &plain, sizeof(struct virtio_net_hdr));
}

/* Give frames to the guest as long as each needs nothing and fits in a view. Returns how many. */
static uint16_t
put_in_views(const struct vhost_port *vhost, struct vsw_vring *ring,
	     struct vsw_frame *const *frames, uint16_t n)
{
	struct vsw_vring_chain used[VSW_BURST_MAX];
	struct vsw_vring_view views[VSW_BURST_MAX];
	uint16_t i;

	n = vsw_vring_peek(ring, views, n);
	for (i = 0; i < n; i++) {
		const struct vsw_frame *frame = frames[i];
		uint32_t need_bytes = vhost->header_bytes + frame->len_bytes;

		if (unlikely(views[i].len_bytes < need_bytes || frame->offload.needs != 0))
			break;
		write_plain_header(views[i].at, vhost->header_bytes);
		vsw_frame_copy(views[i].at + vhost->header_bytes, frame);
		used[i] = (struct vsw_vring_chain){
			.id = views[i].id, .n_slots = 1, .len_bytes = need_bytes};
	}
	vsw_vring_take(ring, i);
	vsw_vring_use(ring, used, i);
	return i;
}

/* Give frames to the guest one by one. Returns how many. */
static uint16_t
put_each(struct vhost_port *vhost, int vid, struct vhost_txq *txq, struct vsw_frame *const *frames,
	 uint16_t n, uint8_t *fate)
{
	uint16_t i, sent = 0;

	vsw_vring_prefetch(&txq->ring, n);
	for (i = 0; i < n; i++) {
		fate[i] = put(vhost, vid, &txq->ring, frames[i]);
		sent += fate[i] == VSW_PORT_SENT;
		if (unlikely(fate[i] == VSW_DROP_RING_FULL || fate[i] == VSW_DROP_DESC_INVALID))
			break;
	}
	/* After a frame that the ring is too full for, no later one overtakes it. */
	if (unlikely(i < n)) {
		memset(fate + i, fate[i], n - i);
		if (fate[i] == VSW_DROP_DESC_INVALID)
			__atomic_store_n(&txq->broken, true, __ATOMIC_RELAXED);
	}
	return sent;
}

/* Most frames go into views; from the first on that does not, each is put by itself. */
static uint16_t
put_burst(struct vhost_port *vhost, int vid, uint16_t pair, struct vsw_frame *const *frames,
	  uint16_t n, uint8_t *fate)
{
	struct vhost_txq *txq = &vhost->txq[pair];
	uint16_t sent = 0;

	if (likely(!vhost->logs))
		sent = put_in_views(vhost, &txq->ring, frames, n);
	if (unlikely(sent < n)) {
		memset(fate, VSW_PORT_SENT, sent);
		sent += put_each(vhost, vid, txq, frames + sent, n - sent, fate + sent);
	}
	vhost_flush(vhost, vid, &txq->ring, txq->call_fd);
	return sent;
}

static uint16_t
put_burst_locked(struct vhost_port *vhost, int vid, uint16_t pair, struct vsw_frame *const *frames,
		 uint16_t n, uint8_t *fate)
{
	uint16_t sent;

	rte_spinlock_lock(&vhost->txq[pair].lock);
	sent = put_burst(vhost, vid, pair, frames, n, fate);
	rte_spinlock_unlock(&vhost->txq[pair].lock);
	return sent;
}

/* Frames of one flow keep to one pair; each pair that gets some gets them in their order. */
static uint16_t
spread(struct vhost_port *vhost, int vid, const struct vhost_share *share,
       struct vsw_frame *const *frames, uint16_t n, uint8_t *fate)
{
	struct vsw_frame *list[VSW_BURST_MAX];
	uint8_t pair_of[VSW_BURST_MAX], list_fate[VSW_BURST_MAX];
	uint16_t i, pair, n_list, sent = 0;
	uint64_t left = 0;

	for (i = 0; i < n; i++) {
		pair_of[i] = share->pair[flow_hash(frames[i]) % share->n];
		left |= 1ULL << pair_of[i];
	}
	for (; left != 0; left &= left - 1) {
		pair = __builtin_ctzll(left);
		for (i = n_list = 0; i < n; i++) {
			if (pair_of[i] == pair)
				list[n_list++] = frames[i];
		}
		memset(list_fate, VSW_PORT_SENT, n_list);
		sent += vhost->put(vhost, vid, pair, list, n_list, list_fate);
		for (i = n_list = 0; i < n; i++) {
			if (pair_of[i] == pair)
				fate[i] = list_fate[n_list++];
		}
	}
	return sent;
}

/*
 * The pairs that an lcore sends on: when there are enough, each lcore has pairs of its own, else
 * they share.
 */
static void
find_share(const struct vhost_port *vhost, uint64_t pairs, unsigned int lcore,
	   struct vhost_share *share)
{
	unsigned int skip = lcore % __builtin_popcountll(pairs);

	share->n = 0;
	for (; pairs != 0; pairs &= pairs - 1) {
		if (skip-- > 0)
			continue;
		share->pair[share->n++] = __builtin_ctzll(pairs);
		skip = vhost->env.n_lcores - 1;
	}
}

uint16_t
vhost_send(struct vhost_port *vhost, unsigned int lcore, struct vsw_frame *const *frames,
	   uint16_t n, uint8_t *fate)
{
	int vid = __atomic_load_n(&vhost->vid, __ATOMIC_ACQUIRE);
	struct vhost_share share;
	uint64_t pairs;

	if (unlikely(vid < 0)) {
		memset(fate, VSW_DROP_PORT_DOWN, n);
		return 0;
	}
	pairs = vhost->tx_usable & __atomic_load_n(&vhost->tx_enabled, __ATOMIC_ACQUIRE);
	if (unlikely(pairs == 0)) {
		memset(fate, VSW_DROP_RING_DISABLED, n);
		return 0;
	}
	if (likely((pairs & (pairs - 1)) == 0))
		return vhost->put(vhost, vid, __builtin_ctzll(pairs), frames, n, fate);
	find_share(vhost, pairs, lcore, &share);
	return spread(vhost, vid, &share, frames, n, fate);
}

static uint16_t
vhost_tx(struct vsw_port_hot *hot, unsigned int lcore, struct vsw_frame *const *frames, uint16_t n,
	 uint8_t *fate)
{
	struct vhost_port *vhost = container_of(hot, struct vhost_port, port.hot);

	return vhost_send(vhost, lcore, frames, n, fate);
}

void
vhost_tx_init(struct vhost_port *vhost)
{
	uint16_t i;

	vhost->put = vhost->env.n_lcores > 1 ? put_burst_locked : put_burst;
	vhost->port.hot.tx = vhost->retry != NULL ? vhost_tx_retry : vhost_tx;
	for (i = 0; i < VSW_PORT_QUEUES_MAX; i++)
		rte_spinlock_init(&vhost->txq[i].lock);
}
