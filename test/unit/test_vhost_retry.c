/* SPDX-License-Identifier: BSD-3-Clause */
/* vhost_retry.h: what may be waited for a receiver, on a clock that the test sets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "vhost_retry.h"

#define HZ 2000000000ULL
#define START (1000 * HZ) /* the clock of a machine that has been up for a while */

static const struct vhost_retry_limits guide = {
	.num = 4, .lcore_num = 66, .delay_tsc = 15 * HZ / 1000000};

/* An lcore that has no other receivers. */
static bool
begin(struct vhost_retry *retry, uint64_t now_tsc, uint64_t taken)
{
	struct vhost_retry_savings rich = {0};

	return vhost_retry_begin(retry, &rich, &guide, now_tsc, taken);
}

/* Retries that are allowed in a row at one time. Never takes a frame. */
static unsigned int
begin_all(struct vhost_retry *retry, uint64_t now_tsc, uint64_t taken)
{
	unsigned int n = 0;

	while (n < 1000 && begin(retry, now_tsc, taken))
		n++;
	return n;
}

static void
limits_are_clamped(void **state)
{
	static const struct {
		uint32_t num, delay_us, num_out, delay_us_out;
	} cases[] = {
		{4, 15, 4, 15},	    {0, 15, 0, 15},	      {1, 1000, 1, 1000},
		{1, 1001, 1, 1000}, {2, 600, 1, 600},	      {67, 15, 66, 15},
		{2000, 0, 1000, 1}, {UINT32_MAX, 1, 1000, 1}, {1, UINT32_MAX, 1, 1000},
	};
	struct vhost_retry_limits limits;
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		limits = vhost_retry_limits(cases[i].num, cases[i].delay_us, HZ);
		assert_int_equal(limits.num, cases[i].num_out);
		assert_int_equal(limits.delay_tsc, cases[i].delay_us_out * HZ / 1000000);
	}
}

static void
one_burst_is_saved_at_most(void **state)
{
	struct vhost_retry retry = {0};
	uint64_t later = START + VHOST_RETRY_SHARE * guide.num * guide.delay_tsc;

	(void)state;
	assert_int_equal(begin_all(&retry, START, 1), guide.num);
	assert_int_equal(begin_all(&retry, START + 1, 2), 0);
	assert_int_equal(begin_all(&retry, later - 1, 3), guide.num - 1);
	assert_int_equal(begin_all(&retry, later, 4), 1);
	assert_int_equal(begin_all(&retry, START + 1000 * HZ, 5), guide.num);
}

static void
retry_that_is_not_saved_for_is_not_begun(void **state)
{
	uint64_t cost = VHOST_RETRY_SHARE * guide.delay_tsc;
	struct vhost_retry retry = {0};

	(void)state;
	begin_all(&retry, START, 1);
	assert_false(begin(&retry, START + cost - 1, 2));
	assert_true(begin(&retry, START + cost, 3));
	assert_false(begin(&retry, START + cost, 4));
}

static void
receiver_that_stopped_is_not_waited_for(void **state)
{
	struct vhost_retry retry = {0};
	unsigned int i, n = 0;

	(void)state;
	for (i = 0; i < 100; i++)
		n += begin_all(&retry, START + i * HZ, 7);
	assert_int_equal(n, VHOST_RETRY_BURSTS * guide.num);
	assert_int_equal(begin_all(&retry, START + 100 * HZ, 8), guide.num);
}

/* All receivers of an lcore, each with savings of its own, get what the lcore has saved. */
static void
receivers_share_what_the_lcore_saved(void **state)
{
	uint64_t later = START + 3 * VHOST_RETRY_LCORE_SHARE * guide.delay_tsc;
	struct vhost_retry_savings lcore = {0};
	struct vhost_retry retry[100] = {0};
	unsigned int i, n = 0;

	(void)state;
	for (i = 0; i < 100; i++)
		n += vhost_retry_begin(&retry[i], &lcore, &guide, START, 1);
	assert_int_equal(n, guide.lcore_num);
	for (i = 0, n = 0; i < 100; i++)
		n += vhost_retry_begin(&retry[i], &lcore, &guide, later, 2);
	assert_int_equal(n, 3);
	for (i = 0, n = 0; i < 100; i++)
		n += vhost_retry_begin(&retry[i], &lcore, &guide, START + HZ, 3);
	assert_int_equal(n, guide.lcore_num);
}

/* Whatever the times of its bursts, a receiver costs its share and one burst. */
static void
share_holds_for_random_bursts(void **state)
{
	const char *text = getenv("VSW_TEST_SEED");
	unsigned int seed = text != NULL ? strtoul(text, NULL, 0) : (unsigned int)time(NULL);
	uint64_t now = START, waited = 0, taken = 0;
	struct vhost_retry retry = {0};
	unsigned int i;

	(void)state;
	print_message("VSW_TEST_SEED=%u\n", seed);
	srand(seed);
	for (i = 0; i < 1000000; i++) {
		now += rand() % (2 * VHOST_RETRY_SHARE * guide.delay_tsc);
		taken += rand() % 8 == 0;
		if (begin(&retry, now, taken))
			waited += guide.delay_tsc;
		assert_true(VHOST_RETRY_SHARE * (waited - guide.num * guide.delay_tsc) <=
				    now - START ||
			    waited < guide.num * guide.delay_tsc);
	}
	assert_true(waited > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(limits_are_clamped),
		cmocka_unit_test(one_burst_is_saved_at_most),
		cmocka_unit_test(retry_that_is_not_saved_for_is_not_begun),
		cmocka_unit_test(receiver_that_stopped_is_not_waited_for),
		cmocka_unit_test(receivers_share_what_the_lcore_saved),
		cmocka_unit_test(share_holds_for_random_bursts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
