/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How far apart the CPUs of generator and switch are, at this moment.
 *
 * Model: the host of a virtual machine moves virtual CPUs between cache domains, which changes what
 * a switch can do by a factor of 2 to 2.7 within seconds. A helper thread on each CPU of the switch
 * sleeps, in the real-time class. A probe wakes it and sends a cache line back and forth
 * PLACEMENT_EXCHANGES times; the mean round trip of their middle half is the reading. While the
 * helper is awake its CPU does not poll: PLACEMENT_HELPER_US at most, then it sleeps again whatever
 * happens.
 *
 * A round trip of at most near_ticks is "near", above it "far". "mixed" is a span in which both
 * were seen, or a switch of which some CPUs are near and some far.
 *
 * Threads: one, the prober; it stays on its CPU. Needs the right to use SCHED_FIFO (root).
 * Limits: PLACEMENT_CPUS_MAX. It cannot tell what happened between two probes.
 */
#ifndef METER_PLACEMENT_H
#define METER_PLACEMENT_H

#include <stdint.h>

#include <jansson.h>

#include "vsw_error.h"

/*
 * The default of near_ticks, 402 at 2.6 GHz. Measured with test/perf/meters_show on a virtual AMD
 * EPYC (family 25 model 17) with the switch polling: 240..312 ticks in one L3 domain, 700..1010 in
 * two, nothing between.
 */
#define PLACEMENT_NEAR_NS 155
#define PLACEMENT_CPUS_MAX 64
#define PLACEMENT_EXCHANGES 64
#define PLACEMENT_HELPER_US 100	 /* a helper keeps its CPU no longer */
#define PLACEMENT_TRIES 3	 /* of one probe, if there is no answer */
#define PLACEMENT_WAIT_US 2000	 /* a try waits no longer for a helper to wake up */
#define PLACEMENT_NEAR_TICKS 400 /* default of near_ticks */

enum placement_kind {
	PLACEMENT_UNKNOWN, /* no probe, or no answer in time */
	PLACEMENT_NEAR,
	PLACEMENT_FAR,
	PLACEMENT_MIXED,
};

struct placement_config {
	const unsigned int *cpus; /* of the switch's lcores */
	unsigned int n_cpus;
	uint32_t near_ticks; /* 0: the default */
	uint64_t tsc_hz;
};

/* The nearest and the farthest CPU of the switch, in TSC ticks; 0: no answer in time. */
struct placement_reading {
	uint32_t min_ticks;
	uint32_t max_ticks;
};

struct placement;

/*
 * Make the helpers. Returns 0, or a negative errno with err filled: EPERM (no right to use
 * SCHED_FIFO), EINVAL (no such CPU, or that of the caller).
 */
int placement_create(const struct placement_config *config, struct placement **placement,
		     struct vsw_error *err);

/* NULL is accepted. */
void placement_destroy(struct placement *placement);

/* Takes some tens of microseconds for each CPU of the switch. NULL gives an unknown reading. */
struct placement_reading placement_probe(struct placement *placement);

enum placement_kind placement_kind(const struct placement *placement,
				   struct placement_reading reading);

/* Of a span between two readings, or of several spans. */
enum placement_kind placement_join(enum placement_kind a, enum placement_kind b);

/* "near", "far", "mixed", "unknown". */
const char *placement_name(enum placement_kind kind);

/*
 * {cpus, near_ticks, probes, unanswered, doubtful, histogram: [[from_ticks, probes], ...],
 * helper_us_max}; null for no placement. Where many readings are doubtful, within a quarter of the
 * threshold, the histogram says what a better one is.
 */
json_t *placement_json(const struct placement *placement);

#endif /* METER_PLACEMENT_H */
