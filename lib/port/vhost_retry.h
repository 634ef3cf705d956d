/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How often an lcore may wait for a receiver whose ring is full.
 *
 * Model: while it waits the lcore serves nobody else, so waiting is paid for. Of each receiver, an
 * lcore saves one tick in VHOST_RETRY_SHARE that pass, up to what all retries of one burst cost;
 * a retry that costs more than is saved is not begun. So a receiver that has been no trouble gets
 * all its retries, and one that always is takes 1 % of the lcore at most. For all its receivers
 * together, who may be of one mind, the lcore saves one tick in VHOST_RETRY_LCORE_SHARE, up to
 * VHOST_RETRY_MAX_US of waiting. A receiver that takes nothing at all, after VHOST_RETRY_BURSTS
 * bursts' worth of retries in a row, gets none until it has taken a frame again. What a retry costs
 * is its delay, not what the kernel may add to it.
 *
 * Limits: the retries of one burst take VHOST_RETRY_MAX_US at most. A delay of 0 counts as 1 us,
 * for to try costs time, too.
 *
 * Threads: each struct is one lcore's alone. Pure C.
 */
#ifndef VHOST_RETRY_H
#define VHOST_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#define VHOST_RETRY_SHARE 100 /* DESIGN.md section 6: 1 % */
#define VHOST_RETRY_LCORE_SHARE 10
#define VHOST_RETRY_BURSTS 3	/* then a receiver has stopped, not fallen behind */
#define VHOST_RETRY_MAX_US 1000 /* DESIGN.md section 3: no lcore waits more than 1 ms */

struct vhost_retry_limits {
	uint32_t num;	    /* retries of one burst */
	uint32_t lcore_num; /* retries that an lcore may make at once */
	uint64_t delay_tsc;
};

/* Ticks that have passed and not been paid with. */
struct vhost_retry_savings {
	uint64_t tsc;
	uint64_t now_tsc; /* when they were counted */
} __attribute__((aligned(64)));

/* Of one port. */
struct vhost_retry {
	struct vhost_retry_savings savings;
	uint64_t taken;	    /* frames the receiver had taken at the last retry */
	uint32_t fruitless; /* retries in a row since it has */
} __attribute__((aligned(64)));

static inline struct vhost_retry_limits
vhost_retry_limits(uint32_t num, uint32_t delay_us, uint64_t tsc_hz)
{
	struct vhost_retry_limits limits;

	if (delay_us == 0)
		delay_us = 1;
	if (delay_us > VHOST_RETRY_MAX_US)
		delay_us = VHOST_RETRY_MAX_US;
	limits.lcore_num = VHOST_RETRY_MAX_US / delay_us;
	limits.num = num < limits.lcore_num ? num : limits.lcore_num;
	limits.delay_tsc = delay_us * tsc_hz / 1000000;
	return limits;
}

static inline void
vhost_retry_save(struct vhost_retry_savings *savings, uint64_t now_tsc, uint64_t most_tsc)
{
	uint64_t passed = now_tsc - savings->now_tsc;

	savings->tsc = passed < most_tsc - savings->tsc ? savings->tsc + passed : most_tsc;
	savings->now_tsc = now_tsc;
}

/*
 * May a retry begin? If so it is paid for, by the port and by the lcore. taken: frames the receiver
 * has taken so far.
 */
static inline bool
vhost_retry_begin(struct vhost_retry *retry, struct vhost_retry_savings *lcore,
		  const struct vhost_retry_limits *limits, uint64_t now_tsc, uint64_t taken)
{
	uint64_t cost = VHOST_RETRY_SHARE * limits->delay_tsc;
	uint64_t lcore_cost = VHOST_RETRY_LCORE_SHARE * limits->delay_tsc;

	vhost_retry_save(&retry->savings, now_tsc, limits->num * cost);
	vhost_retry_save(lcore, now_tsc, limits->lcore_num * lcore_cost);
	if (retry->taken != taken) {
		retry->taken = taken;
		retry->fruitless = 0;
	}
	if (retry->fruitless >= VHOST_RETRY_BURSTS * limits->num || retry->savings.tsc < cost ||
	    lcore->tsc < lcore_cost)
		return false;
	retry->savings.tsc -= cost;
	lcore->tsc -= lcore_cost;
	retry->fruitless++;
	return true;
}

#endif /* VHOST_RETRY_H */
