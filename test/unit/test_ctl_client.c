/* SPDX-License-Identifier: BSD-3-Clause */
/* What the client of the control socket offers programs; test_vsw_ctl.c has the rest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "toy_server.h"
#include "vsw_ctl_client.h"

#define FLOOD_BYTES 1000000 /* more than one read of a socket gives */

static char directory[] = "/tmp/test_ctl_client.XXXXXX";
static char path[64];
static pid_t server;
static struct vsw_ctl_client client;

static int
start(void **state)
{
	struct vsw_error err;

	(void)state;
	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/ctl", directory);
	server = toy_server_start(path);
	return server > 0 ? vsw_ctl_client_init(&client, path, &err) : -1;
}

static int
stop(void **state)
{
	(void)state;
	vsw_ctl_client_fini(&client);
	assert_int_equal(toy_server_stop(server), 0);
	return rmdir(directory);
}

/* Run a line; returns its errno, the body in *text. */
static int
run(const char *line, bool json, char **text)
{
	struct vsw_ctl_reply reply;
	struct vsw_error err;

	assert_int_equal(vsw_ctl_client_request(&client, line, json, &reply, &err), 0);
	assert_int_equal(vsw_ctl_client_read_body(&client, &reply, text, &err), 0);
	assert_int_equal(strlen(*text), reply.bytes);
	return reply.code;
}

static void
bodies_are_read_whole(void **state)
{
	char line[64], *text;

	(void)state;
	snprintf(line, sizeof(line), "flood %d", FLOOD_BYTES);
	assert_int_equal(run(line, false, &text), 0);
	assert_int_equal(strspn(text, "x"), FLOOD_BYTES);
	assert_string_equal(text + FLOOD_BYTES, "\n");
	free(text);
}

static void
requests_follow_each_other(void **state)
{
	char *text;

	(void)state;
	assert_int_equal(run("echo a", true, &text), 0);
	assert_string_equal(text, "[\"a\"]\n");
	free(text);
	assert_int_not_equal(run("fail", false, &text), 0);
	assert_string_equal(text, "there is no room; make some\n");
	free(text);
	assert_int_equal(run("", false, &text), 0);
	assert_string_equal(text, "");
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bodies_are_read_whole),
		cmocka_unit_test(requests_follow_each_other),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
