/* SPDX-License-Identifier: BSD-3-Clause */
#include "vhost_rings.h"

#include <fcntl.h>
#include <stdlib.h>

#include <rte_vhost.h>

#include "vhost_message.h"
#include "vhost_port.h"
#include "vsw_rcu.h"

#define HEADER_BYTES_LEGACY 10
#define HEADER_BYTES 12

/* librte_vhost: a ring without an eventfd has -1, one that was not set up -2. */
#define EVENTFD_NONE (-1)

static bool
has(uint64_t features, unsigned int bit)
{
	return features >> bit & 1;
}

static void
read_memory(struct vsw_vring_memory *memory, int vid)
{
	struct rte_vhost_memory *table;
	uint32_t i;

	memory->n = 0;
	if (rte_vhost_get_mem_table(vid, &table) < 0)
		return;
	for (i = 0; i < table->nregions && memory->n < VSW_VRING_REGIONS_MAX; i++) {
		const struct rte_vhost_mem_region *region = &table->regions[i];

		if (region->size > UINT64_MAX - region->guest_phys_addr)
			continue;
		memory->region[memory->n++] = (struct vsw_vring_region){
			.guest_address = region->guest_phys_addr,
			.size_bytes = region->size,
			.at = (uint8_t *)(uintptr_t)region->host_user_addr,
		};
	}
	free(table);
}

/* Where a virtqueue lies. False if it is not set up, or not within the memory of the guest. */
static bool
read_ring(const struct vhost_port *vhost, int vid, uint16_t virtqueue,
	  struct vsw_vring_config *config, int *call_fd)
{
	uint64_t features = vhost->features;
	struct rte_vhost_vring vring;

	if (rte_vhost_get_vhost_vring(vid, virtqueue, &vring) < 0 || vring.kickfd < EVENTFD_NONE ||
	    vring.callfd < EVENTFD_NONE)
		return false;
	*config = (struct vsw_vring_config){
		.memory = &vhost->memory,
		.desc = vring.desc,
		.driver = vring.avail,
		.device = vring.used,
		.size = vring.size,
		.packed = has(features, VIRTIO_F_RING_PACKED),
		.event_idx = has(features, VIRTIO_RING_F_EVENT_IDX),
		.writes = virtqueue % 2 == 0,
	};
	*call_fd = vring.callfd;
	/* Whoever reads the descriptor is slow at his own cost, not at that of an lcore. */
	if (vring.callfd >= 0)
		fcntl(vring.callfd, F_SETFL, fcntl(vring.callfd, F_GETFL) | O_NONBLOCK);
	return rte_vhost_get_vring_base(vid, virtqueue, &config->avail, &config->used) == 0 &&
	       vsw_vring_fits(config);
}

static void
read_features(struct vhost_port *vhost, int vid)
{
	uint64_t features = 0;
	bool modern;

	rte_vhost_get_negotiated_features(vid, &features);
	modern = has(features, VIRTIO_F_VERSION_1) || has(features, VIRTIO_F_RING_PACKED);
	vhost->features = features;
	vhost->mergeable = has(features, VIRTIO_NET_F_MRG_RXBUF);
	vhost->header_bytes = modern || vhost->mergeable ? HEADER_BYTES : HEADER_BYTES_LEGACY;
	vhost->logs = has(features, VHOST_F_LOG_ALL);
	vhost->may_send = vsw_offload_sent_by(features);
	__atomic_store_n(&vhost->port.hot.offloads, vsw_offload_taken_by(features),
			 __ATOMIC_RELAXED);
	/* vhost-user, "Ring states": without protocol features rings start enabled. */
	if (!has(features, VHOST_USER_F_PROTOCOL_FEATURES)) {
		__atomic_store_n(&vhost->rx_enabled, UINT64_MAX, __ATOMIC_RELAXED);
		__atomic_store_n(&vhost->tx_enabled, UINT64_MAX, __ATOMIC_RELAXED);
	}
}

void
vhost_rings_publish(struct vhost_port *vhost, int vid)
{
	uint16_t n_pairs = RTE_MIN((rte_vhost_get_vring_num(vid) + 1) / 2, VSW_PORT_QUEUES_MAX);
	struct vsw_vring_config config;
	uint16_t pair, n_polled = 0;
	int call_fd;

	read_features(vhost, vid);
	read_memory(&vhost->memory, vid);
	vhost->rx_usable = vhost->tx_usable = 0;
	for (pair = 0; pair < n_pairs; pair++) {
		struct vhost_queue *queue = &vhost->queue[pair];
		struct vhost_txq *txq = &vhost->txq[pair];

		if (read_ring(vhost, vid, 2 * pair, &config, &call_fd)) {
			vsw_vring_init(&txq->ring, &config);
			txq->call_fd = call_fd;
			__atomic_store_n(&txq->broken, false, __ATOMIC_RELAXED);
			vhost->tx_usable |= 1ULL << pair;
		}
		if (read_ring(vhost, vid, 2 * pair + 1, &config, &call_fd)) {
			vsw_vring_init(&queue->ring, &config);
			queue->n_taken = 0;
			queue->rxq.bell.silent = 1; /* look at once */
			queue->call_fd = call_fd;
			__atomic_store_n(&queue->broken, false, __ATOMIC_RELAXED);
			vhost->rx_usable |= 1ULL << pair;
			n_polled = pair + 1;
		}
	}
	__atomic_store_n(&vhost->vid, vid, __ATOMIC_RELEASE);
	vhost_device_changed(vhost, vid, n_polled);
}

static void
hand_back(int vid, uint16_t virtqueue, const struct vsw_vring *ring)
{
	rte_vhost_set_vring_base(vid, virtqueue, vsw_vring_avail_base(ring),
				 vsw_vring_used_base(ring));
}

/* A socket that is closed has no lcores to wait for. */
static void
wait_for_lcores(const struct vhost_port *vhost)
{
	if (!__atomic_load_n(&vhost->socket->closing, __ATOMIC_RELAXED))
		vsw_rcu_synchronize(vhost->env.rcu);
}

static void
silence(struct vsw_bell *bell)
{
	bell->mask = bell->silent = 0;
	__atomic_store_n(&bell->at, &vsw_bell_none, __ATOMIC_RELEASE);
}

/* First no lcore sets a bell in the guest's memory any more, then none looks at one. */
void
vhost_rings_park(struct vhost_port *vhost)
{
	int vid = vhost->vid;
	uint16_t pair;

	if (vid < 0)
		return;
	__atomic_store_n(&vhost->vid, -1, __ATOMIC_RELEASE);
	wait_for_lcores(vhost);
	for (pair = 0; pair < VSW_PORT_QUEUES_MAX; pair++)
		silence(&vhost->queue[pair].rxq.bell);
	wait_for_lcores(vhost);
	for (pair = 0; pair < VSW_PORT_QUEUES_MAX; pair++) {
		if (vhost->tx_usable >> pair & 1)
			hand_back(vid, 2 * pair, &vhost->txq[pair].ring);
		if (vhost->rx_usable >> pair & 1)
			hand_back(vid, 2 * pair + 1, &vhost->queue[pair].ring);
	}
}

/* True of messages that touch nothing that lcores rely on: questions, and words of their own. */
static bool
is_harmless(uint32_t type)
{
	switch (type) {
	case VHOST_MESSAGE_GET_FEATURES:
	case VHOST_MESSAGE_SET_VRING_ERR:
	case VHOST_MESSAGE_GET_PROTOCOL_FEATURES:
	case VHOST_MESSAGE_GET_QUEUE_NUM:
	case VHOST_MESSAGE_SET_VRING_ENABLE:
	case VHOST_MESSAGE_SEND_RARP:
	case VHOST_MESSAGE_NET_SET_MTU:
	case VHOST_MESSAGE_GET_CONFIG:
	case VHOST_MESSAGE_SET_STATUS:
	case VHOST_MESSAGE_GET_STATUS:
		return true;
	default:
		return false;
	}
}

static enum rte_vhost_msg_result
before_message(int vid, void *bytes)
{
	struct vhost_port *vhost = vhost_device_port(vid);
	struct vhost_message message = vhost_message_read(bytes);

	if (vhost == NULL || is_harmless(message.type))
		return RTE_VHOST_MSG_RESULT_NOT_HANDLED;
	vhost_rings_park(vhost);
	/* If it fails, the library has no table at all, and does not look before it reads it. */
	if (message.type == VHOST_MESSAGE_SET_MEM_TABLE ||
	    message.type == VHOST_MESSAGE_RESET_OWNER)
		vhost->has_memory = false;
	return RTE_VHOST_MSG_RESULT_NOT_HANDLED;
}

static void
set_enabled(struct vhost_port *vhost, uint32_t virtqueue, bool on)
{
	uint64_t *enabled = virtqueue % 2 == 0 ? &vhost->tx_enabled : &vhost->rx_enabled;
	uint64_t bit;

	if (virtqueue >= 2 * VSW_PORT_QUEUES_MAX)
		return;
	bit = 1ULL << (virtqueue / 2);
	if (on)
		__atomic_or_fetch(enabled, bit, __ATOMIC_RELEASE);
	else
		__atomic_and_fetch(enabled, ~bit, __ATOMIC_RELEASE);
}

/* 0 is no address of anybody. */
static void
set_rarp(struct vhost_port *vhost, const struct vhost_message *message)
{
	uint64_t mac = 0;

	memcpy(&mac, message->mac, sizeof(message->mac));
	__atomic_store_n(&vhost->rarp_mac, mac, __ATOMIC_RELEASE);
}

static enum rte_vhost_msg_result
after_message(int vid, void *bytes)
{
	struct vhost_port *vhost = vhost_device_port(vid);
	struct vhost_message message = vhost_message_read(bytes);

	if (vhost == NULL)
		return RTE_VHOST_MSG_RESULT_NOT_HANDLED;
	switch (message.type) {
	case VHOST_MESSAGE_SET_FEATURES:
		vhost_device_negotiated(vhost);
		break;
	case VHOST_MESSAGE_SET_MEM_TABLE:
		vhost->has_memory = true;
		break;
	case VHOST_MESSAGE_SET_VRING_ENABLE:
		set_enabled(vhost, message.state.index, message.state.num != 0);
		break;
	case VHOST_MESSAGE_SEND_RARP:
		set_rarp(vhost, &message);
		break;
	case VHOST_MESSAGE_NET_SET_MTU:
		vhost_device_mtu_changed(vhost, vid);
		break;
	}
	if (vhost->runs && vhost->vid < 0 && vhost->has_memory)
		vhost_rings_publish(vhost, vid);
	return RTE_VHOST_MSG_RESULT_NOT_HANDLED;
}

const struct rte_vhost_user_extern_ops vhost_rings_watch = {
	.pre_msg_handle = before_message,
	.post_msg_handle = after_message,
};
