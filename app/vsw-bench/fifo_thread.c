/* SPDX-License-Identifier: BSD-3-Clause */
#include "fifo_thread.h"

#include <errno.h>
#include <sched.h>
#include <string.h>

static int
set_attributes(pthread_attr_t *attr, unsigned int cpu)
{
	struct sched_param param = {.sched_priority = sched_get_priority_min(SCHED_FIFO)};
	cpu_set_t cpus;

	if (cpu >= CPU_SETSIZE)
		return EINVAL;
	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	pthread_attr_setinheritsched(attr, PTHREAD_EXPLICIT_SCHED);
	pthread_attr_setschedpolicy(attr, SCHED_FIFO);
	pthread_attr_setschedparam(attr, &param);
	return pthread_attr_setaffinity_np(attr, sizeof(cpus), &cpus);
}

int
fifo_thread_start(pthread_t *thread, unsigned int cpu, void *(*run)(void *arg), void *arg,
		  struct vsw_error *err)
{
	pthread_attr_t attr;
	int ret;

	pthread_attr_init(&attr);
	ret = set_attributes(&attr, cpu);
	if (ret == 0)
		ret = pthread_create(thread, &attr, run, arg);
	pthread_attr_destroy(&attr);
	if (ret == EPERM)
		return vsw_error_set(err, EPERM,
				     "no right to measure CPU %u in the real-time class: run as "
				     "root, or raise 'ulimit -r' to 1",
				     cpu);
	if (ret != 0)
		return vsw_error_set(err, ret, "cannot measure CPU %u: %s", cpu, strerror(ret));
	return 0;
}
