/* SPDX-License-Identifier: BSD-3-Clause */
/* The pure parts of vsw-bench's meters: classes, parsers, shares, the fingerprint. */
#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "facts.h"
#include "meter_jitter.h"
#include "meter_placement.h"
#include "meter_runq.h"
#include "meter_stall.h"
#include "meter_steal.h"

#define TSC_HZ 2000000000ULL
#define US (TSC_HZ / 1000000)

static void
stalls_are_counted_by_length(void **state)
{
	struct stall_meter meter, earlier, sum;
	uint64_t now = 1000;

	(void)state;
	stall_init(&meter, TSC_HZ, now);
	stall_mark(&meter, now += 20 * US); /* not above */
	assert_int_equal(stall_count(&meter, STALL_MIN_US), 0);
	stall_mark(&meter, now += 21 * US);
	stall_mark(&meter, now += 199 * US);
	earlier = meter;
	stall_mark(&meter, now += 200 * US);
	stall_mark(&meter, now += 1000000 * US);
	assert_int_equal(stall_count(&meter, STALL_MIN_US), 4);
	assert_int_equal(stall_count(&meter, STALL_LONG_US), 2);
	assert_int_equal(stall_count(&meter, 150), 3); /* from 100 us: rather too many */
	assert_int_equal(stall_count(&meter, 10000000), 1);
	assert_int_equal(meter.longest_tsc, 1000000 * US);
	stall_resume(&meter, now += 1000 * US);
	stall_mark(&meter, now += US);
	assert_int_equal(stall_count(&meter, STALL_MIN_US), 4);

	sum = meter;
	stall_subtract(&meter, &earlier);
	assert_int_equal(stall_count(&meter, STALL_MIN_US), 2);
	assert_int_equal(meter.stalled_tsc, 1000200 * US);
	stall_add(&sum, &earlier);
	assert_int_equal(stall_count(&sum, STALL_MIN_US), 6);
}

static void
stalls_have_their_json(void **state)
{
	json_t *object = json_object();
	struct stall_meter meter;

	(void)state;
	stall_init(&meter, TSC_HZ, 0);
	stall_mark(&meter, 30 * US);
	stall_mark(&meter, 330 * US);
	stall_json(&meter, object);
	assert_int_equal(json_integer_value(json_object_get(object, "stalls_20us")), 2);
	assert_int_equal(json_integer_value(json_object_get(object, "stalls_200us")), 1);
	assert_int_equal(json_real_value(json_object_get(object, "longest_us")), 300);
	assert_int_equal(1000 * json_real_value(json_object_get(object, "stalled_ms")), 300);
	json_decref(object);
}

static void
spans_are_near_if_both_ends_are(void **state)
{
	(void)state;
	assert_int_equal(placement_join(PLACEMENT_NEAR, PLACEMENT_NEAR), PLACEMENT_NEAR);
	assert_int_equal(placement_join(PLACEMENT_FAR, PLACEMENT_FAR), PLACEMENT_FAR);
	assert_int_equal(placement_join(PLACEMENT_NEAR, PLACEMENT_FAR), PLACEMENT_MIXED);
	assert_int_equal(placement_join(PLACEMENT_MIXED, PLACEMENT_FAR), PLACEMENT_MIXED);
	assert_int_equal(placement_join(PLACEMENT_NEAR, PLACEMENT_UNKNOWN), PLACEMENT_UNKNOWN);
	assert_int_equal(placement_kind(NULL, placement_probe(NULL)), PLACEMENT_UNKNOWN);
}

/* The CPUs this process may use, at most 2. */
static unsigned int
find_cpus(unsigned int *cpus)
{
	unsigned int cpu, n = 0;
	cpu_set_t set;

	assert_int_equal(sched_getaffinity(0, sizeof(set), &set), 0);
	for (cpu = 0; cpu < CPU_SETSIZE && n < 2; cpu++) {
		if (CPU_ISSET(cpu, &set))
			cpus[n++] = cpu;
	}
	return n;
}

static void
pin(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	assert_int_equal(sched_setaffinity(0, sizeof(set), &set), 0);
}

/* A reading, if the machine leaves the helper and this thread its CPUs for some microseconds. */
static struct placement_reading
probe(struct placement *placement)
{
	struct placement_reading reading = {0, 0};
	unsigned int tries;

	for (tries = 0; tries < 1000 && reading.max_ticks == 0; tries++) {
		reading = placement_probe(placement);
		usleep(100);
	}
	return reading;
}

static void
check_kind(unsigned int cpu, uint32_t near_ticks, enum placement_kind kind)
{
	struct placement_config config = {
		.cpus = &cpu, .n_cpus = 1, .near_ticks = near_ticks, .tsc_hz = TSC_HZ};
	struct placement *placement;
	struct vsw_error err;

	assert_int_equal(placement_create(&config, &placement, &err), 0);
	assert_int_equal(placement_kind(placement, probe(placement)), kind);
	placement_destroy(placement);
}

static void
probes_measure_the_other_cpu(void **state)
{
	unsigned int cpus[2], missing = CPU_SETSIZE - 1;
	struct placement_config config = {.cpus = cpus, .n_cpus = 1, .tsc_hz = TSC_HZ};
	struct placement *placement;
	struct vsw_error err;
	cpu_set_t before;

	(void)state;
	sched_getaffinity(0, sizeof(before), &before);
	if (find_cpus(cpus) < 2)
		skip();
	pin(cpus[1]);
	if (placement_create(&config, &placement, &err) == -EPERM)
		skip();
	placement_destroy(placement);
	check_kind(cpus[0], UINT32_MAX, PLACEMENT_NEAR);
	check_kind(cpus[0], 1, PLACEMENT_FAR);
	config.cpus = &cpus[1];
	assert_int_equal(placement_create(&config, &placement, &err), -EINVAL);
	assert_non_null(strstr(err.text, "share CPU"));
	config.cpus = &missing;
	assert_int_equal(placement_create(&config, &placement, &err), -EINVAL);
	config.n_cpus = 0;
	assert_int_equal(placement_create(&config, &placement, &err), -EINVAL);
	sched_setaffinity(0, sizeof(before), &before);
}

static void
jitter_is_measured_on_each_cpu(void **state)
{
	unsigned int cpus[2], n = find_cpus(cpus), i, missing = CPU_SETSIZE - 1;
	struct jitter results[2];
	struct vsw_error err;
	int ret;

	(void)state;
	ret = jitter_measure(cpus, n, 0.05, TSC_HZ, results, &err);
	if (ret == -EPERM)
		skip();
	assert_int_equal(ret, 0);
	for (i = 0; i < n; i++) {
		assert_int_equal(results[i].cpu, cpus[i]);
		assert_true(results[i].spun_s >= 0.05);
	}
	assert_int_equal(jitter_measure(&missing, 1, 0.05, TSC_HZ, results, &err), -EINVAL);
}

static void
waiting_is_a_share_of_the_time(void **state)
{
	struct runq_reading before = {.at_ns = 1000}, after = {.at_ns = 1001000};

	(void)state;
	assert_int_equal(runq_parse("12345678901 234 56\n", &before), 0);
	assert_int_equal(before.run_ns, 12345678901);
	assert_int_equal(before.wait_ns, 234);
	assert_int_equal(runq_parse("", &after), -EINVAL);
	assert_int_equal(runq_parse("12", &after), -EINVAL);
	assert_int_equal(runq_parse("1 250234 2", &after), 0);
	assert_true(runq_share(&before, &after) == 0.25);
	assert_true(runq_share(&before, &before) == 0);
	assert_true(runq_share(&after, &before) == 0);
}

static void
threads_are_found_by_their_cpu(void **state)
{
	struct runq_reading reading;
	struct vsw_error err;
	struct runq runq;
	pid_t tid;

	(void)state;
	assert_int_equal(runq_init(&runq, 0, 0, &err), 0);
	assert_int_equal(runq_read(&runq, &reading, &err), 0);
	assert_true(reading.run_ns > 0);
	runq_fini(&runq);
	assert_int_equal(runq_find(0x7ffffff0, 0, &tid, &err), -ESRCH);
	assert_non_null(strstr(err.text, "no process 2147483632"));
	assert_int_equal(runq_init(&runq, 0x7ffffff0, 1, &err), -ENOENT);
}

static void
steal_is_that_of_the_cpu(void **state)
{
	static const char text[] = "cpu  10 20 30 40 50 60 70 9999 0 0\n"
				   "cpu0 1 2 3 4 5 6 7 80 0 0\n"
				   "cpu1 1 2 3 4 5 6 7 81 0 0\n"
				   "cpu10 1 2 3 4 5 6 7 90 0 0\n"
				   "intr 1 2 3\n";
	struct steal_reading before = {.at_ns = 1, .steal_ns = 5, .n_cpus = 2};
	struct steal_reading after = {.at_ns = 101, .steal_ns = 25, .n_cpus = 2};
	uint64_t steal = 0;

	(void)state;
	assert_int_equal(steal_parse(text, 0, &steal), 0);
	assert_int_equal(steal, 80);
	assert_int_equal(steal_parse(text, 1, &steal), 0);
	assert_int_equal(steal, 81);
	assert_int_equal(steal_parse(text, 10, &steal), 0);
	assert_int_equal(steal, 90);
	assert_int_equal(steal_parse(text, 2, &steal), -ENOENT);
	assert_int_equal(steal_parse("cpu10 1 2 3 4 5 6 7 90 0 0\n", 1, &steal), -ENOENT);
	assert_int_equal(steal_parse("", 0, &steal), -ENOENT);
	assert_int_equal(steal_parse("cpu0 1 2 3\n", 0, &steal), -ENOENT);
	assert_true(steal_share(&before, &after) == 0.1);
	assert_true(steal_share(&after, &before) == 0);
}

static void
boot_lines_are_read_by_word(void **state)
{
	static const char line[] = "quiet xisolcpus=1 isolcpus=2-3,5 nohz_full  rcu_nocbs=";
	char *value;

	(void)state;
	value = facts_boot_value(line, "isolcpus");
	assert_string_equal(value, "2-3,5");
	free(value);
	value = facts_boot_value(line, "nohz_full");
	assert_string_equal(value, "");
	free(value);
	value = facts_boot_value(line, "rcu_nocbs");
	assert_string_equal(value, "");
	free(value);
	assert_null(facts_boot_value(line, "isol"));
	assert_null(facts_boot_value(line, "cpus"));
	assert_null(facts_boot_value("", "quiet"));
}

/* The fingerprint of this machine with one fact replaced; value is consumed. */
static void
fingerprint_with(const char *group, const char *key, json_t *value, char *text)
{
	json_t *machine = facts(TSC_HZ);
	json_t *object = group != NULL ? json_object_get(machine, group) : machine;

	assert_non_null(json_object_get(object, key));
	json_object_set_new(object, key, value);
	facts_fingerprint(machine, text);
	json_decref(machine);
}

static void
fingerprints_are_of_what_matters(void **state)
{
	char here[FACTS_FINGERPRINT_BYTES], other[FACTS_FINGERPRINT_BYTES];
	json_t *machine = facts(TSC_HZ);

	(void)state;
	facts_fingerprint(machine, here);
	assert_int_equal(strlen(here), FACTS_FINGERPRINT_BYTES - 1);
	assert_int_equal(strspn(here, "0123456789abcdef"), FACTS_FINGERPRINT_BYTES - 1);
	assert_string_equal(json_string_value(json_object_get(machine, "fingerprint")), here);
	json_decref(machine);

	fingerprint_with("cpu", "number", json_integer(4711), other);
	assert_string_not_equal(here, other);
	fingerprint_with("cpu", "cpus", json_integer(4711), other);
	assert_string_not_equal(here, other);
	fingerprint_with("isolation", "isolcpus", json_string("1"), other);
	assert_string_not_equal(here, other);
	fingerprint_with(NULL, "tsc_hz", json_integer(TSC_HZ + 100000000), other);
	assert_string_not_equal(here, other);

	fingerprint_with(NULL, "tsc_hz", json_integer(TSC_HZ + 1000000), other);
	assert_string_equal(here, other);
	fingerprint_with(NULL, "dpdk", json_string("another"), other);
	assert_string_equal(here, other);
	fingerprint_with("cpu", "microcode", json_string("0x1"), other);
	assert_string_equal(here, other);
	fingerprint_with(NULL, "load_1min", json_real(3), other);
	assert_string_equal(here, other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stalls_are_counted_by_length),
		cmocka_unit_test(stalls_have_their_json),
		cmocka_unit_test(spans_are_near_if_both_ends_are),
		cmocka_unit_test(probes_measure_the_other_cpu),
		cmocka_unit_test(jitter_is_measured_on_each_cpu),
		cmocka_unit_test(waiting_is_a_share_of_the_time),
		cmocka_unit_test(threads_are_found_by_their_cpu),
		cmocka_unit_test(steal_is_that_of_the_cpu),
		cmocka_unit_test(boot_lines_are_read_by_word),
		cmocka_unit_test(fingerprints_are_of_what_matters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
