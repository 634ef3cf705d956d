/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From a guest: what it transmits is copied out of its buffers into mbufs. Of the struct
 * virtio_net_hdr in front of a frame, the switch makes a struct vsw_offload.
 */
#include <rte_arp.h>
#include <rte_ether.h>

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
	vsw_vring_prefetch(&queue->ring, n_max);
	for (i = n; i < n_max && outcome != TAKE_STOP; i++) {
		outcome = take(vhost, queue, enabled, row, &frames[n]);
		n += outcome == TAKE_FRAME;
	}
	vhost_flush(vhost, vid, &queue->ring, queue->call_fd);
	return n;
}

static void
vhost_release(struct vsw_rxq *rxq, struct vsw_frame *frames, uint16_t n)
{
	RTE_SET_USED(rxq);
	vsw_frame_free_mbufs(frames, n);
}

void
vhost_rx_init(struct vhost_port *vhost)
{
	uint16_t i;

	vhost->vid = -1;
	vhost->room_bytes = rte_pktmbuf_data_room_size(vhost->env.pool) - RTE_PKTMBUF_HEADROOM;
	for (i = 0; i < VSW_PORT_QUEUES_MAX; i++)
		vhost->queue[i].rxq = (struct vsw_rxq){
			.rx = vhost_rx, .release = vhost_release, .port = &vhost->port.hot};
}
