/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The packet path of a vhost port: frames in mbufs, by librte_vhost's dequeue and enqueue.
 *
 * The library drops a chain it cannot turn into a frame without a word, and stands still at a chain
 * it cannot read. Both are found here, off the common path, so that each has its name in the books.
 */
#include "vhost_port.h"

#include <rte_vhost.h>

#include "vsw_frame_hot.h"

/*
 * Empty polls between two looks at a ring that may be broken, and between two polls of one that
 * is.
 */
#define BROKEN_LOOK_POLLS 1024

/* Even virtqueues receive in the guest, odd ones transmit: virtio 1.2 section 5.1.2. */
static uint16_t
guest_rx(uint16_t pair)
{
	return 2 * pair;
}

static void
count_lost(struct vsw_stats_row *row, enum vsw_drop reason, uint16_t n)
{
	row->rx_frames += n;
	row->drop[reason] += n;
}

static void
begin_session(struct vhost_queue *queue, uint32_t session, uint16_t available)
{
	queue->session = session;
	queue->expected = available;
	queue->empty = 0;
	queue->suspect = false;
	__atomic_store_n(&queue->broken, false, __ATOMIC_RELAXED);
}

/*
 * The chain that the library consumed but did not return: its available index advanced by one more
 * than the frames it gave us. There is one at most, for it ends a burst; any other distance means
 * that the front end has set the index. Split rings only: in a packed ring it counts descriptors.
 */
static void
account_rejected(struct vhost_queue *queue, struct vsw_stats_row *row, uint16_t available)
{
	if (unlikely((uint16_t)(available - queue->expected) == 1))
		count_lost(row, VSW_DROP_BUFFER_INVALID, 1);
	queue->expected = available;
}

/* A ring that has chains, gives none, and has not moved between two looks: it is broken. */
static void
look_for_broken(struct vhost_queue *queue, struct vsw_stats_row *row, int vid, uint16_t available)
{
	if (rte_vhost_rx_queue_count(vid, queue->virtqueue) == 0) {
		queue->suspect = false;
		return;
	}
	if (queue->suspect && queue->suspected == available) {
		count_lost(row, VSW_DROP_DESC_INVALID, 1);
		__atomic_store_n(&queue->broken, true, __ATOMIC_RELAXED);
		return;
	}
	queue->suspect = true;
	queue->suspected = available;
}

/* Books for a poll that did not fill its burst. */
static void
after_short_poll(struct vhost_port *vhost, struct vhost_queue *queue, struct vsw_stats_row *row,
		 int vid, uint16_t n)
{
	uint16_t available, used;

	if (vhost->packed || rte_vhost_get_vring_base(vid, queue->virtqueue, &available, &used) < 0)
		return;
	if (unlikely(queue->session != vhost->session))
		begin_session(queue, vhost->session, available);
	account_rejected(queue, row, available);
	if (n > 0) {
		queue->empty = 0;
		__atomic_store_n(&queue->broken, false, __ATOMIC_RELAXED);
	} else if (++queue->empty % BROKEN_LOOK_POLLS == 0 && !queue->broken) {
		look_for_broken(queue, row, vid, available);
	}
}

static uint16_t
vhost_rx(struct vsw_rxq *rxq, struct vsw_stats_row *row, struct vsw_frame *frames, uint16_t n_max)
{
	struct vhost_port *vhost = container_of(rxq->port, struct vhost_port, port.hot);
	struct vhost_queue *queue = container_of(rxq, struct vhost_queue, rxq);
	int vid = __atomic_load_n(&vhost->vid, __ATOMIC_ACQUIRE);
	struct rte_mbuf *mbufs[VSW_BURST_MAX];
	uint16_t i, n;

	if (vid < 0)
		return 0;
	if (unlikely(queue->broken && queue->session == vhost->session &&
		     ++queue->empty % BROKEN_LOOK_POLLS != 0))
		return 0;
	n = rte_vhost_dequeue_burst(vid, queue->virtqueue, vhost->env.pool, mbufs, n_max);
	for (i = 0; i < n; i++)
		vsw_frame_from_mbuf(&frames[i], mbufs[i]);
	queue->expected += n;
	if (n < n_max)
		after_short_poll(vhost, queue, row, vid, n);
	return n;
}

static void
vhost_release(struct vsw_rxq *rxq, struct vsw_frame *frames, uint16_t n)
{
	RTE_SET_USED(rxq);
	vsw_frame_free_mbufs(frames, n);
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

uint16_t
vhost_tx(struct vsw_port_hot *hot, unsigned int lcore, struct vsw_frame *const *frames, uint16_t n,
	 enum vsw_drop *why)
{
	struct vhost_port *vhost = container_of(hot, struct vhost_port, port.hot);
	int vid = __atomic_load_n(&vhost->vid, __ATOMIC_ACQUIRE);
	uint64_t enabled = __atomic_load_n(&vhost->tx_enabled, __ATOMIC_ACQUIRE);
	struct rte_mbuf *mbufs[VSW_BURST_MAX];

	if (unlikely(vid < 0)) {
		*why = VSW_DROP_PORT_DOWN;
		return 0;
	}
	if (unlikely(enabled == 0)) {
		*why = VSW_DROP_RING_DISABLED;
		return 0;
	}
	*why = VSW_DROP_RING_FULL;
	vsw_frame_to_mbufs(frames, mbufs, n);
	return rte_vhost_enqueue_burst(vid, guest_rx(pick_pair(enabled, lcore)), mbufs, n);
}

void
vhost_queues_init(struct vhost_port *vhost)
{
	uint16_t i;

	vhost->vid = -1;
	vhost->port.hot.tx = vhost->retry != NULL ? vhost_tx_retry : vhost_tx;
	for (i = 0; i < VSW_PORT_QUEUES_MAX; i++) {
		vhost->queue[i].virtqueue = 2 * i + 1;
		vhost->queue[i].rxq = (struct vsw_rxq){
			.rx = vhost_rx, .release = vhost_release, .port = &vhost->port.hot};
	}
}

void
vhost_queues_start(struct vhost_port *vhost, int vid)
{
	vhost->packed = vhost->info.features & 1ULL << VIRTIO_F_RING_PACKED;
	vhost->session++;
	__atomic_store_n(&vhost->vid, vid, __ATOMIC_RELEASE);
}

void
vhost_queues_stop(struct vhost_port *vhost)
{
	__atomic_store_n(&vhost->vid, -1, __ATOMIC_RELEASE);
}
