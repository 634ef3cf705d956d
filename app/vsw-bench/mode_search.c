/* SPDX-License-Identifier: BSD-3-Clause */
/* NDR and PDR: the loads without loss and with 0.5 % of it, by MLRsearch (RFC 9971). */
#include <errno.h>
#include <math.h>
#include <stdio.h>

#include "mode.h"
#include "trial.h"

#define GOALS 2
#define LINE_RATE_BPS 10e9 /* in each direction */
#define L1_OVERHEAD_BYTES 20
#define BOUND_BYTES 16
#define STALL_LIMIT_PER_S 0.5 /* csit.md section 4.5, R1 */

static const char *const goal_names[GOALS] = {"ndr", "pdr"};

static double
max_load_pps(const struct bench *bench)
{
	double bits;

	if (bench->options->max_load_pps > 0)
		return bench->options->max_load_pps;
	bits = (bench->mean_size_bytes + L1_OVERHEAD_BYTES) * 8;
	return bench->options->n_ports * LINE_RATE_BPS / bits;
}

static int
create(const struct bench *bench, struct vsw_mlr **mlr, struct vsw_error *err)
{
	const double loss_ratio[GOALS] = {VSW_MLR_NDR_LOSS_RATIO, VSW_MLR_PDR_LOSS_RATIO};
	struct vsw_mlr_goal goals[GOALS];
	struct vsw_mlr_config config = {
		.goals = goals,
		.n_goals = GOALS,
		.min_load_pps = bench->options->min_load_pps,
		.max_load_pps = max_load_pps(bench),
		.warmup_s = fmin(VSW_MLR_WARMUP_S, bench->profile->duration_sum_s / 5),
		.time_limit_s = bench->options->search_s,
	};
	unsigned int i;

	/* On a machine that stalls, any load may lose too much: that is a result as well. */
	for (i = 0; i < GOALS; i++) {
		goals[i] = vsw_mlr_profile_goal(bench->profile, loss_ratio[i],
						bench->options->trial_s);
		goals[i].fail_fast = false;
	}
	return vsw_mlr_create(&config, mlr, err);
}

/* Gaps that the generator's lcores had in all trials. */
struct gaps {
	struct stall_meter stalls;
	double seconds;
};

static int
run_trial(struct bench *bench, const struct vsw_mlr_trial *wanted, struct vsw_mlr_counts *counts,
	  struct gaps *gaps, struct vsw_error *err)
{
	const struct trial_request request = {
		.kind = wanted->warmup ? "warmup" : "search",
		.load = {.kind = LOAD_RATE, .value = wanted->load_pps},
		.duration_s = wanted->duration_s,
	};
	struct trial trial;
	int ret;

	ret = trial_record(bench, &request, false, &trial, err);
	*counts = (struct vsw_mlr_counts){
		.duration_s = trial.elapsed_s,
		.intended = trial.sum.intended,
		.sent = trial.sent,
		.forwarded = trial.counts.received,
	};
	stall_add(&gaps->stalls, &trial.sum.stalls);
	gaps->seconds += (double)trial.sum.lcore_ticks / bench->tsc_hz;
	trial_fini(&trial);
	return ret;
}

/*
 * Whether gaps of the machine that overflow a ring at the load that was found, or at the least that
 * lost too much, come too often: before the search on any CPU, or while it ran on the generator's.
 */
static bool
is_stall_limited(const struct bench *bench, const struct gaps *gaps,
		 const struct vsw_mlr_result *result)
{
	double load_pps = result->lower_pps > 0 ? result->lower_pps : result->upper_pps;
	double per_port_pps = load_pps / bench->options->n_ports, per_s = 0;
	uint64_t us = per_port_pps > 0 ? bench->options->ring_size / per_port_pps * 1e6
				       : UINT64_MAX;

	if (gaps->seconds > 0)
		per_s = stall_count(&gaps->stalls, us) / gaps->seconds;
	return fmax(per_s, jitter_rate(bench->jitter, bench->n_cpus, us)) > STALL_LIMIT_PER_S;
}

static json_t *
number_or_null(double number)
{
	return number > 0 ? json_real(number) : json_null();
}

static void
set_results(struct bench *bench, const struct vsw_mlr *mlr, const struct gaps *gaps,
	    unsigned int n_trials, double seconds)
{
	struct vsw_mlr_result result;
	unsigned int i;

	for (i = 0; i < GOALS; i++) {
		vsw_mlr_result(mlr, i, &result);
		json_object_set_new(bench->results, goal_names[i],
				    json_pack("{so so so si sf sb sb}", "lower_pps",
					      number_or_null(result.lower_pps), "upper_pps",
					      number_or_null(result.upper_pps), "conditional_pps",
					      number_or_null(result.conditional_pps), "trials",
					      n_trials, "seconds", seconds, "stall_limited",
					      is_stall_limited(bench, gaps, &result), "complete",
					      result.complete));
	}
}

static const char *
bound(double pps, char text[BOUND_BYTES])
{
	snprintf(text, BOUND_BYTES, pps > 0 ? "%.3f" : "-", pps / 1e6);
	return text;
}

static void
note_bounds(struct bench *bench, const struct vsw_mlr *mlr)
{
	struct vsw_mlr_result ndr, pdr;
	char text[2 * GOALS][BOUND_BYTES];

	vsw_mlr_result(mlr, 0, &ndr);
	vsw_mlr_result(mlr, 1, &pdr);
	progress_note(&bench->progress, "ndr %s..%s pdr %s..%s", bound(ndr.lower_pps, text[0]),
		      bound(ndr.upper_pps, text[1]), bound(pdr.lower_pps, text[2]),
		      bound(pdr.upper_pps, text[3]));
}

int
mode_search(struct bench *bench, struct vsw_error *err)
{
	double pdr_pps;

	return mode_search_pdr(bench, &pdr_pps, err);
}

int
mode_search_pdr(struct bench *bench, double *pdr_pps, struct vsw_error *err)
{
	struct vsw_mlr_result result;
	struct vsw_mlr_counts counts;
	struct vsw_mlr_trial wanted;
	struct gaps gaps = {0};
	unsigned int n_trials = 0;
	struct vsw_mlr *mlr = NULL;
	double seconds = 0;
	int ret, report;

	ret = bench_learn(bench, err);
	if (ret == 0)
		ret = create(bench, &mlr, err);
	if (ret < 0)
		return ret;
	while ((ret = vsw_mlr_next(mlr, &wanted, err)) > 0) {
		note_bounds(bench, mlr);
		ret = run_trial(bench, &wanted, &counts, &gaps, err);
		report = ret == 0 ? vsw_mlr_report(mlr, &counts, err) : ret;
		if (report < 0) {
			ret = report;
			break;
		}
		n_trials++;
		seconds += counts.duration_s;
	}
	set_results(bench, mlr, &gaps, n_trials, seconds);
	progress_note(&bench->progress, "%s", "");
	vsw_mlr_result(mlr, GOALS - 1, &result);
	*pdr_pps = result.lower_pps;
	vsw_mlr_destroy(mlr);
	return ret;
}
