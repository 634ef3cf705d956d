/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From a guest: what it transmits is looked at where it lies. The first bytes of each frame are
 * copied, for all decisions; the rest stays in the guest's buffers until release gives them back.
 * Of the struct virtio_net_hdr in front of a frame, the switch makes a struct vsw_offload.
 *
 * A burst is taken in views, as far as its chains have the common shape and its frames need nothing
 * done; any other frame is taken by itself, from whatever it lies in.
 */
#include "rarp.h"
#include "vhost_port.h"
#include "vsw_frame_hot.h"

_Static_assert(VSW_FRAME_BODY_MAX == VSW_VRING_PIECES_MAX, "a body holds any buffer");

/* Of a frame: the copy of its first bytes, and where the rest is. */
struct parts {
	uint8_t *head;
	uint32_t head_bytes;
	struct iovec *body;
	uint16_t n_body;
};

static void
count_lost(struct vsw_stats_row *row, enum vsw_drop reason)
{
	row->rx_frames++;
	row->drop[reason]++;
}

static inline void
set_taken(struct vhost_queue *queue, uint16_t id, uint16_t n_slots)
{
	queue->taken[queue->n_taken++] = (struct vsw_vring_chain){.id = id, .n_slots = n_slots};
}

static inline void
set_frame(struct vsw_frame *frame, const struct parts *parts, uint32_t len_bytes)
{
	frame->head = parts->head;
	frame->body = parts->body;
	frame->mbuf = NULL;
	frame->len_bytes = len_bytes;
	frame->head_bytes = parts->head_bytes;
	frame->n_body = parts->n_body;
	frame->offload = (struct vsw_offload){0};
}

/* The first two members of struct virtio_net_hdr: flags and gso_type. */
static inline uint16_t
asked_for(const uint8_t *header)
{
	uint16_t word;

	memcpy(&word, header, sizeof(word));
	return word;
}

/*
 * Take the frame of a view. False if it is not as most are: of a length that the switch forwards,
 * and complete.
 */
static inline bool
take_view(const struct vhost_port *vhost, const struct vsw_vring_view *view,
	  struct vsw_frames *frames, uint16_t n)
{
	struct parts parts = {.head = frames->head[n] + VSW_FRAME_ROOM_BYTES};
	uint32_t len_bytes = view->len_bytes - vhost->header_bytes;
	const uint8_t *from = view->at + vhost->header_bytes;

	if (unlikely(view->len_bytes <= vhost->header_bytes || len_bytes > VHOST_FRAME_MAX_BYTES ||
		     (vhost->may_send != 0 && asked_for(view->at) != 0)))
		return false;
	if (len_bytes <= VSW_FRAME_HEAD_COPIED_BYTES) {
		vsw_frame_copy_short(parts.head, from, len_bytes);
		parts.head_bytes = len_bytes;
	} else {
		memcpy(parts.head, from, VSW_FRAME_HEAD_COPIED_BYTES);
		parts.head_bytes = VSW_FRAME_HEAD_COPIED_BYTES;
		parts.body = &frames->piece[frames->n_pieces++];
		parts.n_body = 1;
		parts.body->iov_base = (uint8_t *)(uintptr_t)from + VSW_FRAME_HEAD_COPIED_BYTES;
		parts.body->iov_len = len_bytes - VSW_FRAME_HEAD_COPIED_BYTES;
	}
	set_frame(&frames->frame[n], &parts, len_bytes);
	return true;
}

/* Returns how many frames were taken: up to the first that is not as most are. */
static uint16_t
take_views(const struct vhost_port *vhost, struct vhost_queue *queue, struct vsw_frames *frames,
	   uint16_t n, uint16_t n_max)
{
	struct vsw_vring_view views[VSW_BURST_MAX];
	uint16_t n_views, i;

	n_views = vsw_vring_peek(&queue->ring, views, n_max - n);
	for (i = 0; i < n_views && take_view(vhost, &views[i], frames, n + i); i++)
		set_taken(queue, views[i].id, 1);
	/* The copies are what is looked at from here on. */
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	vsw_vring_take(&queue->ring, i);
	return i;
}

/* Frames that are to be cut may be longer than those that are not. */
static uint32_t
most_bytes(const struct vhost_port *vhost, const struct virtio_net_hdr_v1 *header)
{
	if (header->gso_type == VIRTIO_NET_HDR_GSO_NONE || (vhost->may_send & VSW_OFFLOAD_TSO) == 0)
		return VHOST_FRAME_MAX_BYTES;
	return VSW_OFFLOAD_FRAME_MAX_BYTES;
}

/* What lies from the cursor on. There is room for all pieces that a buffer has. */
static void
set_body(struct vsw_frames *frames, const struct vsw_vring_buffer *buffer,
	 struct vsw_vring_cursor cursor, struct parts *parts)
{
	parts->body = &frames->piece[frames->n_pieces];
	for (; cursor.piece < buffer->n_pieces; cursor.piece++, cursor.offset = 0) {
		const struct vsw_vring_piece *piece = &buffer->piece[cursor.piece];

		parts->body[parts->n_body].iov_base = piece->at + cursor.offset;
		parts->body[parts->n_body++].iov_len = piece->len_bytes - cursor.offset;
	}
	frames->n_pieces += parts->n_body;
}

/* VSW_DROP_N, or why there is no frame. */
static enum vsw_drop
take_buffer(const struct vhost_port *vhost, const struct vsw_vring_buffer *buffer,
	    struct vsw_frames *frames, uint16_t n)
{
	struct parts parts = {.head = frames->long_head[n] + VSW_FRAME_ROOM_BYTES};
	struct vsw_frame *frame = &frames->frame[n];
	struct virtio_net_hdr_v1 header = {0};
	struct vsw_vring_cursor cursor = {0};
	uint32_t len_bytes;

	if (buffer->len_bytes <= vhost->header_bytes)
		return VSW_DROP_BUFFER_INVALID;
	len_bytes = RTE_MIN(buffer->len_bytes - vhost->header_bytes, (uint64_t)UINT32_MAX);
	vsw_vring_read(buffer, &cursor, &header, vhost->header_bytes);
	if (len_bytes > most_bytes(vhost, &header))
		return VSW_DROP_BUFFER_INVALID;
	parts.head_bytes = RTE_MIN(len_bytes, (uint32_t)VSW_OFFLOAD_HEAD_BYTES);
	vsw_vring_read(buffer, &cursor, parts.head, parts.head_bytes);
	/* The copies are what is looked at from here on. */
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	set_body(frames, buffer, cursor, &parts);
	set_frame(frame, &parts, len_bytes);
	if (!vsw_offload_admit((struct virtio_net_hdr *)&header, vhost->may_send, frame->head,
			       frame->head_bytes, len_bytes, &frame->offload))
		return VSW_DROP_OFFLOAD_INVALID;
	return VSW_DROP_N;
}

/*
 * Take the next chain, whatever its shape. Returns how many frames that makes, 0 or 1, or less than
 * 0 if there is no chain.
 */
static int
take_chain(struct vhost_port *vhost, struct vhost_queue *queue, bool enabled,
	   struct vsw_stats_row *row, struct vsw_frames *frames, uint16_t n)
{
	struct vsw_vring_buffer buffer;
	enum vsw_drop why;
	int ret;

	if (VSW_FRAME_PIECES_MAX - frames->n_pieces < VSW_VRING_PIECES_MAX)
		return -ENOBUFS;
	vsw_vring_empty(&buffer);
	ret = vsw_vring_gather(&queue->ring, &buffer);
	if (ret == 0)
		return -EAGAIN;
	if (unlikely(ret < 0)) {
		count_lost(row, VSW_DROP_DESC_INVALID);
		__atomic_store_n(&queue->broken, true, __ATOMIC_RELAXED);
		return ret;
	}
	set_taken(queue, buffer.chain[0].id, buffer.chain[0].n_slots);
	/* vhost-user, "Ring states": what comes in a disabled ring is thrown away. */
	why = likely(enabled) ? take_buffer(vhost, &buffer, frames, n) : VSW_DROP_RING_DISABLED;
	if (why == VSW_DROP_N)
		return 1;
	count_lost(row, why);
	return 0;
}

/* Returns the number of frames, of which there were n before. */
static uint16_t
take_chains(struct vhost_port *vhost, struct vhost_queue *queue, bool enabled,
	    struct vsw_stats_row *row, struct vsw_frames *frames, uint16_t n, uint16_t n_max)
{
	int taken = 0;

	vsw_vring_prefetch(&queue->ring, n_max - n);
	while (n < n_max && queue->n_taken < n_max && taken >= 0) {
		taken = take_chain(vhost, queue, enabled, row, frames, n);
		n += taken > 0;
	}
	return n;
}

/*
 * A front end that has moved its guest here asks for a frame that tells the network. Returns the
 * number of frames: 0 or 1.
 */
static uint16_t
announce(struct vhost_port *vhost, struct vsw_frames *frames)
{
	uint64_t mac = __atomic_exchange_n(&vhost->rarp_mac, 0, __ATOMIC_ACQUIRE);
	struct parts parts = {.head = frames->head[0] + VSW_FRAME_ROOM_BYTES,
			      .head_bytes = RARP_BYTES};

	if (mac == 0)
		return 0;
	rarp_write(parts.head, (const uint8_t *)&mac);
	set_frame(&frames->frame[0], &parts, RARP_BYTES);
	return 1;
}

/* Give back what was taken, and interrupt the guest if it asks for that. */
static void
give_back(struct vhost_port *vhost, struct vhost_queue *queue)
{
	vsw_vring_use(&queue->ring, queue->taken, queue->n_taken);
	queue->n_taken = 0;
	vhost_flush(vhost, queue->vid, &queue->ring, queue->call_fd);
}

/* What comes next rings. */
static inline void
set_bell(struct vhost_queue *queue)
{
	struct vsw_bell *bell = &queue->rxq.bell;

	__atomic_store_n(&bell->at, vsw_vring_bell(&queue->ring, &bell->mask, &bell->silent),
			 __ATOMIC_RELAXED);
}

static uint16_t
vhost_rx(struct vsw_rxq *rxq, struct vsw_stats_row *row, struct vsw_frames *frames, uint16_t n_max)
{
	struct vhost_port *vhost = container_of(rxq->port, struct vhost_port, port.hot);
	struct vhost_queue *queue = container_of(rxq, struct vhost_queue, rxq);
	int vid = __atomic_load_n(&vhost->vid, __ATOMIC_ACQUIRE);
	uint16_t pair = queue - vhost->queue, n = 0;
	bool enabled;

	if (vid < 0 || unlikely(queue->broken) || (vhost->rx_usable >> pair & 1) == 0)
		return 0;
	queue->vid = vid;
	frames->n_pieces = 0;
	enabled = __atomic_load_n(&vhost->rx_enabled, __ATOMIC_ACQUIRE) >> pair & 1;
	if (unlikely(pair == 0 && __atomic_load_n(&vhost->rarp_mac, __ATOMIC_RELAXED) != 0))
		n = announce(vhost, frames);
	if (likely(enabled))
		n += take_views(vhost, queue, frames, n, n_max);
	if (n < n_max && !vsw_vring_is_empty(&queue->ring))
		n = take_chains(vhost, queue, enabled, row, frames, n, n_max);
	if (unlikely(n == 0 && queue->n_taken > 0))
		give_back(vhost, queue);
	set_bell(queue);
	return n;
}

static void
vhost_release(struct vsw_rxq *rxq, struct vsw_frames *frames, uint16_t n)
{
	struct vhost_port *vhost = container_of(rxq->port, struct vhost_port, port.hot);

	RTE_SET_USED(frames);
	RTE_SET_USED(n);
	give_back(vhost, container_of(rxq, struct vhost_queue, rxq));
}

void
vhost_rx_init(struct vhost_port *vhost)
{
	uint16_t i;

	vhost->vid = -1;
	for (i = 0; i < VSW_PORT_QUEUES_MAX; i++)
		vhost->queue[i].rxq = (struct vsw_rxq){.rx = vhost_rx,
						       .release = vhost_release,
						       .port = &vhost->port.hot,
						       .bell = {.at = &vsw_bell_none}};
}
