/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The frames of a sender, one after the other. Each function writes all bytes before the payload of
 * a buffer that vsw_sender_fill() has filled, and returns the length without FCS.
 *
 * What it costs: see test/perf/traffic_bench.c.
 */
#ifndef VSW_TRAFFIC_HOT_H
#define VSW_TRAFFIC_HOT_H

#include "vsw_traffic.h"

/* One destination port. */
struct vsw_lane {
	uint64_t id;   /* of the probe, with flow 0 */
	uint64_t macs; /* both prefixes, at bytes 0 and 6 of the frame */
};

struct vsw_sender {
	uint32_t lane; /* the next frame's: these six */
	uint32_t flow;
	uint32_t sequence;
	uint32_t size;
	uint32_t mac;
	uint32_t round;
	uint64_t sent;
	uint32_t n_lanes;
	uint32_t flow_first;
	uint32_t flow_end;
	uint32_t n_sizes;
	uint32_t n_macs;
	uint32_t mac_step;  /* coprime to n_macs */
	uint32_t mac_first; /* of a round */
	uint32_t port;
	uint32_t tag; /* as it lies in the frame; 0: none */
	struct vsw_lane to[VSW_PROBE_PORTS_MAX];
	uint16_t length[VSW_TRAFFIC_SIZES_MAX]; /* without FCS */
};

/* Write what is before the IPv4 header. Returns where that begins. */
static inline uint8_t *
vsw_sender_write_ethernet(const struct vsw_sender *s, uint8_t *frame, uint64_t macs, uint32_t to,
			  uint32_t from)
{
	const uint16_t type = VSW_PROBE_TYPE_IP;
	uint32_t tag = s->tag;

	macs |= (uint64_t)__builtin_bswap32(to) << 16;
	from = __builtin_bswap32(from);
	memcpy(frame, &macs, sizeof(macs));
	memcpy(frame + 8, &from, sizeof(from));
	frame += 12;
	if (tag != 0) {
		memcpy(frame, &tag, sizeof(tag));
		frame += sizeof(tag);
	}
	memcpy(frame, &type, sizeof(type));
	return frame + sizeof(type);
}

static inline void
vsw_sender_write_probe(uint8_t *probe, uint64_t id, uint32_t sequence, uint64_t now_tsc)
{
	uint16_t check = vsw_probe_check(id, sequence);
	uint64_t stamp = vsw_probe_stamp(now_tsc);

	memcpy(probe + VSW_PROBE_ID_OFFSET, &id, sizeof(id));
	memcpy(probe + VSW_PROBE_SEQUENCE_OFFSET, &sequence, sizeof(sequence));
	memcpy(probe + VSW_PROBE_CHECK_OFFSET, &check, sizeof(check));
	memcpy(probe + VSW_PROBE_STAMP_OFFSET, &stamp, sizeof(stamp));
}

/* To the next frame: all ports have a turn, then the flow, the addresses and the size change. */
static inline void
vsw_sender_step(struct vsw_sender *s)
{
	s->sent++;
	if (++s->lane < s->n_lanes)
		return;
	s->lane = 0;
	if (++s->flow == s->flow_end) {
		s->flow = s->flow_first;
		s->sequence++;
	}
	s->mac += s->mac_step;
	if (s->mac >= s->n_macs)
		s->mac -= s->n_macs;
	if (++s->size == s->n_sizes)
		s->size = 0;
}

/*
 * The next frame of the sender, which has destinations. The buffer holds vsw_sender_frame_max()
 * bytes.
 */
static inline uint32_t
vsw_traffic_write(struct vsw_sender *s, uint8_t *frame, uint64_t now_tsc)
{
	const struct vsw_lane *lane = &s->to[s->lane];
	uint64_t id = lane->id | (uint64_t)s->flow << 48, macs = lane->macs;
	uint32_t flow = s->flow, sequence = s->sequence, mac = s->mac, port = s->port;
	uint32_t length = s->length[s->size];
	uint8_t *ip;

	vsw_sender_step(s);
	ip = vsw_sender_write_ethernet(s, frame, macs, mac, mac);
	vsw_probe_write_ip(ip, port, vsw_probe_destination(id), flow, frame + length - ip);
	vsw_sender_write_probe(ip + VSW_PROBE_IP_BYTES, id, sequence, now_tsc);
	return length;
}

/* To the i-th address that nobody has, 0 <= i < VSW_PROBE_MACS_MAX; shortest frame. */
uint32_t vsw_traffic_flood(struct vsw_sender *s, uint32_t i, uint8_t *frame, uint64_t now_tsc);

#define VSW_TRAFFIC_BROADCAST UINT32_MAX

/*
 * From the i-th address of the port, so that the switch learns it, to the first address of port
 * `to`, or to all (RFC 2889 sections 5.7 and 5.8: one destination, which is known). Shortest frame.
 */
uint32_t vsw_traffic_learn(struct vsw_sender *s, uint32_t i, uint32_t to, uint8_t *frame,
			   uint64_t now_tsc);

/*
 * From the first address of the port to the i-th of port `to`: whoever else gets it shows that the
 * switch does not know that one. Judged as learning. Shortest frame.
 */
uint32_t vsw_traffic_ask(struct vsw_sender *s, uint32_t to, uint32_t i, uint8_t *frame,
			 uint64_t now_tsc);

#endif /* VSW_TRAFFIC_HOT_H */
