/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where an lcore's time goes.
 *
 * Threads: plain words that the lcore adds to; others read them one by one, so that what they read
 * may be a few rounds apart.
 */
#ifndef LCORE_TIME_H
#define LCORE_TIME_H

#include <stdint.h>

struct vsw_lcore_time {
	uint64_t rounds;
	uint64_t busy_rounds; /* rounds in which at least one frame moved */
	uint64_t ticks;
	uint64_t busy_ticks; /* of those rounds */
	uint64_t sleep_ticks;
	uint64_t frames;
};

/* A round has ended. The lcore itself. */
static inline void
lcore_time_account(struct vsw_lcore_time *time, uint64_t ticks, uint64_t frames)
{
	time->rounds++;
	time->ticks += ticks;
	if (frames == 0)
		return;
	time->busy_rounds++;
	time->busy_ticks += ticks;
	time->frames += frames;
}

/* What has come since an earlier reading, with no part larger than the whole. Any thread. */
struct vsw_lcore_time lcore_time_since(const struct vsw_lcore_time *time,
				       const struct vsw_lcore_time *earlier);

#endif /* LCORE_TIME_H */
