/* SPDX-License-Identifier: BSD-3-Clause */
/* vsw-bench's link to a switch, against a thread that answers as the test tells it. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "switch_link.h"

static char directory[] = "/tmp/test_switch_link.XXXXXX";
static char path[64];
static int listener;
static int session = -1;
static pthread_t server;

/* What "show lcores" says: how often it was asked decides. */
static unsigned int asked;
static unsigned int moving_until; /* frames are counted up to this request */
static unsigned int stuck_until;  /* rounds stand still up to this one */

static void
answer_lcores(char *body, size_t size)
{
	unsigned int frames = asked < moving_until ? asked : moving_until;
	unsigned int rounds = asked < stuck_until ? 5 : 10 * asked;

	asked++;
	snprintf(body, size,
		 "{\"lcores\": [{\"lcore\": 0, \"rx_frames\": %u, \"ticks\": 1, \"busy_ticks\": 1, "
		 "\"rounds\": %u, \"empty_rounds\": 0}]}\n",
		 frames, rounds);
}

static void
answer(int fd, const char *line)
{
	char body[1024], status[64];
	const char *result = "ok";

	if (strcmp(line, "-j show lcores") == 0) {
		answer_lcores(body, sizeof(body));
	} else if (strcmp(line, "-j show port info all") == 0) {
		snprintf(body, sizeof(body),
			 "{\"ports\": [{\"port\": \"eth0\"}, {\"port\": \"a\", \"path\": \"%s\"},"
			 "{\"port\": \"b\", \"path\": \"/x/b\", \"peer\": \"eth0\"}]}\n",
			 path);
	} else if (strcmp(line, "-j show fdb counts") == 0) {
		snprintf(body, sizeof(body), "{\"dynamic\": 1000000, \"static\": 3}\n");
	} else if (strcmp(line, "-j garbage") == 0) {
		snprintf(body, sizeof(body), "{\n");
	} else {
		result = "error 2";
		snprintf(body, sizeof(body), "{\"error\": {\"text\": \"no such thing\"}}\n");
	}
	snprintf(status, sizeof(status), "%s %zu\n", result, strlen(body));
	send(fd, status, strlen(status), MSG_NOSIGNAL);
	send(fd, body, strlen(body), MSG_NOSIGNAL);
}

/* One client after the other; requests come whole, for a client waits for each reply. */
static void *
serve(void *arg)
{
	char line[1024];
	size_t n = 0;

	(void)arg;
	while ((session = accept(listener, NULL, NULL)) >= 0) {
		while (recv(session, line + n, 1, 0) == 1) {
			if (line[n] != '\n') {
				n++;
				continue;
			}
			line[n] = '\0';
			answer(session, line);
			n = 0;
		}
		close(session);
	}
	return NULL;
}

static int
start(void **state)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	(void)state;
	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/ctl", directory);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	listener = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(listener, 1), 0);
	return pthread_create(&server, NULL, serve, NULL);
}

static int
stop(void **state)
{
	(void)state;
	shutdown(listener, SHUT_RDWR);
	pthread_join(server, NULL);
	close(listener);
	unlink(path);
	return rmdir(directory);
}

/* A test that has failed has left the connection open. */
static int
hang_up(void **state)
{
	(void)state;
	shutdown(session, SHUT_RDWR);
	return 0;
}

static struct switch_link *
connect_link(void)
{
	struct switch_link *link;
	struct vsw_error err;

	assert_int_equal(switch_link_create(path, &link, &err), 0);
	return link;
}

static void
ports_are_found_by_their_sockets(void **state)
{
	struct switch_link *link = connect_link();
	struct vsw_error err;
	char other[128];

	(void)state;
	snprintf(other, sizeof(other), "/tmp/..%s", path);
	assert_int_equal(switch_link_map(link, (const char *const[]){"/x/b", NULL, other}, 3, &err),
			 0);
	assert_string_equal(switch_link_port(link, 0), "b");
	assert_string_equal(switch_link_port(link, 1), "");
	assert_string_equal(switch_link_port(link, 2), "a");
	assert_string_equal(switch_link_port(link, 3), "");
	assert_int_equal(switch_link_map(link, (const char *const[]){"/x/c"}, 1, &err), -ENOENT);
	assert_non_null(strstr(err.text, "/x/c"));
	switch_link_destroy(link);
}

static void
connected_ports_learn_nothing(void **state)
{
	struct switch_link *link = connect_link();
	struct vsw_error err;

	(void)state;
	assert_int_equal(switch_link_map(link, (const char *const[]){path, "/x/b"}, 2, &err), 0);
	assert_false(switch_link_learns(link));
	assert_int_equal(switch_link_map(link, (const char *const[]){path}, 1, &err), 0);
	assert_true(switch_link_learns(link));
	switch_link_destroy(link);
}

static void
commands_may_fail(void **state)
{
	struct switch_link *link = connect_link();
	struct vsw_error err;
	json_t *reply;
	uint64_t n;

	(void)state;
	assert_int_equal(switch_link_run(link, "nonsense", &reply, &err), -ENOENT);
	assert_string_equal(err.text, "the switch refuses \"nonsense\": no such thing");
	assert_int_equal(switch_link_run(link, "garbage", &reply, &err), -EPROTO);
	assert_int_equal(switch_link_run(link, "show fdb counts", NULL, &err), 0);
	assert_int_equal(switch_link_addresses(link, &n, &err), 0);
	assert_int_equal(n, 1000000);
	switch_link_destroy(link);
	assert_int_equal(switch_link_create("/nowhere", &link, &err), -ENOENT);
}

static uint64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void
idle_is_who_looks_and_finds_nothing(void **state)
{
	struct switch_link *link = connect_link();
	struct vsw_error err;
	uint64_t begin_ms = now_ms();

	(void)state;
	asked = moving_until = stuck_until = 0;
	assert_int_equal(switch_link_wait_idle(link, 60000, &err), 0);
	assert_true(now_ms() - begin_ms >= SWITCH_IDLE_MS);

	asked = 0;
	moving_until = 20;
	assert_int_equal(switch_link_wait_idle(link, 60000, &err), 0);
	assert_true(asked > 20);

	/* Requests are 2 ms apart: it has not polled for 60 ms, and nothing can have moved. */
	asked = moving_until = 0;
	stuck_until = 30;
	assert_int_equal(switch_link_wait_idle(link, 60000, &err), 0);
	assert_true(asked > 30);
	switch_link_destroy(link);
}

static void
waiting_has_an_end(void **state)
{
	struct switch_link *link = connect_link();
	struct vsw_error err;

	(void)state;
	asked = stuck_until = 0;
	moving_until = UINT32_MAX;
	assert_int_equal(switch_link_wait_idle(link, 30, &err), -ETIMEDOUT);
	assert_non_null(strstr(err.text, "sends frames"));
	asked = moving_until = 0;
	stuck_until = UINT32_MAX;
	assert_int_equal(switch_link_wait_idle(link, 50, &err), -ETIMEDOUT);
	assert_non_null(strstr(err.text, "lost its CPU"));
	switch_link_destroy(link);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(ports_are_found_by_their_sockets, hang_up),
		cmocka_unit_test_teardown(connected_ports_learn_nothing, hang_up),
		cmocka_unit_test_teardown(commands_may_fail, hang_up),
		cmocka_unit_test_teardown(idle_is_who_looks_and_finds_nothing, hang_up),
		cmocka_unit_test_teardown(waiting_has_an_end, hang_up),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
