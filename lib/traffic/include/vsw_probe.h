/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The frame that a load generator sends: where its bytes are, and what they mean.
 *
 *	Ethernet 14 | 802.1Q tag 0 or 4 | IPv4 20, protocol 61 | probe 22 | payload
 *
 * The probe is in the sender's byte order: generator and judge are one process. It names its stream
 * (source port, destination port, flow), its place in it, and the round (trial) it was sent in, and
 * has a check over these; a single wrong bit is found for certain, others but for one in 65536. The
 * time stamp, 48 bits of the TSC (a day), has a check of its own and is last: who does not want it
 * reads the first 52 bytes of a tagged frame, with a virtio-net header of 12 bytes one cache line.
 *
 * The payload is the same in every frame of a sender: byte n is vsw_probe_pattern() at n, wherever
 * tags have moved it. So a buffer is filled once, and sent with new headers again and again.
 *
 * MAC addresses are 02:PP:00:II:II:II, port and index; 02:ff:00:II:II:II is nobody's. IPv4
 * addresses are 10.PP.0.F, port and flow + 1.
 *
 * Threads: pure functions.
 */
#ifndef VSW_PROBE_H
#define VSW_PROBE_H

#include <stdint.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "words are written as x86 and arm64 do");

#define VSW_PROBE_MAGIC 0x62737776U /* "vwsb" */
#define VSW_PROBE_ETHER_BYTES 14U
#define VSW_PROBE_TAG_BYTES 4U
#define VSW_PROBE_IP_BYTES 20U
#define VSW_PROBE_BYTES 22U
#define VSW_PROBE_PROTOCOL 61U	  /* "any host internal protocol", as CSIT's profiles */
#define VSW_PROBE_TYPE_IP 0x0008U /* as it lies in a frame */
#define VSW_PROBE_TYPE_TAG 0x0081U

/* Untagged, without FCS. A tagged frame has VSW_PROBE_TAG_BYTES more. */
#define VSW_PROBE_FRAME_MIN (VSW_PROBE_ETHER_BYTES + VSW_PROBE_IP_BYTES + VSW_PROBE_BYTES)

#define VSW_PROBE_PORTS_MAX 16U
#define VSW_PROBE_FLOWS_MAX 254U
#define VSW_PROBE_MACS_MAX 1000000U

/* Instead of a destination port: frames that are for no port in particular. */
#define VSW_PROBE_FLOOD 0xffU /* to an address that nobody has */
#define VSW_PROBE_LEARN 0xfeU /* sent so that its source is learnt */

/* Where the fields of a probe are. */
#define VSW_PROBE_ID_OFFSET 0U /* magic 32, source 8, destination 8, flow 8, round 8 */
#define VSW_PROBE_SEQUENCE_OFFSET 8U
#define VSW_PROBE_CHECK_OFFSET 12U
#define VSW_PROBE_STAMP_OFFSET 14U /* TSC 48, check 16 */

#define VSW_PROBE_STAMP_MASK 0xffffffffffffULL

static inline uint64_t
vsw_probe_id(uint32_t source, uint32_t destination, uint32_t flow, uint32_t round)
{
	return VSW_PROBE_MAGIC | (uint64_t)source << 32 | (uint64_t)destination << 40 |
	       (uint64_t)flow << 48 | (uint64_t)round << 56;
}

static inline uint32_t
vsw_probe_source(uint64_t id)
{
	return id >> 32 & 0xff;
}

static inline uint32_t
vsw_probe_destination(uint64_t id)
{
	return id >> 40 & 0xff;
}

static inline uint32_t
vsw_probe_flow(uint64_t id)
{
	return id >> 48 & 0xff;
}

static inline uint32_t
vsw_probe_round(uint64_t id)
{
	return (uint32_t)(id >> 56);
}

/*
 * 16 bits of a word. The factor is odd and has no 16 equal bits in a row: a change of one bit of
 * the word, which adds or takes a shifted factor, always changes the upper 16 bits.
 */
static inline uint16_t
vsw_probe_sum(uint64_t word)
{
	return (uint16_t)(word * 0x9e3779b97f4a7c15ULL >> 48);
}

static inline uint16_t
vsw_probe_check(uint64_t id, uint32_t sequence)
{
	return vsw_probe_sum(id >> 32 | (uint64_t)sequence << 32);
}

static inline uint64_t
vsw_probe_stamp(uint64_t now_tsc)
{
	now_tsc &= VSW_PROBE_STAMP_MASK;
	return now_tsc | (uint64_t)vsw_probe_sum(now_tsc) << 48;
}

/* The first two bytes of a port's MAC addresses, as they lie in a frame. */
static inline uint64_t
vsw_probe_mac_prefix(uint32_t port)
{
	return 0x02 | port << 8;
}

/*
 * Write the IPv4 header of a packet of `bytes`, header included. The 16-bit words before the
 * checksum have no carry: 4500 + 4000 + 403d + 2 x 0aff + 2 x 00ff + 2400 (9216 bytes) < 10000.
 */
static inline void
vsw_probe_write_ip(uint8_t *ip, uint32_t source, uint32_t destination, uint32_t flow,
		   uint32_t bytes)
{
	uint32_t from = 0x0a | source << 8 | (flow + 1) << 24;
	uint32_t to = 0x0a | destination << 8 | (flow + 1) << 24;
	uint32_t sum = ~(0x4500 + 0x4000 + 0x4000 + VSW_PROBE_PROTOCOL + 2 * 0x0a00 + source +
			 destination + 2 * (flow + 1) + bytes);
	uint64_t word[2] = {
		0x45 | (uint64_t)__builtin_bswap16(bytes) << 16 | 0x40ULL << 48,
		0x40 | VSW_PROBE_PROTOCOL << 8 | (uint64_t)__builtin_bswap16(sum) << 16 |
			(uint64_t)from << 32,
	};

	memcpy(ip, &word[0], sizeof(word[0]));
	memcpy(ip + sizeof(word[0]), &word[1], sizeof(word[1]));
	memcpy(ip + sizeof(word), &to, sizeof(to));
}

/* Write bytes 0 .. bytes - 1 of the payload. */
void vsw_probe_pattern(uint8_t *payload, uint32_t bytes);

#endif /* VSW_PROBE_H */
