/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The result of a call: "vsw-bench-1", as scripts/bench/schema/call.json has it.
 *
 * Threads: the main lcore's.
 */
#ifndef RESULT_H
#define RESULT_H

#include "bench.h"

/*
 * Write it to the file of the options, or to standard output. error NULL: complete. Returns 0 or a
 * negative errno with err.
 */
int result_write(const struct bench *bench, const char *error, struct vsw_error *err);

/* The file of the options, if there is one, says that the measurement has not ended. Likewise. */
int result_begin(const struct bench *bench, struct vsw_error *err);

#endif /* RESULT_H */
