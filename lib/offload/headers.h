/* SPDX-License-Identifier: BSD-3-Clause */
/* What the headers of a frame say, as far as offloads concern. */
#ifndef HEADERS_H
#define HEADERS_H

#include <stdbool.h>
#include <stdint.h>

#define IPV6_BYTES 40

#define PROTOCOL_TCP 6
#define PROTOCOL_UDP 17

#define CSUM_BYTES 2

#define TCP_OFFSET_AT 12 /* upper half: header length in words */
#define TCP_CSUM_OFFSET 16
#define TCP_MIN_BYTES 20u

#define UDP_CSUM_OFFSET 6
#define UDP_BYTES 8

struct headers {
	uint16_t ip;	    /* where IP begins: the end of the Ethernet header and its tags */
	uint16_t transport; /* where what IP carries begins; without IP: as ip */
	uint8_t version;    /* of IP: 4 or 6; 0: no IP */
	uint8_t protocol;   /* that IP carries, its known extension headers skipped */
	bool fragment;	    /* of an IP packet */
	bool routed;	    /* IPv6: the address of the destination is not yet in its place */
};

/*
 * Read them from the first n bytes of a frame. False if they do not end there, or contradict
 * themselves.
 */
bool headers_read(struct headers *headers, const uint8_t *head, uint32_t n);

static inline uint16_t
be16_at(const uint8_t *bytes)
{
	return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

#endif /* HEADERS_H */
