/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "goal.h"
#include "initial.h"
#include "selector.h"
#include "vsw_mlr.h"

enum phase {
	WARM_UP,
	FIRST,
	SECOND,
	THIRD,
	MAIN,
	ENDED,
};

struct vsw_mlr {
	struct mlr_grid grid;
	struct mlr_initial initial;
	struct mlr_trials trials;
	uint32_t n_goals;
	struct mlr_chain chain[VSW_MLR_GOALS_MAX];
	struct mlr_selector selector[VSW_MLR_GOALS_MAX];
	int64_t shared_step; /* one for all, so that two searches upwards do not interleave */
	double warmup_s;
	double time_limit_s;
	double elapsed_s;
	enum phase phase;
	/* The trial wanted. */
	bool wanted;
	int64_t at;
	int64_t second; /* where the second initial trial was */
	double intended_s;
	struct mlr_selector *winner; /* that it was nominated by, in MAIN */
	struct mlr_selector *failed; /* NULL, or the one that ended the search */
};

static int
check_config(const struct vsw_mlr_config *config, struct vsw_error *err)
{
	uint32_t i;

	if (!config->n_goals || config->n_goals > VSW_MLR_GOALS_MAX)
		return vsw_error_set(err, EINVAL, "search: %u goals: give 1 to %u", config->n_goals,
				     VSW_MLR_GOALS_MAX);
	if (!(config->min_load_pps > 0 && config->max_load_pps > config->min_load_pps &&
	      isfinite(config->max_load_pps)))
		return vsw_error_set(err, EINVAL,
				     "search: loads from %g to %g pps: give a lowest one above 0 "
				     "and a highest one above that",
				     config->min_load_pps, config->max_load_pps);
	if (!(config->warmup_s >= 0 && isfinite(config->warmup_s)))
		return vsw_error_set(err, EINVAL, "search: a warm-up of %g s: give 0 s or more",
				     config->warmup_s);
	if (!(config->time_limit_s > 0))
		return vsw_error_set(err, EINVAL,
				     "search: a time limit of %g s: give more than 0 s",
				     config->time_limit_s);
	for (i = 0; i < config->n_goals; i++) {
		if (mlr_goal_check(&config->goals[i], i, err))
			return -EINVAL;
	}
	return 0;
}

int
vsw_mlr_create(const struct vsw_mlr_config *config, struct vsw_mlr **out, struct vsw_error *err)
{
	struct vsw_mlr *mlr;
	uint32_t i;

	if (check_config(config, err))
		return -EINVAL;
	mlr = calloc(1, sizeof(*mlr));
	if (!mlr)
		return vsw_error_set(err, ENOMEM, "search: no memory: end other programs");
	mlr_grid_init(&mlr->grid, config);
	mlr->n_goals = config->n_goals;
	for (i = 0; i < config->n_goals; i++)
		mlr_chain_init(&mlr->chain[i], &config->goals[i], &mlr->grid);
	mlr_initial_init(&mlr->initial, mlr->chain, mlr->n_goals);
	mlr->warmup_s = config->warmup_s;
	mlr->time_limit_s = config->time_limit_s;
	mlr->phase = config->warmup_s > 0 ? WARM_UP : FIRST;
	mlr->at = mlr->grid.n;
	*out = mlr;
	return 0;
}

void
vsw_mlr_destroy(struct vsw_mlr *mlr)
{
	if (!mlr)
		return;
	mlr_trials_fini(&mlr->trials);
	free(mlr);
}

/* The lowest load; of those the longest trial; of those the widest; of those the first goal. */
static bool
is_before(const struct mlr_selector *a, const struct mlr_selector *b)
{
	double a_s = mlr_selector_target(a)->trial_s, b_s = mlr_selector_target(b)->trial_s;

	if (a->nomination.at != b->nomination.at)
		return a->nomination.at < b->nomination.at;
	if (a_s != b_s)
		return a_s > b_s;
	return a->nomination.width > b->nomination.width;
}

/* Let all goals nominate; the winner is NULL when all are reached. -ERANGE: one has failed. */
static int
choose(struct vsw_mlr *mlr)
{
	uint32_t i;

	mlr->winner = NULL;
	for (i = 0; i < mlr->n_goals; i++) {
		struct mlr_selector *selector = &mlr->selector[i];
		int ret = mlr_selector_nominate(selector, &mlr->trials, mlr->shared_step);

		if (ret < 0) {
			mlr->failed = selector;
			return ret;
		}
		if (ret > 0 && (!mlr->winner || is_before(selector, mlr->winner)))
			mlr->winner = selector;
	}
	if (mlr->winner) {
		mlr->at = mlr->winner->nomination.at;
		mlr->intended_s = mlr_selector_target(mlr->winner)->trial_s;
	}
	return 0;
}

static int
set_failed(const struct vsw_mlr *mlr, struct vsw_error *err)
{
	return vsw_error_set(err, ERANGE,
			     "search goal %u: even the lowest load, %g pps, loses more than %g of "
			     "its packets: find out what loses them, or lower the lowest load",
			     (unsigned int)(mlr->failed - mlr->selector), mlr->grid.min_pps,
			     mlr->failed->chain->targets[0].loss_ratio);
}

static void
plan(struct vsw_mlr *mlr)
{
	if (mlr->phase == MAIN) {
		if (choose(mlr) || !mlr->winner)
			mlr->phase = ENDED;
	} else {
		mlr->intended_s = mlr->phase == WARM_UP ? mlr->warmup_s : mlr->initial.trial_s;
	}
	if (mlr->elapsed_s >= mlr->time_limit_s)
		mlr->phase = ENDED;
	mlr->wanted = mlr->phase != ENDED;
}

int
vsw_mlr_next(struct vsw_mlr *mlr, struct vsw_mlr_trial *trial, struct vsw_error *err)
{
	if (!mlr->wanted && mlr->phase != ENDED)
		plan(mlr);
	if (mlr->failed)
		return set_failed(mlr, err);
	if (!mlr->wanted)
		return 0;
	*trial = (struct vsw_mlr_trial){
		.load_pps = mlr_grid_pps(&mlr->grid, mlr->at),
		.duration_s = mlr->intended_s,
		.warmup = mlr->phase == WARM_UP,
	};
	return 1;
}

double
vsw_mlr_loss_ratio(const struct vsw_mlr_counts *counts)
{
	double intended = (double)counts->intended, sent = (double)counts->sent;
	double whole = fmax(intended, sent);

	if (whole == 0)
		return 0;
	return (fabs(sent - (double)counts->forwarded) + fabs(intended - sent)) / whole;
}

/* The initial trials are over: their last two loads are what all goals begin with. */
static void
start_main(struct vsw_mlr *mlr, int64_t a, int64_t b)
{
	struct mlr_bounds initial = {.lo = a < b ? a : b, .hi = a < b ? b : a};
	uint32_t i;

	mlr->phase = MAIN;
	mlr->shared_step = initial.hi - initial.lo;
	for (i = 0; i < mlr->n_goals; i++)
		mlr_selector_init(&mlr->selector[i], &mlr->chain[i], &mlr->grid, initial);
}

static void
after_first(struct vsw_mlr *mlr, double loss_ratio)
{
	int64_t second = mlr_initial_second(&mlr->initial, &mlr->grid, loss_ratio);

	if (second == MLR_NONE) {
		start_main(mlr, mlr->at, mlr->at);
		return;
	}
	mlr->phase = SECOND;
	mlr->at = mlr->second = second;
}

static void
after_second(struct vsw_mlr *mlr, double loss_ratio)
{
	int64_t third = mlr_initial_third(&mlr->initial, &mlr->grid, mlr->second, loss_ratio);

	if (third == MLR_NONE) {
		start_main(mlr, mlr->second, mlr->second);
		return;
	}
	mlr->phase = THIRD;
	mlr->at = third;
}

static void
advance(struct vsw_mlr *mlr, double loss_ratio)
{
	switch (mlr->phase) {
	case WARM_UP:
		mlr->phase = FIRST;
		break;
	case FIRST:
		after_first(mlr, loss_ratio);
		break;
	case SECOND:
		after_second(mlr, loss_ratio);
		break;
	case THIRD:
		start_main(mlr, mlr->second, mlr->at);
		break;
	case MAIN:
		mlr_selector_won(mlr->winner, &mlr->trials, &mlr->shared_step);
		break;
	case ENDED:
		break;
	}
}

int
vsw_mlr_report(struct vsw_mlr *mlr, const struct vsw_mlr_counts *counts, struct vsw_error *err)
{
	struct mlr_trial trial = {
		.at = mlr->at,
		.intended_s = mlr->intended_s,
		.elapsed_s = counts->duration_s,
		.loss_ratio = vsw_mlr_loss_ratio(counts),
	};

	if (!mlr->wanted)
		return vsw_error_set(err, EINVAL,
				     "search: a report on a trial not asked for: call "
				     "vsw_mlr_next() first");
	if (!(counts->duration_s > 0))
		return vsw_error_set(err, EINVAL,
				     "search: a trial of %g s: report how long it took",
				     counts->duration_s);
	if (mlr->phase != WARM_UP && mlr_trials_add(&mlr->trials, &trial))
		return vsw_error_set(err, ENOMEM, "search: no memory: end other programs");
	mlr->wanted = false;
	mlr->elapsed_s += counts->duration_s;
	advance(mlr, trial.loss_ratio);
	return 0;
}

void
vsw_mlr_result(const struct vsw_mlr *mlr, uint32_t goal, struct vsw_mlr_result *result)
{
	const struct mlr_chain *chain = &mlr->chain[goal];
	bool reached = mlr->selector[goal].reached;
	const struct mlr_target *target = &chain->targets[chain->last];
	struct mlr_bounds bounds = mlr_bounds_find(&mlr->trials, target);

	/* Until the goal itself is reached, the finest target that has a lower bound speaks. */
	while (!reached && bounds.lo == MLR_NONE && target > chain->targets)
		bounds = mlr_bounds_find(&mlr->trials, --target);
	*result = (struct vsw_mlr_result){.complete = reached};
	if (bounds.hi != MLR_NONE)
		result->upper_pps = mlr_grid_pps(&mlr->grid, bounds.hi);
	if (bounds.lo == MLR_NONE)
		return;
	result->lower_pps = mlr_grid_pps(&mlr->grid, bounds.lo);
	result->conditional_pps =
		result->lower_pps * (1 - mlr_bounds_loss_ratio(&mlr->trials, target, bounds.lo));
}
