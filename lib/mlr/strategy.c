/* SPDX-License-Identifier: BSD-3-Clause */
#include "strategy.h"

#include "place.h"

static int64_t
larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

void
mlr_strategy_step_from(struct mlr_focus *focus, int64_t width)
{
	int64_t step = larger(width, focus->target->width) * focus->expansion;

	focus->step = step < focus->grid->n ? step : focus->grid->n;
}

static bool
has_both(const struct mlr_bounds *bounds)
{
	return bounds->lo != MLR_NONE && bounds->hi != MLR_NONE;
}

/* Can a trial at this load give or move a bound that is still needed? */
static bool
is_worth(const struct mlr_focus *focus, int64_t at)
{
	const struct mlr_bounds *bounds = &focus->bounds;

	if (bounds->lo != MLR_NONE && at <= bounds->lo)
		return false;
	if (bounds->hi != MLR_NONE && at >= bounds->hi)
		return false;
	return !has_both(bounds) || bounds->hi - bounds->lo > focus->target->width;
}

/* One of the loads that the initial ones make known, if it is worth a trial. */
static bool
nominate_known(struct mlr_focus *focus, int64_t at, struct mlr_nomination *nomination)
{
	if (at == MLR_NONE || !is_worth(focus, at))
		return false;
	mlr_strategy_step_from(focus, focus->target->width);
	*nomination = (struct mlr_nomination){.at = at, .width = focus->target->width};
	return true;
}

static bool
halve(struct mlr_focus *focus, int64_t shared_step, struct mlr_nomination *nomination)
{
	const struct mlr_bounds *initial = &focus->initial;
	int64_t width = focus->target->width;

	(void)shared_step;
	if (!has_both(initial) || initial->hi - initial->lo <= width ||
	    initial->hi - initial->lo > 2 * width)
		return false;
	return nominate_known(focus, mlr_place_middle(initial->lo, initial->hi, width), nomination);
}

static bool
refine_lo(struct mlr_focus *focus, int64_t shared_step, struct mlr_nomination *nomination)
{
	(void)shared_step;
	return nominate_known(focus, focus->initial.lo, nomination);
}

static bool
refine_hi(struct mlr_focus *focus, int64_t shared_step, struct mlr_nomination *nomination)
{
	(void)shared_step;
	return nominate_known(focus, focus->initial.hi, nomination);
}

/* A step down from the upper bound. */
static struct mlr_nomination
step_lo(const struct mlr_focus *focus, int64_t shared_step)
{
	struct mlr_nomination step = {.quest = MLR_QUEST_LO};

	step.width = larger(focus->step, shared_step);
	step.at = mlr_place_apart(focus->grid, focus->bounds, focus->bounds.hi - step.width,
				  focus->target->width);
	return step;
}

/* A step up from the lower bound. */
static struct mlr_nomination
step_hi(const struct mlr_focus *focus, int64_t shared_step)
{
	struct mlr_nomination step = {.quest = MLR_QUEST_HI};

	step.width = larger(focus->step, shared_step);
	step.at = mlr_place_apart(focus->grid, focus->bounds, focus->bounds.lo + step.width,
				  focus->target->width);
	return step;
}

static bool
extend_lo(struct mlr_focus *focus, int64_t shared_step, struct mlr_nomination *nomination)
{
	if (focus->bounds.lo != MLR_NONE || focus->bounds.hi <= 0)
		return false;
	*nomination = step_lo(focus, shared_step);
	return true;
}

static bool
extend_hi(struct mlr_focus *focus, int64_t shared_step, struct mlr_nomination *nomination)
{
	if (focus->bounds.hi != MLR_NONE || focus->bounds.lo == MLR_NONE ||
	    focus->bounds.lo >= focus->grid->n)
		return false;
	*nomination = step_hi(focus, shared_step);
	return true;
}

/*
 * Another goal may have left bounds far from where this one is headed. So a step that lands between
 * the middle and the initial load beyond it is preferred to the middle.
 */
static bool
bisect(struct mlr_focus *focus, int64_t shared_step, struct mlr_nomination *nomination)
{
	const struct mlr_bounds *initial = &focus->initial, *bounds = &focus->bounds;
	int64_t middle;

	if (!has_both(bounds) || bounds->hi - bounds->lo <= focus->target->width)
		return false;
	middle = mlr_place_middle(bounds->lo, bounds->hi, focus->target->width);
	*nomination = step_lo(focus, shared_step);
	if (nomination->at > middle && nomination->at < initial->hi)
		return true;
	*nomination = step_hi(focus, shared_step);
	if (nomination->at != MLR_NONE && nomination->at < middle && initial->lo != MLR_NONE &&
	    nomination->at > initial->lo)
		return true;
	*nomination = (struct mlr_nomination){.at = middle};
	nomination->width = middle - bounds->lo;
	if (bounds->hi - middle < nomination->width)
		nomination->width = bounds->hi - middle;
	mlr_strategy_step_from(focus, nomination->width);
	return true;
}

bool
mlr_strategy_nominate(struct mlr_focus *focus, int64_t shared_step,
		      struct mlr_nomination *nomination)
{
	return halve(focus, shared_step, nomination) || refine_lo(focus, shared_step, nomination) ||
	       refine_hi(focus, shared_step, nomination) ||
	       extend_lo(focus, shared_step, nomination) ||
	       extend_hi(focus, shared_step, nomination) || bisect(focus, shared_step, nomination);
}
