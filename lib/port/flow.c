/* SPDX-License-Identifier: BSD-3-Clause */
#include "flow.h"

#include <string.h>

#include <rte_byteorder.h>
#include <rte_common.h>
#include <rte_ether.h>
#include <rte_ip.h>

#define ADDRESSES_BYTES 12
#define PORTS_BYTES 4

/* Knuth, The Art of Computer Programming, section 6.4: 2^64 divided by the golden ratio. */
#define MULTIPLIER 0x9e3779b97f4a7c15ULL

/* The first bytes of a frame, as far as they are there, and no others. */
struct head {
	const uint8_t *at;
	uint32_t len_bytes;
};

static uint16_t
be16_at(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static uint32_t
add_bytes(uint32_t hash, const uint8_t *at, unsigned int bytes)
{
	uint64_t product;
	uint32_t word;

	for (; bytes > 0; bytes -= sizeof(word), at += sizeof(word)) {
		memcpy(&word, at, sizeof(word));
		product = (hash ^ word) * MULTIPLIER;
		/* A product's high bits hang on all bits of the word, its low bits on few. */
		hash = (uint32_t)(product >> 32 ^ product);
	}
	return hash;
}

static uint32_t
add_ports(uint32_t hash, struct head head, uint32_t at, uint8_t protocol)
{
	if ((protocol != IPPROTO_TCP && protocol != IPPROTO_UDP) ||
	    at + PORTS_BYTES > head.len_bytes)
		return hash;
	return add_bytes(hash, head.at + at, PORTS_BYTES);
}

static uint32_t
ipv4_hash(struct head head, uint32_t at)
{
	const uint8_t *ip = head.at + at;
	uint16_t fragment = be16_at(ip + offsetof(struct rte_ipv4_hdr, fragment_offset));
	uint32_t hash;

	hash = add_bytes(0, ip + offsetof(struct rte_ipv4_hdr, src_addr), 8);
	if (fragment & (RTE_IPV4_HDR_MF_FLAG | RTE_IPV4_HDR_OFFSET_MASK))
		return hash;
	return add_ports(hash, head, at + (ip[0] & 15) * 4,
			 ip[offsetof(struct rte_ipv4_hdr, next_proto_id)]);
}

static uint32_t
ipv6_hash(struct head head, uint32_t at)
{
	const uint8_t *ip = head.at + at;
	uint32_t hash;

	hash = add_bytes(0, ip + offsetof(struct rte_ipv6_hdr, src_addr), 32);
	return add_ports(hash, head, at + sizeof(struct rte_ipv6_hdr),
			 ip[offsetof(struct rte_ipv6_hdr, proto)]);
}

uint32_t
flow_hash(const struct vsw_frame *frame)
{
	struct head head = {.at = frame->head,
			    .len_bytes = RTE_MIN(frame->len_bytes, (uint32_t)VSW_FRAME_HEAD_BYTES)};
	uint32_t at = ADDRESSES_BYTES;
	uint16_t type = be16_at(head.at + at);

	while ((type == RTE_ETHER_TYPE_VLAN || type == RTE_ETHER_TYPE_QINQ) &&
	       at + VSW_VLAN_TAG_BYTES + 2 <= head.len_bytes) {
		at += VSW_VLAN_TAG_BYTES;
		type = be16_at(head.at + at);
	}
	at += 2;
	if (type == RTE_ETHER_TYPE_IPV4 && at + sizeof(struct rte_ipv4_hdr) <= head.len_bytes)
		return ipv4_hash(head, at);
	if (type == RTE_ETHER_TYPE_IPV6 && at + sizeof(struct rte_ipv6_hdr) <= head.len_bytes)
		return ipv6_hash(head, at);
	return add_bytes(0, head.at, ADDRESSES_BYTES);
}
