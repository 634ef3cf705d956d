/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lib/plan: every queue has a place, pins hold, lcores are level to within one queue, few queues
 * move.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "vsw_plan.h"

#define QUEUES_MAX 64
#define LCORES_MAX 8
#define ROUNDS 20000

static uint32_t load[LCORES_MAX];

static struct vsw_plan_queue
queue(uint16_t pinned, uint16_t lcore)
{
	return (struct vsw_plan_queue){.pinned = pinned, .lcore = lcore};
}

static void
one_lcore_takes_all(void **state)
{
	struct vsw_plan_queue queues[3];
	unsigned int i;

	(void)state;
	for (i = 0; i < 3; i++)
		queues[i] = queue(VSW_PLAN_NOWHERE, VSW_PLAN_NOWHERE);
	vsw_plan_lcores(queues, 3, load, 1);
	for (i = 0; i < 3; i++)
		assert_int_equal(queues[i].lcore, 0);
	assert_int_equal(load[0], 3);
}

static void
new_queues_go_to_the_least_loaded(void **state)
{
	struct vsw_plan_queue queues[] = {
		queue(VSW_PLAN_NOWHERE, 0),
		queue(VSW_PLAN_NOWHERE, VSW_PLAN_NOWHERE),
		queue(VSW_PLAN_NOWHERE, VSW_PLAN_NOWHERE),
	};

	(void)state;
	vsw_plan_lcores(queues, 3, load, 3);
	assert_int_equal(queues[0].lcore, 0);
	assert_int_equal(queues[1].lcore, 1);
	assert_int_equal(queues[2].lcore, 2);
}

static void
pins_hold_and_others_make_room(void **state)
{
	struct vsw_plan_queue queues[] = {queue(VSW_PLAN_NOWHERE, 1), queue(VSW_PLAN_NOWHERE, 1),
					  queue(1, 0), queue(1, 0)};

	(void)state;
	vsw_plan_lcores(queues, 4, load, 2);
	assert_int_equal(queues[2].lcore, 1);
	assert_int_equal(queues[3].lcore, 1);
	assert_int_equal(queues[0].lcore, 0);
	assert_int_equal(queues[1].lcore, 0);
}

static void
balanced_queues_stay(void **state)
{
	struct vsw_plan_queue queues[] = {queue(VSW_PLAN_NOWHERE, 1), queue(VSW_PLAN_NOWHERE, 0),
					  queue(VSW_PLAN_NOWHERE, 1)};

	(void)state;
	vsw_plan_lcores(queues, 3, load, 2);
	assert_int_equal(queues[0].lcore, 1);
	assert_int_equal(queues[1].lcore, 0);
	assert_int_equal(queues[2].lcore, 1);
}

/* A place on an lcore that does not exist any more is no place. */
static void
places_out_of_range_are_given_anew(void **state)
{
	struct vsw_plan_queue queues[] = {queue(VSW_PLAN_NOWHERE, 5)};

	(void)state;
	vsw_plan_lcores(queues, 1, load, 2);
	assert_true(queues[0].lcore < 2);
}

static unsigned int
random_queues(struct vsw_plan_queue *queues, unsigned int n_lcores)
{
	unsigned int i, n = rand() % QUEUES_MAX;

	for (i = 0; i < n; i++) {
		queues[i].pinned = rand() % 4 == 0 ? rand() % n_lcores : VSW_PLAN_NOWHERE;
		queues[i].lcore = rand() % 2 == 0 ? rand() % n_lcores : VSW_PLAN_NOWHERE;
	}
	return n;
}

/*
 * What must hold: counts agree, pins hold, and no unpinned queue has a place two better
 * elsewhere.
 */
static void
check_plan(const struct vsw_plan_queue *queues, unsigned int n, unsigned int n_lcores)
{
	uint32_t counted[LCORES_MAX] = {0};
	unsigned int i, lcore;

	for (i = 0; i < n; i++) {
		assert_true(queues[i].lcore < n_lcores);
		if (queues[i].pinned != VSW_PLAN_NOWHERE)
			assert_int_equal(queues[i].lcore, queues[i].pinned);
		counted[queues[i].lcore]++;
	}
	for (lcore = 0; lcore < n_lcores; lcore++) {
		assert_int_equal(counted[lcore], load[lcore]);
		for (i = 0; i < n; i++) {
			if (queues[i].pinned == VSW_PLAN_NOWHERE)
				assert_true(load[queues[i].lcore] <= load[lcore] + 1);
		}
	}
}

static void
random_plans_are_level_and_stable(void **state)
{
	struct vsw_plan_queue queues[QUEUES_MAX];
	const char *text = getenv("VSW_TEST_SEED");
	unsigned int seed = text != NULL ? strtoul(text, NULL, 0) : (unsigned int)time(NULL);
	unsigned int round, n, n_lcores, i;

	(void)state;
	print_message("VSW_TEST_SEED=%u\n", seed);
	srand(seed);
	for (round = 0; round < ROUNDS; round++) {
		uint16_t before[QUEUES_MAX];

		n_lcores = 1 + rand() % LCORES_MAX;
		n = random_queues(queues, n_lcores);
		vsw_plan_lcores(queues, n, load, n_lcores);
		check_plan(queues, n, n_lcores);
		for (i = 0; i < n; i++)
			before[i] = queues[i].lcore;
		vsw_plan_lcores(queues, n, load, n_lcores);
		for (i = 0; i < n; i++)
			assert_int_equal(queues[i].lcore, before[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_lcore_takes_all),
		cmocka_unit_test(new_queues_go_to_the_least_loaded),
		cmocka_unit_test(pins_hold_and_others_make_room),
		cmocka_unit_test(balanced_queues_stay),
		cmocka_unit_test(places_out_of_range_are_given_anew),
		cmocka_unit_test(random_plans_are_level_and_stable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
