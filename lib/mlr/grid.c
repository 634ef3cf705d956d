/* SPDX-License-Identifier: BSD-3-Clause */
#include "grid.h"

#include <math.h>

#define QUALITY_LOWER 0.99
#define QUALITY_UPPER 0.999999

/*
 * How many steps to try if n of them do not suit a width of log_width: so many that it becomes one
 * step more, just above QUALITY_UPPER. 0 if they suit.
 */
static double
steps_for(double log_width, double log_range, int64_t n)
{
	double units = log_width / (log_range / (double)n);
	double whole = floor(units);
	double quality = whole / units;

	if (quality >= QUALITY_LOWER && quality <= QUALITY_UPPER)
		return 0;
	return fmax((double)n + 1, ceil((whole + 1) / QUALITY_UPPER / units * (double)n));
}

void
mlr_grid_init(struct mlr_grid *grid, const struct vsw_mlr_config *config)
{
	double log_range = log(config->max_load_pps) - log(config->min_load_pps);
	double more = 1;
	uint32_t i;

	while (more > 0) {
		grid->n = (int64_t)more;
		more = 0;
		for (i = 0; i < config->n_goals; i++) {
			double log_width = -log1p(-config->goals[i].relative_width);

			more = fmax(more, steps_for(log_width, log_range, grid->n));
		}
	}
	grid->min_pps = config->min_load_pps;
	grid->max_pps = config->max_load_pps;
	grid->log_step = log_range / (double)grid->n;
}

double
mlr_grid_pps(const struct mlr_grid *grid, int64_t at)
{
	if (at >= grid->n)
		return grid->max_pps; /* exactly */
	return grid->min_pps * exp((double)at * grid->log_step);
}

int64_t
mlr_grid_floor(const struct mlr_grid *grid, double pps)
{
	if (pps <= grid->min_pps)
		return 0;
	if (pps >= grid->max_pps)
		return grid->n;
	return (int64_t)(log(pps / grid->min_pps) / grid->log_step);
}

int64_t
mlr_grid_width(const struct mlr_grid *grid, double relative_width)
{
	return mlr_grid_floor(grid, grid->min_pps / (1 - relative_width));
}
