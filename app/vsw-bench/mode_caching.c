/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Address caching capacity (RFC 2889 section 5.7): the greatest number of addresses of one port,
 * up to --macs, that a switch knows all at once.
 */
#include "address.h"
#include "mode.h"

static int
knows_all(struct bench *bench, uint32_t n, bool *all, json_t *steps, struct vsw_error *err)
{
	struct address_trial trial = {0};
	int ret;

	ret = address_flush(bench, err);
	if (ret == 0)
		ret = address_try(bench, n, 0, &trial, err);
	*all = trial.unknown == 0;
	if (ret == 0)
		json_array_append_new(steps, json_pack("{sI sI}", "addresses", (json_int_t)n,
						       "unknown", (json_int_t)trial.unknown));
	return ret;
}

int
mode_caching(struct bench *bench, struct vsw_error *err)
{
	uint32_t low = 0, high = bench->options->n_macs + 1, n = bench->options->n_macs;
	json_t *steps = json_array();
	bool all;
	int ret = 0;

	while (ret == 0 && high - low > 1) {
		progress_say(&bench->progress, "caching: %u addresses; %u were known at once", n,
			     low);
		ret = knows_all(bench, n, &all, steps, err);
		if (ret == 0 && all)
			low = n;
		else
			high = n;
		n = low + (high - low) / 2;
	}
	json_object_set_new(bench->results, "caching",
			    json_pack("{sI sI so}", "addresses", (json_int_t)low, "limit_addresses",
				      (json_int_t)bench->options->n_macs, "steps", steps));
	return ret;
}
