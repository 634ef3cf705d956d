/* SPDX-License-Identifier: BSD-3-Clause */
/* The command line of vsw-lockstep, behind "--". */
#ifndef LOCKSTEP_ARGS_H
#define LOCKSTEP_ARGS_H

#include <stdbool.h>
#include <stdint.h>

#include "vsw_error.h"

#define LOCKSTEP_LIST_MAX 16

struct lockstep_list {
	uint32_t value[LOCKSTEP_LIST_MAX];
	unsigned int n;
};

/* Each combination of what is listed is a point. */
struct lockstep_args {
	struct lockstep_list sizes;
	struct lockstep_list macs;
	struct lockstep_list packed;
	struct lockstep_list mergeable;
	uint32_t ring_size;
	uint32_t n_slices;
	uint32_t slice_frames;
	uint32_t plant_ticks;
	uint32_t n_runs;
	bool one_run;		 /* in this process */
	const char *result_path; /* NULL: stdout */
};

/* Parse argv[1..argc-1]. Returns 0 or -EINVAL with err; --help and unknown options exit. */
int lockstep_args_parse(int argc, char **argv, struct lockstep_args *args, struct vsw_error *err);

#endif /* LOCKSTEP_ARGS_H */
