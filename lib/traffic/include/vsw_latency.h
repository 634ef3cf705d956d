/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Times, counted in a histogram.
 *
 * Model: HDR, as G. Tene's HdrHistogram has it. Every power of two is cut into 1024 equal steps, so
 * a value is known to 0.1 %, from 1 tick to 2^40 ticks (minutes). Debian 12 has no package of
 * HdrHistogram_c, and this is all that is needed of it.
 *
 * Threads: one user.
 */
#ifndef VSW_LATENCY_H
#define VSW_LATENCY_H

#include <stdint.h>

struct vsw_latency;

/* NULL: no memory. */
struct vsw_latency *vsw_latency_create(void);
void vsw_latency_destroy(struct vsw_latency *latency);
void vsw_latency_clear(struct vsw_latency *latency);

/* Enter one time. What is longer than the range is entered as its end. */
void vsw_latency_record(struct vsw_latency *latency, uint64_t ticks);

/* Add the times of b to a. */
void vsw_latency_add(struct vsw_latency *a, const struct vsw_latency *b);

uint64_t vsw_latency_n(const struct vsw_latency *latency);

/* 0 when there are none. min and max are exact. */
uint64_t vsw_latency_min(const struct vsw_latency *latency);
uint64_t vsw_latency_max(const struct vsw_latency *latency);

/* The value that `percent` (0 .. 100) of the times do not exceed, rounded up to its step. */
uint64_t vsw_latency_percentile(const struct vsw_latency *latency, double percent);

#endif /* VSW_LATENCY_H */
