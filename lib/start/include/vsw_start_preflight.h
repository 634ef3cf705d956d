/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Can a program start as it is asked to? Looked at before EAL starts, in words and numbers.
 *
 * Model: a list of checks. Each has found something with numbers in it, and is ok, a warning (the
 * program starts, slower than it need be) or a problem (it does not start); then it has a remedy,
 * as a rule a command. Checks change nothing on the machine.
 *
 * Threads: main, before any other thread of ours.
 */
#ifndef VSW_START_PREFLIGHT_H
#define VSW_START_PREFLIGHT_H

#include <stdbool.h>
#include <stdint.h>

#include "vsw_error.h"
#include "vsw_start_args.h"

#define VSW_START_CHECKS_MAX 24
#define VSW_START_TEXT_BYTES 240

enum vsw_start_state {
	VSW_START_OK,
	VSW_START_WARNING,
	VSW_START_PROBLEM,
};

struct vsw_start_check {
	const char *name;
	enum vsw_start_state state;
	char found[VSW_START_TEXT_BYTES];
	char remedy[VSW_START_TEXT_BYTES];
};

struct vsw_start_preflight {
	struct vsw_start_check check[VSW_START_CHECKS_MAX];
	unsigned int n;
	bool cpus_denied; /* EAL would not fail on these CPUs, but abort */
};

/*
 * Look at the CPUs; at the memory, for a program that needs so many MiB of EAL's. *preflight starts
 * from {0}.
 */
void vsw_start_preflight_cpus(const struct vsw_start_args *args,
			      struct vsw_start_preflight *preflight);
void vsw_start_preflight_memory(const struct vsw_start_args *args, uint32_t need_mb,
				struct vsw_start_preflight *preflight);

/* The first problem as a sentence: 0 if there is none, else a negative errno with err set. */
int vsw_start_preflight_explain(const struct vsw_start_preflight *preflight, struct vsw_error *err);

/* Log the warnings. */
void vsw_start_preflight_warn(const struct vsw_start_preflight *preflight);

/* The table, on stdout. Returns true if there is no problem. */
bool vsw_start_preflight_print(const struct vsw_start_preflight *preflight);

#endif /* VSW_START_PREFLIGHT_H */
