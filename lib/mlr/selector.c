/* SPDX-License-Identifier: BSD-3-Clause */
#include "selector.h"

#include <errno.h>

/* The steps begin longer than the gap between the loads that are known. */
static void
aim(struct mlr_selector *selector, uint32_t current, struct mlr_bounds initial)
{
	struct mlr_focus *focus = &selector->focus;
	bool gap = initial.lo != MLR_NONE && initial.hi != MLR_NONE;

	selector->current = current;
	focus->target = mlr_selector_target(selector);
	focus->initial = initial;
	mlr_strategy_step_from(focus, gap ? initial.hi - initial.lo : 0);
}

void
mlr_selector_init(struct mlr_selector *selector, const struct mlr_chain *chain,
		  const struct mlr_grid *grid, struct mlr_bounds initial)
{
	*selector = (struct mlr_selector){.chain = chain};
	selector->focus.grid = grid;
	selector->focus.expansion = chain->expansion;
	aim(selector, 0, initial);
}

int
mlr_selector_nominate(struct mlr_selector *selector, const struct mlr_trials *trials,
		      int64_t shared_step)
{
	struct mlr_focus *focus = &selector->focus;

	selector->reached = false;
	for (;;) {
		focus->bounds = mlr_bounds_find(trials, focus->target);
		if (mlr_strategy_nominate(focus, shared_step, &selector->nomination))
			return 1;
		if (selector->current == selector->chain->last)
			break;
		aim(selector, selector->current + 1, focus->bounds);
	}
	if (focus->bounds.lo == MLR_NONE && selector->chain->fail_fast)
		return -ERANGE;
	selector->reached = true;
	return 0;
}

void
mlr_selector_won(struct mlr_selector *selector, const struct mlr_trials *trials,
		 int64_t *shared_step)
{
	const struct mlr_nomination *won = &selector->nomination;
	struct mlr_focus *focus = &selector->focus;

	*shared_step = won->width;
	focus->bounds = mlr_bounds_find(trials, focus->target);
	if ((won->quest == MLR_QUEST_LO && focus->bounds.hi == won->at) ||
	    (won->quest == MLR_QUEST_HI && focus->bounds.lo == won->at)) {
		mlr_strategy_step_from(focus, focus->step);
		*shared_step = focus->step;
	}
}
