/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A goal as a chain of targets, from coarse and short to the goal itself: precision doubles from
 * one to the next as the time spent on a load grows.
 */
#ifndef MLR_TARGET_H
#define MLR_TARGET_H

#include "grid.h"

struct mlr_target {
	double loss_ratio;
	double exceed_ratio;
	double trial_s;
	double duration_sum_s;
	int64_t width; /* steps of the grid */
};

struct mlr_chain {
	struct mlr_target targets[VSW_MLR_PRECEDING_MAX + 1];
	uint32_t last; /* index of the goal itself */
	uint32_t expansion;
	bool fail_fast;
};

void mlr_chain_init(struct mlr_chain *chain, const struct vsw_mlr_goal *goal,
		    const struct mlr_grid *grid);

#endif /* MLR_TARGET_H */
