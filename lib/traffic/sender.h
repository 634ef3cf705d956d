/* SPDX-License-Identifier: BSD-3-Clause */
/* A sender as traffic.c makes it. */
#ifndef SENDER_H
#define SENDER_H

#include "vsw_traffic_hot.h"

void vsw_sender_init(struct vsw_sender *sender, const struct vsw_traffic_config *config,
		     uint32_t port, uint32_t queue);

/* From the first frame of a round on. */
void vsw_sender_begin(struct vsw_sender *sender, uint32_t round);

/* Frames written of a stream, modulo 2^32. */
uint32_t vsw_sender_stream_sent(const struct vsw_sender *sender, uint32_t lane, uint32_t flow);

#endif /* SENDER_H */
