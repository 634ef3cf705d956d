/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Address learning rate (RFC 2889 section 5.8): the greatest rate at which frames from --macs new
 * addresses can come and every one of them is learnt. A switch that takes frames no faster than it
 * learns shows that by the rate at which it takes them.
 */
#include <math.h>

#include "address.h"
#include "mode.h"

#define RATE_MIN_PPS 1e4
#define RATE_MAX_PPS 2e7
#define RESOLUTION 1.05

struct search {
	double low;  /* all was learnt at this rate */
	double high; /* but not at this one, or frames do not come that fast */
};

static int
step(struct bench *bench, double pps, struct search *search, json_t *steps, struct vsw_error *err)
{
	struct address_trial trial = {0};
	int ret;

	ret = address_flush(bench, err);
	if (ret == 0)
		ret = address_try(bench, bench->options->n_macs, pps, &trial, err);
	if (ret < 0)
		return ret;
	json_array_append_new(steps, json_pack("{sf sf sI}", "pps", pps, "took_pps", trial.took_pps,
					       "unknown", (json_int_t)trial.unknown));
	if (trial.unknown > 0)
		search->high = pps;
	else
		search->low = fmax(search->low, fmin(pps, trial.took_pps));
	if (trial.unknown == 0 && trial.took_pps < pps)
		search->high = pps;
	return 0;
}

int
mode_learning(struct bench *bench, struct vsw_error *err)
{
	struct search search = {.high = RATE_MAX_PPS * RESOLUTION};
	json_t *steps = json_array();
	double pps = RATE_MAX_PPS;
	int ret = 0;

	while (ret == 0 && search.high > RESOLUTION * fmax(search.low, RATE_MIN_PPS)) {
		progress_say(&bench->progress, "learning: %.3f Mpps; all were learnt at %.3f",
			     pps / 1e6, search.low / 1e6);
		ret = step(bench, pps, &search, steps, err);
		pps = sqrt(fmax(search.low, RATE_MIN_PPS) * search.high);
	}
	json_object_set_new(bench->results, "learning",
			    json_pack("{sI sf sf so}", "addresses",
				      (json_int_t)bench->options->n_macs, "pps", search.low,
				      "limit_pps", RATE_MAX_PPS, "steps", steps));
	return ret;
}
