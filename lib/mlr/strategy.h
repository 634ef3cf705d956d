/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which load to try next for a target.
 *
 * Six strategies, in order; the first that has a load to propose is heard:
 *
 *	halve		the middle of the initial loads, if they are one to two widths apart
 *	refine lo, hi	the initial loads themselves: bounds of the target before
 *	extend lo, hi	while one bound is missing: a step away from the other one
 *	bisect		between the bounds; or a step, if that stays closer to the initial loads
 *
 * Steps grow while they miss their bound. A load is proposed only if its trial can move a bound.
 */
#ifndef MLR_STRATEGY_H
#define MLR_STRATEGY_H

#include "bounds.h"

/* What a step is to find. If its load becomes the other bound, it was too short. */
enum mlr_quest {
	MLR_QUEST_NONE,
	MLR_QUEST_LO,
	MLR_QUEST_HI,
};

struct mlr_nomination {
	int64_t at;
	int64_t width; /* the least step of all goals once this trial is made */
	enum mlr_quest quest;
};

/* What the strategies of one goal look at. */
struct mlr_focus {
	const struct mlr_grid *grid;
	const struct mlr_target *target;
	uint32_t expansion;
	int64_t step;		   /* next one away from a bound */
	struct mlr_bounds initial; /* loads worth a look first; for the first target no bounds */
	struct mlr_bounds bounds;  /* of the target, now */
};

/* False: nothing to propose, the target is reached. shared_step: the least step allowed. */
bool mlr_strategy_nominate(struct mlr_focus *focus, int64_t shared_step,
			   struct mlr_nomination *nomination);

/* Make the next step longer than width. */
void mlr_strategy_step_from(struct mlr_focus *focus, int64_t width);

#endif /* MLR_STRATEGY_H */
