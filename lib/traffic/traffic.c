/* SPDX-License-Identifier: BSD-3-Clause */
#include "vsw_traffic.h"

#include <errno.h>
#include <stdlib.h>

#include "judge.h"
#include "sender.h"

#define VLAN_MAX 4094U
#define CHECK_EVERY_MAX 65536U

struct vsw_traffic {
	struct vsw_traffic_config config;
	uint32_t round;
	struct vsw_sender sender[VSW_PROBE_PORTS_MAX][VSW_TRAFFIC_QUEUES_MAX];
	struct vsw_judge judge[VSW_PROBE_PORTS_MAX];
	struct vsw_stream *streams; /* VSW_JUDGE_STREAMS of each port */
	uint8_t payload[VSW_TRAFFIC_SIZE_MAX];
};

static int
check_number(uint32_t number, uint32_t min, uint32_t max, const char *what, struct vsw_error *err)
{
	if (number >= min && number <= max)
		return 0;
	return vsw_error_set(err, EINVAL, "%s %u is out of range; give %u to %u", what, number, min,
			     max);
}

static int
check_port(const struct vsw_traffic_config *config, uint32_t port, struct vsw_error *err)
{
	if (config->vlan[port] > VLAN_MAX)
		return vsw_error_set(err, EINVAL, "port %u: VLAN %u is out of range; give 1 to %u",
				     port, config->vlan[port], VLAN_MAX);
	if (config->to[port] & 1U << port || config->to[port] >> config->n_ports != 0)
		return vsw_error_set(err, EINVAL,
				     "port %u cannot send to all of ports 0x%x; give other ports, "
				     "below %u",
				     port, config->to[port], config->n_ports);
	return 0;
}

static int
check_config(const struct vsw_traffic_config *config, struct vsw_error *err)
{
	uint32_t i;
	int rc;

	rc = check_number(config->n_ports, 2, VSW_PROBE_PORTS_MAX, "number of ports", err);
	if (rc == 0)
		rc = check_number(config->n_macs, 1, VSW_PROBE_MACS_MAX, "number of MACs", err);
	if (rc == 0)
		rc = check_number(config->n_flows, 1, VSW_PROBE_FLOWS_MAX, "number of flows", err);
	if (rc == 0)
		rc = check_number(config->n_queues, 1,
				  config->n_flows < VSW_TRAFFIC_QUEUES_MAX ? config->n_flows
									   : VSW_TRAFFIC_QUEUES_MAX,
				  "number of queues", err);
	if (rc == 0)
		rc = check_number(config->n_sizes, 1, VSW_TRAFFIC_SIZES_MAX, "number of sizes",
				  err);
	if (rc == 0)
		rc = check_number(config->check_every, 1, CHECK_EVERY_MAX, "check interval", err);
	if (rc == 0 && config->check_every & (config->check_every - 1))
		rc = vsw_error_set(err, EINVAL,
				   "check interval %u is no power of 2; give 1, 2, 4 ...",
				   config->check_every);
	for (i = 0; rc == 0 && i < config->n_sizes; i++)
		rc = check_number(config->size[i], VSW_TRAFFIC_SIZE_MIN, VSW_TRAFFIC_SIZE_MAX,
				  "frame size", err);
	for (i = 0; rc == 0 && i < config->n_ports; i++)
		rc = check_port(config, i, err);
	return rc;
}

int
vsw_traffic_create(const struct vsw_traffic_config *config, struct vsw_traffic **out,
		   struct vsw_error *err)
{
	struct vsw_traffic *traffic;
	uint32_t i, queue;
	int rc;

	rc = check_config(config, err);
	if (rc != 0)
		return rc;
	traffic = calloc(1, sizeof(*traffic));
	if (traffic != NULL)
		traffic->streams =
			calloc(config->n_ports * VSW_JUDGE_STREAMS, sizeof(*traffic->streams));
	if (traffic == NULL || traffic->streams == NULL) {
		vsw_traffic_destroy(traffic);
		return vsw_error_set(err, ENOMEM, "traffic of %u ports: no memory",
				     config->n_ports);
	}
	traffic->config = *config;
	vsw_probe_pattern(traffic->payload, sizeof(traffic->payload));
	for (i = 0; i < config->n_ports; i++) {
		for (queue = 0; queue < config->n_queues; queue++)
			vsw_sender_init(&traffic->sender[i][queue], config, i, queue);
		vsw_judge_init(&traffic->judge[i], config, i,
			       traffic->streams + i * VSW_JUDGE_STREAMS, traffic->payload);
	}
	vsw_traffic_begin(traffic);
	*out = traffic;
	return 0;
}

void
vsw_traffic_destroy(struct vsw_traffic *traffic)
{
	if (traffic == NULL)
		return;
	free(traffic->streams);
	free(traffic);
}

struct vsw_sender *
vsw_traffic_sender(struct vsw_traffic *traffic, uint32_t port, uint32_t queue)
{
	return &traffic->sender[port][queue];
}

struct vsw_judge *
vsw_traffic_judge(struct vsw_traffic *traffic, uint32_t port)
{
	return &traffic->judge[port];
}

void
vsw_traffic_begin(struct vsw_traffic *traffic)
{
	uint32_t i, queue;

	traffic->round = (traffic->round + 1) & 0xff;
	for (i = 0; i < traffic->config.n_ports; i++) {
		for (queue = 0; queue < traffic->config.n_queues; queue++)
			vsw_sender_begin(&traffic->sender[i][queue], traffic->round);
		vsw_judge_begin(&traffic->judge[i], traffic->round);
	}
}

static void
settle_lane(struct vsw_traffic *traffic, const struct vsw_sender *sender, uint32_t lane)
{
	uint32_t to = vsw_probe_destination(sender->to[lane].id);
	uint32_t flow;

	for (flow = sender->flow_first; flow < sender->flow_end; flow++)
		vsw_judge_settle(&traffic->judge[to], sender->port, flow,
				 vsw_sender_stream_sent(sender, lane, flow));
}

static void
settle_sender(struct vsw_traffic *traffic, const struct vsw_sender *sender)
{
	uint32_t lane;

	for (lane = 0; lane < sender->n_lanes; lane++)
		settle_lane(traffic, sender, lane);
}

void
vsw_traffic_settle(struct vsw_traffic *traffic)
{
	uint32_t port, queue;

	for (port = 0; port < traffic->config.n_ports; port++)
		for (queue = 0; queue < traffic->config.n_queues; queue++)
			settle_sender(traffic, &traffic->sender[port][queue]);
}

uint64_t
vsw_traffic_sent_by(const struct vsw_traffic *traffic, uint32_t port)
{
	uint64_t sum = 0;
	uint32_t queue;

	for (queue = 0; queue < traffic->config.n_queues; queue++)
		sum += traffic->sender[port][queue].sent;
	return sum;
}

uint64_t
vsw_traffic_sent(const struct vsw_traffic *traffic)
{
	uint64_t sum = 0;
	uint32_t port;

	for (port = 0; port < traffic->config.n_ports; port++)
		sum += vsw_traffic_sent_by(traffic, port);
	return sum;
}

void
vsw_traffic_get_counts(const struct vsw_traffic *traffic, struct vsw_judge_counts *counts)
{
	uint32_t i;

	memset(counts, 0, sizeof(*counts));
	for (i = 0; i < traffic->config.n_ports; i++)
		vsw_judge_add_counts(counts, &traffic->judge[i].counts);
}

uint64_t
vsw_traffic_mac(uint32_t port, uint32_t i)
{
	return 0x020000000000ULL | (uint64_t)port << 32 | i;
}
