/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Streams: probes sent from a port at a steady rate.
 *
 * Model: the schedule is absolute: by time t a stream should have sent t x pps probes. When the
 * process was held up the stream catches up, but never by more than STREAM_CATCH_UP frames beyond
 * the schedule in STREAM_WINDOW_NS, so that a stall of the machine does not become a burst larger
 * than a ring. What the ring did not take is sent later and counted as deferred, never skipped.
 *
 * Threads: one.
 */
#ifndef STREAM_H
#define STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "port.h"
#include "probe.h"

#define STREAMS_MAX 64
#define STREAM_CATCH_UP 32
#define STREAM_WINDOW_NS 100000

struct stream_config {
	uint32_t port;
	uint32_t id; /* < PORT_STREAMS */
	struct probe_frame frame;
	uint64_t pps;	/* at most 10 Mpps */
	uint64_t count; /* 0: until streams_stop() */
};

/* Start a stream now. Returns 0 or a negative errno. */
int stream_add(const struct stream_config *config);

/* Send what is due. Returns the number of frames. */
uint32_t streams_run(void);

/* True while a stream with a count has frames to send. */
bool streams_are_busy(void);

/* No stream sends any more; what they have sent is still reported. */
void streams_stop(void);

/* Forget all streams. */
void streams_clear(void);

/* A new array for the report. */
json_t *streams_to_json(void);

#endif /* STREAM_H */
