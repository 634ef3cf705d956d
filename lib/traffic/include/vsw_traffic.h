/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Traffic: what the ports of a load generator send each other.
 *
 * Model. Each port is a sender and a judge. A sender writes frames one after the other into buffers
 * of the caller (vsw_traffic_hot.h): to each of its destination ports in turn, from flow to flow,
 * with the next size of the list and the next MAC address of source and destination, so that after
 * n_macs turns every address of every port has been used on both ends. A stream is (source port,
 * destination port, flow); its frames are numbered from 0 in every round.
 *
 * A round is a trial: vsw_traffic_begin(), send, receive, drain, vsw_traffic_settle(), read the
 * counts (vsw_judge.h). A frame written counts as sent; frames of former rounds are told apart.
 *
 * A frame is as long whether or not it carries a tag. Sizes include 4 bytes of FCS that a frame in
 * a virtio ring does not have: 64 is 60 bytes in the ring.
 *
 * Threads. vsw_traffic.h: one thread, while no other uses senders or judges. Each sender and each
 * judge has one user at a time; different ones share nothing.
 *
 * What it does not do: send, pace, receive.
 */
#ifndef VSW_TRAFFIC_H
#define VSW_TRAFFIC_H

#include <stdint.h>

#include "vsw_error.h"
#include "vsw_judge.h"
#include "vsw_probe.h"

#define VSW_TRAFFIC_UNTAGGED 0U
#define VSW_TRAFFIC_SIZES_MAX 48U
#define VSW_TRAFFIC_SIZE_MIN 64U   /* bytes with FCS; leaves room for a tag */
#define VSW_TRAFFIC_SIZE_MAX 9216U /* bytes with FCS */
#define VSW_TRAFFIC_FCS_BYTES 4U
#define VSW_TRAFFIC_QUEUES_MAX 8U

enum vsw_traffic_pattern {
	VSW_TRAFFIC_PAIRS, /* 0 and 1, 2 and 3, ..., both ways */
	VSW_TRAFFIC_MESH,  /* each port to each other */
};

struct vsw_traffic_config {
	uint32_t n_ports;		    /* 2 .. VSW_PROBE_PORTS_MAX */
	uint16_t to[VSW_PROBE_PORTS_MAX];   /* bit p: sends to port p; 0: sends nothing */
	uint16_t vlan[VSW_PROBE_PORTS_MAX]; /* frames of the port carry it; or _UNTAGGED */
	uint32_t n_macs;		    /* of each port, 1 .. VSW_PROBE_MACS_MAX */
	uint32_t n_flows;		    /* of each pair and direction, 1 .. _FLOWS_MAX */
	uint32_t n_queues; /* senders of each port, 1 .. _QUEUES_MAX, at most n_flows */
	uint16_t size[VSW_TRAFFIC_SIZES_MAX]; /* with FCS; taken in turn, then from the start */
	uint32_t n_sizes;
	uint32_t seed;	       /* 0: addresses in order; else drawn from it */
	uint32_t check_every;  /* payload and addresses of 1 in so many; power of 2, 1 .. 65536 */
	uint32_t foreign_macs; /* not 0: the switch may rewrite MAC addresses */
};

struct vsw_traffic;
struct vsw_sender;

/* 2 ports, pairs, one MAC, one flow, 64 bytes, untagged, 1 in 16 checked. */
void vsw_traffic_default(struct vsw_traffic_config *config);

/* Set `to` for all of n_ports. */
void vsw_traffic_connect(struct vsw_traffic_config *config, enum vsw_traffic_pattern pattern);

void vsw_traffic_one_size(struct vsw_traffic_config *config, uint32_t bytes);

/* CSIT's IMIX: 28 x 64, 16 x 570, 4 x 1518 bytes, as evenly mixed as can be. */
void vsw_traffic_imix(struct vsw_traffic_config *config);

/* Bytes with FCS, and their mean over the list. */
double vsw_traffic_mean_size(const struct vsw_traffic_config *config);

/* Returns 0, -EINVAL or -ENOMEM. The first round has begun. */
int vsw_traffic_create(const struct vsw_traffic_config *config, struct vsw_traffic **traffic,
		       struct vsw_error *err);

/* NULL is accepted. */
void vsw_traffic_destroy(struct vsw_traffic *traffic);

/*
 * A port with several queues has a sender for each, which share its flows, so that each stream is
 * one queue's.
 */
struct vsw_sender *vsw_traffic_sender(struct vsw_traffic *traffic, uint32_t port, uint32_t queue);
struct vsw_judge *vsw_traffic_judge(struct vsw_traffic *traffic, uint32_t port);

/* Begin a round: all streams from number 0 and all counts 0. Frames still under way are stale. */
void vsw_traffic_begin(struct vsw_traffic *traffic);

/* When all that will come has come: count as lost what is missing at the ends of streams. */
void vsw_traffic_settle(struct vsw_traffic *traffic);

/* Frames written in this round by vsw_traffic_write(): by all, by a port, by a sender. */
uint64_t vsw_traffic_sent(const struct vsw_traffic *traffic);
uint64_t vsw_traffic_sent_by(const struct vsw_traffic *traffic, uint32_t port);
uint64_t vsw_sender_sent(const struct vsw_sender *sender);

/* The sums over all ports. */
void vsw_traffic_get_counts(const struct vsw_traffic *traffic, struct vsw_judge_counts *counts);

/* Bytes, without FCS, of the longest frame the sender writes. */
uint32_t vsw_sender_frame_max(const struct vsw_sender *sender);

/* Write the payload of a buffer of this sender, once; `bytes` from its start. */
void vsw_sender_fill(const struct vsw_sender *sender, uint8_t *frame, uint32_t bytes);

/* The i-th address of a port, as vsw_mac.h has them; 0 <= i < n_macs. */
uint64_t vsw_traffic_mac(uint32_t port, uint32_t i);

#endif /* VSW_TRAFFIC_H */
