/* SPDX-License-Identifier: BSD-3-Clause */
#include "preflight_look.h"

#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "switch.h"

bool
preflight_is_asked(int argc, char *const *argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--preflight") == 0)
			return true;
	}
	return false;
}

/* The number of one of our options, 0 without; whether it is right is said after EAL's start. */
static uint32_t
find_number(int argc, char *const *argv, const char *option)
{
	size_t length = strlen(option);
	uint32_t number = 0;
	int i;

	for (i = 1; i < argc; i++) {
		if (strncmp(argv[i], option, length) != 0)
			continue;
		if (argv[i][length] == '=')
			number = strtoul(argv[i] + length + 1, NULL, 10);
		else if (argv[i][length] == '\0' && i + 1 < argc)
			number = strtoul(argv[i + 1], NULL, 10);
	}
	return number;
}

/* What the switch needs; of our options two decide on that. */
static uint32_t
find_need_mb(int argc, char *const *argv, const struct vsw_start_args *args)
{
	unsigned int n_lcores = args->n_lcores > 0 ? args->n_lcores : 1;
	uint32_t fdb_size = find_number(argc, argv, "--fdb-size");

	if (fdb_size == 0 || fdb_size > ARGS_FDB_SIZE_MAX)
		fdb_size = ARGS_FDB_SIZE_DEFAULT;
	return switch_memory_mb(n_lcores, fdb_size, find_number(argc, argv, "--total-num-mbufs"));
}

void
preflight_look(int argc, char *const *argv, struct vsw_start_preflight *preflight)
{
	struct vsw_start_args args;

	memset(preflight, 0, sizeof(*preflight));
	vsw_start_args_read(argc, argv, &args);
	vsw_start_preflight_cpus(&args, preflight);
	vsw_start_preflight_memory(&args, find_need_mb(argc, argv, &args), preflight);
}
