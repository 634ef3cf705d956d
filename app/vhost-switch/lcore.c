/* SPDX-License-Identifier: BSD-3-Clause */
#include "lcore.h"

#include <rte_cycles.h>

#include "lcore_idle.h"
#include "switch.h"
#include "vsw_fwd.h"
#include "vsw_rcu.h"
#include "vsw_rcu_hot.h"

/* Rounds between two looks at all receive queues, whether their bells ring or not. */
#define ROUNDS_PER_LOOK 256

/*
 * One burst of each receive queue that is this lcore's and where something has come. Returns the
 * number of frames received.
 */
static inline uint64_t
poll_round(struct vsw_lcore *self, const struct vsw_fwd_plan *plan)
{
	bool all = self->time.rounds % ROUNDS_PER_LOOK == 0;
	const struct vsw_fwd_poll *poll = &plan->poll[self->index];
	struct vsw_rxq **rxq = &plan->rxq[poll->first];
	uint64_t frames = 0;
	uint32_t i;

	for (i = 0; i < poll->n; i++) {
		if (vsw_rxq_rings(rxq[i]) || all)
			frames += vsw_fwd_burst(self->fwd, plan, rxq[i]);
	}
	return frames;
}

/*
 * While it sleeps it is no reader, so that nobody's grace period waits for it. Returns the time
 * when it is awake: a sleep is neither busy time nor part of a round.
 */
static inline uint64_t
sleep_offline(struct vsw_lcore *self, struct lcore_idle *idle, uint64_t then)
{
	uint64_t now;

	vsw_rcu_pause(self->vsw->rcu, self->index);
	lcore_idle_sleep(idle);
	vsw_rcu_resume(self->vsw->rcu, self->index);
	now = rte_rdtsc();
	self->time.ticks += now - then;
	self->time.sleep_ticks += now - then;
	return now;
}

static int
run_polling(void *arg)
{
	struct vsw_lcore *self = arg;
	struct vsw_switch *vsw = self->vsw;
	uint64_t then = rte_rdtsc(), now, frames;

	vsw_rcu_online(vsw->rcu, self->index);
	while (!__atomic_load_n(&vsw->stop, __ATOMIC_RELAXED)) {
		frames = poll_round(self, vsw_rcu_read(&vsw->plan));
		vsw_rcu_quiescent(vsw->rcu, self->index);
		now = rte_rdtsc();
		lcore_time_account(&self->time, now - then, frames);
		then = now;
	}
	vsw_rcu_offline(vsw->rcu, self->index);
	return 0;
}

static int
run_sleeping(void *arg)
{
	struct vsw_lcore *self = arg;
	struct vsw_switch *vsw = self->vsw;
	uint64_t then = rte_rdtsc(), now, frames;
	struct lcore_idle idle;

	lcore_idle_init(&idle, vsw->idle_sleep_us, then);
	vsw_rcu_online(vsw->rcu, self->index);
	while (!__atomic_load_n(&vsw->stop, __ATOMIC_RELAXED)) {
		frames = poll_round(self, vsw_rcu_read(&vsw->plan));
		vsw_rcu_quiescent(vsw->rcu, self->index);
		now = rte_rdtsc();
		lcore_time_account(&self->time, now - then, frames);
		then = now;
		if (frames > 0)
			lcore_idle_reset(&idle, now);
		else if (lcore_idle_is_due(&idle, now))
			then = sleep_offline(self, &idle, now);
	}
	vsw_rcu_offline(vsw->rcu, self->index);
	return 0;
}

lcore_function_t *
lcore_loop(const struct vsw_switch *vsw)
{
	return vsw->idle_sleep_us > 0 ? run_sleeping : run_polling;
}
