/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The share of time that the host has given to others although a CPU of ours had work.
 *
 * Source: the column "steal" of /proc/stat, in units of 10 ms: a host that does not report it has
 * 0, and a share over less than a second means little.
 *
 * Threads: any.
 */
#ifndef METER_STEAL_H
#define METER_STEAL_H

#include <stdint.h>

#include "vsw_error.h"

struct steal_reading {
	uint64_t at_ns;	   /* a monotonic clock */
	uint64_t steal_ns; /* sum over the CPUs */
	unsigned int n_cpus;
};

/* Read it for n CPUs. Returns 0 or a negative errno with err filled. */
int steal_read(const unsigned int *cpus, unsigned int n, struct steal_reading *reading,
	       struct vsw_error *err);

/* The mean share of these CPUs between two readings, 0 .. 1. */
double steal_share(const struct steal_reading *before, const struct steal_reading *after);

/* The steal of a CPU in the text of /proc/stat, in its units. 0, or -ENOENT. */
int steal_parse(const char *text, unsigned int cpu, uint64_t *steal);

#endif /* METER_STEAL_H */
