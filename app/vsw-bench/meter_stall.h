/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How long, and how often, a loop that never waits stood still all the same.
 *
 * Model: the loop marks the time in every round. A gap between two marks above STALL_MIN_US is a
 * stall: an interrupt, another process, or the host has had the CPU. Stalls are counted by length,
 * in classes whose lower bounds are 20, 50, 100, 200, ... us.
 *
 * Threads: the loop's. Limits: a round that takes STALL_MIN_US by itself is counted, too, so mark
 * more often than once in some 10 us; only stalls of STALL_LONG_US are surely not the loop's own.
 */
#ifndef METER_STALL_H
#define METER_STALL_H

#include <stdint.h>

#include <jansson.h>
#include <rte_branch_prediction.h>

#define STALL_MIN_US 20
#define STALL_LONG_US 200
#define STALL_CLASSES 13 /* from 20 us to 200 ms and above */

struct stall_meter {
	uint64_t last_tsc;
	uint64_t min_tsc; /* STALL_MIN_US */
	uint64_t tsc_hz;
	uint64_t longest_tsc;
	uint64_t stalled_tsc; /* sum of all stalls of at least STALL_LONG_US */
	uint64_t count[STALL_CLASSES];
};

/* Begin now, with nothing counted. */
void stall_init(struct stall_meter *meter, uint64_t tsc_hz, uint64_t now_tsc);

/* Go on after a pause that is none of the loop's doing; what is counted stays. */
static inline void
stall_resume(struct stall_meter *meter, uint64_t now_tsc)
{
	meter->last_tsc = now_tsc;
}

/* Count a stall of this length. */
void stall_note(struct stall_meter *meter, uint64_t gap_tsc);

/* A round has ended. */
static inline void
stall_mark(struct stall_meter *meter, uint64_t now_tsc)
{
	uint64_t gap = now_tsc - meter->last_tsc;

	meter->last_tsc = now_tsc;
	if (unlikely(gap > meter->min_tsc))
		stall_note(meter, gap);
}

/*
 * Stalls of at least this length; between the bounds of classes, those of the next lower one:
 * rather too many than too few.
 */
uint64_t stall_count(const struct stall_meter *meter, uint64_t us);

/* What has been counted since an earlier copy of the meter; longest_tsc stays that of all. */
void stall_subtract(struct stall_meter *meter, const struct stall_meter *earlier);

/* Add what another meter has counted. */
void stall_add(struct stall_meter *sum, const struct stall_meter *meter);

/* Set the members stalls_20us, stalls_200us, longest_us and stalled_ms (of the long ones). */
void stall_json(const struct stall_meter *meter, json_t *object);

#endif /* METER_STALL_H */
