/* SPDX-License-Identifier: BSD-3-Clause */
#include "front_message.h"

#include <errno.h>
#include <string.h>

#define VERSION 1u
#define VERSION_MASK 3u
#define REPLY (1u << 2)
#define NEED_REPLY (1u << 3)

#define PROTOCOL_F_REPLY_ACK 3

struct header {
	uint32_t request;
	uint32_t flags;
	uint32_t size_bytes;
};

static const char *
name(enum front_request request)
{
	static const char *const names[] = {
		[FRONT_GET_FEATURES] = "GET_FEATURES",
		[FRONT_SET_FEATURES] = "SET_FEATURES",
		[FRONT_SET_OWNER] = "SET_OWNER",
		[FRONT_SET_MEM_TABLE] = "SET_MEM_TABLE",
		[FRONT_SET_VRING_NUM] = "SET_VRING_NUM",
		[FRONT_SET_VRING_ADDR] = "SET_VRING_ADDR",
		[FRONT_SET_VRING_BASE] = "SET_VRING_BASE",
		[FRONT_GET_VRING_BASE] = "GET_VRING_BASE",
		[FRONT_SET_VRING_KICK] = "SET_VRING_KICK",
		[FRONT_SET_VRING_CALL] = "SET_VRING_CALL",
		[FRONT_GET_PROTOCOL_FEATURES] = "GET_PROTOCOL_FEATURES",
		[FRONT_SET_PROTOCOL_FEATURES] = "SET_PROTOCOL_FEATURES",
		[FRONT_GET_QUEUE_NUM] = "GET_QUEUE_NUM",
		[FRONT_SET_VRING_ENABLE] = "SET_VRING_ENABLE",
	};

	return names[request];
}

static int
send_message(struct vsw_front *front, enum front_request request, uint32_t flags,
	     const union front_payload *payload, uint32_t bytes, int fd, struct vsw_error *err)
{
	struct header header = {.request = request, .flags = VERSION | flags, .size_bytes = bytes};
	uint8_t message[sizeof(header) + sizeof(*payload)];

	memcpy(message, &header, sizeof(header));
	if (bytes > 0)
		memcpy(message + sizeof(header), payload, bytes);
	return front_socket_send(&front->socket, message, sizeof(header) + bytes, fd, name(request),
				 err);
}

/* The one answer that may come now, of 8 bytes like all that we can get. */
static int
receive_answer(struct vsw_front *front, enum front_request request, union front_payload *payload,
	       struct vsw_error *err)
{
	const char *what = name(request);
	struct header header;
	int ret;

	ret = front_socket_receive(&front->socket, &header, sizeof(header), what, err);
	if (ret < 0)
		return ret;
	if (header.request != request || header.size_bytes != sizeof(payload->u64) ||
	    (header.flags & (VERSION_MASK | REPLY)) != (VERSION | REPLY))
		return vsw_error_set(err, EPROTO,
				     "socket %s: the answer to %s makes no sense (request %u, "
				     "flags 0x%x, %u bytes); is it a vhost-user switch?",
				     front->socket.path, what, header.request, header.flags,
				     header.size_bytes);
	return front_socket_receive(&front->socket, payload, sizeof(payload->u64), what, err);
}

int
front_message_tell(struct vsw_front *front, enum front_request request,
		   const union front_payload *payload, uint32_t bytes, int fd,
		   struct vsw_error *err)
{
	bool acknowledged = front->protocol_features >> PROTOCOL_F_REPLY_ACK & 1;
	union front_payload answer = {0};
	int ret;

	ret = send_message(front, request, acknowledged ? NEED_REPLY : 0, payload, bytes, fd, err);
	if (ret < 0 || !acknowledged)
		return ret;
	ret = receive_answer(front, request, &answer, err);
	if (ret == 0 && answer.u64 != 0)
		return vsw_error_set(err, EPROTO,
				     "socket %s: the switch has refused %s; its log says why",
				     front->socket.path, name(request));
	return ret;
}

int
front_message_tell_u64(struct vsw_front *front, enum front_request request, uint64_t value, int fd,
		       struct vsw_error *err)
{
	union front_payload payload = {.u64 = value};

	return front_message_tell(front, request, &payload, sizeof(payload.u64), fd, err);
}

int
front_message_tell_state(struct vsw_front *front, enum front_request request, uint32_t index,
			 uint32_t num, struct vsw_error *err)
{
	union front_payload payload = {.state = {.index = index, .num = num}};

	return front_message_tell(front, request, &payload, sizeof(payload.state), -1, err);
}

int
front_message_ask(struct vsw_front *front, enum front_request request, union front_payload *payload,
		  uint32_t bytes, struct vsw_error *err)
{
	int ret;

	ret = send_message(front, request, 0, payload, bytes, -1, err);
	return ret < 0 ? ret : receive_answer(front, request, payload, err);
}
