/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The last frames a port has received that are no probes.
 *
 * Model: a bounded buffer of copies. When it is full, further frames are counted and not kept.
 *
 * Threads: none of its own; one caller.
 */
#ifndef CAPTURE_H
#define CAPTURE_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#define CAPTURE_FRAMES 1024

struct capture {
	bool off; /* zeroed: on */
	uint32_t n;
	uint64_t overflowed;
	struct {
		uint8_t *bytes;
		uint32_t length;
	} frame[CAPTURE_FRAMES];
};

/* Keep a copy of the frame, if on and not full. */
void capture_add(struct capture *capture, const uint8_t *bytes, uint32_t length);

/* Take out the oldest frames, at most `max`, as a new array of hexadecimal strings. */
json_t *capture_take(struct capture *capture, uint32_t max);

#endif /* CAPTURE_H */
