/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The same measurement in several processes, one after the other.
 *
 * Within a process figures agree within 1 %; between processes they do not, because each has other
 * physical pages, of which more or fewer fall on the same set of a cache. The least figure of some
 * processes is that of a good layout, which comes often enough to be found again.
 */
#ifndef LOCKSTEP_RUNS_H
#define LOCKSTEP_RUNS_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "vsw_error.h"

/*
 * Run this program n_runs times with its own command line and --one-run, and merge what the runs
 * have found into *result, which the caller owns; it may be there, incomplete, with an error, too.
 * A run that fails has said why on stderr: then err->text is that sentence, and *told is true.
 */
int runs_collect(int argc, char **argv, uint32_t n_runs, const volatile bool *interrupted,
		 json_t **result, bool *told, struct vsw_error *err);

#endif /* LOCKSTEP_RUNS_H */
