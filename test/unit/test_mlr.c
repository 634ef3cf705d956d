/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/mlr: how a search is begun, ended and misused. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mlr_device.h"

#define MIN_LOAD_PPS 1e4
#define MAX_LOAD_PPS 1e7

static struct vsw_mlr_goal
ndr(void)
{
	return vsw_mlr_profile_goal(vsw_mlr_profile("ci"), VSW_MLR_NDR_LOSS_RATIO, 0);
}

static struct vsw_mlr_config
config_of(const struct vsw_mlr_goal *goals, uint32_t n)
{
	return (struct vsw_mlr_config){
		.goals = goals,
		.n_goals = n,
		.min_load_pps = MIN_LOAD_PPS,
		.max_load_pps = MAX_LOAD_PPS,
		.time_limit_s = VSW_MLR_TIME_LIMIT_S,
	};
}

static struct vsw_mlr *
create(const struct vsw_mlr_config *config)
{
	struct vsw_mlr *mlr;

	assert_int_equal(vsw_mlr_create(config, &mlr, NULL), 0);
	return mlr;
}

static struct vsw_mlr_trial
next(struct vsw_mlr *mlr)
{
	struct vsw_mlr_trial trial;

	assert_int_equal(vsw_mlr_next(mlr, &trial, NULL), 1);
	return trial;
}

/* A trial of 1 s. */
static void
report(struct vsw_mlr *mlr, uint64_t sent, uint64_t forwarded)
{
	const struct vsw_mlr_counts counts = {
		.duration_s = 1, .intended = sent, .sent = sent, .forwarded = forwarded};

	assert_int_equal(vsw_mlr_report(mlr, &counts, NULL), 0);
}

static struct vsw_mlr_result
result_of(const struct vsw_mlr *mlr)
{
	struct vsw_mlr_result result;

	vsw_mlr_result(mlr, 0, &result);
	return result;
}

static void
refuse(const struct vsw_mlr_config *config, const char *words)
{
	struct vsw_mlr *mlr = NULL;
	struct vsw_error err;

	assert_int_equal(vsw_mlr_create(config, &mlr, &err), -EINVAL);
	assert_null(mlr);
	if (!strstr(err.text, words))
		fail_msg("\"%s\" does not say \"%s\"", err.text, words);
}

static void
bad_goals_are_refused(void **state)
{
	const struct {
		size_t member;
		double value;
		const char *words;
	} bad[] = {
		{offsetof(struct vsw_mlr_goal, loss_ratio), -0.1, "search goal 1: loss ratio -0.1"},
		{offsetof(struct vsw_mlr_goal, loss_ratio), 1, "loss ratio 1"},
		{offsetof(struct vsw_mlr_goal, loss_ratio), NAN, "loss ratio"},
		{offsetof(struct vsw_mlr_goal, exceed_ratio), -0.1, "exceed ratio -0.1"},
		{offsetof(struct vsw_mlr_goal, exceed_ratio), 1, "exceed ratio 1"},
		{offsetof(struct vsw_mlr_goal, relative_width), 0, "relative width 0"},
		{offsetof(struct vsw_mlr_goal, relative_width), 1, "relative width 1"},
		{offsetof(struct vsw_mlr_goal, initial_trial_s), 0, "initial trials of 0 s"},
		{offsetof(struct vsw_mlr_goal, final_trial_s), 0.5, "shorter than initial ones"},
		{offsetof(struct vsw_mlr_goal, duration_sum_s), 0.5, "do not fit"},
		{offsetof(struct vsw_mlr_goal, duration_sum_s), INFINITY, "do not fit"},
	};
	struct vsw_mlr_goal goals[2] = {ndr(), ndr()};
	const struct vsw_mlr_config config = config_of(goals, 2);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		goals[1] = ndr();
		memcpy((char *)&goals[1] + bad[i].member, &bad[i].value, sizeof(double));
		refuse(&config, bad[i].words);
	}
	goals[1] = ndr();
	goals[1].preceding_targets = 0;
	refuse(&config, "search goal 1: no preceding target");
	goals[1].preceding_targets = VSW_MLR_PRECEDING_MAX + 1;
	refuse(&config, "9 preceding targets");
	goals[1] = ndr();
	goals[1].expansion = 1;
	refuse(&config, "expansion 1");
}

static void
bad_searches_are_refused(void **state)
{
	const struct vsw_mlr_goal goal = ndr();
	struct vsw_mlr_config config = config_of(&goal, 0);

	(void)state;
	refuse(&config, "0 goals");
	config.n_goals = VSW_MLR_GOALS_MAX + 1;
	refuse(&config, "9 goals");
	config = config_of(&goal, 1);
	config.min_load_pps = 0;
	refuse(&config, "loads from 0");
	config.min_load_pps = MAX_LOAD_PPS;
	refuse(&config, "loads from 1e+07 to 1e+07");
	config = config_of(&goal, 1);
	config.warmup_s = -1;
	refuse(&config, "warm-up of -1 s");
	config = config_of(&goal, 1);
	config.time_limit_s = 0;
	refuse(&config, "time limit of 0 s");
	vsw_mlr_destroy(NULL);
}

static void
a_trial_stays_wanted_until_it_is_reported(void **state)
{
	const struct vsw_mlr_goal goal = ndr();
	const struct vsw_mlr_config config = config_of(&goal, 1);
	struct vsw_mlr *mlr = create(&config);
	struct vsw_mlr_counts counts = {.duration_s = 1};

	(void)state;
	assert_int_equal(vsw_mlr_report(mlr, &counts, NULL), -EINVAL);
	assert_true(next(mlr).load_pps == MAX_LOAD_PPS);
	assert_true(next(mlr).load_pps == MAX_LOAD_PPS);
	counts.duration_s = 0;
	assert_int_equal(vsw_mlr_report(mlr, &counts, NULL), -EINVAL);
	assert_true(next(mlr).load_pps == MAX_LOAD_PPS);
	report(mlr, 10000000, 5000000);
	assert_true(next(mlr).load_pps < 5e6);
	vsw_mlr_destroy(mlr);
}

static void
the_warm_up_is_forgotten(void **state)
{
	const struct vsw_mlr_goal goal = ndr();
	struct vsw_mlr_config config = config_of(&goal, 1);
	struct vsw_mlr_trial trial;
	struct vsw_mlr *mlr;

	(void)state;
	config.warmup_s = 0.25;
	mlr = create(&config);
	trial = next(mlr);
	assert_true(trial.warmup);
	assert_true(trial.load_pps == MAX_LOAD_PPS);
	assert_true(trial.duration_s == 0.25);
	report(mlr, 2500000, 0);
	trial = next(mlr);
	assert_false(trial.warmup);
	assert_true(trial.load_pps == MAX_LOAD_PPS);
	assert_true(trial.duration_s == 1);
	/* Half of the duration sum of 5 s decides. */
	while (vsw_mlr_next(mlr, &trial, NULL) > 0)
		report(mlr, 10000000, 10000000);
	assert_true(result_of(mlr).complete);
	assert_true(result_of(mlr).lower_pps == MAX_LOAD_PPS);
	assert_true(result_of(mlr).upper_pps == 0);
	vsw_mlr_destroy(mlr);
}

static void
the_time_limit_leaves_the_bounds_so_far(void **state)
{
	const struct vsw_mlr_goal goal =
		vsw_mlr_profile_goal(vsw_mlr_profile("report"), VSW_MLR_NDR_LOSS_RATIO, 0);
	struct vsw_mlr_config config = config_of(&goal, 1);
	struct mlr_device device = {.capacity_pps = 3e6, .overhead_s = 0.1};
	struct vsw_mlr_result result;
	struct vsw_mlr *mlr;

	(void)state;
	config.time_limit_s = 7;
	mlr = create(&config);
	assert_int_equal(mlr_device_search(&device, mlr, NULL), 0);
	assert_int_equal(device.n_trials, 7); /* of 1.1 s: the last one began in time */
	result = result_of(mlr);
	assert_false(result.complete);
	assert_true(result.lower_pps > 0 && result.lower_pps <= 3e6);
	assert_true(result.upper_pps > 3e6 && result.upper_pps < 3.2e6);
	assert_true(result.conditional_pps == result.lower_pps);
	vsw_mlr_destroy(mlr);
}

static void
the_time_limit_holds_for_the_first_trials(void **state)
{
	const struct vsw_mlr_goal goal = ndr();
	struct vsw_mlr_config config = config_of(&goal, 1);
	struct vsw_mlr_trial trial;
	struct vsw_mlr *mlr;

	(void)state;
	config.warmup_s = 1;
	config.time_limit_s = 1;
	mlr = create(&config);
	next(mlr);
	report(mlr, 10000000, 5000000);
	assert_int_equal(vsw_mlr_next(mlr, &trial, NULL), 0);
	assert_int_equal(vsw_mlr_next(mlr, &trial, NULL), 0);
	assert_false(result_of(mlr).complete);
	assert_true(result_of(mlr).lower_pps == 0 && result_of(mlr).upper_pps == 0);
	vsw_mlr_destroy(mlr);
}

static void
a_search_that_ends_at_the_limit_is_complete(void **state)
{
	const struct vsw_mlr_goal goal = ndr();
	struct vsw_mlr_config config = config_of(&goal, 1);
	struct mlr_device device = {.capacity_pps = MAX_LOAD_PPS};
	struct vsw_mlr *mlr;

	(void)state;
	config.time_limit_s = 3;
	mlr = create(&config);
	assert_int_equal(mlr_device_search(&device, mlr, NULL), 0);
	assert_int_equal(device.n_trials, 3);
	assert_true(result_of(mlr).complete);
	vsw_mlr_destroy(mlr);
}

static void
loss_at_the_lowest_load_fails_fast(void **state)
{
	const struct vsw_mlr_goal goal = ndr();
	const struct vsw_mlr_config config = config_of(&goal, 1);
	struct mlr_device device = {.capacity_pps = MIN_LOAD_PPS / 2};
	struct vsw_mlr *mlr = create(&config);
	struct vsw_mlr_result result;
	struct vsw_mlr_trial trial;
	struct vsw_error err;

	(void)state;
	assert_int_equal(mlr_device_search(&device, mlr, &err), -ERANGE);
	assert_string_equal(err.text,
			    "search goal 0: even the lowest load, 10000 pps, loses more than 0 of "
			    "its packets: find out what loses them, or lower the lowest load");
	assert_int_equal(vsw_mlr_next(mlr, &trial, &err), -ERANGE);
	result = result_of(mlr);
	assert_false(result.complete);
	assert_true(result.lower_pps == 0 && result.upper_pps == MIN_LOAD_PPS);
	vsw_mlr_destroy(mlr);
}

static void
loss_at_the_lowest_load_is_a_result(void **state)
{
	struct mlr_device device = {.capacity_pps = MIN_LOAD_PPS / 2};
	struct vsw_mlr_goal goal = ndr();
	struct vsw_mlr_config config;
	struct vsw_mlr_result result;
	struct vsw_mlr *mlr;

	(void)state;
	goal.fail_fast = false;
	config = config_of(&goal, 1);
	mlr = create(&config);
	assert_int_equal(mlr_device_search(&device, mlr, NULL), 0);
	result = result_of(mlr);
	assert_true(result.complete);
	assert_true(result.conditional_pps == 0 && result.lower_pps == 0);
	assert_true(result.upper_pps == MIN_LOAD_PPS);
	vsw_mlr_destroy(mlr);
}

static void
what_is_not_sent_is_lost(void **state)
{
	struct vsw_mlr_counts counts = {.duration_s = 1};

	(void)state;
	assert_true(vsw_mlr_loss_ratio(&counts) == 0);
	counts = (struct vsw_mlr_counts){.intended = 100, .sent = 100, .forwarded = 90};
	assert_true(vsw_mlr_loss_ratio(&counts) == 0.1);
	counts = (struct vsw_mlr_counts){.intended = 100, .sent = 90, .forwarded = 90};
	assert_true(vsw_mlr_loss_ratio(&counts) == 0.1);
	/* More than intended or sent is no better than less. */
	counts = (struct vsw_mlr_counts){.intended = 80, .sent = 100, .forwarded = 100};
	assert_true(vsw_mlr_loss_ratio(&counts) == 0.2);
	counts = (struct vsw_mlr_counts){.intended = 100, .sent = 100, .forwarded = 110};
	assert_true(vsw_mlr_loss_ratio(&counts) == 0.1);
}

static void
profiles_have_names(void **state)
{
	static const char *const names[] = {"smoke", "ci", "nightly", "report", "rfc2544"};
	const struct vsw_mlr_profile *profile = vsw_mlr_profiles();
	size_t i;

	(void)state;
	for (i = 0; i < 5; i++, profile++) {
		assert_string_equal(profile->name, names[i]);
		assert_ptr_equal(vsw_mlr_profile(names[i]), profile);
	}
	assert_null(profile->name);
	assert_null(vsw_mlr_profile("fast"));
}

static void
profiles_take_a_trial_length(void **state)
{
	struct vsw_mlr_goal goal = vsw_mlr_profile_goal(vsw_mlr_profile("ci"), 0.005, 0.25);
	struct vsw_mlr_config config = config_of(&goal, 1);

	(void)state;
	assert_true(goal.loss_ratio == 0.005);
	assert_true(goal.initial_trial_s == 0.25 && goal.final_trial_s == 0.25);
	assert_true(goal.duration_sum_s == 5);
	vsw_mlr_destroy(create(&config));
	goal = vsw_mlr_profile_goal(vsw_mlr_profile("rfc2544"), 0, 30);
	assert_true(goal.initial_trial_s == 1 && goal.final_trial_s == 30);
	assert_true(goal.duration_sum_s == 30);
	vsw_mlr_destroy(create(&config));
	goal = vsw_mlr_profile_goal(vsw_mlr_profile("rfc2544"), 0, 0.5);
	assert_true(goal.initial_trial_s == 0.5 && goal.duration_sum_s == 0.5);
	vsw_mlr_destroy(create(&config));
	goal = vsw_mlr_profile_goal(vsw_mlr_profile("smoke"), 0, 4);
	refuse(&config, "trials of 4 s do not fit into a duration sum of 3 s");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_goals_are_refused),
		cmocka_unit_test(bad_searches_are_refused),
		cmocka_unit_test(a_trial_stays_wanted_until_it_is_reported),
		cmocka_unit_test(the_warm_up_is_forgotten),
		cmocka_unit_test(the_time_limit_leaves_the_bounds_so_far),
		cmocka_unit_test(the_time_limit_holds_for_the_first_trials),
		cmocka_unit_test(a_search_that_ends_at_the_limit_is_complete),
		cmocka_unit_test(loss_at_the_lowest_load_fails_fast),
		cmocka_unit_test(loss_at_the_lowest_load_is_a_result),
		cmocka_unit_test(what_is_not_sent_is_lost),
		cmocka_unit_test(profiles_have_names),
		cmocka_unit_test(profiles_take_a_trial_length),
	};

	return cmocka_run_group_tests_name("mlr", tests, NULL, NULL);
}
