/* SPDX-License-Identifier: BSD-3-Clause */
#include "place.h"

int64_t
mlr_place_middle(int64_t lo, int64_t hi, int64_t width)
{
	int64_t whole = hi - lo;
	int64_t part;

	while (whole < 2 * width && width % 2 == 0)
		width /= 2;
	if (whole <= 2 * width)
		return lo + whole / 2;
	for (part = width; whole > 4 * part; part *= 2)
		;
	/* One more doubling makes it the larger part: which of the two is more even? */
	if (part * (whole - part) > 2 * part * (whole - 2 * part))
		return lo + part;
	return hi - 2 * part;
}

int64_t
mlr_place_apart(const struct mlr_grid *grid, struct mlr_bounds bounds, int64_t at, int64_t width)
{
	bool lo_open = bounds.lo == MLR_NONE, hi_open = bounds.hi == MLR_NONE;
	int64_t lo = lo_open ? 0 : bounds.lo, hi = hi_open ? grid->n : bounds.hi;
	int64_t from = lo + width, to = hi - width;

	if (at < 0)
		at = 0;
	if (at > grid->n)
		at = grid->n;
	if ((!lo_open && at <= lo) || (!hi_open && at >= hi))
		return MLR_NONE;
	if (width >= hi - lo) {
		if (lo_open)
			return lo;
		return hi_open ? hi : MLR_NONE;
	}
	if (from > to)
		from = to = mlr_place_middle(lo, hi, width);
	if (at < from)
		return lo_open ? lo : from;
	if (at > to)
		return hi_open ? hi : to;
	return at;
}
