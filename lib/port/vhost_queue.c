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

#include "vhost_port.h"
#include "vsw_frame_hot.h"

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

static void
log_used(int vid, uint16_t virtqueue, const struct vsw_vring *ring)
{
	uint32_t size = ring->config.size, bytes;

	if (ring->config.packed)
		bytes = size * sizeof(struct vring_packed_desc);
	else
		bytes = sizeof(struct vring_used) + size * sizeof(struct vring_used_elem) +
			sizeof(uint16_t);
	rte_vhost_log_used_vring(vid, virtqueue, 0, bytes);
}

/* Show the guest what was given back, and interrupt it if it asks for that. */
static void
flush(const struct vhost_port *vhost, int vid, uint16_t virtqueue, struct vsw_vring *ring,
      int call_fd)
{
	const uint64_t one = 1;
	bool wanted;

	if (ring->n_given == 0)
		return;
	wanted = vsw_vring_flush(ring);
	if (unlikely(vhost->logs))
		log_used(vid, virtqueue, ring);
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
	flush(vhost, vid, 2 * pair + 1, &queue->ring, queue->call_fd);
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

/*
 * Give one frame to the guest. VSW_DROP_N, or why not; then the ring is as it was.
 */
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
		return ret < 0 ? VSW_DROP_DESC_INVALID : VSW_DROP_RING_FULL;
	}
	vsw_offload_describe(&frame->offload, (struct virtio_net_hdr *)&header);
	header.num_buffers = buffer.n_chains;
	vsw_vring_write(&buffer, &cursor, &header, vhost->header_bytes);
	copy_in(&buffer, &cursor, frame);
	if (unlikely(vhost->logs))
		log_pieces(vid, &buffer, need_bytes);
	vsw_vring_give(ring, &buffer, need_bytes);
	return VSW_DROP_N;
}

/* The lcores share out the queue pairs on which the guest receives: n-th lcore, n-th pair. */
static uint16_t
pick_pair(uint64_t enabled, unsigned int lcore)
{
	unsigned int skip;

	if (likely((enabled & (enabled - 1)) == 0))
		return __builtin_ctzll(enabled);
	for (skip = lcore % __builtin_popcountll(enabled); skip > 0; skip--)
		enabled &= enabled - 1;
	return __builtin_ctzll(enabled);
}

static uint16_t
put_burst(struct vhost_port *vhost, int vid, uint16_t pair, struct vsw_frame *const *frames,
	  uint16_t n, enum vsw_drop *why)
{
	struct vhost_txq *txq = &vhost->txq[pair];
	uint16_t sent;

	for (sent = 0; sent < n; sent++) {
		enum vsw_drop reason = put(vhost, vid, &txq->ring, frames[sent]);

		if (reason == VSW_DROP_N)
			continue;
		*why = reason;
		break;
	}
	flush(vhost, vid, 2 * pair, &txq->ring, txq->call_fd);
	return sent;
}

/* The pair to send on, or -1 and why there is none. */
static int
find_pair(struct vhost_port *vhost, int vid, unsigned int lcore, enum vsw_drop *why)
{
	uint64_t enabled;

	if (unlikely(vid < 0)) {
		*why = VSW_DROP_PORT_DOWN;
		return -1;
	}
	enabled = vhost->tx_usable & __atomic_load_n(&vhost->tx_enabled, __ATOMIC_ACQUIRE);
	if (unlikely(enabled == 0)) {
		*why = VSW_DROP_RING_DISABLED;
		return -1;
	}
	return pick_pair(enabled, lcore);
}

uint16_t
vhost_tx(struct vhost_port *vhost, unsigned int lcore, struct vsw_frame *const *frames, uint16_t n,
	 enum vsw_drop *why)
{
	int vid = __atomic_load_n(&vhost->vid, __ATOMIC_ACQUIRE);
	int pair = find_pair(vhost, vid, lcore, why);

	return pair < 0 ? 0 : put_burst(vhost, vid, pair, frames, n, why);
}

uint16_t
vhost_tx_locked(struct vhost_port *vhost, unsigned int lcore, struct vsw_frame *const *frames,
		uint16_t n, enum vsw_drop *why)
{
	int vid = __atomic_load_n(&vhost->vid, __ATOMIC_ACQUIRE);
	int pair = find_pair(vhost, vid, lcore, why);
	uint16_t sent;

	if (pair < 0)
		return 0;
	rte_spinlock_lock(&vhost->txq[pair].lock);
	sent = put_burst(vhost, vid, pair, frames, n, why);
	rte_spinlock_unlock(&vhost->txq[pair].lock);
	return sent;
}

static uint16_t
vhost_tx_once(struct vsw_port_hot *hot, unsigned int lcore, struct vsw_frame *const *frames,
	      uint16_t n, enum vsw_drop *why)
{
	struct vhost_port *vhost = container_of(hot, struct vhost_port, port.hot);

	return vhost->send(vhost, lcore, frames, n, why);
}

void
vhost_queues_init(struct vhost_port *vhost)
{
	uint16_t i;

	vhost->vid = -1;
	vhost->room_bytes = rte_pktmbuf_data_room_size(vhost->env.pool) - RTE_PKTMBUF_HEADROOM;
	vhost->send = vhost->env.n_lcores > 1 ? vhost_tx_locked : vhost_tx;
	vhost->port.hot.tx = vhost->retry != NULL ? vhost_tx_retry : vhost_tx_once;
	for (i = 0; i < VSW_PORT_QUEUES_MAX; i++) {
		rte_spinlock_init(&vhost->txq[i].lock);
		vhost->queue[i].rxq = (struct vsw_rxq){
			.rx = vhost_rx, .release = vhost_release, .port = &vhost->port.hot};
	}
}
