/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The share of time in which a thread could have run, but another one had its CPU.
 *
 * Source: /proc/PID/task/TID/schedstat, which counts the nanoseconds a thread has run and those it
 * has waited in the run queue. Time that the host has taken is in neither: meter_steal.h.
 *
 * Threads: any, one at a time.
 */
#ifndef METER_RUNQ_H
#define METER_RUNQ_H

#include <stdint.h>
#include <sys/types.h>

#include "vsw_error.h"

struct runq {
	pid_t pid;
	pid_t tid;
	int fd;
};

struct runq_reading {
	uint64_t at_ns;	  /* a monotonic clock */
	uint64_t run_ns;  /* the thread was running */
	uint64_t wait_ns; /* it was runnable, and did not run */
};

/*
 * The thread tid of process pid; both 0: the caller. Returns 0 or a negative errno with err filled.
 */
int runq_init(struct runq *runq, pid_t pid, pid_t tid, struct vsw_error *err);
void runq_fini(struct runq *runq);

/*
 * The thread of a process that works on a CPU: the busiest there within some 50 ms, or, if none
 * is, the one that may run nowhere else. ESRCH if there is none.
 */
int runq_find(pid_t pid, unsigned int cpu, pid_t *tid, struct vsw_error *err);

/* -ESRCH once the thread has ended. */
int runq_read(const struct runq *runq, struct runq_reading *reading, struct vsw_error *err);

/* The share of the time between two readings, 0 .. 1. */
double runq_share(const struct runq_reading *before, const struct runq_reading *after);

/* "RUN WAIT SLICES", as schedstat has them. 0 or -EINVAL. */
int runq_parse(const char *text, struct runq_reading *reading);

#endif /* METER_RUNQ_H */
