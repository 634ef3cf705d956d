/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Back-to-back frames (RFC 2544 section 26.4, RFC 9004): the longest burst that each port can send
 * at full speed, into an idle switch, without loss. One search finds one length by bisection; it is
 * repeated, and the lengths have a spread.
 */
#include "mode.h"
#include "spread.h"
#include "trial.h"

#define BURST_MAX (1u << 20)
#define BURST_TIME_S 2.0 /* RFC 2544: bursts of up to two seconds; or what --trial-s says */
#define RESOLUTION 0.02

static int
send_burst(struct bench *bench, uint32_t frames, bool *lossless, struct vsw_error *err)
{
	const struct trial_request request = {
		.kind = "backtoback",
		.load = {.kind = LOAD_BURST, .value = frames},
		.duration_s = bench->options->trial_s > 0 ? bench->options->trial_s : BURST_TIME_S,
		.whole = true,
	};
	struct trial trial;
	int ret;

	ret = trial_record(bench, &request, false, &trial, err);
	*lossless = trial.loss_ratio == 0;
	trial_fini(&trial);
	return ret;
}

static int
search(struct bench *bench, double *longest, struct vsw_error *err)
{
	uint32_t low = 0, high = BURST_MAX + 1, length = BURST_MAX;
	bool lossless;
	int ret;

	while (high - low > 1 && high - low > RESOLUTION * low) {
		ret = send_burst(bench, length, &lossless, err);
		if (ret < 0)
			return ret;
		if (lossless)
			low = length;
		else
			high = length;
		length = low > 0 ? (low + high) / 2 : high / 2;
	}
	*longest = low;
	return 0;
}

int
mode_backtoback(struct bench *bench, struct vsw_error *err)
{
	unsigned int i, n = bench_n_trials(bench);
	struct spread lengths = {0};
	double longest;
	int ret;

	ret = bench_learn(bench, err);
	for (i = 0; ret == 0 && i < n; i++) {
		ret = search(bench, &longest, err);
		if (ret == 0)
			spread_add(&lengths, longest);
	}
	if (lengths.n > 0)
		json_object_set_new(
			bench->results, "backtoback",
			json_pack("{so sf sf sI si}", "frames", spread_to_json(&lengths, "median"),
				  "mean_frames", spread_mean(&lengths), "stdev_frames",
				  spread_stdev(&lengths), "limit_frames", (json_int_t)BURST_MAX,
				  "ring_size", bench->options->ring_size));
	spread_fini(&lengths);
	return ret;
}
