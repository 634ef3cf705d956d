/* SPDX-License-Identifier: BSD-3-Clause */
#include "lcore.h"

#include <rte_cycles.h>

#include "switch.h"
#include "vsw_fwd.h"
#include "vsw_rcu.h"
#include "vsw_rcu_hot.h"

/* One burst of each receive queue that is this lcore's. Returns the number of frames received. */
static inline uint64_t
poll_round(struct vsw_lcore *self, const struct vsw_fwd_plan *plan)
{
	const struct vsw_fwd_poll *poll = &plan->poll[self->index];
	struct vsw_rxq **rxq = &plan->rxq[poll->first];
	uint64_t frames = 0;
	uint32_t i;

	for (i = 0; i < poll->n; i++)
		frames += vsw_fwd_burst(self->fwd, plan, rxq[i]);
	return frames;
}

static inline void
account_round(struct vsw_lcore_time *time, uint64_t ticks, uint64_t frames)
{
	time->rounds++;
	time->ticks += ticks;
	if (frames == 0)
		return;
	time->busy_rounds++;
	time->busy_ticks += ticks;
	time->frames += frames;
}

int
lcore_run(void *arg)
{
	struct vsw_lcore *self = arg;
	struct vsw_switch *vsw = self->vsw;
	uint64_t then = rte_rdtsc(), now, frames;

	vsw_rcu_online(vsw->rcu, self->index);
	while (!__atomic_load_n(&vsw->stop, __ATOMIC_RELAXED)) {
		frames = poll_round(self, vsw_rcu_read(&vsw->plan));
		vsw_rcu_quiescent(vsw->rcu, self->index);
		now = rte_rdtsc();
		account_round(&self->time, now - then, frames);
		then = now;
	}
	vsw_rcu_offline(vsw->rcu, self->index);
	return 0;
}
