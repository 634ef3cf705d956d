/* SPDX-License-Identifier: BSD-3-Clause */
/* Which rows a command table takes, and which it refuses. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "vsw_cmd.h"

static int
do_nothing(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out, struct vsw_error *err)
{
	(void)ctx;
	(void)args;
	(void)out;
	(void)err;
	return 0;
}

static void
bad_rows_are_refused(void **state)
{
	static const struct {
		const char *syntax;
		const char *why;
	} cases[] = {
		{"", "no words"},
		{" a", "\"\" is not a word"},
		{"a  b", "\"\" is not a word"},
		{"a ", "a blank at the end"},
		{"a|", "\"\" is not a word"},
		{"a b||c", "\"\" is not a word"},
		{"a {b}", "\"{b}\" is not a word"},
		{"a <b>", "\"<b>\" has no name of lower case letters"},
		{"a <:WORD>", "\"<:WORD>\" has no name of lower case letters"},
		{"a <b:THING>", "\"<b:THING>\" is not of a known type"},
		{"a <b:WORD", "\"<b:WORD\" is not of a known type"},
		{"a <b:WORD>x", "\"<b:WORD>x\" is not of a known type"},
		{"a <b:WORD>|<c:UINT>", "\"<c:UINT>\" is the second value of a choice"},
		{"a b|b", "\"b\" is there twice"},
		{"a|b", "the choice of \"a\" has no word before it to name it"},
		{"a <b:WORD> c|d", "the choice of \"c\" has no word before it to name it"},
		{"a [on|off]", "the choice of \"on\" has no word before it to name it"},
		{"a b...", "only a value may repeat, not \"b\""},
		{"a <b:WORD>... c", "what repeats must be last"},
		{"a [<b:WORD>...] [c]", "what repeats must be last"},
		{"a [b [c]]", "a group in a group"},
		{"a [b", "'[' without ']'"},
		{"a b]", "']' without '['"},
		{"a []", "\"\" is not a word"},
		{"a [", "\"\" is not a word"},
		{"a ]", "\"\" is not a word"},
		{"a <b:WORD> <b:UINT>", "the name \"b\" is there twice"},
		{"a [b] <b:UINT>", "the name \"b\" is there twice"},
		{"port start|stop <port:NAME>", "the name \"port\" is there twice"},
		{"a [b] [b <c:UINT>]", "the name \"b\" is there twice"},
		{"a [b|<c:UINT>] [b <d:UINT>]", "\"b\" is ambiguous here"},
		{"a [b] b", "\"b\" is ambiguous here"},
		{"a [<b:WORD>] <c:WORD>", "\"<c:WORD>\" is ambiguous here"},
	};
	char expected[VSW_ERROR_TEXT_BYTES];
	struct vsw_cmd row = {.help = "help", .handler = do_nothing};
	struct vsw_error err;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		row.syntax = cases[i].syntax;
		snprintf(expected, sizeof(expected), "command \"%s\": %s", row.syntax,
			 cases[i].why);
		err.text[0] = '\0';
		assert_null(vsw_cmd_table_create(&row, 1, &err));
		assert_string_equal(err.text, expected);
		assert_int_equal(err.code, EINVAL);
	}
}

static void
rows_have_limits(void **state)
{
	struct vsw_cmd row = {.help = "help", .handler = do_nothing};
	char syntax[2048] = "a";
	struct vsw_error err;
	struct vsw_cmd_table *one;
	int i;

	(void)state;
	row.syntax = syntax;
	for (i = 0; i < VSW_CMD_GROUPS; i++)
		sprintf(syntax + strlen(syntax), " [g%d]", i);
	one = vsw_cmd_table_create(&row, 1, &err);
	assert_non_null(one);
	vsw_cmd_table_destroy(one);
	strcat(syntax, " [more]");
	assert_null(vsw_cmd_table_create(&row, 1, &err));
	assert_non_null(strstr(err.text, "too many groups"));

	strcpy(syntax, "a");
	for (i = 0; i < 100; i++)
		strcat(syntax, " a");
	assert_null(vsw_cmd_table_create(&row, 1, &err));
	assert_non_null(strstr(err.text, "\"a\" is one slot too many"));

	strcpy(syntax, "a b0");
	for (i = 1; i < 200; i++)
		sprintf(syntax + strlen(syntax), "|b%d", i);
	assert_null(vsw_cmd_table_create(&row, 1, &err));
	assert_non_null(strstr(err.text, "is one choice too many"));
}

static void
rows_must_not_overlap(void **state)
{
	static const struct {
		const char *a;
		const char *b;
		bool overlap;
	} cases[] = {
		{"a b", "a b", true},
		{"a b", "a c", false},
		{"a b", "a b c", false},
		{"a [b]", "a", true},
		{"a [b]", "a b", true},
		{"a [b] [c]", "a c b", true},
		{"a [b] c", "a b d", false},
		{"a <x:WORD>", "a b", false}, /* the word wins */
		{"a <x:UINT>", "a <y:NAME>", true},
		{"a <x:UINT> b", "a <y:NAME> c", false},
		{"a b|c", "a c", true},
		{"a <x:WORD>...", "a <x:WORD> <y:WORD>", true},
		{"a <x:WORD>...", "a <x:WORD> y", false}, /* the word wins */
		{"a [<x:WORD>...]", "a b", false},
		{"a [<x:WORD>...]", "a", true},
	};
	struct vsw_cmd rows[2] = {{.help = "h", .handler = do_nothing},
				  {.help = "h", .handler = do_nothing}};
	struct vsw_cmd_table *two;
	struct vsw_error err;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		rows[0].syntax = cases[i].a;
		rows[1].syntax = cases[i].b;
		two = vsw_cmd_table_create(rows, 2, &err);
		if ((two == NULL) != cases[i].overlap)
			fail_msg("%s, %s", cases[i].a, cases[i].b);
		if (two == NULL)
			assert_non_null(strstr(err.text, "ambiguous with"));
		vsw_cmd_table_destroy(two);
	}
}

static void
tables_grow_and_may_be_empty(void **state)
{
	struct vsw_cmd row = {"a", "help", do_nothing};
	struct vsw_cmd_table *grown = vsw_cmd_table_create(NULL, 0, NULL);
	struct vsw_error err;
	struct vsw_out out;

	(void)state;
	assert_non_null(grown);
	vsw_out_init(&out);
	assert_int_equal(vsw_cmd_run(grown, "a", NULL, &out, &err), -EINVAL);
	assert_int_equal(vsw_cmd_table_add(grown, &row, 1, &err), 0);
	assert_int_equal(vsw_cmd_run(grown, "a", NULL, &out, &err), 0);
	assert_int_equal(vsw_cmd_table_add(grown, &row, 1, &err), -EINVAL);
	assert_int_equal(vsw_cmd_run(grown, "a", NULL, &out, &err), 0);
	vsw_out_fini(&out);
	vsw_cmd_table_destroy(grown);
	vsw_cmd_table_destroy(NULL);
}

static int
name_row(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out, struct vsw_error *err)
{
	const char **name = ctx;

	(void)out;
	(void)err;
	*name = vsw_cmd_args_has(args, "x") ? "value" : "word";
	return 0;
}

static void
words_win_over_values(void **state)
{
	static const struct vsw_cmd rows[] = {
		{"a <x:WORD>", "help", name_row},
		{"a bcd", "help", name_row},
	};
	static const char *const cases[][2] = {
		{"a bcd", "word"}, {"a 'bcd'", "word"}, {"a bc", "value"}, {"a bcde", "value"}};
	struct vsw_cmd_table *two = vsw_cmd_table_create(rows, 2, NULL);
	const char *name = NULL;
	struct vsw_out out;
	size_t i;

	(void)state;
	vsw_out_init(&out);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(vsw_cmd_run(two, cases[i][0], &name, &out, NULL), 0);
		assert_string_equal(name, cases[i][1]);
	}
	vsw_out_fini(&out);
	vsw_cmd_table_destroy(two);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_rows_are_refused),
		cmocka_unit_test(rows_have_limits),
		cmocka_unit_test(rows_must_not_overlap),
		cmocka_unit_test(tables_grow_and_may_be_empty),
		cmocka_unit_test(words_win_over_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
