/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Latency: the time from a frame's write to its judgement, at shares of the capacity (CSIT: 0, 10,
 * 50 and 90 %, where 0 is CSIT's 9000 frames a second in each direction), or at the rate asked for.
 */
#include "mode.h"
#include "trial.h"

#define FLOOR_PPS 18000.0
#define EVERY_MAX 1024
#define SAMPLES_PER_S 100000

/* A power of two, so that there are enough samples, and judging them costs little. */
static uint32_t
sample_every(double load_pps)
{
	uint32_t every = 1;

	while (every < EVERY_MAX && load_pps / every > 2 * SAMPLES_PER_S)
		every *= 2;
	return every;
}

static int
measure(struct bench *bench, double percent, double load_pps, json_t *list, struct vsw_error *err)
{
	const struct trial_request request = {
		.kind = "latency",
		.load = {.kind = LOAD_RATE, .value = load_pps},
		.duration_s = 5 * bench_trial_s(bench),
		.latency_every = sample_every(load_pps),
	};
	struct trial trial;
	json_t *times;
	int ret;

	ret = trial_record(bench, &request, true, &trial, err);
	times = ret == 0 ? trial_latency_to_json(bench, &trial) : NULL;
	if (times != NULL) {
		json_object_set_new(times, "load_percent", json_real(percent));
		json_object_set_new(times, "load_pps", json_real(load_pps));
		json_object_set_new(times, "loss_ratio", json_real(trial.loss_ratio));
		json_array_append_new(list, times);
	}
	trial_fini(&trial);
	return ret;
}

int
mode_latency(struct bench *bench, struct vsw_error *err)
{
	static const double percents[] = {0, 10, 50, 90};
	double capacity_pps = 0, load_pps;
	json_t *list = json_array();
	unsigned int i;
	int ret;

	json_object_set_new(bench->results, "latency", list);
	ret = bench_learn(bench, err);
	if (ret == 0 && bench->options->load.kind == LOAD_RATE)
		return measure(bench, 100, bench->options->load.value, list, err);
	if (ret == 0)
		ret = trial_find_capacity(bench, &capacity_pps, err);
	for (i = 0; ret == 0 && i < sizeof(percents) / sizeof(percents[0]); i++) {
		load_pps = percents[i] > 0 ? capacity_pps * percents[i] / 100 : FLOOR_PPS;
		ret = measure(bench, percents[i], load_pps, list, err);
	}
	return ret;
}
