/* SPDX-License-Identifier: BSD-3-Clause */
/* The reader's side of vsw_rcu.h: each function by the lcore whose number is passed, only. */
#ifndef VSW_RCU_HOT_H
#define VSW_RCU_HOT_H

#include <rte_rcu_qsbr.h>

struct vsw_rcu {
	struct rte_rcu_qsbr *qsbr;
};

static inline void
vsw_rcu_online(struct vsw_rcu *rcu, unsigned int reader)
{
	rte_rcu_qsbr_thread_register(rcu->qsbr, reader);
	rte_rcu_qsbr_thread_online(rcu->qsbr, reader);
}

static inline void
vsw_rcu_offline(struct vsw_rcu *rcu, unsigned int reader)
{
	rte_rcu_qsbr_thread_offline(rcu->qsbr, reader);
	rte_rcu_qsbr_thread_unregister(rcu->qsbr, reader);
}

/* A reader that is online sleeps: it holds nothing, and no grace period waits for it. */
static inline void
vsw_rcu_pause(struct vsw_rcu *rcu, unsigned int reader)
{
	rte_rcu_qsbr_thread_offline(rcu->qsbr, reader);
}

/* After vsw_rcu_pause(). What is read from now on is published, or newer. */
static inline void
vsw_rcu_resume(struct vsw_rcu *rcu, unsigned int reader)
{
	rte_rcu_qsbr_thread_online(rcu->qsbr, reader);
}

/* The reader holds nothing that was published before. */
static inline void
vsw_rcu_quiescent(struct vsw_rcu *rcu, unsigned int reader)
{
	rte_rcu_qsbr_quiescent(rcu->qsbr, reader);
}

#endif /* VSW_RCU_HOT_H */
