/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The messages of a front end, as far as we look at them. They are those of the vhost-user
 * protocol; librte_vhost hands them to its extern handlers with the bytes of the wire in front.
 *
 * Source: vhost-user, "Message Specification".
 */
#ifndef VHOST_MESSAGE_H
#define VHOST_MESSAGE_H

#include <stdint.h>
#include <string.h>

enum vhost_message_type {
	VHOST_MESSAGE_GET_FEATURES = 1,
	VHOST_MESSAGE_SET_FEATURES = 2,
	VHOST_MESSAGE_RESET_OWNER = 4,
	VHOST_MESSAGE_SET_MEM_TABLE = 5,
	VHOST_MESSAGE_SET_VRING_ERR = 14,
	VHOST_MESSAGE_GET_PROTOCOL_FEATURES = 15,
	VHOST_MESSAGE_GET_QUEUE_NUM = 17,
	VHOST_MESSAGE_SET_VRING_ENABLE = 18,
	VHOST_MESSAGE_SEND_RARP = 19,
	VHOST_MESSAGE_NET_SET_MTU = 20,
	VHOST_MESSAGE_GET_CONFIG = 24,
	VHOST_MESSAGE_SET_STATUS = 39,
	VHOST_MESSAGE_GET_STATUS = 40,
};

struct vhost_message {
	uint32_t type;
	uint32_t flags;
	uint32_t size_bytes;
	union {
		uint64_t u64;
		uint8_t mac[6];
		struct {
			uint32_t index;
			uint32_t num;
		} state;
	};
} __attribute__((packed));

static inline struct vhost_message
vhost_message_read(const void *message)
{
	struct vhost_message copy;

	memcpy(&copy, message, sizeof(copy));
	return copy;
}

#endif /* VHOST_MESSAGE_H */
