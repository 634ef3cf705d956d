/* SPDX-License-Identifier: BSD-3-Clause */
/* Messages of the vhost-user protocol, as they are on the wire, and one exchange of them. */
#ifndef FRONT_MESSAGE_H
#define FRONT_MESSAGE_H

#include "front.h"

enum front_request {
	FRONT_GET_FEATURES = 1,
	FRONT_SET_FEATURES = 2,
	FRONT_SET_OWNER = 3,
	FRONT_SET_MEM_TABLE = 5,
	FRONT_SET_VRING_NUM = 8,
	FRONT_SET_VRING_ADDR = 9,
	FRONT_SET_VRING_BASE = 10,
	FRONT_GET_VRING_BASE = 11,
	FRONT_SET_VRING_KICK = 12,
	FRONT_SET_VRING_CALL = 13,
	FRONT_GET_PROTOCOL_FEATURES = 15,
	FRONT_SET_PROTOCOL_FEATURES = 16,
	FRONT_GET_QUEUE_NUM = 17,
	FRONT_SET_VRING_ENABLE = 18,
};

struct front_message_state {
	uint32_t index;
	uint32_t num;
};

struct front_message_address {
	uint32_t index;
	uint32_t flags;
	uint64_t desc;
	uint64_t device;
	uint64_t driver;
	uint64_t log;
};

struct front_message_memory {
	uint32_t n_regions;
	uint32_t padding;
	uint64_t guest_address;
	uint64_t size_bytes;
	uint64_t user_address;
	uint64_t offset;
};

union front_payload {
	uint64_t u64;
	struct front_message_state state;
	struct front_message_address address;
	struct front_message_memory memory;
};

/* One without an answer but the acknowledgement, where that was negotiated. fd: -1, or one. */
int front_message_tell(struct vsw_front *front, enum front_request request,
		       const union front_payload *payload, uint32_t bytes, int fd,
		       struct vsw_error *err);

int front_message_tell_u64(struct vsw_front *front, enum front_request request, uint64_t value,
			   int fd, struct vsw_error *err);
int front_message_tell_state(struct vsw_front *front, enum front_request request, uint32_t index,
			     uint32_t num, struct vsw_error *err);

/* A question, with `bytes` of payload in it, and as many in the answer: 8. */
int front_message_ask(struct vsw_front *front, enum front_request request,
		      union front_payload *payload, uint32_t bytes, struct vsw_error *err);

#endif /* FRONT_MESSAGE_H */
