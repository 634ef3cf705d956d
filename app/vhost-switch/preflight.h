/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Can the switch start as it is asked to? Looked at before EAL starts, in words and numbers.
 *
 * Model: a list of checks. Each has found something with numbers in it, and is ok, a warning (the
 * switch starts, slower than it need be) or a problem (it does not start); then it has a remedy, as
 * a rule a command. Checks change nothing on the machine.
 *
 * Threads: main, before any other thread of ours.
 */
#ifndef PREFLIGHT_H
#define PREFLIGHT_H

#include <stdbool.h>
#include <stdint.h>

#include "eal_args.h"
#include "vsw_error.h"

#define PREFLIGHT_CHECKS_MAX 24
#define PREFLIGHT_TEXT_BYTES 240

enum preflight_state {
	PREFLIGHT_OK,
	PREFLIGHT_WARNING,
	PREFLIGHT_PROBLEM,
};

struct preflight_check {
	const char *name;
	enum preflight_state state;
	char found[PREFLIGHT_TEXT_BYTES];
	char remedy[PREFLIGHT_TEXT_BYTES];
};

struct preflight {
	struct preflight_check check[PREFLIGHT_CHECKS_MAX];
	unsigned int n;
	bool cpus_denied; /* EAL would not fail on these CPUs, but abort */
};

/* Is --preflight among the words? */
bool preflight_is_asked(int argc, char *const *argv);

/* All checks for a command line whose last part is vhost-switch's: preflight_look.c. */
void preflight_look(int argc, char *const *argv, struct preflight *preflight);

/* The first problem as a sentence: 0 if there is none, else a negative errno with err set. */
int preflight_explain(const struct preflight *preflight, struct vsw_error *err);

/* Log the warnings. */
void preflight_warn(const struct preflight *preflight);

/* The table, on stdout. Returns true if there is no problem. */
bool preflight_print(const struct preflight *preflight);

/* For the checks: one more, without a text yet; a check beyond the last is lost. */
struct preflight_check *preflight_add(struct preflight *preflight, const char *name);

/* The files of checks. */
void preflight_cpus(const struct eal_args *args, struct preflight *preflight);
void preflight_memory(const struct eal_args *args, uint32_t need_mb, struct preflight *preflight);

/* A file of one number; -1 if there is none. path is printf-formatted. */
long preflight_number(const char *path, ...) __attribute__((format(printf, 1, 2)));

#endif /* PREFLIGHT_H */
