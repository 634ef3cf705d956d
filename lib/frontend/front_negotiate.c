/* SPDX-License-Identifier: BSD-3-Clause */
/* The messages of a driver that starts and stops, in the order of DPDK's virtio-user. */
#include <errno.h>
#include <linux/virtio_config.h>
#include <linux/virtio_net.h>

#include "front_message.h"

#define F_PROTOCOL_FEATURES 30 /* vhost-user, "Feature negotiation" */
#define PROTOCOL_F_MQ 0
#define PROTOCOL_F_REPLY_ACK 3
#define PROTOCOL_FEATURES (1ULL << PROTOCOL_F_MQ | 1ULL << PROTOCOL_F_REPLY_ACK)
#define PACKED_BASE (1u << 15) /* position 0 in the first round */
#define STOP_MS 1000

/* What a config may ask for, and must get then. */
static const struct {
	unsigned int bit;
	const char *name, *advice;
} wanted[] = {
	{VIRTIO_F_VERSION_1, "VERSION_1", "this needs a switch of virtio 1"},
	{VIRTIO_F_RING_PACKED, "RING_PACKED", "take split rings, or let the switch offer it"},
	{VIRTIO_NET_F_MRG_RXBUF, "MRG_RXBUF", "do without mergeable, or let the switch offer it"},
	{VIRTIO_F_IN_ORDER, "IN_ORDER", "do without in-order, or let the switch offer it"},
	{VIRTIO_NET_F_MQ, "MQ", "take one queue, or give the port of the switch more"},
};

static uint64_t
wishes(const struct vsw_front *front)
{
	return 1ULL << VIRTIO_F_VERSION_1 | (uint64_t)front->packed << VIRTIO_F_RING_PACKED |
	       (uint64_t)front->mergeable << VIRTIO_NET_F_MRG_RXBUF |
	       (uint64_t)front->in_order << VIRTIO_F_IN_ORDER |
	       (uint64_t)(front->n_pairs > 1) << VIRTIO_NET_F_MQ;
}

static int
check_offer(const struct vsw_front *front, uint64_t offered, struct vsw_error *err)
{
	uint64_t missing = wishes(front) & ~offered;
	unsigned int i;

	for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		if (missing >> wanted[i].bit & 1)
			return vsw_error_set(err, ENOTSUP,
					     "socket %s: the switch does not offer %s; %s",
					     front->socket.path, wanted[i].name, wanted[i].advice);
	}
	return 0;
}

static int
check_pairs(struct vsw_front *front, struct vsw_error *err)
{
	union front_payload payload;
	int ret;

	if (front->n_pairs == 1)
		return 0;
	if ((front->protocol_features >> PROTOCOL_F_MQ & 1) == 0)
		return vsw_error_set(err, ENOTSUP,
				     "socket %s: the switch offers one pair of rings, not %u; take "
				     "one queue, or give the port of the switch more",
				     front->socket.path, front->n_pairs);
	ret = front_message_ask(front, FRONT_GET_QUEUE_NUM, &payload, 0, err);
	if (ret == 0 && payload.u64 < front->n_pairs)
		return vsw_error_set(err, ENOTSUP,
				     "socket %s: the switch offers %u pairs of rings, not %u; take "
				     "fewer queues, or give the port of the switch more",
				     front->socket.path, (uint32_t)payload.u64, front->n_pairs);
	return ret;
}

static int
negotiate_protocol(struct vsw_front *front, struct vsw_error *err)
{
	union front_payload payload;
	uint64_t chosen;
	int ret;

	ret = front_message_ask(front, FRONT_GET_PROTOCOL_FEATURES, &payload, 0, err);
	if (ret < 0)
		return ret;
	chosen = payload.u64 & PROTOCOL_FEATURES;
	ret = front_message_tell_u64(front, FRONT_SET_PROTOCOL_FEATURES, chosen, -1, err);
	if (ret == 0)
		front->protocol_features = chosen;
	return ret;
}

int
front_negotiate(struct vsw_front *front, struct vsw_error *err)
{
	union front_payload payload;
	int ret;

	ret = front_message_tell(front, FRONT_SET_OWNER, NULL, 0, -1, err);
	if (ret == 0)
		ret = front_message_ask(front, FRONT_GET_FEATURES, &payload, 0, err);
	if (ret < 0)
		return ret;
	front->features = wishes(front) | (payload.u64 & 1ULL << F_PROTOCOL_FEATURES);
	if (payload.u64 >> F_PROTOCOL_FEATURES & 1)
		ret = negotiate_protocol(front, err);
	if (ret == 0)
		ret = check_offer(front, payload.u64, err);
	return ret == 0 ? check_pairs(front, err) : ret;
}

static int
share_memory(struct vsw_front *front, struct vsw_error *err)
{
	union front_payload payload = {
		.memory = {.n_regions = 1,
			   .guest_address = (uintptr_t)front->memory.at,
			   .size_bytes = front->memory.bytes,
			   .user_address = (uintptr_t)front->memory.at},
	};

	return front_message_tell(front, FRONT_SET_MEM_TABLE, &payload, sizeof(payload.memory),
				  front->memory.fd, err);
}

static int
tell_address(struct vsw_front *front, uint16_t queue, struct vsw_error *err)
{
	const struct front_ring *ring = front_queue(front, queue);
	union front_payload payload = {.address = {.index = queue}};

	if (front->packed) {
		payload.address.desc = (uintptr_t)ring->packed.desc;
		payload.address.driver = (uintptr_t)ring->packed.driver;
		payload.address.device = (uintptr_t)ring->packed.device;
	} else {
		payload.address.desc = (uintptr_t)ring->split.desc;
		payload.address.driver = (uintptr_t)ring->split.avail;
		payload.address.device = (uintptr_t)ring->split.used;
	}
	return front_message_tell(front, FRONT_SET_VRING_ADDR, &payload, sizeof(payload.address),
				  -1, err);
}

/* librte_vhost allocates a queue with its first message, and that is expected to be this one. */
static int
tell_call(struct vsw_front *front, uint16_t queue, struct vsw_error *err)
{
	return front_message_tell_u64(front, FRONT_SET_VRING_CALL, queue, front->call_fd, err);
}

static int
set_up_ring(struct vsw_front *front, uint16_t queue, struct vsw_error *err)
{
	uint32_t base = front->packed ? PACKED_BASE : 0;
	int ret;

	ret = front_message_tell_state(front, FRONT_SET_VRING_NUM, queue, front->ring_size, err);
	if (ret == 0)
		ret = front_message_tell_state(front, FRONT_SET_VRING_BASE, queue, base, err);
	if (ret == 0)
		ret = tell_address(front, queue, err);
	/* The last one: with it the ring is ready. */
	if (ret == 0)
		ret = front_message_tell_u64(front, FRONT_SET_VRING_KICK, queue,
					     front_queue(front, queue)->kick_fd, err);
	return ret;
}

static int
enable(struct vsw_front *front, uint16_t queue, struct vsw_error *err)
{
	return front_message_tell_state(front, FRONT_SET_VRING_ENABLE, queue, 1, err);
}

static int
for_each_queue(struct vsw_front *front,
	       int (*act)(struct vsw_front *front, uint16_t queue, struct vsw_error *err),
	       struct vsw_error *err)
{
	uint16_t queue;
	int ret = 0;

	for (queue = 0; ret == 0 && queue < 2 * front->n_pairs; queue++)
		ret = act(front, queue, err);
	return ret;
}

int
front_start(struct vsw_front *front, struct vsw_error *err)
{
	union front_payload payload;
	int ret;

	ret = for_each_queue(front, tell_call, err);
	if (ret == 0)
		ret = front_message_tell_u64(front, FRONT_SET_FEATURES, front->features, -1, err);
	if (ret == 0)
		ret = share_memory(front, err);
	if (ret == 0)
		ret = for_each_queue(front, set_up_ring, err);
	if (ret == 0 && (front->features >> F_PROTOCOL_FEATURES & 1))
		ret = for_each_queue(front, enable, err);
	/* An answer means that all before it has been acted upon. */
	return ret == 0 ? front_message_ask(front, FRONT_GET_FEATURES, &payload, 0, err) : ret;
}

void
front_stop(struct vsw_front *front)
{
	struct vsw_error ignored;
	uint16_t queue;

	front_socket_give_time(&front->socket, STOP_MS);
	for (queue = 0; queue < 2 * front->n_pairs; queue++) {
		union front_payload payload = {.state = {.index = queue}};

		if (front_message_ask(front, FRONT_GET_VRING_BASE, &payload, sizeof(payload.state),
				      &ignored) < 0)
			return;
	}
}
