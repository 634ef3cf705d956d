/* SPDX-License-Identifier: BSD-3-Clause */
#include "lcore_time.h"

static uint64_t
since(const uint64_t *word, uint64_t earlier)
{
	return __atomic_load_n(word, __ATOMIC_RELAXED) - earlier;
}

struct vsw_lcore_time
lcore_time_since(const struct vsw_lcore_time *time, const struct vsw_lcore_time *earlier)
{
	struct vsw_lcore_time sum = {
		.rounds = since(&time->rounds, earlier->rounds),
		.busy_rounds = since(&time->busy_rounds, earlier->busy_rounds),
		.ticks = since(&time->ticks, earlier->ticks),
		.busy_ticks = since(&time->busy_ticks, earlier->busy_ticks),
		.sleep_ticks = since(&time->sleep_ticks, earlier->sleep_ticks),
		.frames = since(&time->frames, earlier->frames),
	};

	/* Without this, an lcore that is always busy has -1 empty rounds now and then. */
	if (sum.rounds < sum.busy_rounds)
		sum.rounds = sum.busy_rounds;
	if (sum.ticks < sum.busy_ticks + sum.sleep_ticks)
		sum.ticks = sum.busy_ticks + sum.sleep_ticks;
	return sum;
}
