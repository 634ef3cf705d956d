/* SPDX-License-Identifier: BSD-3-Clause */
#include "sender.h"

#include "vsw_splitmix.h"

#define MAC_UNKNOWN 0xffU
#define PREFIX_BROADCAST 0xffffU

static uint32_t
common_divisor(uint32_t a, uint32_t b)
{
	while (b != 0) {
		uint32_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* Every step that is coprime to the number of addresses comes by all of them. */
static void
choose_walk(struct vsw_sender *sender, uint32_t seed)
{
	uint64_t state = seed;

	sender->mac_first = 0;
	sender->mac_step = 1;
	if (seed == 0 || sender->n_macs == 1)
		return;
	sender->mac_first = vsw_splitmix_next(&state) % sender->n_macs;
	do
		sender->mac_step = 1 + vsw_splitmix_next(&state) % (sender->n_macs - 1);
	while (common_divisor(sender->n_macs, sender->mac_step) != 1);
}

static void
add_lane(struct vsw_sender *sender, uint32_t to)
{
	sender->to[sender->n_lanes++] = (struct vsw_lane){
		.id = vsw_probe_id(sender->port, to, 0, 0),
		.macs = vsw_probe_mac_prefix(to) | vsw_probe_mac_prefix(sender->port) << 48,
	};
}

void
vsw_sender_init(struct vsw_sender *sender, const struct vsw_traffic_config *config, uint32_t port,
		uint32_t queue)
{
	uint32_t i;

	memset(sender, 0, sizeof(*sender));
	sender->port = port;
	sender->flow_first = config->n_flows * queue / config->n_queues;
	sender->flow_end = config->n_flows * (queue + 1) / config->n_queues;
	sender->n_sizes = config->n_sizes;
	sender->n_macs = config->n_macs;
	if (config->vlan[port] != VSW_TRAFFIC_UNTAGGED)
		sender->tag = VSW_PROBE_TYPE_TAG | (uint32_t)__builtin_bswap16(config->vlan[port])
							   << 16;
	for (i = 0; i < config->n_sizes; i++)
		sender->length[i] = config->size[i] - VSW_TRAFFIC_FCS_BYTES;
	for (i = 0; i < config->n_ports; i++)
		if (config->to[port] & 1U << i)
			add_lane(sender, i);
	choose_walk(sender, config->seed);
}

void
vsw_sender_begin(struct vsw_sender *sender, uint32_t round)
{
	uint32_t i;

	for (i = 0; i < sender->n_lanes; i++)
		sender->to[i].id = vsw_probe_id(sender->port,
						vsw_probe_destination(sender->to[i].id), 0, round);
	sender->round = round;
	sender->lane = 0;
	sender->flow = sender->flow_first;
	sender->sequence = 0;
	sender->size = 0;
	sender->mac = sender->mac_first;
	sender->sent = 0;
}

uint32_t
vsw_sender_stream_sent(const struct vsw_sender *sender, uint32_t lane, uint32_t flow)
{
	if (flow < sender->flow || (flow == sender->flow && lane < sender->lane))
		return sender->sequence + 1;
	return sender->sequence;
}

uint64_t
vsw_sender_sent(const struct vsw_sender *sender)
{
	return sender->sent;
}

uint32_t
vsw_sender_frame_max(const struct vsw_sender *sender)
{
	uint32_t i, max = 0;

	for (i = 0; i < sender->n_sizes; i++)
		if (sender->length[i] > max)
			max = sender->length[i];
	return max;
}

static uint32_t
headers_bytes(const struct vsw_sender *sender)
{
	return VSW_PROBE_FRAME_MIN + (sender->tag != 0 ? VSW_PROBE_TAG_BYTES : 0);
}

void
vsw_sender_fill(const struct vsw_sender *sender, uint8_t *frame, uint32_t bytes)
{
	uint32_t headers = headers_bytes(sender);

	memset(frame, 0, bytes < headers ? bytes : headers);
	if (bytes > headers)
		vsw_probe_pattern(frame + headers, bytes - headers);
}

/* A frame beside the streams. */
static uint32_t
write_beside(const struct vsw_sender *s, uint8_t *ip, uint8_t *frame, uint32_t kind, uint32_t i,
	     uint64_t now_tsc)
{
	uint32_t length = VSW_TRAFFIC_SIZE_MIN - VSW_TRAFFIC_FCS_BYTES;

	vsw_probe_write_ip(ip, s->port, kind, 0, frame + length - ip);
	vsw_sender_write_probe(ip + VSW_PROBE_IP_BYTES, vsw_probe_id(s->port, kind, 0, s->round), i,
			       now_tsc);
	return length;
}

uint32_t
vsw_traffic_flood(struct vsw_sender *s, uint32_t i, uint8_t *frame, uint64_t now_tsc)
{
	uint64_t macs = vsw_probe_mac_prefix(MAC_UNKNOWN) | vsw_probe_mac_prefix(s->port) << 48;
	uint8_t *ip = vsw_sender_write_ethernet(s, frame, macs, i, 0);

	return write_beside(s, ip, frame, VSW_PROBE_FLOOD, i, now_tsc);
}

uint32_t
vsw_traffic_learn(struct vsw_sender *s, uint32_t i, uint32_t to, uint8_t *frame, uint64_t now_tsc)
{
	uint64_t macs = vsw_probe_mac_prefix(s->port) << 48;
	uint8_t *ip;

	if (to == VSW_TRAFFIC_BROADCAST)
		ip = vsw_sender_write_ethernet(s, frame, macs | PREFIX_BROADCAST, UINT32_MAX, i);
	else
		ip = vsw_sender_write_ethernet(s, frame, macs | vsw_probe_mac_prefix(to), 0, i);
	return write_beside(s, ip, frame, VSW_PROBE_LEARN, i, now_tsc);
}

uint32_t
vsw_traffic_ask(struct vsw_sender *s, uint32_t to, uint32_t i, uint8_t *frame, uint64_t now_tsc)
{
	uint64_t macs = vsw_probe_mac_prefix(s->port) << 48 | vsw_probe_mac_prefix(to);
	uint8_t *ip = vsw_sender_write_ethernet(s, frame, macs, i, 0);

	return write_beside(s, ip, frame, VSW_PROBE_LEARN, i, now_tsc);
}
