/* SPDX-License-Identifier: BSD-3-Clause */
/* The switch's counters as vsw-bench takes them from replies of the control socket. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "switch_reading.h"

/* The generator's ports: v1, one that is no port of the switch, v0. */
static const char *const names[] = {"v1", NULL, "v0"};

static const char stats_0[] =
	"{\"ports\": ["
	"{\"port\": \"v0\", \"rx_frames\": 10, \"tx_frames\": 20, \"drops\": 1, \"flooded\": 0},"
	"{\"port\": \"up\", \"rx_frames\": 7, \"tx_frames\": 7, \"drops\": 0, \"flooded\": 0},"
	"{\"port\": \"v1\", \"rx_frames\": 30, \"tx_frames\": 40, \"drops\": 2, \"flooded\": 3}]}";
static const char stats_1[] =
	"{\"ports\": ["
	"{\"port\": \"v0\", \"rx_frames\": 110, \"tx_frames\": 70, \"drops\": 51, \"flooded\": 0},"
	"{\"port\": \"up\", \"rx_frames\": 7, \"tx_frames\": 8, \"drops\": 0, \"flooded\": 0},"
	"{\"port\": \"v1\", \"rx_frames\": 30, \"tx_frames\": 90, \"drops\": 2, \"flooded\": 3},"
	"{\"port\": \"new\", \"rx_frames\": 0, \"tx_frames\": 0, \"drops\": 0, \"flooded\": 0}]}";
static const char drops_0[] =
	"{\"drops\": [{\"port\": \"v0\", \"reason\": \"runt\", \"frames\": 1},"
	"{\"port\": \"v1\", \"reason\": \"ring_full\", \"frames\": 2}],"
	"\"books\": {\"rx\": 47, \"tx\": 67, \"copies\": 23, \"segments\": 0, \"drops\": 3}}";
static const char drops_1[] =
	"{\"drops\": [{\"port\": \"v0\", \"reason\": \"runt\", \"frames\": 1},"
	"{\"port\": \"v0\", \"reason\": \"ring_full\", \"frames\": 50},"
	"{\"port\": \"v1\", \"reason\": \"ring_full\", \"frames\": 2}],"
	"\"books\": {\"rx\": 147, \"tx\": 168, \"copies\": 74, \"segments\": 0, \"drops\": 53}}";
static const char lcores_0[] =
	"{\"lcores\": [{\"lcore\": 3, \"rx_frames\": 47, \"ticks\": 1000, \"busy_ticks\": 500,"
	" \"rounds\": 20, \"empty_rounds\": 10}]}";
static const char lcores_1[] =
	"{\"lcores\": [{\"lcore\": 3, \"rx_frames\": 147, \"ticks\": 11000, \"busy_ticks\": 5500,"
	" \"rounds\": 50, \"empty_rounds\": 20}]}";

static int
try_parse(struct switch_reading *reading, const char *stats, const char *drops, const char *lcores,
	  struct vsw_error *err)
{
	json_t *json[] = {json_loads(stats, 0, NULL), json_loads(drops, 0, NULL),
			  json_loads(lcores, 0, NULL)};
	unsigned int i;
	int ret;

	for (i = 0; i < 3; i++)
		assert_non_null(json[i]);
	ret = switch_reading_parse(reading, names, 3, json[0], json[1], json[2], err);
	for (i = 0; i < 3; i++)
		json_decref(json[i]);
	return ret;
}

static void
parse(struct switch_reading *reading, const char *stats, const char *drops, const char *lcores)
{
	struct vsw_error err;

	assert_int_equal(try_parse(reading, stats, drops, lcores, &err), 0);
}

/* Of the two readings above. */
static void
make_diff(struct switch_reading *diff)
{
	struct switch_reading before, after;
	struct vsw_error err;

	parse(&before, stats_0, drops_0, lcores_0);
	parse(&after, stats_1, drops_1, lcores_1);
	assert_int_equal(switch_reading_diff(&before, &after, diff, &err), 0);
	switch_reading_fini(&before);
	switch_reading_fini(&after);
}

static void
ports_are_in_the_generators_order(void **state)
{
	struct switch_reading reading;

	(void)state;
	parse(&reading, stats_0, drops_0, lcores_0);
	assert_int_equal(reading.n_ports, 4);
	assert_string_equal(reading.port[0].name, "v1");
	assert_int_equal(reading.port[0].rx, 30);
	assert_int_equal(reading.port[0].flooded, 3);
	assert_string_equal(reading.port[1].name, "");
	assert_int_equal(reading.port[1].rx, 0);
	assert_string_equal(reading.port[2].name, "v0");
	assert_int_equal(reading.port[2].tx, 20);
	assert_string_equal(reading.port[3].name, "up");
	assert_int_equal(reading.lcore[0].busy_rounds, 10);
	switch_reading_fini(&reading);
}

static void
differences_are_what_was_counted_between(void **state)
{
	struct switch_reading diff;
	json_t *json, *expected;

	(void)state;
	make_diff(&diff);
	assert_int_equal(diff.n_ports, 5);
	assert_int_equal(diff.port[2].rx, 100);
	assert_int_equal(diff.port[2].tx, 50);
	assert_int_equal(diff.port[0].tx, 50);
	assert_int_equal(diff.port[3].tx, 1);
	assert_string_equal(diff.port[4].name, "new");
	json = switch_reading_json(&diff);
	expected = json_pack("{si si s{si} si si si sf sf sf s[{si si si si si si}]}", "rx", 100,
			     "tx", 101, "drops", "ring_full", 50, "frames", 100, "ticks", 10000,
			     "busy_ticks", 5000, "busy_ticks_per_frame", 50.0, "busy_share", 0.5,
			     "frames_per_busy_round", 5.0, "lcores", "lcore", 3, "frames", 100,
			     "ticks", 10000, "busy_ticks", 5000, "rounds", 30, "busy_rounds", 20);
	assert_true(json_equal(json, expected));
	json_decref(json);
	json_decref(expected);
	switch_reading_fini(&diff);
}

static void
nothing_has_no_quotient(void **state)
{
	struct switch_reading reading, diff;
	struct vsw_error err;
	json_t *json;

	(void)state;
	parse(&reading, stats_0, drops_0, lcores_0);
	assert_int_equal(switch_reading_diff(&reading, &reading, &diff, &err), 0);
	json = switch_reading_json(&diff);
	assert_true(json_is_null(json_object_get(json, "busy_ticks_per_frame")));
	assert_int_equal(json_object_size(json_object_get(json, "drops")), 0);
	json_decref(json);
	switch_reading_fini(&diff);
	switch_reading_fini(&reading);
}

static void
cleared_counters_are_noticed(void **state)
{
	static const char *const later[][3] = {{stats_0, drops_1, lcores_1},
					       {stats_1, drops_0, lcores_1},
					       {stats_1, drops_1, lcores_0}};
	static const char *const whose[] = {"port v0", "the switch", "lcore 3"};
	struct switch_reading before, after, diff;
	struct vsw_error err;
	unsigned int i;

	(void)state;
	parse(&before, stats_1, drops_1, lcores_1);
	for (i = 0; i < 3; i++) {
		/* Ports come in the generator's order: v1 is the first, and has sent less. */
		parse(&after, later[i][0], later[i][1], later[i][2]);
		after.port[0].tx = before.port[0].tx;
		assert_int_equal(switch_reading_diff(&before, &after, &diff, &err), -EINVAL);
		assert_non_null(strstr(err.text, whose[i]));
		switch_reading_fini(&after);
	}
	switch_reading_fini(&before);
}

static void
strange_replies_are_refused(void **state)
{
	static const char *const cases[][3] = {
		{"{}", drops_0, lcores_0},
		{stats_0, "{}", lcores_0},
		{stats_0, drops_0, "{}"},
		{"{\"ports\": [{}]}", drops_0, lcores_0},
		{"{\"ports\": [{\"port\": \"v0\", \"rx_frames\": \"1\"}]}", drops_0, lcores_0},
		{stats_0, "{\"drops\": [{}]}", lcores_0},
		{stats_0, "{\"drops\": []}", lcores_0},
		{stats_0, drops_0, "{\"lcores\": [{\"lcore\": 1}]}"},
	};
	struct switch_reading reading;
	struct vsw_error err;
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(try_parse(&reading, cases[i][0], cases[i][1], cases[i][2], &err),
				 -EPROTO);
		assert_non_null(strstr(err.text, "another version"));
	}
}

static void
sums_that_close_are_ok(void **state)
{
	struct switch_peer peers[] = {{.received = 49, .unread = 1},
				      {.sent = 1234},
				      {.sent = 104, .pending = 4, .received = 50}};
	struct switch_reading diff;
	json_t *sums;

	(void)state;
	make_diff(&diff);
	sums = switch_reading_check(&diff, peers, 3);
	assert_string_equal(json_string_value(sums), "ok");
	json_decref(sums);
	switch_reading_fini(&diff);
}

static void
each_gap_has_a_sentence(void **state)
{
	static const char *const expected[] = {
		("the switch received 100 and made 52 copies and 0 segments, but sent 101 and "
		 "dropped 50"),
		"port v1: the switch sent 50, but the generator received 48 and 1 are unread",
		"port v0: the generator sent 105, but the switch received 100 and 4 are pending",
	};
	struct switch_peer peers[] = {{.received = 48, .unread = 1},
				      {.sent = 1234},
				      {.sent = 105, .pending = 4, .received = 50}};
	struct switch_reading diff;
	json_t *sums;
	size_t i;

	(void)state;
	make_diff(&diff);
	diff.books.copies++;
	sums = switch_reading_check(&diff, peers, 3);
	assert_int_equal(json_array_size(sums), 3);
	for (i = 0; i < 3; i++)
		assert_string_equal(json_string_value(json_array_get(sums, i)), expected[i]);
	json_decref(sums);
	switch_reading_fini(&diff);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ports_are_in_the_generators_order),
		cmocka_unit_test(differences_are_what_was_counted_between),
		cmocka_unit_test(nothing_has_no_quotient),
		cmocka_unit_test(cleared_counters_are_noticed),
		cmocka_unit_test(strange_replies_are_refused),
		cmocka_unit_test(sums_that_close_are_ok),
		cmocka_unit_test(each_gap_has_a_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
