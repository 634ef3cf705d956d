/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/rcu: whom a grace period waits for. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "lan.h"
#include "vsw_rcu.h"
#include "vsw_rcu_hot.h"

#define LOOK_US 20000
#define LIMIT_S 10

static bool over; /* the grace period of wait_for() */

static void *
wait_for(void *rcu)
{
	vsw_rcu_synchronize(rcu);
	__atomic_store_n(&over, true, __ATOMIC_RELEASE);
	return NULL;
}

static void
waits_for_one_that_is_online(void **state)
{
	struct vsw_rcu *rcu;
	pthread_t waiter;

	(void)state;
	lan_eal();
	rcu = vsw_rcu_create(1);
	assert_non_null(rcu);
	vsw_rcu_online(rcu, 0);
	vsw_rcu_pause(rcu, 0);
	vsw_rcu_resume(rcu, 0);
	assert_int_equal(pthread_create(&waiter, NULL, wait_for, rcu), 0);
	usleep(LOOK_US);
	assert_false(__atomic_load_n(&over, __ATOMIC_ACQUIRE));
	vsw_rcu_quiescent(rcu, 0);
	pthread_join(waiter, NULL);
	vsw_rcu_offline(rcu, 0);
	vsw_rcu_destroy(rcu);
}

/* Were it waited for, the alarm would end the test. */
static void
waits_for_none_that_pauses(void **state)
{
	struct vsw_rcu *rcu;

	(void)state;
	lan_eal();
	rcu = vsw_rcu_create(2);
	assert_non_null(rcu);
	vsw_rcu_online(rcu, 1);
	vsw_rcu_pause(rcu, 1);
	alarm(LIMIT_S);
	vsw_rcu_synchronize(rcu);
	alarm(0);
	vsw_rcu_resume(rcu, 1);
	vsw_rcu_offline(rcu, 1);
	vsw_rcu_destroy(rcu);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waits_for_one_that_is_online),
		cmocka_unit_test(waits_for_none_that_pauses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
