/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How often this machine takes a CPU away from a loop that never waits.
 *
 * Model: a thread for each CPU spins on the TSC in the real-time class, all at once, and counts the
 * gaps (meter_stall.h): interrupts and the host, no other processes, whose share meter_runq.h has.
 * It spins JITTER_SPIN_MS and rests JITTER_REST_MS in turn, so that the kernel does not throttle it
 * and a switch that polls the same CPU stays alive. Do it while no frames are sent.
 *
 * Threads: the caller's waits.
 */
#ifndef METER_JITTER_H
#define METER_JITTER_H

#include <stdint.h>

#include <jansson.h>

#include "meter_stall.h"
#include "vsw_error.h"

#define JITTER_SPIN_MS 40
#define JITTER_REST_MS 10

struct jitter {
	unsigned int cpu;
	double spun_s; /* without the rests */
	struct stall_meter stalls;
};

/*
 * Spin for this long on each of n CPUs (at most 64) and fill as many results. Returns 0, or a
 * negative errno with err filled: EINVAL (no such CPU), EPERM (no right to use SCHED_FIFO).
 */
int jitter_measure(const unsigned int *cpus, unsigned int n, double seconds, uint64_t tsc_hz,
		   struct jitter *results, struct vsw_error *err);

/* Gaps of at least this length in a second, the worst of n CPUs. */
double jitter_rate(const struct jitter *results, unsigned int n, uint64_t us);

/* [{cpu, seconds, stalls_20us, stalls_200us, longest_us}]; the stalls are those of all seconds. */
json_t *jitter_json(const struct jitter *results, unsigned int n);

#endif /* METER_JITTER_H */
