/* SPDX-License-Identifier: BSD-3-Clause */
/* Where an lcore's time goes, as it counts it and as others read it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lcore_time.h"

static void
rounds_with_frames_are_busy(void **state)
{
	struct vsw_lcore_time time = {.sleep_ticks = 7}, earlier, since;

	(void)state;
	lcore_time_account(&time, 100, 0);
	lcore_time_account(&time, 1000, 32);
	earlier = time;
	lcore_time_account(&time, 200, 0);
	lcore_time_account(&time, 2000, 1);
	lcore_time_account(&time, 3000, 31);
	since = lcore_time_since(&time, &earlier);
	assert_int_equal(since.rounds, 3);
	assert_int_equal(since.busy_rounds, 2);
	assert_int_equal(since.ticks, 5200);
	assert_int_equal(since.busy_ticks, 5000);
	assert_int_equal(since.frames, 32);
	assert_int_equal(since.sleep_ticks, 0);
}

/* The lcore has begun and ended a busy round between the reading of two words. */
static void
parts_are_not_larger_than_the_whole(void **state)
{
	static const struct vsw_lcore_time time = {
		.rounds = 10, .busy_rounds = 11, .ticks = 100, .busy_ticks = 110};
	static const struct vsw_lcore_time earlier = {.rounds = 0};
	struct vsw_lcore_time since = lcore_time_since(&time, &earlier);

	(void)state;
	assert_int_equal(since.rounds, 11);
	assert_int_equal(since.ticks, 110);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rounds_with_frames_are_busy),
		cmocka_unit_test(parts_are_not_larger_than_the_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
