/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The loads that are tried: steps 0 .. n of equal ratio, from the lowest load to the highest.
 *
 * The search adds and halves widths as integers, so it comes back to the same loads. The steps are
 * so small that each goal's width, rounded down to steps, is at least 0.99 of it, and below
 * 0.999999 of it, so that rounding a load can never make a result wider than its goal.
 */
#ifndef MLR_GRID_H
#define MLR_GRID_H

#include "vsw_mlr.h"

struct mlr_grid {
	double min_pps;
	double max_pps;
	double log_step;
	int64_t n;
};

void mlr_grid_init(struct mlr_grid *grid, const struct vsw_mlr_config *config);

/* The load of a step within 0 .. n. */
double mlr_grid_pps(const struct mlr_grid *grid, int64_t at);

/* The last step whose load is not above pps, but for rounding; 0 if none is. */
int64_t mlr_grid_floor(const struct mlr_grid *grid, double pps);

/* A relative width in whole steps, n at most. */
int64_t mlr_grid_width(const struct mlr_grid *grid, double relative_width);

#endif /* MLR_GRID_H */
