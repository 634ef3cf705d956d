/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * vsw-ctl as users and scripts call it: what it prints, where, and its exit status.
 *
 *	test_vsw_ctl PATH_OF_VSW_CTL
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "toy_server.h"

#define OUTPUT_BYTES 8192

static const char *program;
static char directory[] = "/tmp/test_vsw_ctl.XXXXXX";
static char path[64];
static pid_t server;

/* Run a shell line in which $ctl is the program, $s the socket, $d its directory. */
static int
shell(const char *line, char *output)
{
	size_t n;
	FILE *file;
	int status;

	setenv("ctl", program, 1);
	setenv("s", path, 1);
	setenv("d", directory, 1);
	file = popen(line, "r");
	assert_non_null(file);
	n = fread(output, 1, OUTPUT_BYTES - 1, file);
	output[n] = '\0';
	status = pclose(file);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* Replaces the directory, which is different in each run, by DIR. */
static void
shorten(char *output)
{
	char *at;

	while ((at = strstr(output, directory)) != NULL) {
		memcpy(at, "DIR", 3);
		memmove(at + 3, at + strlen(directory), strlen(at + strlen(directory)) + 1);
	}
}

static void
check(const char *line, int status, const char *expected)
{
	char output[OUTPUT_BYTES];
	int got = shell(line, output);

	shorten(output);
	assert_string_equal(output, expected);
	assert_int_equal(got, status);
}

static int
start(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/ctl", directory);
	server = toy_server_start(path);
	return server > 0 ? 0 : -1;
}

static int
stop(void **state)
{
	(void)state;
	assert_int_equal(toy_server_stop(server), 0);
	return rmdir(directory);
}

static void
commands_print_their_output(void **state)
{
	(void)state;
	check("$ctl -s $s echo a b", 0, "a\nb\n");
	check("$ctl --socket $s --json echo a b", 0, "[\"a\", \"b\"]\n");
	check("$ctl -s $s 'echo a b' 2>&1", 0, "a\nb\n");
	check("$ctl -s $s '' 2>&1", 0, "");
	check("$ctl -s $s sleep 0 2>&1", 0, "");
	check("$ctl -s $s echo -j --help 2>&1", 0, "-j\n--help\n");
	check("$ctl -s $s flood 3000000 | wc -c", 0, "3000001\n");
}

static void
words_survive_the_way(void **state)
{
	(void)state;
	check("$ctl -s $s echo 'a b' '  ' \"it's\" '#' '\"' '\\' 2>&1", 0,
	      "a b\n  \nit's\n#\n\"\n\\\n");
	check("$ctl -s $s echo '' 2>&1", 1, "vsw-ctl: column 6: \"\" is not a word\n");
	check("$ctl -s $s 'echo a\necho b' 2>&1", 2,
	      "vsw-ctl: a command is one line: it has a newline in it\n");
}

static void
failures_have_a_sentence_and_a_status(void **state)
{
	(void)state;
	check("$ctl -s $s fail 2>/dev/null", 1, "");
	check("$ctl -s $s fail 2>&1", 1, "vsw-ctl: there is no room; make some\n");
	check("$ctl -s $s -j fail", 1,
	      "{\"error\": {\"code\": \"ENOSPC\", \"text\": \"there is no room; make some\"}}\n");
	check("$ctl -s $d/none echo a 2>&1", 3,
	      "vsw-ctl: cannot connect to DIR/none: No such file or directory; is the switch "
	      "running, and is that its --ctl-socket?\n");
	check("$ctl -s $(printf %0200d 0) echo a 2>&1 | tail -c 19", 0, "File name too long\n");
	check("$ctl --wrong 2>/dev/null", 2, "");
	check("$ctl -s 2>/dev/null", 2, "");
	check("$ctl --wrong 2>&1 | tail -n 1", 0, "Try: vsw-ctl --help\n");
}

static void
help_and_version_need_no_switch(void **state)
{
	(void)state;
	check("$ctl --help | head -n 1", 0, "Usage: vsw-ctl [-s PATH] [-j] [COMMAND...]\n");
	check("$ctl -V | cut -c 1-8", 0, "vsw-ctl \n");
}

static void
input_is_a_list_of_commands(void **state)
{
	(void)state;
	check("printf 'echo a\\n# comment\\n\\necho b' | $ctl -s $s 2>&1", 0, "a\nb\n");
	check("printf 'echo a\\nfail\\necho b\\n' | $ctl -s $s 2>&1", 1,
	      "a\nvsw-ctl: line 2: there is no room; make some\n");
	check("printf 'echo a\\0b\\n' | $ctl -s $s 2>&1", 1,
	      "vsw-ctl: line 1: it has a NUL in it\n");
	check("$ctl -s $s </dev/null 2>&1", 0, "");
	check("yes 'echo a' | head -n 500 | $ctl -s $s 2>&1 | sort | uniq -c | tr -d ' '", 0,
	      "500a\n");
}

static void
long_lines_are_refused_by_the_switch(void **state)
{
	(void)state;
	check("$ctl -s $s echo $(printf %04200d 0) 2>&1", 1,
	      "vsw-ctl: the request is longer than 4099 bytes\n");
}

/* Who answers is not a switch, or hangs up. */
static void
strange_servers_are_recognised(void **state)
{
	static const char *const cases[][2] = {
		{"hello\n", "what answers is not a vhost-switch: its status line is wrong"},
		{"ok\n", "what answers is not a vhost-switch: its status line is wrong"},
		{"ok 1x\n", "what answers is not a vhost-switch: its status line is wrong"},
		{"error 0 1\n", "what answers is not a vhost-switch: its status line is wrong"},
		{"0123456789012345678901234567890123456789012345678901234567890123456789",
		 "what answers is not a vhost-switch: its status line has no end"},
		{"ok 5\nabc", "the switch has closed the connection"},
		{"", "the switch has closed the connection"},
	};
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	char expected[256];
	char script[512];
	size_t i;

	(void)state;
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/strange", directory);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int fd = socket(AF_UNIX, SOCK_STREAM, 0);
		pid_t pid;

		assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
		assert_int_equal(listen(fd, 1), 0);
		pid = fork();
		if (pid == 0) {
			char request[64];
			int session = accept(fd, NULL, NULL);

			if (recv(session, request, sizeof(request), 0) > 0)
				send(session, cases[i][0], strlen(cases[i][0]), MSG_NOSIGNAL);
			_exit(0);
		}
		close(fd);
		snprintf(script, sizeof(script), "$ctl -s $d/strange echo a 2>&1 >/dev/null");
		snprintf(expected, sizeof(expected), "vsw-ctl: %s\n", cases[i][1]);
		check(script, 3, expected);
		waitpid(pid, NULL, 0);
		unlink(address.sun_path);
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commands_print_their_output),
		cmocka_unit_test(words_survive_the_way),
		cmocka_unit_test(failures_have_a_sentence_and_a_status),
		cmocka_unit_test(help_and_version_need_no_switch),
		cmocka_unit_test(input_is_a_list_of_commands),
		cmocka_unit_test(long_lines_are_refused_by_the_switch),
		cmocka_unit_test(strange_servers_are_recognised),
	};

	if (argc != 2) {
		fprintf(stderr, "usage: test_vsw_ctl PATH_OF_VSW_CTL\n");
		return 2;
	}
	program = argv[1];
	return cmocka_run_group_tests(tests, start, stop);
}
