/* SPDX-License-Identifier: BSD-3-Clause */
/* The order of birth and death of a measurement. */
#include <stdio.h>
#include <stdlib.h>

#include <rte_eal.h>

#include "bench.h"
#include "mode.h"
#include "result.h"
#include "words.h"

#define EAL_NEEDS_MB 32

static int
mode_facts(struct bench *bench, struct vsw_error *err)
{
	(void)bench;
	(void)err;
	return 0;
}

static int (*const modes[MODE_N])(struct bench *bench, struct vsw_error *err) = {
	[MODE_MRR] = mode_mrr,
	[MODE_SEARCH] = mode_search,
	[MODE_LATENCY] = mode_latency,
	[MODE_SOAK] = mode_soak,
	[MODE_LOSSCURVE] = mode_losscurve,
	[MODE_BACKTOBACK] = mode_backtoback,
	[MODE_CACHING] = mode_caching,
	[MODE_LEARNING] = mode_learning,
	[MODE_HOL] = mode_hol,
	[MODE_RECONF] = mode_reconf,
	[MODE_SELFTEST] = mode_selftest,
	[MODE_FACTS] = mode_facts,
};

static int
run(const struct options *options, struct vsw_error *err)
{
	struct vsw_error also;
	struct bench bench;
	int ret, written;

	ret = bench_init(&bench, options, err);
	if (ret == 0)
		ret = modes[options->mode](&bench, err);
	progress_clear(&bench.progress);
	written = result_write(&bench, ret < 0 ? err->text : NULL, ret < 0 ? &also : err);
	bench_fini(&bench);
	return ret < 0 ? ret : written;
}

int
main(int argc, char **argv)
{
	int dashes = words_find_dashes(argc, argv), ret;
	int n_eal = dashes < argc ? dashes - 1 : 0;
	struct options options;
	struct vsw_error err;

	argv[n_eal == 0 && dashes == argc ? 0 : dashes] = "vsw-bench";
	if (dashes == argc)
		ret = options_parse(argc, argv, &options, &err);
	else
		ret = options_parse(argc - dashes, argv + dashes, &options, &err);
	if (ret == 0)
		ret = words_start_eal("vsw-bench", n_eal, argv + 1, EAL_NEEDS_MB, &err);
	if (ret >= 0) {
		ret = run(&options, &err);
		rte_eal_cleanup();
	}
	if (ret < 0)
		fprintf(stderr, "vsw-bench: %s\n", err.text);
	return ret < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
