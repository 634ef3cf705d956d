/* SPDX-License-Identifier: BSD-3-Clause */
#include "meter_runq.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "text_file.h"

#define THREADS_MAX 256
#define WATCH_MS 50
#define BUSY_NS (WATCH_MS * 1000000 / 20) /* 5 % of it */
#define STAT_CPU_FIELD 39		  /* proc(5), /proc/pid/stat: processor */

struct candidate {
	pid_t tid;
	uint64_t run_ns;
};

static uint64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int
runq_parse(const char *text, struct runq_reading *reading)
{
	if (sscanf(text, "%" SCNu64 " %" SCNu64, &reading->run_ns, &reading->wait_ns) != 2)
		return -EINVAL;
	return 0;
}

int
runq_init(struct runq *runq, pid_t pid, pid_t tid, struct vsw_error *err)
{
	char path[64];

	runq->pid = pid != 0 ? pid : getpid();
	runq->tid = tid != 0 ? tid : gettid();
	snprintf(path, sizeof(path), "/proc/%d/task/%d/schedstat", runq->pid, runq->tid);
	runq->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (runq->fd < 0)
		return vsw_error_set(err, errno, "cannot watch thread %d of process %d: %s",
				     runq->tid, runq->pid, strerror(errno));
	return 0;
}

void
runq_fini(struct runq *runq)
{
	close(runq->fd);
}

int
runq_read(const struct runq *runq, struct runq_reading *reading, struct vsw_error *err)
{
	char text[128];
	ssize_t n;

	n = pread(runq->fd, text, sizeof(text) - 1, 0);
	text[n > 0 ? n : 0] = '\0';
	if (n <= 0 || runq_parse(text, reading) < 0)
		return vsw_error_set(err, ESRCH, "thread %d of process %d has ended", runq->tid,
				     runq->pid);
	reading->at_ns = now_ns();
	return 0;
}

double
runq_share(const struct runq_reading *before, const struct runq_reading *after)
{
	if (after->at_ns <= before->at_ns || after->wait_ns < before->wait_ns)
		return 0;
	return (double)(after->wait_ns - before->wait_ns) / (double)(after->at_ns - before->at_ns);
}

/* 0 if it has ended. */
static uint64_t
run_ns(pid_t pid, pid_t tid)
{
	struct runq_reading reading;
	char text[128];

	if (text_file_read(text, sizeof(text), "/proc/%d/task/%d/schedstat", pid, tid) < 0 ||
	    runq_parse(text, &reading) < 0)
		return 0;
	return reading.run_ns;
}

/* The CPU a thread has run on last, or -1. */
static int
last_cpu(pid_t pid, pid_t tid)
{
	char text[1024], *field;
	unsigned int i;

	if (text_file_read(text, sizeof(text), "/proc/%d/task/%d/stat", pid, tid) < 0)
		return -1;
	/* The second field is a name in parentheses, which may hold anything. */
	field = strrchr(text, ')');
	for (i = 2; field != NULL && i < STAT_CPU_FIELD; i++)
		field = strchr(field + 1, ' ');
	return field != NULL ? atoi(field) : -1;
}

static bool
is_pinned_to(pid_t tid, unsigned int cpu)
{
	cpu_set_t set;

	return sched_getaffinity(tid, sizeof(set), &set) == 0 && CPU_COUNT(&set) == 1 &&
	       CPU_ISSET(cpu, &set);
}

/* Returns how many there are. */
static int
list_threads(pid_t pid, struct candidate list[THREADS_MAX], struct vsw_error *err)
{
	struct dirent *entry;
	char path[64];
	DIR *dir;
	int n = 0;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	if (dir == NULL)
		return vsw_error_set(err, ESRCH, "there is no process %d", pid);
	while ((entry = readdir(dir)) != NULL && n < THREADS_MAX) {
		if (entry->d_name[0] == '.')
			continue;
		list[n].tid = atoi(entry->d_name);
		list[n].run_ns = run_ns(pid, list[n].tid);
		n++;
	}
	closedir(dir);
	return n;
}

int
runq_find(pid_t pid, unsigned int cpu, pid_t *tid, struct vsw_error *err)
{
	static const struct timespec watch = {.tv_nsec = WATCH_MS * 1000000};
	struct candidate list[THREADS_MAX];
	int64_t ran_ns, best_ns = BUSY_NS;
	pid_t pinned = 0, best = 0;
	int n, i;

	n = list_threads(pid, list, err);
	if (n < 0)
		return n;
	clock_nanosleep(CLOCK_MONOTONIC, 0, &watch, NULL);
	for (i = 0; i < n; i++) {
		if (last_cpu(pid, list[i].tid) != (int)cpu)
			continue;
		ran_ns = (int64_t)(run_ns(pid, list[i].tid) - list[i].run_ns);
		if (ran_ns >= best_ns) {
			best_ns = ran_ns;
			best = list[i].tid;
		}
		if (is_pinned_to(list[i].tid, cpu))
			pinned = list[i].tid;
	}
	*tid = best != 0 ? best : pinned;
	if (*tid == 0)
		return vsw_error_set(err, ESRCH,
				     "no thread of process %d works on CPU %u: check --switch-pid "
				     "and --switch-cpu",
				     pid, cpu);
	return 0;
}
