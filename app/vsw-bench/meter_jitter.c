/* SPDX-License-Identifier: BSD-3-Clause */
#include "meter_jitter.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

#include <rte_common.h>
#include <rte_cycles.h>

#include "fifo_thread.h"

#define JITTER_CPUS_MAX 64

struct spinner {
	struct jitter *result;
	pthread_t thread;
	double seconds;
};

static void *
run_spinner(void *arg)
{
	static const struct timespec rest = {.tv_nsec = JITTER_REST_MS * 1000000};
	struct spinner *spinner = arg;
	struct stall_meter *stalls = &spinner->result->stalls;
	uint64_t spin_tsc = stalls->tsc_hz * JITTER_SPIN_MS / 1000, begin, now;
	uint64_t left_tsc = (uint64_t)(spinner->seconds * (double)stalls->tsc_hz), spun_tsc = 0;

	while (spun_tsc < left_tsc) {
		begin = now = rte_rdtsc();
		stall_resume(stalls, begin);
		while (now - begin < spin_tsc) {
			now = rte_rdtsc();
			stall_mark(stalls, now);
		}
		spun_tsc += now - begin;
		clock_nanosleep(CLOCK_MONOTONIC, 0, &rest, NULL);
	}
	spinner->result->spun_s = (double)spun_tsc / (double)stalls->tsc_hz;
	return NULL;
}

int
jitter_measure(const unsigned int *cpus, unsigned int n, double seconds, uint64_t tsc_hz,
	       struct jitter *results, struct vsw_error *err)
{
	struct spinner spinners[JITTER_CPUS_MAX];
	unsigned int i, n_started;
	int ret = 0;

	if (n > JITTER_CPUS_MAX)
		return vsw_error_set(err, EINVAL, "the jitter meter takes up to %u CPUs, not %u",
				     JITTER_CPUS_MAX, n);
	for (n_started = 0; n_started < n; n_started++) {
		struct spinner *spinner = &spinners[n_started];

		results[n_started] = (struct jitter){.cpu = cpus[n_started]};
		stall_init(&results[n_started].stalls, tsc_hz, 0);
		*spinner = (struct spinner){.result = &results[n_started], .seconds = seconds};
		ret = fifo_thread_start(&spinner->thread, cpus[n_started], run_spinner, spinner,
					err);
		if (ret < 0)
			break;
	}
	for (i = 0; i < n_started; i++)
		pthread_join(spinners[i].thread, NULL);
	return ret;
}

static double
rate(const struct jitter *result, uint64_t us)
{
	return result->spun_s > 0 ? (double)stall_count(&result->stalls, us) / result->spun_s : 0;
}

double
jitter_rate(const struct jitter *results, unsigned int n, uint64_t us)
{
	double worst = 0;
	unsigned int i;

	for (i = 0; i < n; i++)
		worst = RTE_MAX(worst, rate(&results[i], us));
	return worst;
}

static json_t *
one_json(const struct jitter *result)
{
	const struct stall_meter *stalls = &result->stalls;

	return json_pack("{sI sf sI sI sf}", "cpu", (json_int_t)result->cpu, "seconds",
			 result->spun_s, "stalls_20us",
			 (json_int_t)stall_count(stalls, STALL_MIN_US), "stalls_200us",
			 (json_int_t)stall_count(stalls, STALL_LONG_US), "longest_us",
			 (double)stalls->longest_tsc * 1e6 / (double)stalls->tsc_hz);
}

json_t *
jitter_json(const struct jitter *results, unsigned int n)
{
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < n; i++)
		json_array_append_new(list, one_json(&results[i]));
	return list;
}
