/* SPDX-License-Identifier: BSD-3-Clause */
#include "bounds.h"

#include <math.h>

enum verdict {
	UNDECIDED,
	LOWER,
	UPPER,
};

/* Seconds of trials. Full ones last as long as the target asks; short ones only prove badness. */
struct sums {
	double full_low;
	double full_high;
	double short_low;
	double short_high;
};

static bool
is_full(const struct mlr_trial *trial, const struct mlr_target *target)
{
	return trial->intended_s >= target->trial_s;
}

static struct sums
sums_of(const struct mlr_trial *trial, size_t n, const struct mlr_target *target)
{
	struct sums sums = {0};
	size_t i;

	for (i = 0; i < n; i++) {
		bool high = trial[i].loss_ratio > target->loss_ratio;

		if (is_full(&trial[i], target))
			*(high ? &sums.full_high : &sums.full_low) += trial[i].elapsed_s;
		else
			*(high ? &sums.short_high : &sums.short_low) += trial[i].elapsed_s;
	}
	return sums;
}

/* Decided as soon as the trials that are missing cannot change it, whether all pass or all fail. */
static enum verdict
verdict_of(const struct sums *sums, const struct mlr_target *target)
{
	double exceed = target->exceed_ratio;
	double balance = sums->short_low * exceed / (1 - exceed);
	double high = sums->full_high + fmax(0, sums->short_high - balance);
	double whole = fmax(sums->full_low + high, target->duration_sum_s);
	bool optimistic = high <= whole * exceed;
	bool pessimistic = whole - sums->full_low <= whole * exceed;

	if (optimistic != pessimistic)
		return UNDECIDED;
	return optimistic ? LOWER : UPPER;
}

struct mlr_bounds
mlr_bounds_find(const struct mlr_trials *trials, const struct mlr_target *target)
{
	struct mlr_bounds bounds = {.lo = MLR_NONE, .hi = MLR_NONE};
	size_t i, next;

	for (i = 0; i < trials->n && bounds.hi == MLR_NONE; i = next) {
		struct sums sums;
		enum verdict verdict;

		next = mlr_trials_next_load(trials, i);
		sums = sums_of(&trials->trial[i], next - i, target);
		verdict = verdict_of(&sums, target);
		if (verdict == LOWER)
			bounds.lo = trials->trial[i].at;
		else if (verdict == UPPER)
			bounds.hi = trials->trial[i].at;
	}
	return bounds;
}

/* The smallest loss ratio of full trials above `above`, INFINITY if none; and its seconds. */
static double
next_loss_ratio(const struct mlr_trial *trial, size_t n, const struct mlr_target *target,
		double above, double *seconds)
{
	double least = INFINITY;
	size_t i;

	for (i = 0; i < n; i++) {
		if (!is_full(&trial[i], target) || trial[i].loss_ratio <= above ||
		    trial[i].loss_ratio > least)
			continue;
		if (trial[i].loss_ratio < least)
			*seconds = 0;
		least = trial[i].loss_ratio;
		*seconds += trial[i].elapsed_s;
	}
	return least;
}

double
mlr_bounds_loss_ratio(const struct mlr_trials *trials, const struct mlr_target *target, int64_t at)
{
	const struct mlr_trial *trial;
	double rest, seconds = 0, ratio = -1;
	struct sums sums;
	size_t i = 0, n;

	while (trials->trial[i].at != at)
		i = mlr_trials_next_load(trials, i);
	trial = &trials->trial[i];
	n = mlr_trials_next_load(trials, i) - i;
	sums = sums_of(trial, n, target);
	rest = fmax(target->duration_sum_s, sums.full_low + sums.full_high) *
	       (1 - target->exceed_ratio);
	while (rest > 0) {
		ratio = next_loss_ratio(trial, n, target, ratio, &seconds);
		if (isinf(ratio))
			return 1;
		rest -= seconds;
	}
	return ratio;
}
