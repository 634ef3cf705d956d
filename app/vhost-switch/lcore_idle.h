/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How long an lcore sleeps when there is nothing to do.
 *
 * Model: after LCORE_IDLE_ROUNDS rounds without a frame that took at least LCORE_IDLE_US together,
 * each further empty round ends in a sleep: of 1 us first, then of twice as much each time, up to
 * a bound. The first frame starts it all over. So a frame that arrives at an idle lcore waits at
 * most for the bound and for the kernel to wake the thread; traffic at a steady rate above one
 * frame in LCORE_IDLE_US never meets a sleep.
 *
 * Threads: the lcore that sleeps.
 */
#ifndef LCORE_IDLE_H
#define LCORE_IDLE_H

#include <stdbool.h>
#include <stdint.h>

#define LCORE_IDLE_ROUNDS 64
#define LCORE_IDLE_US 100

struct lcore_idle {
	uint64_t wait_tsc; /* LCORE_IDLE_US */
	uint64_t since_tsc;
	uint32_t rounds;
	uint32_t sleep_us; /* the next sleep */
	uint32_t max_us;
};

/* max_us is at least 1. Lets the kernel wake this thread without slack. */
void lcore_idle_init(struct lcore_idle *idle, uint32_t max_us, uint64_t now_tsc);

/* A round with frames has ended. */
static inline void
lcore_idle_reset(struct lcore_idle *idle, uint64_t now_tsc)
{
	idle->since_tsc = now_tsc;
	idle->rounds = 0;
	idle->sleep_us = 1;
}

/* A round without frames has ended: is it time to sleep? */
static inline bool
lcore_idle_is_due(struct lcore_idle *idle, uint64_t now_tsc)
{
	if (idle->rounds < LCORE_IDLE_ROUNDS) {
		idle->rounds++;
		return false;
	}
	return now_tsc - idle->since_tsc >= idle->wait_tsc;
}

void lcore_idle_sleep(struct lcore_idle *idle);

#endif /* LCORE_IDLE_H */
