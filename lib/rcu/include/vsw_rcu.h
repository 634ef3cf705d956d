/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Publish, retire, grace period.
 *
 * Model: lcores read what control publishes, without locks. A reader loads a published pointer once
 * per iteration, uses it, and reports a quiescent state at the end of the iteration
 * (vsw_rcu_hot.h). Whoever takes something out of publication waits with vsw_rcu_synchronize()
 * until every reader that is online has been quiescent once; from then on no reader can hold it.
 * Built on rte_rcu_qsbr; nothing else in the project uses that directly.
 *
 * Threads: vsw_rcu_synchronize() by any thread that is not an online reader, several at once. It
 * sleeps between looks, because waiter and reader may share a CPU.
 */
#ifndef VSW_RCU_H
#define VSW_RCU_H

struct vsw_rcu;

/* For readers 0 .. n_readers - 1. Returns NULL when memory is short. */
struct vsw_rcu *vsw_rcu_create(unsigned int n_readers);

/* No reader may be online. NULL is accepted. */
void vsw_rcu_destroy(struct vsw_rcu *rcu);

/* Return when every reader that was online at the call has been quiescent or gone offline since. */
void vsw_rcu_synchronize(struct vsw_rcu *rcu);

/* Make value visible to readers, with everything written before it. */
#define vsw_rcu_publish(pointer, value) __atomic_store_n(pointer, value, __ATOMIC_RELEASE)

/* What was published last. */
#define vsw_rcu_read(pointer) __atomic_load_n(pointer, __ATOMIC_ACQUIRE)

#endif /* VSW_RCU_H */
