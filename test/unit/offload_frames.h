/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Frames for the tests of lib/offload: built from a description, which then tells what is true of
 * them without reading them again.
 */
#ifndef OFFLOAD_FRAMES_H
#define OFFLOAD_FRAMES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define FRAME_MAX 65600

/* All zero: an untagged IPv4 TCP frame without options. */
struct recipe {
	const char *name;
	uint8_t tags;	    /* 0 .. 3 */
	uint16_t ethertype; /* 0: of the version */
	uint8_t version;    /* 4 (also 0) or 6; other values stand in the header as they are */
	uint8_t ip_options; /* IPv4: words; IPv6: a destination options header of so many units */
	uint8_t routing;    /* IPv6: a routing header, with this number of segments left + 1 */
	uint8_t protocol;   /* 0: TCP */
	uint16_t fragment;  /* IPv4: the field; IPv6: not 0 for a fragment header */
	int16_t ip_length;  /* what the length in the IP header is wrong by */
	uint8_t tcp_words;  /* 0: 5 */
	uint32_t payload;   /* bytes */
	uint8_t flags;	    /* of TCP */
	bool vxlan;	    /* UDP, with an Ethernet, IPv4 and TCP header inside */
};

struct built {
	uint32_t len;
	uint16_t ip; /* where headers start */
	uint16_t transport;
	uint16_t payload;
	uint8_t bytes[FRAME_MAX];
};

static inline void
put16(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static inline uint8_t *
build_tags(uint8_t *at, const struct recipe *recipe)
{
	uint16_t type = recipe->version == 6 ? 0x86dd : 0x0800;
	int i;

	memcpy(at, "\x02\x00\x00\x00\x00\x02\x02\x00\x00\x00\x00\x01", 12);
	at += 12;
	for (i = recipe->tags; i > 0; i--, at += 4) {
		put16(at, i > 1 ? 0x88a8 : 0x8100);
		put16(at + 2, (uint32_t)(100 + i));
	}
	put16(at, recipe->ethertype != 0 ? recipe->ethertype : type);
	return at + 2;
}

static inline uint8_t *
build_ipv4(uint8_t *at, const struct recipe *recipe, uint8_t protocol, uint32_t carried)
{
	uint32_t bytes = 20 + 4u * recipe->ip_options;

	memset(at, 1, bytes); /* options: no operation */
	at[0] = (uint8_t)((recipe->version == 0 ? 4 : recipe->version) << 4 | bytes / 4);
	at[1] = 0;
	put16(at + 2, bytes + carried + (uint32_t)recipe->ip_length);
	put16(at + 4, 0xfffe); /* the identification wraps */
	put16(at + 6, recipe->fragment);
	at[8] = 64;
	at[9] = protocol;
	put16(at + 10, 0);
	memcpy(at + 12, "\x0a\x00\x00\x01\x0a\x00\x00\x02", 8);
	return at + bytes;
}

static inline uint8_t *
build_extension(uint8_t *at, uint8_t **next, uint8_t type, uint8_t units)
{
	**next = type;
	memset(at, 0, units * 8u);
	at[1] = (uint8_t)(units - 1);
	*next = at;
	return at + units * 8u;
}

static inline uint8_t *
build_ipv6(uint8_t *at, const struct recipe *recipe, uint8_t protocol, uint32_t carried)
{
	uint8_t *ip = at, *next = at + 6;
	uint32_t i;

	memset(at, 0, 40);
	at[0] = (uint8_t)(recipe->version << 4);
	at[7] = 64;
	for (i = 8; i < 40; i++)
		at[i] = (uint8_t)(i * 37);
	at += 40;
	if (recipe->ip_options > 0)
		at = build_extension(at, &next, 60, recipe->ip_options);
	if (recipe->routing > 0) {
		at = build_extension(at, &next, 43, 3);
		at[3 - 24] = recipe->routing - 1;
	}
	if (recipe->fragment != 0)
		at = build_extension(at, &next, 44, 1);
	*next = protocol;
	put16(ip + 4, (uint32_t)(at - ip) - 40 + carried + (uint32_t)recipe->ip_length);
	return at;
}

static inline uint8_t *
build_tcp(uint8_t *at, const struct recipe *recipe)
{
	uint32_t words = recipe->tcp_words == 0 ? 5 : recipe->tcp_words;

	memset(at, 1, words < 5 ? 20 : words * 4);
	at[4] = 0xff; /* the sequence number wraps */
	at[5] = 0xff;
	at[12] = (uint8_t)(words << 4);
	at[13] = recipe->flags;
	return at + (words < 5 ? 20 : words * 4);
}

static inline void
build(struct built *built, const struct recipe *recipe)
{
	uint8_t protocol = recipe->vxlan ? 17 : recipe->protocol == 0 ? 6 : recipe->protocol;
	uint32_t words = recipe->tcp_words < 5 ? 5 : recipe->tcp_words, i;
	uint32_t carried = recipe->payload + (protocol == 6 ? words * 4 : 8);
	uint8_t *at = build_tags(built->bytes, recipe);

	built->ip = (uint16_t)(at - built->bytes);
	at = recipe->version == 6 ? build_ipv6(at, recipe, protocol, carried)
				  : build_ipv4(at, recipe, protocol, carried);
	built->transport = (uint16_t)(at - built->bytes);
	if (protocol == 6) {
		at = build_tcp(at, recipe);
	} else {
		memset(at, 3, 8);
		at += 8;
	}
	built->payload = (uint16_t)(at - built->bytes);
	for (i = 0; i < recipe->payload; i++)
		at[i] = (uint8_t)(i * 167 + (i >> 8));
	built->len = built->payload + recipe->payload;
}

#endif /* OFFLOAD_FRAMES_H */
