/* SPDX-License-Identifier: BSD-3-Clause */
/* Source: RFC 791 section 3.1; RFC 8200 sections 3 and 4; IEEE 802.1Q-2018 table 9-1. */
#include "headers.h"

#define ETHERTYPE_AT 12
#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_IPV6 0x86dd
#define ETHERNET_BYTES 14
#define TAG_BYTES 4
#define TAGS_MAX 2
#define TPID_C 0x8100
#define TPID_S 0x88a8

#define IPV4_MIN_BYTES 20
#define IPV4_FRAGMENT 0x3fff /* more fragments, or an offset */
#define IPV6_NEXT_AT 6
#define EXTENSION_UNIT_BYTES 8

#define NEXT_HOP_BY_HOP 0
#define NEXT_ROUTING 43
#define NEXT_FRAGMENT 44
#define NEXT_DESTINATION 60

/* Returns the EtherType; headers->ip is set. */
static uint16_t
read_ethernet(struct headers *headers, const uint8_t *head, uint32_t n)
{
	uint16_t type = be16_at(head + ETHERTYPE_AT), tags = 0;
	uint32_t at = ETHERNET_BYTES;

	while ((type == TPID_C || type == TPID_S) && tags < TAGS_MAX && at + TAG_BYTES <= n) {
		type = be16_at(head + at + 2);
		at += TAG_BYTES;
		tags++;
	}
	headers->ip = at;
	return type;
}

static bool
read_ipv4(struct headers *headers, const uint8_t *ip, uint32_t n)
{
	uint16_t bytes;

	if (n < IPV4_MIN_BYTES || ip[0] >> 4 != 4)
		return false;
	bytes = (ip[0] & 0x0f) * 4;
	if (bytes < IPV4_MIN_BYTES || bytes > n)
		return false;
	headers->version = 4;
	headers->protocol = ip[9];
	headers->fragment = (be16_at(ip + 6) & IPV4_FRAGMENT) != 0;
	headers->transport = headers->ip + bytes;
	return true;
}

/* Those that can stand between IP and TCP in a packet that is whole. */
static bool
is_skipped(uint8_t next)
{
	return next == NEXT_HOP_BY_HOP || next == NEXT_ROUTING || next == NEXT_DESTINATION;
}

static bool
read_ipv6(struct headers *headers, const uint8_t *ip, uint32_t n)
{
	uint32_t at = IPV6_BYTES;
	uint8_t next;

	if (n < IPV6_BYTES || ip[0] >> 4 != 6)
		return false;
	next = ip[IPV6_NEXT_AT];
	while (is_skipped(next)) {
		if (at + EXTENSION_UNIT_BYTES > n)
			return false;
		if (next == NEXT_ROUTING && ip[at + 3] != 0)
			headers->routed = true;
		next = ip[at];
		at += EXTENSION_UNIT_BYTES * (ip[at + 1] + 1);
	}
	if (at > n)
		return false;
	headers->version = 6;
	headers->protocol = next;
	headers->fragment = next == NEXT_FRAGMENT;
	headers->transport = headers->ip + at;
	return true;
}

bool
headers_read(struct headers *headers, const uint8_t *head, uint32_t n)
{
	uint16_t type;

	if (n < ETHERNET_BYTES)
		return false;
	*headers = (struct headers){0};
	type = read_ethernet(headers, head, n);
	headers->transport = headers->ip;
	if (type == ETHERTYPE_IPV4)
		return read_ipv4(headers, head + headers->ip, n - headers->ip);
	if (type == ETHERTYPE_IPV6)
		return read_ipv6(headers, head + headers->ip, n - headers->ip);
	return true;
}
