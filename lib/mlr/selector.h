/* SPDX-License-Identifier: BSD-3-Clause */
/* The search for one goal, target by target from coarse to fine, never back. */
#ifndef MLR_SELECTOR_H
#define MLR_SELECTOR_H

#include "strategy.h"

struct mlr_selector {
	const struct mlr_chain *chain;
	uint32_t current; /* target of the chain */
	struct mlr_focus focus;
	struct mlr_nomination nomination;
	bool reached; /* the goal: nothing is nominated any more */
};

/* initial: the last two loads of the initial trials, which may be one. */
void mlr_selector_init(struct mlr_selector *selector, const struct mlr_chain *chain,
		       const struct mlr_grid *grid, struct mlr_bounds initial);

/*
 * Choose the nomination. 1: there is one; 0: the goal is reached; -ERANGE: the lowest load is an
 * upper bound, and the goal fails fast.
 */
int mlr_selector_nominate(struct mlr_selector *selector, const struct mlr_trials *trials,
			  int64_t shared_step);

/* The trial nominated was made, and is among the trials. May lengthen the steps of all goals. */
void mlr_selector_won(struct mlr_selector *selector, const struct mlr_trials *trials,
		      int64_t *shared_step);

/* The target whose trials the nomination is of. */
static inline const struct mlr_target *
mlr_selector_target(const struct mlr_selector *selector)
{
	return &selector->chain->targets[selector->current];
}

#endif /* MLR_SELECTOR_H */
