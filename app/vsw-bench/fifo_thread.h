/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A thread that runs on one CPU, before all ordinary threads there.
 */
#ifndef FIFO_THREAD_H
#define FIFO_THREAD_H

#include <pthread.h>

#include "vsw_error.h"

/*
 * Start it, to be joined. Returns 0, or a negative errno with err filled: EPERM (no right to use
 * SCHED_FIFO), EINVAL (no such CPU).
 */
int fifo_thread_start(pthread_t *thread, unsigned int cpu, void *(*run)(void *arg), void *arg,
		      struct vsw_error *err);

#endif /* FIFO_THREAD_H */
