/* SPDX-License-Identifier: BSD-3-Clause */
#include "vsw_latency.h"

#include <stdlib.h>
#include <string.h>

#define STEP_BITS 10 /* 1024 steps for each power of two */
#define TICKS_MAX ((1ULL << 40) - 1)
#define SHIFT_MAX (39 - STEP_BITS)
#define SLOTS ((SHIFT_MAX + 2) << STEP_BITS)

struct vsw_latency {
	uint64_t n;
	uint64_t min;
	uint64_t max;
	uint64_t slot[SLOTS];
};

struct vsw_latency *
vsw_latency_create(void)
{
	struct vsw_latency *latency = malloc(sizeof(*latency));

	if (latency != NULL)
		vsw_latency_clear(latency);
	return latency;
}

void
vsw_latency_destroy(struct vsw_latency *latency)
{
	free(latency);
}

void
vsw_latency_clear(struct vsw_latency *latency)
{
	memset(latency, 0, sizeof(*latency));
	latency->min = UINT64_MAX;
}

/* How far the values of a step are shifted to leave its number, 0 below 2048. */
static uint32_t
shift_of(uint64_t ticks)
{
	uint32_t bits = 64 - (uint32_t)__builtin_clzll(ticks | 1);

	return bits > STEP_BITS + 1 ? bits - STEP_BITS - 1 : 0;
}

void
vsw_latency_record(struct vsw_latency *latency, uint64_t ticks)
{
	uint32_t shift;

	if (ticks > TICKS_MAX)
		ticks = TICKS_MAX;
	shift = shift_of(ticks);
	latency->slot[((uint64_t)shift << STEP_BITS) + (ticks >> shift)]++;
	latency->n++;
	if (ticks < latency->min)
		latency->min = ticks;
	if (ticks > latency->max)
		latency->max = ticks;
}

/* The greatest value of a slot. */
static uint64_t
slot_end(uint32_t slot)
{
	uint32_t shift = slot >> STEP_BITS > 0 ? (slot >> STEP_BITS) - 1 : 0;

	return ((slot - ((uint64_t)shift << STEP_BITS) + 1) << shift) - 1;
}

void
vsw_latency_add(struct vsw_latency *a, const struct vsw_latency *b)
{
	uint32_t i;

	for (i = 0; i < SLOTS; i++)
		a->slot[i] += b->slot[i];
	a->n += b->n;
	if (b->min < a->min)
		a->min = b->min;
	if (b->max > a->max)
		a->max = b->max;
}

uint64_t
vsw_latency_n(const struct vsw_latency *latency)
{
	return latency->n;
}

uint64_t
vsw_latency_min(const struct vsw_latency *latency)
{
	return latency->n > 0 ? latency->min : 0;
}

uint64_t
vsw_latency_max(const struct vsw_latency *latency)
{
	return latency->max;
}

/* How many times do not exceed the percentile, at least 1. */
static uint64_t
rank_of(uint64_t n, double percent)
{
	double exact = (double)n * percent / 100;
	uint64_t rank = (uint64_t)exact;

	if ((double)rank < exact)
		rank++;
	return rank > 0 ? rank : 1;
}

uint64_t
vsw_latency_percentile(const struct vsw_latency *latency, double percent)
{
	uint64_t rank = rank_of(latency->n, percent), below = 0;
	uint32_t i;

	for (i = 0; i < SLOTS && latency->n > 0; i++) {
		below += latency->slot[i];
		if (below >= rank)
			return slot_end(i) < latency->max ? slot_end(i) : latency->max;
	}
	return latency->max;
}
