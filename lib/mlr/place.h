/* SPDX-License-Identifier: BSD-3-Clause */
/* Where between bounds a load is worth a trial. */
#ifndef MLR_PLACE_H
#define MLR_PLACE_H

#include "bounds.h"

/*
 * Split lo .. hi, which is wider than width (> 0). Two widths fall in half. More are split so that
 * one part is the width times a power of two, as evenly as that goes, the smaller part below. Less
 * are split as if the width were half of it, or in half if it is odd.
 */
int64_t mlr_place_middle(int64_t lo, int64_t hi, int64_t width);

/*
 * Move a load that is nearer than width to a bound away from it; where a bound is missing, a load
 * nearer than width to the end of the grid goes onto that end. MLR_NONE if it is not between the
 * bounds, or nothing between them is far enough from both.
 */
int64_t mlr_place_apart(const struct mlr_grid *grid, struct mlr_bounds bounds, int64_t at,
			int64_t width);

#endif /* MLR_PLACE_H */
