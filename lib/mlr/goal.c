/* SPDX-License-Identifier: BSD-3-Clause */
#include "goal.h"

#include <errno.h>
#include <math.h>

#define WIDTH_MIN 1e-6
#define EXPANSION_MAX 1000

/* Comparisons are written so that a NaN fails them. */
static int
check_ratios(const struct vsw_mlr_goal *goal, struct vsw_error *err)
{
	if (!(goal->loss_ratio >= 0 && goal->loss_ratio < 1))
		return vsw_error_set(err, EINVAL,
				     "loss ratio %g is not one: give 0 or more, below 1",
				     goal->loss_ratio);
	if (!(goal->exceed_ratio >= 0 && goal->exceed_ratio < 1))
		return vsw_error_set(err, EINVAL,
				     "exceed ratio %g is not one: give 0 or more, below 1",
				     goal->exceed_ratio);
	if (!(goal->relative_width >= WIDTH_MIN && goal->relative_width < 1))
		return vsw_error_set(err, EINVAL,
				     "relative width %g is not one: give %g or more, below 1",
				     goal->relative_width, WIDTH_MIN);
	return 0;
}

static int
check_durations(const struct vsw_mlr_goal *goal, struct vsw_error *err)
{
	if (!(goal->initial_trial_s > 0))
		return vsw_error_set(err, EINVAL, "initial trials of %g s: give more than 0 s",
				     goal->initial_trial_s);
	if (!(goal->final_trial_s >= goal->initial_trial_s))
		return vsw_error_set(err, EINVAL,
				     "final trials of %g s are shorter than initial ones of %g s: "
				     "make them at least as long",
				     goal->final_trial_s, goal->initial_trial_s);
	if (!(goal->duration_sum_s >= goal->final_trial_s && isfinite(goal->duration_sum_s)))
		return vsw_error_set(err, EINVAL,
				     "trials of %g s do not fit into a duration sum of %g s: "
				     "shorten them or raise the sum",
				     goal->final_trial_s, goal->duration_sum_s);
	return 0;
}

static int
check_course(const struct vsw_mlr_goal *goal, struct vsw_error *err)
{
	if (goal->preceding_targets > VSW_MLR_PRECEDING_MAX)
		return vsw_error_set(err, EINVAL, "%u preceding targets: give at most %u",
				     goal->preceding_targets, VSW_MLR_PRECEDING_MAX);
	if (!goal->preceding_targets && goal->initial_trial_s < goal->duration_sum_s)
		return vsw_error_set(err, EINVAL,
				     "no preceding target leads from initial trials of %g s to a "
				     "duration sum of %g s: give at least 1",
				     goal->initial_trial_s, goal->duration_sum_s);
	if (goal->expansion < 2 || goal->expansion > EXPANSION_MAX)
		return vsw_error_set(err, EINVAL, "expansion %u is not one: give 2 to %u",
				     goal->expansion, EXPANSION_MAX);
	return 0;
}

int
mlr_goal_check(const struct vsw_mlr_goal *goal, uint32_t number, struct vsw_error *err)
{
	if (check_ratios(goal, err) || check_durations(goal, err) || check_course(goal, err))
		return vsw_error_prefix(err, "search goal %u", number);
	return 0;
}
