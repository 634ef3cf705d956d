/* SPDX-License-Identifier: BSD-3-Clause */
#include "initial.h"

#include <math.h>

#include "place.h"

void
mlr_initial_init(struct mlr_initial *initial, const struct mlr_chain *chains, uint32_t n)
{
	uint32_t i;

	*initial = (struct mlr_initial){.loss_ratio = 1};
	for (i = 0; i < n; i++) {
		const struct mlr_target *first = &chains[i].targets[0];

		initial->loss_ratio = fmin(initial->loss_ratio, first->loss_ratio);
		initial->trial_s = fmax(initial->trial_s, first->trial_s);
		if (first->width > initial->width)
			initial->width = first->width;
	}
}

/* The load that would lose no more than is allowed if all above what was forwarded is lost. */
static int64_t
forwarded_at(const struct mlr_initial *initial, const struct mlr_grid *grid, int64_t at,
	     double loss_ratio)
{
	double forwarded_pps = mlr_grid_pps(grid, at) * (1 - loss_ratio);

	return mlr_grid_floor(grid, forwarded_pps / (1 - initial->loss_ratio));
}

int64_t
mlr_initial_second(const struct mlr_initial *initial, const struct mlr_grid *grid,
		   double loss_ratio)
{
	struct mlr_bounds below = {.lo = MLR_NONE, .hi = grid->n};

	return mlr_place_apart(grid, below, forwarded_at(initial, grid, grid->n, loss_ratio),
			       initial->width);
}

int64_t
mlr_initial_third(const struct mlr_initial *initial, const struct mlr_grid *grid, int64_t at,
		  double loss_ratio)
{
	struct mlr_bounds below = {.lo = MLR_NONE, .hi = at};
	struct mlr_bounds above = {.lo = at, .hi = grid->n};

	if (loss_ratio > initial->loss_ratio)
		return mlr_place_apart(grid, below, forwarded_at(initial, grid, at, loss_ratio),
				       initial->width);
	return mlr_place_apart(grid, above, at + initial->width, initial->width);
}
