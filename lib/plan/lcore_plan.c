/* SPDX-License-Identifier: BSD-3-Clause */
#include "vsw_plan.h"

#include <string.h>

static unsigned int
least_loaded(const uint32_t *load, unsigned int n_lcores)
{
	unsigned int i, least = 0;

	for (i = 1; i < n_lcores; i++) {
		if (load[i] < load[least])
			least = i;
	}
	return least;
}

static void
place(struct vsw_plan_queue *queue, uint32_t *load, unsigned int lcore)
{
	queue->lcore = lcore;
	load[lcore]++;
}

/* Move unpinned queues from crowded lcores while that narrows the gap. */
static void
level(struct vsw_plan_queue *queues, unsigned int n, uint32_t *load, unsigned int n_lcores)
{
	unsigned int i, least;

	for (i = 0; i < n; i++) {
		if (queues[i].pinned != VSW_PLAN_NOWHERE)
			continue;
		least = least_loaded(load, n_lcores);
		if (load[queues[i].lcore] < load[least] + 2)
			continue;
		load[queues[i].lcore]--;
		place(&queues[i], load, least);
	}
}

void
vsw_plan_lcores(struct vsw_plan_queue *queues, unsigned int n, uint32_t *load,
		unsigned int n_lcores)
{
	unsigned int i;

	memset(load, 0, n_lcores * sizeof(*load));
	for (i = 0; i < n; i++) {
		if (queues[i].pinned != VSW_PLAN_NOWHERE)
			place(&queues[i], load, queues[i].pinned);
		else if (queues[i].lcore < n_lcores)
			load[queues[i].lcore]++;
	}
	for (i = 0; i < n; i++) {
		if (queues[i].pinned == VSW_PLAN_NOWHERE && queues[i].lcore >= n_lcores)
			place(&queues[i], load, least_loaded(load, n_lcores));
	}
	level(queues, n, load, n_lcores);
}
