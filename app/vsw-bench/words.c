/* SPDX-License-Identifier: BSD-3-Clause */
#include "words.h"

#include <errno.h>
#include <string.h>

#include <rte_common.h>

#include "vsw_start.h"

#define EAL_WORDS_MAX 64

int
words_find_dashes(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		;
	return i;
}

static int
append(char **argv, int argc, char *const *words, int n)
{
	memcpy(argv + argc, words, n * sizeof(*words));
	return argc + n;
}

int
words_start_eal(const char *name, int n, char **words, uint32_t need_mb, struct vsw_error *err)
{
	static char *const always[] = {"--no-telemetry", "--no-pci", "--log-level=lib.*:error"};
	/* Of drivers, which are loaded later, the first level that fits counts: the user's. */
	static char *const unless_asked[] = {"--log-level=pmd.net.virtio.*:critical"};
	static char *const pages[] = {"--in-memory", "--single-file-segments"};
	static char *const no_pages[] = {"--no-shconf"};
	char *argv[1 + EAL_WORDS_MAX + RTE_DIM(always) + RTE_DIM(pages) + RTE_DIM(unless_asked) +
		   1] = {(char *)name};
	struct vsw_start_preflight preflight = {0};
	struct vsw_start_args args;
	int argc = 1, ret;

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
	vsw_start_preflight_memory(&args, need_mb, &preflight);
	ret = vsw_start_eal(argc, argv, &preflight, err);
	return ret < 0 ? ret : 0;
}
