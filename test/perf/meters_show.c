/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the meters of vsw-bench find on this machine, for choosing and checking their constants.
 *
 *	meters_show SWITCH_CPU OWN_CPU [SWITCH_PID [SECONDS]]
 *
 * With SWITCH_PID 0, an ordinary thread spins on SWITCH_CPU in place of a switch and tells how much
 * the probes disturb it.
 */
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <rte_cycles.h>

#include "facts.h"
#include "meter_jitter.h"
#include "meter_placement.h"
#include "meter_runq.h"
#include "meter_steal.h"

#define PROBE_MS 20
#define N_PROBES 200

struct victim {
	pthread_t thread;
	bool stop;
	struct stall_meter stalls;
};

static uint64_t tsc_hz;

static void
pause_ms(unsigned int ms)
{
	struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};

	clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL);
}

static uint64_t
measure_tsc_hz(void)
{
	struct timespec a, b;
	uint64_t begin, end;

	clock_gettime(CLOCK_MONOTONIC, &a);
	begin = rte_rdtsc();
	pause_ms(200);
	clock_gettime(CLOCK_MONOTONIC, &b);
	end = rte_rdtsc();
	return (double)(end - begin) /
	       ((double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9);
}

static void
pin(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static void *
spin(void *arg)
{
	struct victim *victim = arg;

	stall_init(&victim->stalls, tsc_hz, rte_rdtsc());
	victim->stalls.min_tsc = tsc_hz / 1000000;
	while (!__atomic_load_n(&victim->stop, __ATOMIC_RELAXED))
		stall_mark(&victim->stalls, rte_rdtsc());
	return NULL;
}

static void
print(const char *what, json_t *json)
{
	char *text = json_dumps(json, JSON_ENCODE_ANY);

	printf("%s: %s\n", what, text != NULL ? text : "no memory");
	free(text);
	json_decref(json);
}

static int
complain(const struct vsw_error *err)
{
	fprintf(stderr, "meters_show: %s\n", err->text);
	return EXIT_FAILURE;
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The longest gap that a loop on the switch's CPU sees in each probe. */
static void
show_disturbance(struct placement *placement, unsigned int switch_cpu, unsigned int own_cpu)
{
	struct victim victim = {.stop = false};
	uint64_t *longest_tsc = &victim.stalls.longest_tsc;
	double us[N_PROBES];
	unsigned int i;

	pin(switch_cpu);
	pthread_create(&victim.thread, NULL, spin, &victim);
	pin(own_cpu);
	for (i = 0; i < N_PROBES; i++) {
		pause_ms(PROBE_MS);
		__atomic_store_n(longest_tsc, 0, __ATOMIC_RELAXED);
		placement_probe(placement);
		us[i] = (double)__atomic_load_n(longest_tsc, __ATOMIC_RELAXED) * 1e6 /
			(double)tsc_hz;
	}
	__atomic_store_n(&victim.stop, true, __ATOMIC_RELAXED);
	pthread_join(victim.thread, NULL);
	qsort(us, N_PROBES, sizeof(us[0]), by_size);
	printf("a probe stops a loop on CPU %u for %.1f us (median), %.1f us (9 of 10), %.1f us "
	       "(longest of %d)\n",
	       switch_cpu, us[N_PROBES / 2], us[N_PROBES * 9 / 10], us[N_PROBES - 1], N_PROBES);
}

static int
show_shares(pid_t pid, unsigned int cpu, unsigned int ms)
{
	struct steal_reading steal[2];
	struct runq_reading wait[2];
	struct vsw_error err;
	struct runq runq;
	pid_t tid;

	if (runq_find(pid, cpu, &tid, &err) < 0 || runq_init(&runq, pid, tid, &err) < 0)
		return complain(&err);
	if (runq_read(&runq, &wait[0], &err) < 0 || steal_read(&cpu, 1, &steal[0], &err) < 0)
		return complain(&err);
	pause_ms(ms);
	if (runq_read(&runq, &wait[1], &err) < 0 || steal_read(&cpu, 1, &steal[1], &err) < 0)
		return complain(&err);
	printf("thread %d: runnable but not running %.5f, CPU %u: steal %.5f\n", tid,
	       runq_share(&wait[0], &wait[1]), cpu, steal_share(&steal[0], &steal[1]));
	runq_fini(&runq);
	return EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
	unsigned int cpus[2] = {argc > 1 ? atoi(argv[1]) : 0, argc > 2 ? atoi(argv[2]) : 1};
	pid_t pid = argc > 3 ? atoi(argv[3]) : 0;
	unsigned int seconds = argc > 4 ? atoi(argv[4]) : 5, i;
	struct placement_config config = {.cpus = cpus, .n_cpus = 1};
	struct placement *placement;
	struct jitter jitter[2];
	struct vsw_error err;

	tsc_hz = config.tsc_hz = measure_tsc_hz();
	print("facts", facts(tsc_hz));
	pin(cpus[1]);
	if (jitter_measure(cpus, 2, seconds, tsc_hz, jitter, &err) < 0)
		return complain(&err);
	print("jitter", jitter_json(jitter, 2));
	if (placement_create(&config, &placement, &err) < 0)
		return complain(&err);
	if (pid == 0) {
		show_disturbance(placement, cpus[0], cpus[1]);
	} else {
		for (i = 0; i < seconds * 1000 / PROBE_MS; i++) {
			placement_probe(placement);
			pause_ms(PROBE_MS);
		}
		if (show_shares(pid, cpus[0], seconds * 1000) != EXIT_SUCCESS)
			return EXIT_FAILURE;
	}
	print("placement", placement_json(placement));
	placement_destroy(placement);
	return EXIT_SUCCESS;
}
