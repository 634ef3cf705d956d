/* SPDX-License-Identifier: BSD-3-Clause */
/* The trials so far, by load; those of one load in the order they came. */
#ifndef MLR_TRIALS_H
#define MLR_TRIALS_H

#include <stddef.h>
#include <stdint.h>

struct mlr_trial {
	int64_t at; /* step of the grid */
	double intended_s;
	double elapsed_s; /* with overheads */
	double loss_ratio;
};

struct mlr_trials {
	struct mlr_trial *trial;
	size_t n;
	size_t capacity;
};

/* -ENOMEM */
int mlr_trials_add(struct mlr_trials *trials, const struct mlr_trial *trial);

void mlr_trials_fini(struct mlr_trials *trials);

/* The first trial of the load that trials->trial[i] is not of; trials->n if there is none. */
size_t mlr_trials_next_load(const struct mlr_trials *trials, size_t i);

#endif /* MLR_TRIALS_H */
