/* SPDX-License-Identifier: BSD-3-Clause */
#include "lcore_idle.h"

#include <sys/prctl.h>
#include <time.h>

#include <rte_common.h>
#include <rte_cycles.h>

void
lcore_idle_init(struct lcore_idle *idle, uint32_t max_us, uint64_t now_tsc)
{
	/* By default the kernel adds up to 50 us to every sleep: prctl(2), PR_SET_TIMERSLACK. */
	prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
	*idle = (struct lcore_idle){
		.wait_tsc = rte_get_tsc_hz() / 1000000 * LCORE_IDLE_US,
		.max_us = max_us,
	};
	lcore_idle_reset(idle, now_tsc);
}

void
lcore_idle_sleep(struct lcore_idle *idle)
{
	const struct timespec time = {.tv_nsec = idle->sleep_us * 1000L};

	/* A signal that ends it early does no harm: the next round decides anew. */
	clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL);
	idle->sleep_us = RTE_MIN(2 * idle->sleep_us, idle->max_us);
}
