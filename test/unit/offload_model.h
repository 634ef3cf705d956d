/* SPDX-License-Identifier: BSD-3-Clause */
/* What becomes of frames that are completed, by a model that is slow and plain. */
#ifndef OFFLOAD_MODEL_H
#define OFFLOAD_MODEL_H

#include "offload_frames.h"
#include "vsw_offload.h"

static inline uint16_t
model_sum(uint32_t sum, const uint8_t *bytes, uint32_t n)
{
	uint32_t i;

	for (i = 0; i < n; i++) {
		sum += i % 2 == 0 ? bytes[i] * 256u : bytes[i];
		sum = sum % 65536 + sum / 65536;
	}
	return (uint16_t)(sum % 65536 + sum / 65536);
}

/* The sum of the pseudo header: RFC 9293 section 3.1, RFC 8200 section 8.1. */
static inline uint16_t
model_pseudo(const struct built *frame, uint8_t protocol)
{
	const uint8_t *ip = frame->bytes + frame->ip;
	uint32_t sum = protocol + frame->len - frame->transport;

	sum = sum % 65536 + sum / 65536;
	return ip[0] >> 4 == 4 ? model_sum(sum, ip + 12, 8) : model_sum(sum, ip + 8, 32);
}

/* As a receiver does: 0xffff if the checksum is right. */
static inline uint16_t
model_verify(const struct built *frame, uint8_t protocol)
{
	return model_sum(model_pseudo(frame, protocol), frame->bytes + frame->transport,
			 frame->len - frame->transport);
}

/* Write the checksum of IPv4 and of the transport, which is at csum_offset. */
static inline void
model_complete(struct built *frame, uint8_t protocol, uint16_t csum_offset)
{
	uint8_t *ip = frame->bytes + frame->ip;
	uint8_t *field = frame->bytes + frame->transport + csum_offset;
	uint16_t sum;

	if (ip[0] >> 4 == 4) {
		put16(ip + 10, 0);
		put16(ip + 10, (uint16_t)~model_sum(0, ip, frame->transport - frame->ip));
	}
	put16(field, 0);
	sum = (uint16_t)~model_verify(frame, protocol);
	put16(field, sum == 0 ? 0xffff : sum);
}

/* The segment as its sender would have made it: built anew, with what the parts do not share. */
static inline void
model_segment(const struct recipe *whole, const struct built *frame, uint32_t i, uint32_t gso_bytes,
	      struct built *segment)
{
	struct recipe recipe = *whole;
	uint32_t first = i * gso_bytes, left = whole->payload - first;
	uint32_t sequence = 0xffff0101 + first;

	recipe.payload = left < gso_bytes ? left : gso_bytes;
	if (i > 0)
		recipe.flags &= 0x7f;
	if (left > gso_bytes)
		recipe.flags &= 0xf6;
	build(segment, &recipe);
	if (whole->version == 4)
		put16(segment->bytes + segment->ip + 4, 0xfffe + i);
	put16(segment->bytes + segment->transport + 4, sequence >> 16);
	put16(segment->bytes + segment->transport + 6, sequence);
	memcpy(segment->bytes + segment->payload, frame->bytes + frame->payload + first,
	       recipe.payload);
	model_complete(segment, 6, 16);
}

static inline struct vsw_offload
model_request(const struct built *frame, uint8_t version, uint32_t gso_bytes)
{
	return (struct vsw_offload){
		.needs = VSW_OFFLOAD_CSUM | (version == 4 ? VSW_OFFLOAD_TSO4 : VSW_OFFLOAD_TSO6),
		.csum_start = frame->transport,
		.csum_offset = 16,
		.gso_bytes = (uint16_t)gso_bytes,
		.hdr_bytes = frame->payload,
		.ip_start = frame->ip,
	};
}

#endif /* OFFLOAD_MODEL_H */
