/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lib/mlr against searches that CSIT's package made on scripted devices: each trial it asked for,
 * in order, and the results. The loads are written there with three decimals. mlr_golden.json has
 * what is typical; mlr_noisy.json, made with CSIT 78e52b9c, what noise brings about.
 */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <jansson.h>

#include "vsw_mlr.h"

#define HALF_DIGIT 0.00051

static const char *path;

static double
number(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_number(value) && !json_is_null(value))
		fail_msg("%s: no number \"%s\"", path, key);
	return json_number_value(value); /* null: 0 */
}

static double
element(const json_t *array, size_t i)
{
	assert_true(json_is_number(json_array_get(array, i)));
	return json_number_value(json_array_get(array, i));
}

static void
assert_close(const char *what, size_t i, double got, double wanted)
{
	if (!(fabs(got - wanted) < HALF_DIGIT))
		fail_msg("%s %zu: %.6f instead of %.6f", what, i, got, wanted);
}

static struct vsw_mlr_goal
goal_of(const json_t *goal)
{
	return (struct vsw_mlr_goal){
		.loss_ratio = number(goal, "loss_ratio"),
		.exceed_ratio = number(goal, "exceed_ratio"),
		.relative_width = number(goal, "relative_width"),
		.initial_trial_s = number(goal, "initial_trial_duration"),
		.final_trial_s = number(goal, "final_trial_duration"),
		.duration_sum_s = number(goal, "duration_sum"),
		.preceding_targets = (uint32_t)number(goal, "preceding_targets"),
		.expansion = (uint32_t)number(goal, "expansion_coefficient"),
		.fail_fast = json_is_true(json_object_get(goal, "fail_fast")),
	};
}

static struct vsw_mlr *
create(const json_t *search)
{
	const json_t *goals = json_object_get(search, "goals");
	struct vsw_mlr_goal goal[VSW_MLR_GOALS_MAX];
	struct vsw_mlr_config config = {
		.goals = goal,
		.n_goals = (uint32_t)json_array_size(goals),
		.min_load_pps = number(search, "min_load"),
		.max_load_pps = number(search, "max_load"),
		.time_limit_s = VSW_MLR_TIME_LIMIT_S,
	};
	struct vsw_mlr *mlr;
	uint32_t i;

	assert_in_range(config.n_goals, 1, VSW_MLR_GOALS_MAX);
	for (i = 0; i < config.n_goals; i++)
		goal[i] = goal_of(json_array_get(goals, i));
	assert_int_equal(vsw_mlr_create(&config, &mlr, NULL), 0);
	return mlr;
}

static void
replay_trial(struct vsw_mlr *mlr, size_t i, const json_t *trial, double overhead_s)
{
	struct vsw_mlr_counts counts = {
		.duration_s = element(trial, 0) + overhead_s,
		.intended = (uint64_t)element(trial, 2),
		.sent = (uint64_t)element(trial, 2),
		.forwarded = (uint64_t)element(trial, 3),
	};
	struct vsw_mlr_trial want;

	if (vsw_mlr_next(mlr, &want, NULL) != 1)
		fail_msg("ended before trial %zu", i);
	assert_close("load of trial", i, want.load_pps, element(trial, 1));
	assert_close("duration of trial", i, want.duration_s, element(trial, 0));
	assert_false(want.warmup);
	assert_int_equal(vsw_mlr_report(mlr, &counts, NULL), 0);
}

static void
check_results(struct vsw_mlr *mlr, const json_t *wanted)
{
	struct vsw_mlr_result result;
	const json_t *goal;
	size_t i;

	json_array_foreach(wanted, i, goal) {
		vsw_mlr_result(mlr, (uint32_t)i, &result);
		assert_close("conditional throughput of goal", i, result.conditional_pps,
			     number(goal, "conditional_throughput"));
		assert_close("lower bound of goal", i, result.lower_pps, number(goal, "lower"));
		assert_close("upper bound of goal", i, result.upper_pps, number(goal, "upper"));
		assert_true(result.complete);
	}
}

static void
replay(const json_t *search)
{
	const json_t *trials = json_object_get(search, "trials_duration_load_sent_received");
	const json_t *wanted = json_object_get(search, "result"), *trial;
	struct vsw_mlr *mlr = create(search);
	struct vsw_mlr_trial more;
	size_t i;

	print_message("%s\n", json_string_value(json_object_get(search, "name")));
	assert_true(json_array_size(trials) > 0);
	json_array_foreach(trials, i, trial)
		replay_trial(mlr, i, trial, number(search, "overhead"));
	if (json_is_array(wanted)) {
		assert_int_equal(vsw_mlr_next(mlr, &more, NULL), 0);
		check_results(mlr, wanted);
	} else {
		assert_int_equal(vsw_mlr_next(mlr, &more, NULL), -ERANGE);
	}
	vsw_mlr_destroy(mlr);
}

static void
every_search_is_replayed(void **state)
{
	json_t *searches;
	const json_t *search;
	size_t i;

	path = *state;
	searches = json_load_file(path, 0, NULL);
	assert_true(json_array_size(searches) > 0);
	json_array_foreach(searches, i, search)
		replay(search);
	json_decref(searches);
}

int
main(int argc, char **argv)
{
	int i, failed = 0;

	for (i = 1; i < argc; i++) {
		const struct CMUnitTest tests[] = {
			cmocka_unit_test_prestate(every_search_is_replayed, argv[i]),
		};

		failed += cmocka_run_group_tests_name("mlr_golden", tests, NULL, NULL);
	}
	if (argc < 2)
		print_error("usage: test_mlr_golden FILE.json...\n");
	return failed > 0 || argc < 2;
}
