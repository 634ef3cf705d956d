/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the trials prove for a target: each load is a lower bound, an upper bound, or undecided
 * (RFC 9971 appendix A).
 */
#ifndef MLR_BOUNDS_H
#define MLR_BOUNDS_H

#include "target.h"
#include "trials.h"

#define MLR_NONE (-1)

/* Steps of the grid, or MLR_NONE. */
struct mlr_bounds {
	int64_t lo;
	int64_t hi;
};

/*
 * The relevant bounds: the smallest upper bound, and the largest lower bound below it. What passes
 * above a load that fails is luck.
 */
struct mlr_bounds mlr_bounds_find(const struct mlr_trials *trials, const struct mlr_target *target);

/*
 * The loss ratio that stands for a lower bound: full trials by rising loss, the one in which (1 -
 * exceed ratio) of the duration sum ends. 1 if they do not last so long.
 */
double mlr_bounds_loss_ratio(const struct mlr_trials *trials, const struct mlr_target *target,
			     int64_t at);

#endif /* MLR_BOUNDS_H */
