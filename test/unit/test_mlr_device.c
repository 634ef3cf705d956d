/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lib/mlr on a simulated device: a clean one is found within the width of the goal, in the trials
 * that csit.md 4.5 reports for CSIT's package; a noisy one near what is reported there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "mlr_device.h"

#define N_SEEDS 20
#define MAX_LOAD_PPS 14.88e6
#define CAPACITY_PPS 5e6

enum {
	NDR,
	PDR,
	N_GOALS,
};

struct found {
	struct vsw_mlr_result result[N_GOALS];
	uint32_t n_trials;
	double seconds;
};

/* Search with the first n_goals of NDR, PDR. */
static struct found
find(struct mlr_device device, const struct vsw_mlr_profile *profile, uint32_t n_goals)
{
	const struct vsw_mlr_goal goals[N_GOALS] = {
		vsw_mlr_profile_goal(profile, VSW_MLR_NDR_LOSS_RATIO, 0),
		vsw_mlr_profile_goal(profile, VSW_MLR_PDR_LOSS_RATIO, 0),
	};
	const struct vsw_mlr_config config = {
		.goals = goals,
		.n_goals = n_goals,
		.min_load_pps = VSW_MLR_MIN_LOAD_PPS,
		.max_load_pps = MAX_LOAD_PPS,
		.time_limit_s = VSW_MLR_TIME_LIMIT_S,
	};
	struct found found = {0};
	struct vsw_mlr *mlr;
	uint32_t i;

	assert_int_equal(vsw_mlr_create(&config, &mlr, NULL), 0);
	assert_int_equal(mlr_device_search(&device, mlr, NULL), 0);
	for (i = 0; i < n_goals; i++) {
		vsw_mlr_result(mlr, i, &found.result[i]);
		assert_true(found.result[i].complete);
	}
	found.n_trials = device.n_trials;
	found.seconds = device.seconds;
	vsw_mlr_destroy(mlr);
	return found;
}

/* A load is an NDR if it is at most the capacity, a PDR if it is so less 0.5 %. */
static void
assert_brackets(const struct vsw_mlr_result *result, double limit_pps, double width)
{
	/* A packet may be lost where the load is no whole number of packets. */
	if (!(result->lower_pps <= limit_pps + 1 && limit_pps - 1 <= result->upper_pps))
		fail_msg("%.0f is not within %.0f .. %.0f pps", limit_pps, result->lower_pps,
			 result->upper_pps);
	assert_true(result->upper_pps - result->lower_pps <= width * result->upper_pps);
}

static void
clean_devices_are_found_within_the_width(void **state)
{
	const struct vsw_mlr_profile *profile;
	uint64_t seed;

	(void)state;
	for (profile = vsw_mlr_profiles(); profile->name; profile++) {
		for (seed = 1; seed <= N_SEEDS; seed++) {
			struct mlr_device device = {.seed = seed};
			double share = mlr_device_random(&device);
			double width = profile->relative_width;
			struct found found;

			/* From 15 kpps to 14 Mpps, evenly in the logarithm. */
			device.capacity_pps = floor(15e3 * pow(14e6 / 15e3, share));
			found = find(device, profile, N_GOALS);
			assert_brackets(&found.result[NDR], device.capacity_pps, width);
			assert_brackets(&found.result[PDR],
					device.capacity_pps / (1 - VSW_MLR_PDR_LOSS_RATIO), width);
			assert_true(found.result[NDR].conditional_pps ==
				    found.result[NDR].lower_pps);
			assert_true(found.result[PDR].conditional_pps <= device.capacity_pps + 1);
		}
	}
}

/* A line of csit.md 4.5: what CSIT's package needs and how far its results spread, in percent. */
struct reported {
	const char *profile;
	uint32_t n_goals;
	double noise;
	double lossy;
	double trials;
	double seconds;
	double deviation[N_GOALS];
};

static const struct reported clean[] = {
	{"smoke", 2, 0, 0, 7, 8, {0}},	   {"ci", 2, 0, 0, 11, 12, {0}},
	{"nightly", 2, 0, 0, 19, 21, {0}}, {"report", 2, 0, 0, 32, 35, {0}},
	{"rfc2544", 1, 0, 0, 7, 139, {0}},
};

static const struct reported noisy[] = {
	{"smoke", 2, 0.005, 0.1, 8, 9, {0.5, 0.3}},
	{"ci", 2, 0.005, 0.1, 18, 20, {0.3, 0.2}},
	{"nightly", 2, 0.005, 0.1, 30, 32, {0.0, 0.1}},
	{"report", 2, 0.005, 0.1, 56, 62, {0.0, 0.2}},
	{"rfc2544", 1, 0.005, 0.1, 6, 72, {0.6}},
	/* Of the rest only the NDR is reported. */
	{"smoke", 2, 0.02, 0.3, 14, 15, {3.5, 3.5}},
	{"ci", 2, 0.02, 0.3, 23, 25, {1.5, 1.5}},
	{"nightly", 2, 0.02, 0.3, 50, 55, {1.0, 1.0}},
	{"report", 2, 0.02, 0.3, 89, 98, {0.8, 0.8}},
	{"rfc2544", 1, 0.02, 0.3, 8, 80, {3.0}},
};

/* What 20 seeds of a line found. */
struct measured {
	double trials;
	double seconds;
	double mean_pps[N_GOALS];
	double deviation[N_GOALS]; /* percent of the mean */
};

static void
add_spread(struct measured *measured, const struct found *found, uint32_t goal)
{
	double squares = 0;
	uint32_t i;

	for (i = 0; i < N_SEEDS; i++)
		measured->mean_pps[goal] += found[i].result[goal].conditional_pps / N_SEEDS;
	for (i = 0; i < N_SEEDS; i++)
		squares += pow(found[i].result[goal].conditional_pps - measured->mean_pps[goal], 2);
	measured->deviation[goal] = 100 * sqrt(squares / (N_SEEDS - 1)) / measured->mean_pps[goal];
}

static struct measured
measure(const struct reported *line)
{
	struct measured measured = {0};
	struct found found[N_SEEDS];
	uint32_t i;

	for (i = 0; i < N_SEEDS; i++) {
		const struct mlr_device device = {
			.capacity_pps = CAPACITY_PPS,
			.noise = line->noise,
			.lossy = line->lossy,
			.overhead_s = 0.1,
			.seed = i,
		};

		found[i] = find(device, vsw_mlr_profile(line->profile), line->n_goals);
		measured.trials += (double)found[i].n_trials / N_SEEDS;
		measured.seconds += found[i].seconds / N_SEEDS;
	}
	for (i = 0; i < line->n_goals; i++)
		add_spread(&measured, found, i);
	print_message("%-8s noise %.1f %%, %.0f %% lossy: %5.1f trials, %5.1f s, NDR %.2f Mpps "
		      "(%.2f %%), PDR %.2f Mpps (%.2f %%)\n",
		      line->profile, 100 * line->noise, 100 * line->lossy, measured.trials,
		      measured.seconds, measured.mean_pps[NDR] / 1e6, measured.deviation[NDR],
		      measured.mean_pps[PDR] / 1e6, measured.deviation[PDR]);
	return measured;
}

static void
a_clean_device_takes_the_trials_reported(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(clean) / sizeof(clean[0]); i++) {
		struct measured measured = measure(&clean[i]);

		assert_true(fabs(measured.trials - clean[i].trials) < 1e-6);
		assert_true(fabs(measured.seconds - clean[i].seconds) < 0.5);
	}
}

/*
 * How the noise reported was distributed is not known, here it is normal, and the figures are of
 * ten seeds: so this is no equality, it sees a search go astray. The bounds were set when the
 * figures here were known: trials at most half more than reported, deviations too, and a width.
 */
static void
noisy_devices_are_found_near_what_is_reported(void **state)
{
	size_t i;
	uint32_t goal;

	(void)state;
	for (i = 0; i < sizeof(noisy) / sizeof(noisy[0]); i++) {
		const struct reported *line = &noisy[i];
		double width = vsw_mlr_profile(line->profile)->relative_width;
		struct measured measured = measure(line);

		assert_true(measured.trials < 1.5 * line->trials);
		for (goal = 0; goal < line->n_goals; goal++) {
			double mean = measured.mean_pps[goal] / CAPACITY_PPS;

			assert_true(measured.deviation[goal] <
				    1.5 * line->deviation[goal] + 100 * width);
			assert_true(mean > 1 - 2 * line->noise - width && mean < 1 + line->noise);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clean_devices_are_found_within_the_width),
		cmocka_unit_test(a_clean_device_takes_the_trials_reported),
		cmocka_unit_test(noisy_devices_are_found_near_what_is_reported),
	};

	return cmocka_run_group_tests_name("mlr_device", tests, NULL, NULL);
}
