/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Frame loss rate (RFC 2544 section 26.3): from the full load down in steps of 10 %, until two
 * trials in a row lose nothing. Full is the rate of a closed loop, or what --load says.
 */
#include "mode.h"
#include "trial.h"

#define STEPS 10
#define LOSS_FREE_ENOUGH 2

static int
measure(struct bench *bench, double load_pps, json_t *list, double *loss_ratio,
	struct vsw_error *err)
{
	const struct trial_request request = {
		.kind = "losscurve",
		.load = {.kind = LOAD_RATE, .value = load_pps},
		.duration_s = bench_trial_s(bench),
	};
	struct trial trial;
	int ret;

	ret = trial_record(bench, &request, true, &trial, err);
	*loss_ratio = trial.loss_ratio;
	if (ret == 0)
		json_array_append_new(list, json_pack("{sf sf sI sI ss}", "load_pps", load_pps,
						      "loss_ratio", trial.loss_ratio, "lost",
						      (json_int_t)trial.counts.lost, "unsent",
						      (json_int_t)trial.sum.unsent, "placement",
						      placement_name(trial.placement)));
	trial_fini(&trial);
	return ret;
}

int
mode_losscurve(struct bench *bench, struct vsw_error *err)
{
	const struct bench_load *asked = &bench->options->load;
	unsigned int step, loss_free = 0;
	double full_pps = asked->value, loss_ratio;
	json_t *list = json_array();
	int ret;

	json_object_set_new(bench->results, "losscurve", list);
	ret = bench_learn(bench, err);
	if (ret == 0 && asked->kind != LOAD_RATE)
		ret = trial_find_capacity(bench, &full_pps, err);
	for (step = STEPS; ret == 0 && step > 0 && loss_free < LOSS_FREE_ENOUGH; step--) {
		ret = measure(bench, full_pps * step / STEPS, list, &loss_ratio, err);
		loss_free = loss_ratio > 0 ? 0 : loss_free + 1;
	}
	return ret;
}
