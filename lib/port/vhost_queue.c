/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The packet path of a vhost port: what the guest transmits is copied into mbufs, what it receives
 * is copied into its buffers, each by its ring (lib/vring).
 *
 * Of the struct virtio_net_hdr in front of a frame, the switch makes a struct vsw_offload and back.
 */
#include <stddef.h>
#include <unistd.h>

#include <rte_arp.h>
#include <rte_ether.h>
#include <rte_vhost.h>

#include "flow.h"
#include "vhost_port.h"
#include "vsw_frame_hot.h"

/* Queue pairs that one lcore sends on. */
struct vhost_share {
	unsigned int n;
	uint8_t pair[VSW_PORT_QUEUES_MAX];
};

/* What becomes of a chain that the guest has made available. */
enum take {
	TAKE_FRAME,
	TAKE_DROP, /* counted */
	TAKE_STOP, /* there is none, or no mbuf for it: later */
};

static void
count_lost(struct vsw_stats_row *row, enum vsw_drop reason)
{
	row->rx_frames++;
	row->drop[reason]++;
}

/*
 * Pages that the device has written, for a migration. The library looks up where its log is; no
 * lcore gets here while that changes.
 */
static void
log_pieces(int vid, const struct vsw_vring_buffer *buffer, uint32_t len_bytes)
{
	uint16_t i;

	for (i = 0; i < buffer->n_pieces && len_bytes > 0; i++) {
		const struct vsw_vring_piece *piece = &buffer->piece[i];
		uint32_t n = RTE_MIN(piece->len_bytes, len_bytes);

		rte_vhost_log_write(vid, piece->guest_address, n);
		len_bytes -= n;
	}
}

/*
 * Not by rte_vhost_log_used_vring(): that knows one address that the front end has told, and of a
 * packed ring QEMU tells that of the device's event suppression.
 */
static void
log_used(int vid, const struct vsw_vring *ring)
{
	struct vsw_vring_area area = vsw_vring_written(ring);

	rte_vhost_log_write(vid, area.guest_address, area.len_bytes);
}

/* Show the guest what was given back, and interrupt it if it asks for that. */
static void
flush(const struct vhost_port *vhost, int vid, struct vsw_vring *ring, int call_fd)
{
	const uint64_t one = 1;
	bool wanted;

	if (ring->n_given == 0)
		return;
	wanted = vsw_vring_flush(ring);
	if (unlikely(vhost->logs))
		log_used(vid, ring);
	/* A descriptor that is full has not been read: the guest knows already. */
	if (wanted && call_fd >= 0 && write(call_fd, &one, sizeof(one)) < 0)
		return;
}

/* Copy what is left of the buffer. NULL when there is no mbuf. */
static struct rte_mbuf *
copy_out(const struct vsw_vring_buffer *buffer, struct vsw_vring_cursor *cursor, uint32_t left,
	 struct rte_mempool *pool)
{
	struct rte_mbuf *head = NULL, **link = &head, *mbuf;
	uint16_t n_segs = 0;
	uint32_t len_bytes = left;

	do {
		mbuf = rte_pktmbuf_alloc(pool);
		if (unlikely(mbuf == NULL)) {
			rte_pktmbuf_free(head);
			return NULL;
		}
		mbuf->data_len = RTE_MIN(left, (uint32_t)rte_pktmbuf_tailroom(mbuf));
		vsw_vring_read(buffer, cursor, rte_pktmbuf_mtod(mbuf, void *), mbuf->data_len);
		left -= mbuf->data_len;
		*link = mbuf;
		link = &mbuf->next;
		n_segs++;
	} while (left > 0);
	head->nb_segs = n_segs;
	head->pkt_len = len_bytes;
	return head;
}

/* Frames that are to be cut may be longer than those that are not. */
static uint32_t
most_bytes(const struct vhost_port *vhost, const struct virtio_net_hdr_v1 *header)
{
	if (header->gso_type == VIRTIO_NET_HDR_GSO_NONE || (vhost->may_send & VSW_OFFLOAD_TSO) == 0)
		return vhost->room_bytes;
	return VSW_OFFLOAD_FRAME_MAX_BYTES;
}

static enum take
copy_frame(struct vhost_port *vhost, const struct vsw_vring_buffer *buffer,
	   struct vsw_stats_row *row, struct vsw_frame *frame)
{
	struct virtio_net_hdr_v1 header = {0};
	struct vsw_vring_cursor cursor = {0};
	struct rte_mbuf *mbuf;
	uint32_t len_bytes;

	if (unlikely(buffer->len_bytes <= vhost->header_bytes)) {
		count_lost(row, VSW_DROP_BUFFER_INVALID);
		return TAKE_DROP;
	}
	len_bytes = RTE_MIN(buffer->len_bytes - vhost->header_bytes, (uint64_t)UINT32_MAX);
	vsw_vring_read(buffer, &cursor, &header, vhost->header_bytes);
	if (unlikely(len_bytes > most_bytes(vhost, &header))) {
		count_lost(row, VSW_DROP_BUFFER_INVALID);
		return TAKE_DROP;
	}
	mbuf = copy_out(buffer, &cursor, len_bytes, vhost->env.pool);
	if (unlikely(mbuf == NULL))
		return TAKE_STOP;
	vsw_frame_from_mbuf(frame, mbuf);
	if (unlikely(!vsw_offload_admit((struct virtio_net_hdr *)&header, vhost->may_send,
					frame->head, mbuf->data_len, len_bytes, &frame->offload))) {
		rte_pktmbuf_free(mbuf);
		count_lost(row, VSW_DROP_OFFLOAD_INVALID);
		return TAKE_DROP;
	}
	return TAKE_FRAME;
}

static enum take
take(struct vhost_port *vhost, struct vhost_queue *queue, bool enabled, struct vsw_stats_row *row,
     struct vsw_frame *frame)
{
	struct vsw_vring_buffer buffer;
	enum take outcome = TAKE_DROP;
	int ret;

	vsw_vring_empty(&buffer);
	ret = vsw_vring_gather(&queue->ring, &buffer);
	if (ret == 0)
		return TAKE_STOP;
	if (unlikely(ret < 0)) {
		count_lost(row, VSW_DROP_DESC_INVALID);
		__atomic_store_n(&queue->broken, true, __ATOMIC_RELAXED);
		return TAKE_STOP;
	}
	/* vhost-user, "Ring states": what comes in a disabled ring is thrown away. */
	if (likely(enabled))
		outcome = copy_frame(vhost, &buffer, row, frame);
	else
		count_lost(row, VSW_DROP_RING_DISABLED);
	if (unlikely(outcome == TAKE_STOP))
		vsw_vring_rewind(&queue->ring);
	else
		vsw_vring_give(&queue->ring, &buffer, 0);
	return outcome;
}

/*
 * A front end that has moved its guest here asks for a frame that tells the network. Returns the
 * number of frames: 0 or 1.
 */
static uint16_t
announce(struct vhost_port *vhost, struct vsw_frame *frame)
{
	uint64_t address = __atomic_exchange_n(&vhost->rarp_mac, 0, __ATOMIC_ACQUIRE);
	struct rte_ether_addr mac;
	struct rte_mbuf *mbuf;

	memcpy(&mac, &address, sizeof(mac));
	mbuf = address != 0 ? rte_net_make_rarp_packet(vhost->env.pool, &mac) : NULL;
	if (mbuf == NULL)
		return 0;
	vsw_frame_from_mbuf(frame, mbuf);
	return 1;
}

static uint16_t
vhost_rx(struct vsw_rxq *rxq, struct vsw_stats_row *row, struct vsw_frame *frames, uint16_t n_max)
{
	struct vhost_port *vhost = container_of(rxq->port, struct vhost_port, port.hot);
	struct vhost_queue *queue = container_of(rxq, struct vhost_queue, rxq);
	int vid = __atomic_load_n(&vhost->vid, __ATOMIC_ACQUIRE);
	uint16_t pair = queue - vhost->queue, n = 0, i;
	enum take outcome = TAKE_DROP;
	bool enabled;

	if (vid < 0 || unlikely(queue->broken) || (vhost->rx_usable >> pair & 1) == 0)
		return 0;
	enabled = __atomic_load_n(&vhost->rx_enabled, __ATOMIC_ACQUIRE) >> pair & 1;
	if (unlikely(pair == 0 && __atomic_load_n(&vhost->rarp_mac, __ATOMIC_RELAXED) != 0))
		n = announce(vhost, frames);
	for (i = n; i < n_max && outcome != TAKE_STOP; i++) {
		outcome = take(vhost, queue, enabled, row, &frames[n]);
		n += outcome == TAKE_FRAME;
	}
	flush(vhost, vid, &queue->ring, queue->call_fd);
	return n;
}

static void
vhost_release(struct vsw_rxq *rxq, struct vsw_frame *frames, uint16_t n)
{
	RTE_SET_USED(rxq);
	vsw_frame_free_mbufs(frames, n);
}

static void
copy_in(const struct vsw_vring_buffer *buffer, struct vsw_vring_cursor *cursor,
	const struct vsw_frame *frame)
{
	const struct rte_mbuf *mbuf;

	for (mbuf = frame->backing; mbuf != NULL; mbuf = mbuf->next)
		vsw_vring_write(buffer, cursor, rte_pktmbuf_mtod(mbuf, const void *),
				mbuf->data_len);
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

/* Give one frame to the guest. VSW_PORT_SENT, or why not; then the ring is as it was. */
static enum vsw_drop
put(struct vhost_port *vhost, int vid, struct vsw_vring *ring, const struct vsw_frame *frame)
{
	uint32_t need_bytes = vhost->header_bytes + frame->len_bytes;
	struct virtio_net_hdr_v1 header;
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
	vsw_offload_describe(&frame->offload, (struct virtio_net_hdr *)&header);
	header.num_buffers = buffer.n_chains;
	vsw_vring_write(&buffer, &cursor, &header, vhost->header_bytes);
	copy_in(&buffer, &cursor, frame);
	if (unlikely(vhost->logs))
		log_pieces(vid, &buffer, need_bytes);
	vsw_vring_give(ring, &buffer, need_bytes);
	return VSW_PORT_SENT;
}

/* After a frame that the ring is too full for, no later one overtakes it. */
static uint16_t
put_burst(struct vhost_port *vhost, int vid, uint16_t pair, struct vsw_frame *const *frames,
	  uint16_t n, uint8_t *fate)
{
	struct vhost_txq *txq = &vhost->txq[pair];
	uint16_t i, sent = 0;

	for (i = 0; i < n; i++) {
		fate[i] = put(vhost, vid, &txq->ring, frames[i]);
		sent += fate[i] == VSW_PORT_SENT;
		if (unlikely(fate[i] == VSW_DROP_RING_FULL || fate[i] == VSW_DROP_DESC_INVALID))
			break;
	}
	if (unlikely(i < n)) {
		memset(fate + i, fate[i], n - i);
		if (fate[i] == VSW_DROP_DESC_INVALID)
			__atomic_store_n(&txq->broken, true, __ATOMIC_RELAXED);
	}
	flush(vhost, vid, &txq->ring, txq->call_fd);
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
vhost_queues_init(struct vhost_port *vhost)
{
	uint16_t i;

	vhost->vid = -1;
	vhost->room_bytes = rte_pktmbuf_data_room_size(vhost->env.pool) - RTE_PKTMBUF_HEADROOM;
	vhost->put = vhost->env.n_lcores > 1 ? put_burst_locked : put_burst;
	vhost->port.hot.tx = vhost->retry != NULL ? vhost_tx_retry : vhost_tx;
	for (i = 0; i < VSW_PORT_QUEUES_MAX; i++) {
		rte_spinlock_init(&vhost->txq[i].lock);
		vhost->queue[i].rxq = (struct vsw_rxq){
			.rx = vhost_rx, .release = vhost_release, .port = &vhost->port.hot};
	}
}
