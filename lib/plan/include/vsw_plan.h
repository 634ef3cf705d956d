/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which lcore polls which receive queue.
 *
 * Model: given the queues, where each is now and where the user pinned it, choose a place for each.
 * A pinned queue goes where it is pinned. A queue that has a place keeps it, unless another lcore
 * would be better off by two queues or more: so a plan is balanced to within one queue (pins apart)
 * and a small change moves few queues.
 *
 * Threads: a pure function. It does not weigh queues by load.
 */
#ifndef VSW_PLAN_H
#define VSW_PLAN_H

#include <stdint.h>

#define VSW_PLAN_NOWHERE UINT16_MAX

struct vsw_plan_queue {
	uint16_t pinned; /* lcore index, or VSW_PLAN_NOWHERE */
	uint16_t lcore;	 /* in: place now, or VSW_PLAN_NOWHERE; out: place chosen, never NOWHERE */
};

/*
 * Places n queues on lcores 0 .. n_lcores - 1 (n_lcores >= 1). load is scratch for n_lcores
 * counters and holds the number of queues of each lcore afterwards. Pins must be below n_lcores.
 */
void vsw_plan_lcores(struct vsw_plan_queue *queues, unsigned int n, uint32_t *load,
		     unsigned int n_lcores);

#endif /* VSW_PLAN_H */
