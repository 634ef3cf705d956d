/* SPDX-License-Identifier: BSD-3-Clause */
#include "probe.h"

#include <string.h>

#include <rte_byteorder.h>
#include <rte_ether.h>

#define MAGIC 0x76737770u /* "vswp" */

struct header {
	uint32_t magic;
	uint32_t id;
	uint64_t sequence;
	uint64_t sent_ns;
	uint64_t check;
} __attribute__((packed));

_Static_assert(sizeof(struct rte_ether_hdr) + sizeof(struct header) == PROBE_LENGTH_MIN,
	       "PROBE_LENGTH_MIN is both headers");

/* The finaliser of splitmix64. Source: S. Vigna, prng.di.unimi.it/splitmix64.c. */
static uint64_t
mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

/* Over the addresses, everything in the header before `check`, and the bytes of pattern. */
static uint64_t
check_word(const struct rte_ether_hdr *ether, const struct header *header, uint32_t pattern_bytes)
{
	uint64_t macs[2] = {0, 0};
	uint64_t sum;

	memcpy(macs, ether, 2 * RTE_ETHER_ADDR_LEN);
	sum = mix(header->magic + ((uint64_t)header->id << 32));
	sum = mix(sum + header->sequence);
	sum = mix(sum + header->sent_ns);
	sum = mix(sum + macs[0]);
	sum = mix(sum + macs[1]);
	return mix(sum + pattern_bytes);
}

static uint64_t
pattern_seed(const struct header *header)
{
	return mix(header->sequence + ((uint64_t)header->id << 40));
}

static void
write_pattern(uint8_t *out, uint32_t bytes, uint64_t word)
{
	for (; bytes >= sizeof(word); bytes -= sizeof(word), out += sizeof(word)) {
		word = word * 0x5851f42d4c957f2dULL + 1;
		memcpy(out, &word, sizeof(word));
	}
	word = word * 0x5851f42d4c957f2dULL + 1;
	memcpy(out, &word, bytes);
}

static int
compare_pattern(const uint8_t *in, uint32_t bytes, uint64_t word)
{
	for (; bytes >= sizeof(word); bytes -= sizeof(word), in += sizeof(word)) {
		word = word * 0x5851f42d4c957f2dULL + 1;
		if (memcmp(in, &word, sizeof(word)) != 0)
			return -1;
	}
	word = word * 0x5851f42d4c957f2dULL + 1;
	return memcmp(in, &word, bytes);
}

static void
write_mac(struct rte_ether_addr *out, uint64_t mac)
{
	uint64_t wire = rte_cpu_to_be_64(mac << 16);

	memcpy(out, &wire, RTE_ETHER_ADDR_LEN);
}

uint16_t
probe_write(uint8_t *out, const struct probe_frame *frame, const struct probe *probe)
{
	struct rte_ether_hdr *ether = (struct rte_ether_hdr *)out;
	uint32_t pattern_bytes = frame->length - PROBE_LENGTH_MIN;
	uint8_t *body = out + sizeof(*ether);
	struct header header = {
		.magic = MAGIC,
		.id = probe->id,
		.sequence = probe->sequence,
		.sent_ns = probe->sent_ns,
	};

	write_mac(&ether->dst_addr, frame->dst);
	write_mac(&ether->src_addr, frame->src);
	ether->ether_type = rte_cpu_to_be_16(PROBE_ETHER_TYPE);
	if (frame->tci != PROBE_UNTAGGED) {
		struct rte_vlan_hdr *tag = (struct rte_vlan_hdr *)body;

		tag->vlan_tci = rte_cpu_to_be_16(frame->tci);
		tag->eth_proto = ether->ether_type;
		ether->ether_type = rte_cpu_to_be_16(RTE_ETHER_TYPE_VLAN);
		body += sizeof(*tag);
	}
	header.check = check_word(ether, &header, pattern_bytes);
	memcpy(body, &header, sizeof(header));
	write_pattern(body + sizeof(header), pattern_bytes, pattern_seed(&header));
	return body + sizeof(header) + pattern_bytes - out;
}

/* The bytes behind the Ethernet header and at most one tag; NULL if the type is not ours. */
static const uint8_t *
find_body(const uint8_t *in, uint32_t length)
{
	const struct rte_ether_hdr *ether = (const struct rte_ether_hdr *)in;
	const struct rte_vlan_hdr *tag = (const struct rte_vlan_hdr *)(ether + 1);

	if (length < PROBE_LENGTH_MIN)
		return NULL;
	if (ether->ether_type == rte_cpu_to_be_16(PROBE_ETHER_TYPE))
		return in + sizeof(*ether);
	if (length < PROBE_LENGTH_MIN + sizeof(*tag) ||
	    ether->ether_type != rte_cpu_to_be_16(RTE_ETHER_TYPE_VLAN) ||
	    tag->eth_proto != rte_cpu_to_be_16(PROBE_ETHER_TYPE))
		return NULL;
	return in + sizeof(*ether) + sizeof(*tag);
}

enum probe_verdict
probe_read(const uint8_t *in, uint32_t length, struct probe *probe)
{
	const uint8_t *body = find_body(in, length);
	struct header header;
	uint32_t pattern_bytes;

	if (body == NULL)
		return PROBE_NONE;
	memcpy(&header, body, sizeof(header));
	if (header.magic != MAGIC)
		return PROBE_NONE;
	body += sizeof(header);
	pattern_bytes = in + length - body;
	*probe = (struct probe){header.id, header.sequence, header.sent_ns};
	if (header.check != check_word((const struct rte_ether_hdr *)in, &header, pattern_bytes) ||
	    compare_pattern(body, pattern_bytes, pattern_seed(&header)) != 0)
		return PROBE_CORRUPTED;
	return PROBE_INTACT;
}
