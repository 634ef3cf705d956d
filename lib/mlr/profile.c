/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "vsw_mlr.h"

static const struct vsw_mlr_profile profiles[] = {
	/* name      initial  final  sum  exceed  width */
	{"smoke", 1, 1, 3, 0.5, 0.01},	   {"ci", 1, 1, 5, 0.5, 0.005},
	{"nightly", 1, 1, 11, 0.5, 0.005}, {"report", 1, 1, 21, 0.5, 0.005},
	{"rfc2544", 1, 60, 60, 0, 0.005},  {0},
};

const struct vsw_mlr_profile *
vsw_mlr_profiles(void)
{
	return profiles;
}

const struct vsw_mlr_profile *
vsw_mlr_profile(const char *name)
{
	const struct vsw_mlr_profile *profile;

	for (profile = profiles; profile->name; profile++) {
		if (!strcmp(profile->name, name))
			return profile;
	}
	return NULL;
}

struct vsw_mlr_goal
vsw_mlr_profile_goal(const struct vsw_mlr_profile *profile, double loss_ratio, double trial_s)
{
	struct vsw_mlr_goal goal = {
		.loss_ratio = loss_ratio,
		.exceed_ratio = profile->exceed_ratio,
		.relative_width = profile->relative_width,
		.initial_trial_s = profile->initial_trial_s,
		.final_trial_s = profile->final_trial_s,
		.duration_sum_s = profile->duration_sum_s,
		.preceding_targets = 2,
		.expansion = 2,
		.fail_fast = true,
	};

	if (trial_s == 0)
		return goal;
	if (profile->final_trial_s == profile->duration_sum_s)
		goal.duration_sum_s = trial_s;
	goal.final_trial_s = trial_s;
	if (profile->initial_trial_s == profile->final_trial_s || trial_s < goal.initial_trial_s)
		goal.initial_trial_s = trial_s;
	return goal;
}
