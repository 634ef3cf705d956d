/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Probes: numbered frames that show any damage to them.
 *
 * Model: a probe is an Ethernet frame of type 0x88b5 (IEEE 802 local experimental) with a header of
 * stream id, sequence number, time of sending and a check word over all of these, the two MAC
 * addresses and the length; the rest is a pattern derived from id and sequence number. So a change
 * of any bit is seen, but for the VLAN tag, which a switch may add or take away.
 *
 * Sender and receiver run on one machine: words are in host order, times are CLOCK_MONOTONIC.
 *
 * Threads: pure functions.
 */
#ifndef PROBE_H
#define PROBE_H

#include <stdint.h>

#define PROBE_ETHER_TYPE 0x88b5
#define PROBE_LENGTH_MIN 46   /* Ethernet header and probe header, untagged, without FCS */
#define PROBE_LENGTH_MAX 2000 /* one mbuf of the default size, with a tag */
#define PROBE_UNTAGGED 0xffff

struct probe {
	uint32_t id;
	uint64_t sequence;
	uint64_t sent_ns;
};

/* Which frame carries the probe. */
struct probe_frame {
	uint64_t dst; /* vsw_mac.h */
	uint64_t src;
	uint16_t tci;	 /* PROBE_UNTAGGED: no 802.1Q tag */
	uint16_t length; /* bytes without FCS and without the tag, PROBE_LENGTH_MIN .. _MAX */
};

enum probe_verdict {
	PROBE_INTACT,
	PROBE_CORRUPTED, /* id may be wrong */
	PROBE_NONE,	 /* another frame */
};

/* Write the frame to `out`, which has room for length + 4 bytes. Returns the bytes written. */
uint16_t probe_write(uint8_t *out, const struct probe_frame *frame, const struct probe *probe);

/* Read a frame of `length` bytes. Fills probe unless the result is PROBE_NONE. */
enum probe_verdict probe_read(const uint8_t *in, uint32_t length, struct probe *probe);

#endif /* PROBE_H */
