/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One point of a lock-step measurement: generator, switch and sink take turns on one core, so that
 * whatever interrupts one of them interrupts all, and no ring runs over. Only the time in the
 * switch is counted: csit.md section 4.5, R4.
 *
 *	32 frames to each port -> one round of the switch -> all frames judged -> ...
 *
 * Threads: EAL's main lcore.
 */
#ifndef LOCKSTEP_POINT_H
#define LOCKSTEP_POINT_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "spread.h"
#include "vsw_error.h"

struct point_config {
	const char *directory; /* for sockets */
	uint32_t size_bytes;   /* with FCS */
	uint32_t n_macs;       /* of each of the two ports */
	bool packed;
	bool mergeable;
	uint16_t ring_size;
	uint32_t plant_ticks; /* for each frame, burnt in the switch */
	uint32_t n_slices;
	uint32_t slice_frames;
};

/* Ticks a frame, a figure for each slice. */
struct point {
	struct spread stage;
	struct spread generator;
	struct spread sink;
	struct spread clock; /* ticks of an addition that waits for the one before */
	uint64_t n_frames;
};

/*
 * Fill *point, which the caller has zeroed and finishes. Fails if a frame does not arrive, or not
 * as it was sent: then it would be no measurement. `interrupted` ends it with -EINTR.
 */
int point_measure(const struct point_config *config, const volatile bool *interrupted,
		  struct point *point, struct vsw_error *err);

void point_fini(struct point *point);

/* {size, macs, ..., ticks_per_frame {n, median, min, max, p10}, ...}. */
json_t *point_to_json(const struct point_config *config, struct point *point);

#endif /* LOCKSTEP_POINT_H */
