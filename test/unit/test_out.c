/* SPDX-License-Identifier: BSD-3-Clause */
/* Typed output, as text and as JSON. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "vsw_out.h"

static void
check_text(const struct vsw_out *out, const char *expected)
{
	char *text = vsw_out_text(out);

	assert_string_equal(text, expected);
	free(text);
}

static void
check_json(const struct vsw_out *out, const char *expected)
{
	char *text = vsw_out_json(out);

	assert_string_equal(text, expected);
	free(text);
}

static void
nothing_is_empty(void **state)
{
	struct vsw_out out;

	(void)state;
	vsw_out_init(&out);
	check_text(&out, "");
	check_json(&out, "{}\n");
	vsw_out_fini(&out);
}

static void
messages_are_lines(void **state)
{
	struct vsw_out out;

	(void)state;
	vsw_out_init(&out);
	vsw_out_message(&out, "port %d\x1b[31m\nadded", 7);
	check_text(&out, "port 7\\x1b[31m\nadded\n");
	check_json(&out, "{\"message\": \"port 7\\u001B[31m\\nadded\"}\n");
	vsw_out_message(&out, "%s", "");
	check_text(&out, "");
	vsw_out_message(&out, "ends\n");
	check_text(&out, "ends\n");
	vsw_out_object(&out); /* replaces it */
	check_text(&out, "none\n");
	check_json(&out, "{}\n");
	vsw_out_fini(&out);
}

static void
objects_are_aligned(void **state)
{
	struct vsw_out out;
	json_t *object;
	json_t *inner;
	json_t *list;

	(void)state;
	vsw_out_init(&out);
	object = vsw_out_object(&out);
	vsw_out_add_text(object, "name", "vm0");
	vsw_out_add_uint(object, "rx_packets", 123);
	vsw_out_add_uint(object, "big", UINT64_MAX);
	vsw_out_add_int(object, "low", -5);
	vsw_out_add_real(object, "load", 0.25);
	vsw_out_add_bool(object, "up", true);
	vsw_out_add_bool(object, "client", false);
	vsw_out_add_null(object, "peer");
	vsw_out_add_mac(object, "mac", 0x020000000001);
	vsw_out_add_format(object, "speed", "%d Gbit/s", 10);
	list = vsw_out_add_array(object, "lcores");
	vsw_out_append_uint(list, 1);
	vsw_out_append_uint(list, 2);
	vsw_out_add_array(object, "vlans");
	vsw_out_add_object(object, "drops");
	inner = vsw_out_add_object(object, "ring_pairs");
	vsw_out_add_uint(inner, "n", 1);
	check_text(&out, "name:       vm0\n"
			 "rx packets: 123\n"
			 "big:        9223372036854775807\n"
			 "low:        -5\n"
			 "load:       0.250\n"
			 "up:         yes\n"
			 "client:     no\n"
			 "peer:       -\n"
			 "mac:        02:00:00:00:00:01\n"
			 "speed:      10 Gbit/s\n"
			 "lcores:     1, 2\n"
			 "vlans:      none\n"
			 "drops:      none\n"
			 "ring pairs:\n"
			 "  n: 1\n");
	check_json(&out,
		   "{\"name\": \"vm0\", \"rx_packets\": 123, \"big\": 9223372036854775807, "
		   "\"low\": -5, \"load\": 0.25, \"up\": true, \"client\": false, \"peer\": null, "
		   "\"mac\": \"02:00:00:00:00:01\", \"speed\": \"10 Gbit/s\", \"lcores\": [1, 2], "
		   "\"vlans\": [], \"drops\": {}, \"ring_pairs\": {\"n\": 1}}\n");
	vsw_out_fini(&out);
}

static void
add_row(json_t *array, const char *port, uint64_t packets, const char *state)
{
	json_t *row = vsw_out_append_object(array);

	vsw_out_add_text(row, "port", port);
	vsw_out_add_uint(row, "rx_packets", packets);
	if (state != NULL)
		vsw_out_add_text(row, "state", state);
}

static void
arrays_of_objects_are_tables(void **state)
{
	struct vsw_out out;
	json_t *array;

	(void)state;
	vsw_out_init(&out);
	array = vsw_out_array(&out);
	add_row(array, "vm0", 5, "up");
	add_row(array, "uplink-with-name", 12345678901, NULL);
	add_row(array, "\xc3\xa4", 0, "d\xc3\xb6wn");
	check_text(&out, "port               rx packets  state\n"
			 "vm0                         5  up\n"
			 "uplink-with-name  12345678901  -\n"
			 "\xc3\xa4                           0  d\xc3\xb6wn\n");
	vsw_out_fini(&out);
}

static void
numbers_with_holes_stay_to_the_right(void **state)
{
	struct vsw_out out;
	json_t *array;
	json_t *row;

	(void)state;
	vsw_out_init(&out);
	array = vsw_out_array(&out);
	row = vsw_out_append_object(array);
	vsw_out_add_uint(row, "lcore", 10);
	row = vsw_out_append_object(array);
	vsw_out_add_null(row, "lcore");
	vsw_out_add_real(row, "busy", 12.5);
	check_text(&out, "lcore    busy\n"
			 "   10       -\n"
			 "    -  12.500\n");
	vsw_out_fini(&out);
}

/* A table of 132 columns is one; a character more, and its rows follow one another. */
static void
wide_tables_are_lists(void **state)
{
	char cell[130] = "", expected[512];
	struct vsw_out out;
	json_t *array;

	(void)state;
	memset(cell, 'x', 129);
	vsw_out_init(&out);
	array = vsw_out_array(&out);
	vsw_out_add_text(vsw_out_append_object(array), "a", cell);
	vsw_out_add_uint(json_array_get(array, 0), "b", 7);
	snprintf(expected, sizeof(expected), "%-129s  b\n%s  7\n", "a", cell);
	check_text(&out, expected);
	vsw_out_add_uint(json_array_get(array, 0), "b", 77);
	snprintf(expected, sizeof(expected), "a: %s\nb: 77\n", cell);
	check_text(&out, expected);
	vsw_out_fini(&out);
}

static void
tables_and_lists_nest(void **state)
{
	struct vsw_out out;
	json_t *object;
	json_t *array;
	json_t *row;

	(void)state;
	vsw_out_init(&out);
	object = vsw_out_object(&out);
	add_row(vsw_out_add_array(object, "ports"), "vm0", 1, "up");
	vsw_out_add_uint(object, "total", 1);
	check_text(&out, "ports:\n"
			 "  port  rx packets  state\n"
			 "  vm0            1  up\n"
			 "total: 1\n");

	array = vsw_out_array(&out);
	row = vsw_out_append_object(array);
	vsw_out_add_text(row, "name", "a");
	vsw_out_add_uint(vsw_out_add_object(row, "inner"), "x", 1);
	row = vsw_out_append_object(array);
	vsw_out_add_text(row, "name", "b");
	check_text(&out, "name: a\n"
			 "inner:\n"
			 "  x: 1\n"
			 "\n"
			 "name: b\n");

	array = vsw_out_array(&out);
	check_text(&out, "none\n");
	vsw_out_append_text(array, "port add vhost a path /a");
	vsw_out_append_text(array, "set fdb ageing 5");
	check_text(&out, "port add vhost a path /a\nset fdb ageing 5\n");
	vsw_out_fini(&out);
}

static void
foreign_bytes_are_escaped(void **state)
{
	static const char *const cases[][3] = {
		{"a\nb\tc", "t: a\\nb\\tc\n", "{\"t\": \"a\\nb\\tc\"}\n"},
		{"\x1b]0;x\x07", "t: \\x1b]0;x\\x07\n", "{\"t\": \"\\u001B]0;x\\u0007\"}\n"},
		{"\x7f", "t: \\x7f\n", "{\"t\": \"\x7f\"}\n"},
		{"\xc2\x9b", "t: \\x9b\n", "{\"t\": \"\xc2\x9b\"}\n"},
		{"\xff\xfe", "t: \\xff\\xfe\n", "{\"t\": \"\\\\xff\\\\xfe\"}\n"},
		{"\xc3", "t: \\xc3\n", "{\"t\": \"\\\\xc3\"}\n"},
		{"\xc0\x80", "t: \\xc0\\x80\n", "{\"t\": \"\\\\xc0\\\\x80\"}\n"},
		{"\xed\xa0\x80", "t: \\xed\\xa0\\x80\n", "{\"t\": \"\\\\xed\\\\xa0\\\\x80\"}\n"},
		{"\xe2\x82\xac", "t: \xe2\x82\xac\n", "{\"t\": \"\xe2\x82\xac\"}\n"},
		{"\xf0\x9f\x98\x80", "t: \xf0\x9f\x98\x80\n", "{\"t\": \"\xf0\x9f\x98\x80\"}\n"},
		{"\xf4\x90\x80\x80", "t: \\xf4\\x90\\x80\\x80\n",
		 "{\"t\": \"\\\\xf4\\\\x90\\\\x80\\\\x80\"}\n"},
		{"\xe2\x82", "t: \\xe2\\x82\n", "{\"t\": \"\\\\xe2\\\\x82\"}\n"},
	};
	struct vsw_out out;
	size_t i;

	(void)state;
	vsw_out_init(&out);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		vsw_out_add_text(vsw_out_object(&out), "t", cases[i][0]);
		check_text(&out, cases[i][1]);
		check_json(&out, cases[i][2]);
	}
	vsw_out_fini(&out);
}

/* Any text that was added must come out as JSON that reads back. */
static void
any_bytes_make_valid_json(void **state)
{
	struct vsw_out out;
	char text[5];
	int a;
	int b;

	(void)state;
	vsw_out_init(&out);
	for (a = 1; a < 256; a++) {
		for (b = 0; b < 256; b++) {
			json_t *value;
			char *json;

			memcpy(text, (char[]){a, b, 0x80, 'x', 0}, 5);
			vsw_out_add_text(vsw_out_object(&out), "t", text);
			json = vsw_out_json(&out);
			value = json_loads(json, 0, NULL);
			assert_non_null(value);
			assert_int_equal(json_object_size(value), 1);
			json_decref(value);
			free(json);
		}
	}
	vsw_out_fini(&out);
}

static void
errors_as_json(void **state)
{
	struct vsw_error err;
	struct vsw_out out;
	char *text;

	(void)state;
	vsw_out_init(&out);
	vsw_error_set(&err, ENOSPC, "no \"room\" \xff");
	text = vsw_out_error_json(&out, &err);
	assert_string_equal(
		text,
		"{\"error\": {\"code\": \"ENOSPC\", \"text\": \"no \\\"room\\\" \\\\xff\"}}\n");
	free(text);
	out.column = 6;
	err.code = 100000;
	text = vsw_out_error_json(&out, &err);
	assert_string_equal(text, "{\"error\": {\"code\": \"unknown\", \"text\": \"no \\\"room\\\" "
				  "\\\\xff\", \"column\": 6}}\n");
	free(text);
	vsw_out_fini(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_empty),
		cmocka_unit_test(messages_are_lines),
		cmocka_unit_test(objects_are_aligned),
		cmocka_unit_test(arrays_of_objects_are_tables),
		cmocka_unit_test(numbers_with_holes_stay_to_the_right),
		cmocka_unit_test(wide_tables_are_lists),
		cmocka_unit_test(tables_and_lists_nest),
		cmocka_unit_test(foreign_bytes_are_escaped),
		cmocka_unit_test(any_bytes_make_valid_json),
		cmocka_unit_test(errors_as_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
