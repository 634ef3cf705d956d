/* SPDX-License-Identifier: BSD-3-Clause */
/* A judge as traffic.c makes it. */
#ifndef JUDGE_H
#define JUDGE_H

#include "vsw_judge_hot.h"
#include "vsw_traffic.h"

/* stream has VSW_JUDGE_STREAMS, payload the longest pattern; both stay the caller's. */
void vsw_judge_init(struct vsw_judge *judge, const struct vsw_traffic_config *config, uint32_t port,
		    struct vsw_stream *stream, const uint8_t *payload);

void vsw_judge_begin(struct vsw_judge *judge, uint32_t round);

/* The stream has had `sent` frames in all (modulo 2^32). */
void vsw_judge_settle(struct vsw_judge *judge, uint32_t source, uint32_t flow, uint32_t sent);

#endif /* JUDGE_H */
