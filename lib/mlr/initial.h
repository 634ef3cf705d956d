/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The first trials: the highest load, then what that one forwarded, then a load beside it. They
 * serve all goals: the smallest loss ratio, the longest initial trial, the widest initial width.
 */
#ifndef MLR_INITIAL_H
#define MLR_INITIAL_H

#include "bounds.h"

struct mlr_initial {
	double loss_ratio;
	double trial_s;
	int64_t width;
};

void mlr_initial_init(struct mlr_initial *initial, const struct mlr_chain *chains, uint32_t n);

/* The load after the highest one lost loss_ratio; MLR_NONE: so little that none is needed. */
int64_t mlr_initial_second(const struct mlr_initial *initial, const struct mlr_grid *grid,
			   double loss_ratio);

/* The load after that one (at) has lost loss_ratio; MLR_NONE: it would be too near. */
int64_t mlr_initial_third(const struct mlr_initial *initial, const struct mlr_grid *grid,
			  int64_t at, double loss_ratio);

#endif /* MLR_INITIAL_H */
