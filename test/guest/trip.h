/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Trips: how long single frames take from one port to another when nothing else moves.
 *
 * Model: a probe leaves, the ports are polled without a pause until it comes, then gap_us pass, and
 * the next one leaves. Streams stand still meanwhile.
 *
 * Threads: one.
 */
#ifndef TRIP_H
#define TRIP_H

#include <stdint.h>

#include <jansson.h>

#include "probe.h"

#define TRIPS_MAX 100000

struct trip_config {
	uint32_t from;
	uint32_t to;
	uint32_t id; /* of the probes, < PORT_STREAMS, not used by a stream */
	struct probe_frame frame;
	uint32_t count; /* 1 .. TRIPS_MAX */
	uint32_t gap_us;
};

/*
 * A new object with min_ns, median_ns, p95_ns, p99_ns, max_ns and the number that did not come in
 * 100 ms as lost; NULL if ports or numbers are wrong.
 */
json_t *trips_run(const struct trip_config *config);

#endif /* TRIP_H */
