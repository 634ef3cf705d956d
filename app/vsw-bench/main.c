/* SPDX-License-Identifier: BSD-3-Clause */
/* The order of birth and death of a measurement. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_eal.h>

#include "bench.h"
#include "mode.h"
#include "result.h"
#include "vsw_start.h"

#define EAL_WORDS_MAX 64
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
append(char **argv, int argc, char *const *words, int n)
{
	memcpy(argv + argc, words, n * sizeof(*words));
	return argc + n;
}

/* The index of "--", or argc. */
static int
find_dashes(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		;
	return i;
}

/*
 * The user's words for EAL, after those that a load generator always wants: no files that outlive
 * it, and memory that a virtio-user can share.
 */
static int
start_eal(int n, char **words, struct vsw_error *err)
{
	static char *const always[] = {"vsw-bench", "--no-telemetry", "--no-pci",
				       "--log-level=lib.*:error"};
	/* Of drivers, which are loaded later, the first level that fits counts: the user's. */
	static char *const unless_asked[] = {"--log-level=pmd.net.virtio.*:critical"};
	static char *const pages[] = {"--in-memory", "--single-file-segments"};
	static char *const no_pages[] = {"--no-shconf"};
	char *argv[EAL_WORDS_MAX + RTE_DIM(always) + RTE_DIM(pages) + RTE_DIM(unless_asked) + 1] = {
		NULL};
	struct vsw_start_preflight preflight = {0};
	struct vsw_start_args args;
	int argc = 0;

	if (n > EAL_WORDS_MAX)
		return vsw_error_set(err, E2BIG, "more than %d words for EAL", EAL_WORDS_MAX);
	vsw_start_args_read(n + 1, words - 1, &args);
	argc = append(argv, argc, always, RTE_DIM(always));
	if (args.no_huge)
		argc = append(argv, argc, no_pages, RTE_DIM(no_pages));
	else
		argc = append(argv, argc, pages, RTE_DIM(pages));
	argc = append(argv, argc, words, n);
	argc = append(argv, argc, unless_asked, RTE_DIM(unless_asked));
	vsw_start_args_read(argc, argv, &args);
	vsw_start_preflight_cpus(&args, &preflight);
	vsw_start_preflight_memory(&args, EAL_NEEDS_MB, &preflight);
	return vsw_start_eal(argc, argv, &preflight, err);
}

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
	int dashes = find_dashes(argc, argv), ret;
	int n_eal = dashes < argc ? dashes - 1 : 0;
	struct options options;
	struct vsw_error err;

	argv[n_eal == 0 && dashes == argc ? 0 : dashes] = "vsw-bench";
	if (dashes == argc)
		ret = options_parse(argc, argv, &options, &err);
	else
		ret = options_parse(argc - dashes, argv + dashes, &options, &err);
	if (ret == 0)
		ret = start_eal(n_eal, argv + 1, &err);
	if (ret >= 0) {
		ret = run(&options, &err);
		rte_eal_cleanup();
	}
	if (ret < 0)
		fprintf(stderr, "vsw-bench: %s\n", err.text);
	return ret < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
