/* SPDX-License-Identifier: BSD-3-Clause */
/* The command table: rows, lines, errors, help, completion. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cmd_rows.h"
#include "vsw_cmd.h"

#define TEXT_BYTES 8192

static struct vsw_cmd_table *table;
static char seen[TEXT_BYTES]; /* "name=text ..." as the last handler found them */
static int calls;
static int handler_result;

/* Every name that a row of cmd_rows has. */
static const char *const names[] = {
	"name", "path", "client",  "mergeable", "lcore", "queues", "mode",  "owner", "group",
	"vlan", "port", "seconds", "mac",	"snap",	 "limit",  "topic", "words",
};

static int
record(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out, struct vsw_error *err)
{
	size_t n = 0;
	unsigned int i;
	unsigned int k;

	(void)ctx;
	(void)err;
	calls++;
	seen[0] = '\0';
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		for (k = 0; k < vsw_cmd_args_count(args, names[i]); k++)
			n += snprintf(seen + n, sizeof(seen) - n, "%s%s=%s", n > 0 ? " " : "",
				      names[i], vsw_cmd_args_text_at(args, names[i], k));
	}
	if (n > 0)
		vsw_out_message(out, "%s", seen);
	return handler_result;
}

static int
run(const char *line, struct vsw_error *err, unsigned int *column)
{
	struct vsw_out out;
	int ret;

	seen[0] = '\0';
	vsw_out_init(&out);
	ret = vsw_cmd_run(table, line, NULL, &out, err);
	*column = vsw_out_column(&out);
	vsw_out_fini(&out);
	return ret;
}

static int
setup(void **state)
{
	struct vsw_error err;

	(void)state;
	table = vsw_cmd_table_create(cmd_rows, CMD_ROWS, &err);
	if (table == NULL)
		print_error("%s\n", err.text);
	return table == NULL ? -1 : 0;
}

static int
teardown(void **state)
{
	(void)state;
	vsw_cmd_table_destroy(table);
	return 0;
}

static void
good_lines_give_their_values(void **state)
{
	static const char *const cases[][2] = {
		{"quit", ""},
		{"  quit\t# a comment", ""},
		{"quit#not-a-comment-but-a-word", NULL},
		{"show port stats all", "port=all"},
		{"show port stats vm0", "port=vm0"},
		{"show port stats al", "port=al"},
		{"sh po st all", "port=all"},
		{"set port vm0 pvid none", "vlan=none port=vm0"},
		{"set port vm0 pvid 7", "vlan=7 port=vm0"},
		{"set port vm0 pvid no", "vlan=none port=vm0"},
		{"port add vhost a path /tmp/a", "name=a path=/tmp/a"},
		{"port add vhost a path '/tmp/a b' client", "name=a path=/tmp/a b client=client"},
		{"port add vhost a path /a vlan 4094 mergeable off client mode 0660 lcore 3",
		 "name=a path=/a client=client mergeable=off lcore=3 mode=0660 vlan=4094"},
		{"port add vhost a path /a m off", NULL},
		{"port add vhost a path /a me of", "name=a path=/a mergeable=off"},
		{"fdb add 02:00:00:00:00:01 port vm0", "port=vm0 mac=02:00:00:00:00:01"},
		{"fdb flush", ""},
		{"fdb flush vlan 5 port x", "vlan=5 port=x"},
		{"fdb flush port x mac 02-00-00-00-00-01 vlan 5",
		 "vlan=5 port=x mac=02-00-00-00-00-01"},
		{"capture to /x", "path=/x"},
		{"capture snap 9 to /x limit none port p", "path=/x port=p snap=9 limit=none"},
		{"help", ""},
		{"help show port", "topic=show topic=port"},
		{"echo a \"b c\" 'd\\e' f\\ g \"h\\\"i\\j\" ''k", "words=a words=b c words=d\\e "
								  "words=f g words=h\"i\\j "
								  "words=k"},
		{"echo '#' \\# a#b", "words=# words=# words=a#b"},
		{"echo a'b'\"c\"d", "words=abcd"},
	};
	struct vsw_error err = {.code = 0};
	unsigned int column;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int ret = run(cases[i][0], &err, &column);

		if (cases[i][1] == NULL) {
			assert_int_equal(ret, -EINVAL);
			continue;
		}
		if (ret != 0)
			fail_msg("%s: %s", cases[i][0], err.text);
		assert_int_equal(column, 0);
		assert_string_equal(seen, cases[i][1]);
	}
}

static void
lines_without_words_do_nothing(void **state)
{
	static const char *const lines[] = {"", " ", "\t \t", "#", "  # port add"};
	unsigned int column;
	size_t i;

	(void)state;
	calls = 0;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_int_equal(run(lines[i], NULL, &column), 0);
	assert_int_equal(calls, 0);
}

static void
errors_say_where_what_and_what_was_expected(void **state)
{
	static const struct {
		const char *line;
		unsigned int column;
		const char *text;
	} cases[] = {
		{"shwo", 1,
		 "column 1: unknown word \"shwo\"; expected one of: port, show, set, fdb, capture, "
		 "help, echo, quit; did you mean \"show\"?"},
		{"show prot", 6,
		 "column 6: unknown word \"prot\"; expected one of: port, fdb, running-config; did "
		 "you mean \"port\"?"},
		{"  show  xyzzy", 9,
		 "column 9: unknown word \"xyzzy\"; expected one of: port, fdb, running-config"},
		{"Show", 1,
		 "column 1: unknown word \"Show\"; expected one of: port, show, set, fdb, capture, "
		 "help, echo, quit; did you mean \"show\"?"},
		{"s", 1, "column 1: \"s\" is ambiguous; it begins show, set"},
		{"show", 5,
		 "incomplete command: expected one of: port, fdb, running-config after \"show\""},
		{"port add vhost a path", 22,
		 "incomplete command: expected <path:PATH> after \"path\""},
		{"port del # x", 10, "incomplete command: expected <port:NAME> after \"del\""},
		{"show port stats", 16,
		 "incomplete command: expected one of: <port:NAME>, all after \"stats\""},
		{"echo", 5, "incomplete command: expected <words:WORD> after \"echo\""},
		{"port add vhost a path /a vlan 5000", 31,
		 "column 31: \"5000\" is not a VLAN id (1..4094)"},
		{"set port a pvid 0", 17,
		 "column 17: \"0\" is not a VLAN id (1..4094); expected one of: <vlan:VLAN>, none"},
		{"set port a pvid nome", 17,
		 "column 17: \"nome\" is not a VLAN id (1..4094); expected one of: <vlan:VLAN>, "
		 "none; did you mean \"none\"?"},
		{"set fdb ageing -1", 16,
		 "column 16: \"-1\" is not a number (0..18446744073709551615)"},
		{"set fdb ageing 18446744073709551616", 16,
		 "column 16: \"18446744073709551616\" is not a number (0..18446744073709551615)"},
		{"set fdb ageing ''", 16,
		 "column 16: \"\" is not a number (0..18446744073709551615)"},
		{"port del a/b", 10,
		 "column 10: \"a/b\" is not a name (1..31 letters, digits, '.', '_', '-')"},
		{"port del abcdefghijklmnopqrstuvwxyz012345", 10,
		 "column 10: \"abcdefghijklmnopqrstuvwxyz012345\" is not a name (1..31 letters, "
		 "digits, '.', '_', '-')"},
		{"port add vhost a path ''", 23, "column 23: \"\" is not a path"},
		{"echo ''", 6, "column 6: \"\" is not a word"},
		{"echo a ''", 8, "column 8: \"\" is not a word"},
		{"fdb add 02:00:00:00:00 port x", 9,
		 "column 9: \"02:00:00:00:00\" is not a MAC address (xx:xx:xx:xx:xx:xx)"},
		{"port add vhost a path /a mode 0888", 31,
		 "column 31: \"0888\" is not an octal number (0..7777)"},
		{"port add vhost a path /a mode 10000", 31,
		 "column 31: \"10000\" is not an octal number (0..7777)"},
		{"port add vhost a path /a client client", 33,
		 "column 33: \"client\" is there twice; expected one of: mergeable, lcore, queues, "
		 "mode, owner, group, vlan"},
		{"port add vhost a path /a mergeable maybe", 36,
		 "column 36: unknown word \"maybe\"; expected one of: on, off"},
		{"quit now", 6,
		 "column 6: unexpected word \"now\"; expected the end of the command"},
		{"echo \"a", 6, "column 6: the double quote is not closed"},
		{"echo b'a", 7, "column 7: the single quote is not closed"},
		{"echo \\", 6, "column 6: nothing follows the backslash"},
		{"echo \x01", 6, "column 6: control character 0x01: remove it"},
		{"quit\r", 5, "column 5: control character 0x0d: remove it"},
		{"echo \xc3\xa4 \x7f", 8, "column 8: control character 0x7f: remove it"},
		{"show \xc3\xa4\xc3\xa4 x", 6,
		 "column 6: unknown word \"\xc3\xa4\xc3\xa4\"; expected one of: port, fdb, "
		 "running-config"},
	};
	struct vsw_error err;
	unsigned int column;
	size_t i;

	(void)state;
	calls = 0;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(run(cases[i].line, &err, &column), -EINVAL);
		assert_int_equal(err.code, EINVAL);
		assert_string_equal(err.text, cases[i].text);
		assert_int_equal(column, cases[i].column);
		assert_int_equal(run(cases[i].line, NULL, &column), -EINVAL);
	}
	assert_int_equal(calls, 0);
}

static void
lines_and_words_have_limits(void **state)
{
	char line[VSW_CMD_LINE_BYTES + 2];
	struct vsw_error err;
	unsigned int column;
	int i;

	(void)state;
	memset(line, 'a', sizeof(line));
	memcpy(line, "echo ", 5);
	line[VSW_CMD_LINE_BYTES] = '\0';
	assert_int_equal(run(line, &err, &column), 0);
	assert_int_equal(strlen(seen), strlen("words=") + VSW_CMD_LINE_BYTES - 5);
	line[VSW_CMD_LINE_BYTES] = 'a';
	line[VSW_CMD_LINE_BYTES + 1] = '\0';
	assert_int_equal(run(line, &err, &column), -EINVAL);
	assert_string_equal(err.text, "the line is longer than 4096 bytes");
	assert_int_equal(column, 0);

	for (i = 1; i < VSW_CMD_WORDS; i++)
		memcpy(line + 4 + 2 * (i - 1), " w", 2);
	line[4 + 2 * (VSW_CMD_WORDS - 1)] = '\0';
	assert_int_equal(run(line, &err, &column), 0);
	strcat(line, " w");
	assert_int_equal(run(line, &err, &column), -EINVAL);
	assert_string_equal(err.text, "column 516: more than 256 words");
	assert_int_equal(column, 516);
}

static void
long_words_are_cut_in_errors(void **state)
{
	char line[VSW_CMD_LINE_BYTES + 1];
	struct vsw_error err;
	unsigned int column;

	(void)state;
	memset(line, 'x', sizeof(line));
	line[VSW_CMD_LINE_BYTES] = '\0';
	assert_int_equal(run(line, &err, &column), -EINVAL);
	assert_non_null(strstr(err.text, "xx...\"; expected one of: port, show"));
	/* A character of UTF-8 across the cut. */
	memcpy(line + 63, "\xc3\xa4", 2);
	assert_int_equal(run(line, &err, &column), -EINVAL);
	assert_non_null(strstr(err.text, "xx...\"; expected one of: port, show"));
}

static void
long_lists_are_cut_in_errors(void **state)
{
	struct vsw_cmd rows[100];
	char syntaxes[100][64];
	struct vsw_cmd_table *big;
	struct vsw_error err;
	struct vsw_out out;
	unsigned int i;

	(void)state;
	for (i = 0; i < 100; i++) {
		snprintf(syntaxes[i], sizeof(syntaxes[i]), "a-rather-long-command-word-%u", i);
		rows[i] = (struct vsw_cmd){syntaxes[i], "help", record};
	}
	big = vsw_cmd_table_create(rows, 100, &err);
	assert_non_null(big);
	vsw_out_init(&out);
	assert_int_equal(vsw_cmd_run(big, "x", NULL, &out, &err), -EINVAL);
	assert_non_null(strstr(err.text, "a-rather-long-command-word-0, "));
	assert_non_null(strstr(err.text, " more"));
	assert_int_equal(vsw_cmd_run(big, "a", NULL, &out, &err), -EINVAL);
	assert_non_null(strstr(err.text, "\"a\" is ambiguous; it begins a-rather"));
	vsw_out_fini(&out);
	vsw_cmd_table_destroy(big);
}

/* Numbers as the handler gets them. */
static int
read_numbers(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out, struct vsw_error *err)
{
	(void)ctx;
	(void)out;
	(void)err;
	assert_true(vsw_cmd_args_uint(args, "u", 0) == UINT64_MAX);
	assert_int_equal(vsw_cmd_args_uint(args, "o", 0), 0640);
	assert_true(vsw_cmd_args_mac(args, "m", 0) == 0x0200000000ffULL);
	assert_int_equal(vsw_cmd_args_uint(args, "v", 7), 7); /* "none" was chosen */
	assert_int_equal(vsw_cmd_args_uint(args, "m", 7), 7); /* not a UINT */
	assert_int_equal(vsw_cmd_args_mac(args, "u", 7), 7);  /* not a MAC */
	assert_int_equal(vsw_cmd_args_uint(args, "left-out", 7), 7);
	assert_true(vsw_cmd_args_on(args, "x", false));
	assert_false(vsw_cmd_args_on(args, "y", true));
	assert_true(vsw_cmd_args_on(args, "left-out", true));
	assert_false(vsw_cmd_args_has(args, "left-out"));
	assert_true(vsw_cmd_args_has(args, "v"));
	assert_null(vsw_cmd_args_text(args, "left-out"));
	assert_null(vsw_cmd_args_text_at(args, "v", 1));
	assert_int_equal(vsw_cmd_args_count(args, "left-out"), 0);
	return 0;
}

static void
numbers_are_typed(void **state)
{
	static const struct vsw_cmd row = {
		"n <u:UINT> <o:OCTAL> <m:MAC> <v:VLAN>|none x on|off y on|off", "help",
		read_numbers};
	struct vsw_cmd_table *one = vsw_cmd_table_create(&row, 1, NULL);
	struct vsw_out out;

	(void)state;
	vsw_out_init(&out);
	assert_int_equal(
		vsw_cmd_run(one, "n 18446744073709551615 0640 02:00:00:00:00:FF none x on y off",
			    NULL, &out, NULL),
		0);
	vsw_out_fini(&out);
	vsw_cmd_table_destroy(one);
}

static void
failing_handlers_always_have_a_sentence(void **state)
{
	struct vsw_error err = {.code = EINVAL, .text = "of another command"};
	unsigned int column;

	(void)state;
	handler_result = -ENOSPC;
	assert_int_equal(run("quit", &err, &column), -ENOSPC);
	assert_int_equal(err.code, ENOSPC);
	assert_string_equal(err.text, strerror(ENOSPC));
	assert_int_equal(column, 0);
	handler_result = 0;
}

static void
help_lists_rows_that_begin_with_words(void **state)
{
	static const char *const show_port[] = {"show", "port"};
	static const char *const beginning[] = {"sh"};
	static const char *const value[] = {"port", "del", "vm0"};
	static const char *const nothing[] = {"show", "pony"};
	struct vsw_error err;
	struct vsw_out out;

	(void)state;
	vsw_out_init(&out);
	assert_int_equal(vsw_cmd_help(table, NULL, 0, &out, &err), 0);
	assert_int_equal(json_array_size(out.root), CMD_ROWS);
	assert_int_equal(vsw_cmd_help(table, show_port, 2, &out, &err), 0);
	assert_int_equal(json_array_size(out.root), 2);
	assert_string_equal(
		json_string_value(json_object_get(json_array_get(out.root, 0), "syntax")),
		"show port stats <port:NAME>|all");
	assert_string_equal(json_string_value(json_object_get(json_array_get(out.root, 0), "help")),
			    "show counters");
	assert_int_equal(vsw_cmd_help(table, beginning, 1, &out, &err), 0);
	assert_int_equal(json_array_size(out.root), 4);
	assert_int_equal(vsw_cmd_help(table, value, 3, &out, &err), 0);
	assert_int_equal(json_array_size(out.root), 1);
	assert_int_equal(vsw_cmd_help(table, nothing, 2, &out, &err), -ENOENT);
	assert_string_equal(err.text, "no command begins with \"show ...\"; help alone lists all");
	vsw_out_fini(&out);
}

static void
add_offer(void *arg, const char *word, const char *help)
{
	char *offers = arg;

	assert_non_null(help);
	sprintf(offers + strlen(offers), "%s%s", offers[0] == '\0' ? "" : " ", word);
}

static void
completion_offers_what_may_come(void **state)
{
	static const char *const cases[][2] = {
		{"", "port show set fdb capture help echo quit"},
		{"s", "show set"},
		{"show", "show"},
		{"show ", "port fdb running-config"},
		{"sh p", "port"},
		{"s ", ""},
		{"show port stats ", "<port:NAME> all"},
		{"show port stats a", "<port:NAME> all"},
		{"show port stats /", ""},
		{"fdb flush ", "port vlan mac"},
		{"fdb flush vlan 5 ", "port mac"},
		{"fdb flush vlan x ", ""},
		{"fdb flush mac 02:", "<mac:MAC>"},
		{"fdb flush vlan 4", "<vlan:VLAN>"},
		{"port add vhost a path /x m", "mergeable mode"},
		{"quit ", ""},
		{"help x ", "<topic:WORD>"},
		{"show # ", ""},
		{"show 'p", ""},
		{"show \"po\"", "port"},
	};
	char offers[1024];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		offers[0] = '\0';
		vsw_cmd_complete(table, cases[i][0], add_offer, offers);
		assert_string_equal(offers, cases[i][1]);
	}
}

static void
quoted_words_are_read_back(void **state)
{
	static const char *const cases[][2] = {
		{"plain-1.2_3/4:5,6@7%8=9", "plain-1.2_3/4:5,6@7%8=9"},
		{"", "''"},
		{"a b", "'a b'"},
		{"it's", "'it'\\''s'"},
		{"#", "'#'"},
		{"\\\"", "'\\\"'"},
		{"$HOME", "'$HOME'"},
	};
	char quoted[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(vsw_cmd_quote(cases[i][0], quoted), cases[i][1]);
}

static unsigned int done_calls;
static char done_text[64];

static void
note_done(void *ctx, const struct vsw_out *out)
{
	char *text = vsw_out_text(out);

	assert_ptr_equal(ctx, &done_calls);
	done_calls++;
	snprintf(done_text, sizeof(done_text), "%s", text);
	free(text);
}

/* Returns what running a file with these bytes returns; PATH in err is replaced by "FILE". */
static int
run_bytes(const char *bytes, size_t n, struct vsw_error *err)
{
	char path[] = "/tmp/test_cmd.XXXXXX";
	int fd = mkstemp(path);
	int ret;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, n), n);
	close(fd);
	done_calls = 0;
	done_text[0] = '\0';
	ret = vsw_cmd_run_file(table, path, &done_calls, note_done, err);
	unlink(path);
	if (ret < 0) {
		char *at = strstr(err->text, path);

		assert_non_null(at);
		memmove(at + 4, at + strlen(path), strlen(at + strlen(path)) + 1);
		memcpy(at, "FILE", 4);
	}
	return ret;
}

static void
files_stop_at_the_first_error(void **state)
{
	static const char good[] = "# comment\n\nquit\nport del a";
	static const char bad[] = "quit\n\nshow prot\nquit\n";
	static const char nul[] = "quit\nqu\0it\n";
	struct vsw_error err;

	(void)state;
	assert_int_equal(run_bytes(good, strlen(good), &err), 0);
	assert_int_equal(done_calls, 4);
	assert_string_equal(done_text, "port=a\n");
	assert_int_equal(run_bytes("", 0, &err), 0);
	assert_int_equal(run_bytes(bad, strlen(bad), &err), -EINVAL);
	assert_int_equal(done_calls, 2);
	assert_string_equal(err.text,
			    "FILE:3: column 6: unknown word \"prot\"; expected one of: port, fdb, "
			    "running-config; did you mean \"port\"?");
	assert_int_equal(run_bytes(nul, sizeof(nul) - 1, &err), -EINVAL);
	assert_string_equal(err.text, "FILE:2: column 3: control character 0x00: remove it");
	assert_int_equal(vsw_cmd_run_file(table, "/nonexistent", NULL, NULL, &err), -ENOENT);
	assert_string_equal(err.text, "cannot read /nonexistent: No such file or directory");
	assert_int_equal(vsw_cmd_run_file(table, "/tmp", NULL, NULL, &err), -EISDIR);
	assert_int_equal(vsw_cmd_run_file(table, "/nonexistent", NULL, NULL, NULL), -ENOENT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_lines_give_their_values),
		cmocka_unit_test(lines_without_words_do_nothing),
		cmocka_unit_test(errors_say_where_what_and_what_was_expected),
		cmocka_unit_test(lines_and_words_have_limits),
		cmocka_unit_test(long_words_are_cut_in_errors),
		cmocka_unit_test(long_lists_are_cut_in_errors),
		cmocka_unit_test(numbers_are_typed),
		cmocka_unit_test(failing_handlers_always_have_a_sentence),
		cmocka_unit_test(help_lists_rows_that_begin_with_words),
		cmocka_unit_test(completion_offers_what_may_come),
		cmocka_unit_test(quoted_words_are_read_back),
		cmocka_unit_test(files_stop_at_the_first_error),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
