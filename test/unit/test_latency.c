/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/traffic: percentiles of the histogram against those of the sorted times. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "vsw_latency.h"

#define TIMES 19997U

static const double percents[] = {0, 0.01, 1, 10, 50, 90, 99, 99.9, 99.99, 100};

static int
compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static uint32_t
seed_of_run(void)
{
	const char *text = getenv("VSW_TEST_SEED");
	uint32_t seed = text != NULL ? strtoul(text, NULL, 0) : (uint32_t)time(NULL);

	print_message("VSW_TEST_SEED=%u\n", seed);
	return seed;
}

/* Every size of number, 1 tick to minutes. */
static uint64_t
draw_time(void)
{
	uint64_t wide = (uint64_t)random() << 31 | (uint64_t)random();

	return wide >> (22 + random() % 40);
}

static void
is_right_to_a_thousandth(void **state)
{
	struct vsw_latency *half[2] = {vsw_latency_create(), vsw_latency_create()};
	static uint64_t times[TIMES];
	uint64_t exact, found;
	uint32_t i, rank;

	(void)state;
	srandom(seed_of_run());
	for (i = 0; i < TIMES; i++) {
		times[i] = draw_time();
		vsw_latency_record(half[i % 2], times[i]);
	}
	vsw_latency_add(half[0], half[1]);
	qsort(times, TIMES, sizeof(times[0]), compare);
	assert_int_equal(vsw_latency_n(half[0]), TIMES);
	assert_int_equal(vsw_latency_min(half[0]), times[0]);
	assert_int_equal(vsw_latency_max(half[0]), times[TIMES - 1]);
	for (i = 0; i < sizeof(percents) / sizeof(percents[0]); i++) {
		rank = (uint32_t)(percents[i] * TIMES / 100 + 0.999999);
		exact = times[rank > 0 ? rank - 1 : 0];
		found = vsw_latency_percentile(half[0], percents[i]);
		assert_true(found >= exact && found <= exact + exact / 1000);
	}
	vsw_latency_destroy(half[0]);
	vsw_latency_destroy(half[1]);
}

static void
is_exact_for_small_times(void **state)
{
	struct vsw_latency *latency = vsw_latency_create();
	uint64_t ticks;

	(void)state;
	for (ticks = 0; ticks < 2048; ticks++)
		vsw_latency_record(latency, ticks);
	assert_int_equal(vsw_latency_percentile(latency, 50), 1023);
	assert_int_equal(vsw_latency_percentile(latency, 100), 2047);
	vsw_latency_clear(latency);
	for (ticks = 1; ticks <= 3; ticks++)
		vsw_latency_record(latency, ticks);
	assert_int_equal(vsw_latency_percentile(latency, 50), 2);
	vsw_latency_destroy(latency);
}

static void
takes_times_beyond_its_range(void **state)
{
	struct vsw_latency *latency = vsw_latency_create();

	(void)state;
	vsw_latency_record(latency, 1ULL << 40);
	vsw_latency_record(latency, UINT64_MAX);
	assert_int_equal(vsw_latency_n(latency), 2);
	assert_int_equal(vsw_latency_percentile(latency, 50), (1ULL << 40) - 1);
	vsw_latency_destroy(latency);
}

static void
is_nothing_when_empty(void **state)
{
	struct vsw_latency *latency = vsw_latency_create();

	(void)state;
	vsw_latency_record(latency, 5);
	vsw_latency_clear(latency);
	assert_int_equal(vsw_latency_n(latency), 0);
	assert_int_equal(vsw_latency_min(latency), 0);
	assert_int_equal(vsw_latency_max(latency), 0);
	assert_int_equal(vsw_latency_percentile(latency, 99), 0);
	vsw_latency_destroy(latency);
	vsw_latency_destroy(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_right_to_a_thousandth),
		cmocka_unit_test(is_exact_for_small_times),
		cmocka_unit_test(takes_times_beyond_its_range),
		cmocka_unit_test(is_nothing_when_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
