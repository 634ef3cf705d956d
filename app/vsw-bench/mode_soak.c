/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Soak (csit.md section 4.8): hours at 90 % of PDR, or at the rate given; what is lost, and whether
 * the switch comes to hold more memory, file descriptors or frames.
 */
#include <math.h>
#include <string.h>

#include "leak.h"
#include "mode.h"
#include "trial.h"

#define LOAD_SHARE 0.9
#define INTERVAL_S 5.0
#define SMOKE_S 2.0
#define CI_S 60.0
#define LONG_S 1800.0

static double
soak_s(const struct bench *bench)
{
	if (bench->options->trial_s > 0)
		return bench->options->trial_s;
	if (strcmp(bench->profile->name, "smoke") == 0)
		return SMOKE_S;
	return strcmp(bench->profile->name, "ci") == 0 ? CI_S : LONG_S;
}

struct soak {
	double load_pps;
	double seconds;
	uint64_t sent, lost, unsent;
	struct leak_reading before, after;
};

static int
run_interval(struct bench *bench, struct soak *soak, double length_s, struct vsw_error *err)
{
	const struct trial_request request = {
		.kind = "soak",
		.load = {.kind = LOAD_RATE, .value = soak->load_pps},
		.duration_s = length_s,
	};
	struct trial trial;
	int ret;

	ret = trial_record(bench, &request, false, &trial, err);
	soak->seconds += trial.duration_s;
	soak->sent += trial.sent;
	soak->lost += trial.counts.lost;
	soak->unsent += trial.sum.unsent;
	trial_fini(&trial);
	return ret;
}

static void
set_results(struct bench *bench, const struct soak *soak)
{
	double whole = soak->sent + soak->unsent;

	json_object_set_new(bench->results, "soak",
			    json_pack("{sf sf sI sI sI sf so}", "load_pps", soak->load_pps,
				      "seconds", soak->seconds, "sent", (json_int_t)soak->sent,
				      "lost", (json_int_t)soak->lost, "unsent",
				      (json_int_t)soak->unsent, "loss_ratio",
				      whole > 0 ? (soak->lost + soak->unsent) / whole : 0, "held",
				      leak_to_json(&soak->before, &soak->after)));
}

int
mode_soak(struct bench *bench, struct vsw_error *err)
{
	const struct options *options = bench->options;
	struct soak soak = {.load_pps = options->load.value};
	double left_s = soak_s(bench);
	int ret;

	if (options->load.kind == LOAD_RATE) {
		ret = bench_learn(bench, err);
	} else {
		ret = mode_search_pdr(bench, &soak.load_pps, err);
		soak.load_pps = LOAD_SHARE * fmax(soak.load_pps, options->min_load_pps);
	}
	leak_read(options->switch_pid, bench->link, &soak.before);
	for (; ret == 0 && left_s > 0; left_s -= INTERVAL_S)
		ret = run_interval(bench, &soak, fmin(left_s, INTERVAL_S), err);
	leak_read(options->switch_pid, bench->link, &soak.after);
	if (soak.seconds > 0)
		set_results(bench, &soak);
	return ret;
}
