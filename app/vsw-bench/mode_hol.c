/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Head-of-line blocking (RFC 2889 section 5.5): port 0 sends to ports 2 and 3 in turn, port 1 to
 * port 3, which does not read its ring. What port 2 loses then, and does not lose while port 3
 * reads, it loses for the sake of another guest.
 */
#include "mode.h"
#include "trial.h"

#define CONGESTED 3
#define UNCONGESTED 2
#define SENDERS 0x3u
#define LOAD_DEFAULT_PPS 200000.0
#define TRIALS 5 /* of the profile's length, one after the other */

struct outcome {
	double uncongested_loss;
	double congested_loss;
};

/* Half of what port 0 sends is for port 2. */
static void
judge(struct bench *bench, struct outcome *outcome)
{
	uint64_t from[2], to_uncongested, to_congested;
	struct vsw_judge_counts uncongested, congested;
	unsigned int i;

	for (i = 0; i < 2; i++)
		from[i] = vsw_traffic_sent_by(bench->traffic, i);
	to_uncongested = from[0] / 2;
	to_congested = from[0] - to_uncongested + from[1];
	vsw_judge_get_counts(vsw_traffic_judge(bench->traffic, UNCONGESTED), &uncongested);
	vsw_judge_get_counts(vsw_traffic_judge(bench->traffic, CONGESTED), &congested);
	outcome->uncongested_loss = to_uncongested > 0 ? (double)uncongested.lost / to_uncongested
						       : 0;
	outcome->congested_loss = to_congested > 0 ? (double)congested.lost / to_congested : 0;
}

static int
measure(struct bench *bench, uint32_t deaf, struct outcome *outcome, struct vsw_error *err)
{
	const struct bench_load *asked = &bench->options->load;
	const struct trial_request request = {
		.kind = "hol",
		.load = {.kind = LOAD_RATE,
			 .value = asked->kind == LOAD_RATE ? asked->value : LOAD_DEFAULT_PPS},
		.duration_s = TRIALS * bench_trial_s(bench),
		.deaf = deaf,
	};
	struct trial trial;
	int ret;

	ret = trial_record(bench, &request, true, &trial, err);
	if (ret == 0)
		judge(bench, outcome);
	trial_fini(&trial);
	return ret;
}

static void
set_results(struct bench *bench, const struct outcome *reading, const struct outcome *congested)
{
	json_object_set_new(bench->results, "hol",
			    json_pack("{sf sf sf sf}", "loss_ratio", congested->uncongested_loss,
				      "congested_loss_ratio", congested->congested_loss,
				      "baseline_loss_ratio", reading->uncongested_loss,
				      "baseline_congested_loss_ratio", reading->congested_loss));
}

int
mode_hol(struct bench *bench, struct vsw_error *err)
{
	struct outcome reading = {0}, congested = {0};
	int ret;

	ret = bench_learn(bench, err);
	engine_set_senders(bench->engine, SENDERS);
	if (ret == 0)
		ret = measure(bench, 0, &reading, err);
	if (ret == 0)
		ret = measure(bench, 1u << CONGESTED, &congested, err);
	if (ret == 0)
		set_results(bench, &reading, &congested);
	return ret;
}
