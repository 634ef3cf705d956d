/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * RECONF (csit.md section 4.8): the effective blocked time of a configuration change = frames lost
 * while it was made / frames offered a second. A trial of the same length without a change says how
 * much of that is the machine's.
 */
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include <rte_cycles.h>

#include "mode.h"
#include "trial.h"

#define LOAD_SHARE 0.5 /* of the capacity, if no rate is given */
#define TRIALS 10      /* of the profile's length, in one */

/* Made beside the traffic, on the generator's CPU. */
struct change {
	struct switch_link *link;
	const char *line;
	double delay_s;
	pthread_t thread;
	bool is_begun;
	uint64_t ticks; /* it took */
	bool is_made;
	struct vsw_error err;
	int ret;
};

static void *
make_change(void *arg)
{
	struct change *change = arg;
	struct timespec delay = {.tv_sec = change->delay_s,
				 .tv_nsec = fmod(change->delay_s, 1) * 1e9};
	uint64_t begin;

	nanosleep(&delay, NULL);
	begin = rte_rdtsc();
	change->ret = switch_link_run(change->link, change->line, NULL, &change->err);
	change->ticks = rte_rdtsc() - begin;
	change->is_made = change->ret == 0;
	return NULL;
}

static int
begin_change(void *arg, struct vsw_error *err)
{
	struct change *change = arg;

	if (pthread_create(&change->thread, NULL, make_change, change) != 0)
		return vsw_error_set(err, EAGAIN, "no thread for the change");
	change->is_begun = true;
	return 0;
}

/* change NULL: none. */
static int
measure(struct bench *bench, double load_pps, struct change *change, double *blocked_s,
	struct vsw_error *err)
{
	const struct trial_request request = {
		.kind = "reconf",
		.load = {.kind = LOAD_RATE, .value = load_pps},
		.duration_s = TRIALS * bench_trial_s(bench),
		.whole = true,
		.floods = true,
		.begin = change != NULL ? begin_change : NULL,
		.arg = change,
	};
	struct trial trial;
	int ret;

	ret = trial_record(bench, &request, false, &trial, err);
	*blocked_s = trial.counts.lost / load_pps;
	trial_fini(&trial);
	return ret;
}

static int
measure_change(struct bench *bench, double load_pps, struct change *change, double *blocked_s,
	       struct vsw_error *err)
{
	int ret;

	change->delay_s = TRIALS / 2.0 * bench_trial_s(bench);
	ret = measure(bench, load_pps, change, blocked_s, err);
	if (change->is_begun)
		pthread_join(change->thread, NULL);
	if (ret == 0 && change->ret < 0) {
		*err = change->err;
		return vsw_error_prefix(err, "--change \"%s\"", change->line);
	}
	return ret;
}

/* Both trials, and what they have found. */
static int
run(struct bench *bench, double load_pps, struct change *change, struct vsw_error *err)
{
	double baseline_s = 0, blocked_s = 0;
	int ret;

	ret = measure(bench, load_pps, NULL, &baseline_s, err);
	if (ret == 0)
		ret = measure_change(bench, load_pps, change, &blocked_s, err);
	if (ret == 0)
		json_object_set_new(bench->results, "reconf",
				    json_pack("{ss sf sf sf sf}", "change", change->line,
					      "load_pps", load_pps, "blocked_s", blocked_s,
					      "baseline_blocked_s", baseline_s, "command_s",
					      (double)change->ticks / bench->tsc_hz));
	return ret;
}

/* Also after a trial that failed: the switch is left as it was found. */
static int
undo(struct bench *bench, const struct change *change, struct vsw_error *err)
{
	const char *line = bench->options->undo;
	int ret;

	if (line == NULL || !change->is_made)
		return 0;
	ret = switch_link_run(bench->link, line, NULL, err);
	return ret < 0 ? vsw_error_prefix(err, "--undo \"%s\"", line) : 0;
}

int
mode_reconf(struct bench *bench, struct vsw_error *err)
{
	const struct options *options = bench->options;
	struct change change = {.line = options->change};
	double load_pps = options->load.value;
	struct vsw_error also;
	int ret, undone;

	ret = switch_link_create(options->ctl_path, &change.link, err);
	if (ret < 0)
		return ret;
	ret = bench_learn(bench, err);
	if (ret == 0 && options->load.kind != LOAD_RATE) {
		ret = trial_find_capacity(bench, &load_pps, err);
		load_pps *= LOAD_SHARE;
	}
	if (ret == 0)
		ret = run(bench, load_pps, &change, err);
	undone = undo(bench, &change, ret < 0 ? &also : err);
	switch_link_destroy(change.link);
	return ret < 0 ? ret : undone;
}
