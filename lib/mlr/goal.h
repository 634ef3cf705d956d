/* SPDX-License-Identifier: BSD-3-Clause */
/* What a goal may ask for. */
#ifndef MLR_GOAL_H
#define MLR_GOAL_H

#include "vsw_mlr.h"

/* -EINVAL, and what is wrong with goals[number]. */
int mlr_goal_check(const struct vsw_mlr_goal *goal, uint32_t number, struct vsw_error *err);

#endif /* MLR_GOAL_H */
