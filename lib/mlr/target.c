/* SPDX-License-Identifier: BSD-3-Clause */
#include "target.h"

#include <math.h>

/* The target that comes before the goal by `before` places. */
static struct mlr_target
target_of(const struct vsw_mlr_goal *goal, const struct mlr_grid *grid, uint32_t before)
{
	uint32_t n = goal->preceding_targets;
	struct mlr_target target = {
		.loss_ratio = goal->loss_ratio,
		.exceed_ratio = goal->exceed_ratio,
		.duration_sum_s = goal->duration_sum_s,
		.trial_s = goal->final_trial_s,
		.width = mlr_grid_width(grid, goal->relative_width) << before,
	};

	if (target.width > grid->n)
		target.width = grid->n;
	if (!before)
		return target;
	if (before == n)
		target.duration_sum_s = goal->initial_trial_s;
	else
		target.duration_sum_s *=
			pow(pow(goal->initial_trial_s / goal->duration_sum_s, 1.0 / n), before);
	target.trial_s = fmin(goal->final_trial_s, target.duration_sum_s);
	return target;
}

void
mlr_chain_init(struct mlr_chain *chain, const struct vsw_mlr_goal *goal,
	       const struct mlr_grid *grid)
{
	uint32_t before;

	chain->last = goal->preceding_targets;
	chain->expansion = goal->expansion;
	chain->fail_fast = goal->fail_fast;
	for (before = 0; before <= chain->last; before++)
		chain->targets[chain->last - before] = target_of(goal, grid, before);
}
