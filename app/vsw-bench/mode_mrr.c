/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * MRR: the rate received while as much is offered as the switch takes, in trials of a second; loss
 * does not matter. The slices tell near from far: csit.md section 4.5, R3.
 */
#include <errno.h>

#include "mode.h"
#include "spread.h"
#include "trial.h"

#define WARMUP_SHARE 0.5 /* of a trial */

enum distance {
	NEAR,
	FAR,
	DISTANCES,
};

struct mrr {
	struct spread trials;
	struct spread rate[DISTANCES];
	struct spread cycles[DISTANCES];    /* of the switch, for a frame */
	struct spread generator[DISTANCES]; /* likewise of the generator */
};

static void
add_slices(struct mrr *mrr, const struct bench *bench, const struct trial *trial)
{
	unsigned int i;

	for (i = 0; i < trial->n_slices; i++) {
		const struct trial_slice *slice = &trial->slice[i];
		enum distance distance = slice->placement == PLACEMENT_NEAR ? NEAR : FAR;

		if (slice->placement != PLACEMENT_NEAR && slice->placement != PLACEMENT_FAR)
			continue;
		spread_add(&mrr->rate[distance],
			   slice->moved.received * (double)bench->tsc_hz / slice->moved.ticks);
		if (slice->busy_ticks_per_frame > 0)
			spread_add(&mrr->cycles[distance], slice->busy_ticks_per_frame);
		if (slice->moved.received > 0)
			spread_add(&mrr->generator[distance],
				   (double)(slice->moved.lcore_ticks - slice->moved.idle_ticks) /
					   slice->moved.received);
	}
}

static void
set_results(struct mrr *mrr, struct bench *bench)
{
	json_t *rate = json_pack("{sf sf sf sf so so s{so so}}", "mean_pps",
				 spread_mean(&mrr->trials), "stdev_pps", spread_stdev(&mrr->trials),
				 "min", spread_min(&mrr->trials), "max", spread_max(&mrr->trials),
				 "near", spread_to_json(&mrr->rate[NEAR], "median_pps"), "far",
				 spread_to_json(&mrr->rate[FAR], "median_pps"), "generator_ticks",
				 "near", spread_to_json(&mrr->generator[NEAR], "median"), "far",
				 spread_to_json(&mrr->generator[FAR], "median"));

	json_object_set_new(bench->results, "mrr", rate);
	if (bench->link != NULL)
		json_object_set_new(bench->results, "cycles",
				    json_pack("{so so}", "near",
					      spread_to_json(&mrr->cycles[NEAR], "median"), "far",
					      spread_to_json(&mrr->cycles[FAR], "median")));
}

static int
run_trial(struct bench *bench, struct mrr *mrr, const char *kind, double duration_s,
	  struct vsw_error *err)
{
	const struct trial_request request = {
		.kind = kind, .load = bench->options->load, .duration_s = duration_s};
	struct trial trial;
	int ret;

	ret = trial_record(bench, &request, true, &trial, err);
	if (ret == 0 && mrr != NULL) {
		spread_add(&mrr->trials, trial.rate_pps);
		add_slices(mrr, bench, &trial);
	}
	trial_fini(&trial);
	return ret;
}

int
mode_mrr(struct bench *bench, struct vsw_error *err)
{
	unsigned int i, n = bench_n_trials(bench);
	double duration_s = bench_trial_s(bench);
	struct mrr mrr = {0};
	int ret;

	ret = bench_learn(bench, err);
	if (ret == 0)
		ret = run_trial(bench, NULL, "warmup", WARMUP_SHARE * duration_s, err);
	for (i = 0; ret == 0 && i < n; i++)
		ret = run_trial(bench, &mrr, "mrr", duration_s, err);
	if (mrr.trials.n > 0)
		set_results(&mrr, bench);
	for (i = 0; i < DISTANCES; i++) {
		spread_fini(&mrr.rate[i]);
		spread_fini(&mrr.cycles[i]);
		spread_fini(&mrr.generator[i]);
	}
	spread_fini(&mrr.trials);
	return ret;
}
