/* SPDX-License-Identifier: BSD-3-Clause */
/* The control socket, over real sockets, with clients that behave and that do not. */
#include <errno.h>
#include <event2/event.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "ctlsock.h"
#include "toy_server.h"
#include "vsw_ctl.h"
#include "vsw_sockpath.h"

#define TIMEOUT_S 20

static char directory[] = "/tmp/test_ctlsock.XXXXXX";
static char path[64];
static pid_t server;

static int
try_connect(void)
{
	static const struct timeval timeout = {.tv_sec = TIMEOUT_S};
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	strcpy(address.sun_path, path);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static int
client(void)
{
	int fd = try_connect();

	assert_true(fd >= 0);
	return fd;
}

static void
send_bytes(int fd, const char *bytes, size_t n)
{
	assert_int_equal(send(fd, bytes, n, MSG_NOSIGNAL), n);
}

static ssize_t
try_to_send(int fd, const char *text)
{
	return send(fd, text, strlen(text), MSG_NOSIGNAL);
}

static void
send_text(int fd, const char *text)
{
	send_bytes(fd, text, strlen(text));
}

static void
expect_bytes(int fd, const char *expected, size_t n)
{
	char *got = calloc(1, n + 1);
	ssize_t ret;
	size_t at = 0;

	while (at < n && (ret = recv(fd, got + at, n - at, 0)) > 0)
		at += ret;
	assert_int_equal(at, n);
	assert_memory_equal(got, expected, n);
	free(got);
}

static void
expect_text(int fd, const char *expected)
{
	expect_bytes(fd, expected, strlen(expected));
}

static void
expect_ok(int fd, const char *body)
{
	char status[VSW_CTL_STATUS_BYTES];

	snprintf(status, sizeof(status), "ok %zu\n", strlen(body));
	expect_text(fd, status);
	expect_text(fd, body);
}

static void
expect_error(int fd, int code, const char *body)
{
	char status[VSW_CTL_STATUS_BYTES];

	snprintf(status, sizeof(status), "error %d %zu\n", code, strlen(body));
	expect_text(fd, status);
	expect_text(fd, body);
}

/* The connection ends without another byte. */
static void
expect_end(int fd)
{
	char c;
	ssize_t n = recv(fd, &c, 1, 0);

	assert_true(n == 0 || (n < 0 && errno == ECONNRESET));
	close(fd);
}

static double
now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
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
	struct stat st;

	(void)state;
	/* No leak, no fault, and the socket is gone. */
	assert_int_equal(toy_server_stop(server), 0);
	assert_int_equal(lstat(path, &st), -1);
	assert_int_equal(rmdir(directory), 0);
	return 0;
}

static void
replies_have_status_and_body(void **state)
{
	int fd = client();

	(void)state;
	send_text(fd, "echo 'a b' c\n");
	expect_ok(fd, "a b\nc\n");
	send_text(fd, "\n");
	expect_ok(fd, "");
	send_text(fd, "fail\n");
	expect_error(fd, ENOSPC, "there is no room; make some\n");
	send_text(fd, "echp x\n");
	expect_error(fd, EINVAL,
		     "column 1: unknown word \"echp\"; expected one of: echo, fail, "
		     "flood, sleep, calls; did you mean \"echo\"?\n");
	close(fd);
}

static void
json_replies_are_json(void **state)
{
	int fd = client();

	(void)state;
	send_text(fd, "-j echo a\n");
	expect_ok(fd, "[\"a\"]\n");
	send_text(fd, "-j sleep 0\n");
	expect_ok(fd, "{}\n");
	send_text(fd, "-j flood 2\n");
	expect_ok(fd, "{\"message\": \"xx\"}\n");
	send_text(fd, "-j fail\n");
	expect_error(fd, ENOSPC,
		     "{\"error\": {\"code\": \"ENOSPC\", \"text\": \"there is no "
		     "room; make some\"}}\n");
	send_text(fd, "-j echo\n");
	expect_error(fd, EINVAL,
		     "{\"error\": {\"code\": \"EINVAL\", \"text\": \"incomplete "
		     "command: expected <words:WORD> after \\\"echo\\\"\", \"column\": 5}}\n");
	close(fd);
}

static void
the_socket_is_for_its_owner_only(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void
many_requests_are_answered_in_order(void **state)
{
	char request[32];
	char reply[64];
	int fd = client();
	int i;

	(void)state;
	for (i = 0; i < 1000; i++) {
		snprintf(request, sizeof(request), "echo %04d\n", i);
		send_text(fd, request);
	}
	for (i = 0; i < 1000; i++) {
		snprintf(reply, sizeof(reply), "ok 5\n%04d\n", i);
		expect_text(fd, reply);
	}
	close(fd);
}

static void
half_closed_clients_get_their_replies(void **state)
{
	int fd = client();

	(void)state;
	send_text(fd, "echo a\necho b\necho not-run");
	shutdown(fd, SHUT_WR);
	expect_text(fd, "ok 2\na\nok 2\nb\n");
	expect_end(fd);
	fd = client();
	shutdown(fd, SHUT_WR);
	expect_end(fd);
}

static void
requests_may_come_in_pieces(void **state)
{
	static const char request[] = "-j echo pieces\n";
	int fd = client();
	size_t i;

	(void)state;
	for (i = 0; i < strlen(request); i++) {
		send_bytes(fd, request + i, 1);
		usleep(1000);
	}
	expect_ok(fd, "[\"pieces\"]\n");
	close(fd);
}

static void
expect_too_long(int fd)
{
	expect_error(fd, EMSGSIZE, "the request is longer than 4099 bytes\n");
	expect_end(fd);
}

static void
requests_have_a_limit(void **state)
{
	char line[VSW_CTL_REQUEST_BYTES + 64];
	int fd = client();

	(void)state;
	memset(line, 'a', sizeof(line));
	memcpy(line, "echo ", 5);
	line[VSW_CMD_LINE_BYTES] = '\n';
	send_bytes(fd, line, VSW_CMD_LINE_BYTES + 1);
	expect_text(fd, "ok 4092\n");
	expect_bytes(fd, line + 5, VSW_CMD_LINE_BYTES - 4);
	line[VSW_CMD_LINE_BYTES] = 'a';
	line[VSW_CMD_LINE_BYTES + 1] = '\n';
	send_bytes(fd, line, VSW_CMD_LINE_BYTES + 2);
	expect_error(fd, EINVAL, "the line is longer than 4096 bytes\n");
	/* With a newline, and what follows is not run; without one. */
	line[VSW_CMD_LINE_BYTES + 1] = 'a';
	memcpy(line + VSW_CTL_REQUEST_BYTES + 1, "\nfail\n", 6);
	send_bytes(fd, line, VSW_CTL_REQUEST_BYTES + 7);
	expect_too_long(fd);
	fd = client();
	send_bytes(fd, line, VSW_CTL_REQUEST_BYTES + 1);
	expect_too_long(fd);
	fd = client();
	memcpy(line, "-j ", 3);
	send_bytes(fd, line, VSW_CTL_REQUEST_BYTES + 1);
	expect_error(fd, EMSGSIZE,
		     "{\"error\": {\"code\": \"EMSGSIZE\", \"text\": \"the request "
		     "is longer than 4099 bytes\"}}\n");
	expect_end(fd);
}

static void
garbage_is_an_error_like_any_other(void **state)
{
	static const char nul[] = "echo a\0b\n";
	static const char nul_in_prefix[] = "-\0j echo\n";
	int fd = client();

	(void)state;
	send_bytes(fd, nul, sizeof(nul) - 1);
	expect_error(fd, EINVAL, "column 7: control character 0x00: remove it\n");
	send_bytes(fd, nul_in_prefix, sizeof(nul_in_prefix) - 1);
	expect_error(fd, EINVAL, "column 2: control character 0x00: remove it\n");
	send_text(fd, "\x16\x03\x01\n");
	expect_error(fd, EINVAL, "column 1: control character 0x16: remove it\n");
	send_text(fd, "echo ok\r\n");
	expect_error(fd, EINVAL, "column 8: control character 0x0d: remove it\n");
	send_text(fd, "echo \xff\n");
	expect_ok(fd, "\\xff\n");
	send_text(fd, "-j echo \xff\n");
	expect_ok(fd, "[\"\\\\xff\"]\n");
	close(fd);
}

/* Replies of megabytes arrive whole; above the bound an error comes instead. */
static void
large_replies_are_bounded(void **state)
{
	unsigned int n = 20u << 20;
	char *body = malloc(n + 2);
	int fd = client();
	char text[64];

	(void)state;
	memset(body, 'x', n);
	memcpy(body + n, "\n", 2);
	snprintf(text, sizeof(text), "flood %u\n", n);
	send_text(fd, text);
	snprintf(text, sizeof(text), "ok %u\n", n + 1);
	expect_text(fd, text);
	expect_text(fd, body);
	free(body);
	snprintf(text, sizeof(text), "flood %u\n", CTLSOCK_OUTPUT_BYTES);
	send_text(fd, text);
	expect_error(fd, E2BIG,
		     "the output has 33554433 bytes, at most 33554432 are sent; ask "
		     "for less\n");
	close(fd);
}

static unsigned int
calls_so_far(void)
{
	int fd = client();
	char text[64] = "";
	unsigned int calls = 0;

	send_text(fd, "calls\n");
	shutdown(fd, SHUT_WR);
	while (recv(fd, text + strlen(text), sizeof(text) - 1 - strlen(text), 0) > 0)
		;
	assert_int_equal(sscanf(text, "ok %*u calls: %u", &calls), 1);
	close(fd);
	return calls;
}

/*
 * A client that does not read: its requests do not run, nobody else waits for it, and it is closed.
 */
static void
clients_that_do_not_read_are_closed(void **state)
{
	unsigned int before = calls_so_far();
	double began = now_s();
	int fd = client();
	ssize_t n;
	int i;

	(void)state;
	for (i = 0; i < 100; i++)
		send_text(fd, "flood 4000000\n");
	usleep(100000);
	assert_int_equal(calls_so_far(), before + 1);
	assert_true(now_s() - began < CTLSOCK_STALL_S);
	do {
		usleep(50000);
		n = send(fd, "\n", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
	} while ((n == 1 || errno == EAGAIN) && now_s() - began < TIMEOUT_S);
	assert_int_equal(n, -1);
	assert_int_equal(errno, EPIPE);
	assert_true(now_s() - began > CTLSOCK_STALL_S / 2.0);
	assert_int_equal(calls_so_far(), before + 1);
	close(fd);
}

/* The server sees the ends of sessions one after the other: ask until there is room. */
static int
client_in_time(void)
{
	int tries;

	for (tries = 0; tries < 500; tries++) {
		char first = '\0';
		int fd = client();

		if (send(fd, "\n", 1, MSG_NOSIGNAL) == 1 && recv(fd, &first, 1, 0) == 1 &&
		    first == 'o') {
			expect_text(fd, "k 0\n");
			return fd;
		}
		close(fd);
		usleep(10000);
	}
	fail_msg("no room for a session after 5 s");
	return -1;
}

static void
clients_that_go_away_do_no_harm(void **state)
{
	int fd;
	int i;

	(void)state;
	for (i = 0; i < 200; i++) {
		fd = client();
		/* A server that is late may have too many sessions and refuse this one. */
		if (i % 4 > 0)
			try_to_send(fd, i % 4 == 1 ? "flood 1000000\n" : "echo a\necho b\nec");
		close(fd);
	}
	fd = client_in_time();
	send_text(fd, "echo alive\n");
	expect_ok(fd, "alive\n");
	close(fd);
}

static void
sessions_are_bounded(void **state)
{
	int fds[CTLSOCK_SESSIONS];
	int fd;
	int i;

	(void)state;
	for (i = 0; i < CTLSOCK_SESSIONS; i++) {
		fds[i] = client_in_time();
		send_text(fds[i], "echo a\n");
		expect_ok(fds[i], "a\n");
	}
	fd = client();
	expect_error(fd, EBUSY, "too many sessions: at most 64; close one and try again\n");
	expect_end(fd);
	send_text(fds[0], "echo b\n");
	expect_ok(fds[0], "b\n");
	for (i = 0; i < CTLSOCK_SESSIONS; i++)
		close(fds[i]);
	close(client_in_time());
}

static struct ctlsock *
create(const char *at, struct vsw_error *err)
{
	static struct event_base *base;
	static struct vsw_cmd_table *table;

	if (base == NULL) {
		base = event_base_new();
		table = vsw_cmd_table_create(NULL, 0, NULL);
	}
	if (at != NULL)
		return ctlsock_create(base, at, table, NULL, err);
	event_base_free(base);
	vsw_cmd_table_destroy(table);
	base = NULL;
	return NULL;
}

static int
bind_at(const char *at, int type)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, type, 0);

	strcpy(address.sun_path, at);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static void
only_stale_sockets_are_replaced(void **state)
{
	struct ctlsock *ctlsock;
	struct vsw_error err;
	struct stat st;
	char at[100];
	int fd;

	(void)state;
	snprintf(at, sizeof(at), "%s/other", directory);
	/* Somebody listens: our own server. */
	assert_null(create(path, &err));
	assert_int_equal(err.code, EADDRINUSE);
	/* Stale: bound once, nobody there. */
	close(bind_at(at, SOCK_STREAM));
	ctlsock = create(at, &err);
	assert_non_null(ctlsock);
	ctlsock_destroy(ctlsock);
	assert_int_equal(lstat(at, &st), -1);
	/* A socket of another type that is in use. */
	fd = bind_at(at, SOCK_DGRAM);
	assert_null(create(at, &err));
	assert_int_equal(err.code, EADDRINUSE);
	close(fd);
	unlink(at);
	/* One that listens and whose queue is full: it must not make us wait. */
	fd = bind_at(at, SOCK_STREAM);
	listen(fd, 0);
	assert_null(create(at, &err));
	assert_null(create(at, &err));
	assert_null(create(at, &err));
	assert_int_equal(err.code, EADDRINUSE);
	close(fd);
	unlink(at);
	create(NULL, NULL);
}

/* Who has taken the path over keeps it. */
static void
only_the_own_socket_is_removed(void **state)
{
	struct ctlsock *ctlsock;
	struct vsw_error err;
	struct stat st;
	char at[100];

	(void)state;
	snprintf(at, sizeof(at), "%s/other", directory);
	ctlsock = create(at, &err);
	assert_non_null(ctlsock);
	/* The other socket exists before ours is gone, so that it cannot have the same inode. */
	snprintf(path + strlen(path), sizeof(path) - strlen(path), "2");
	close(bind_at(path, SOCK_STREAM));
	assert_int_equal(rename(path, at), 0);
	path[strlen(path) - 1] = '\0';
	ctlsock_destroy(ctlsock);
	assert_int_equal(lstat(at, &st), 0);
	unlink(at);
	ctlsock_destroy(NULL);
	create(NULL, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replies_have_status_and_body),
		cmocka_unit_test(json_replies_are_json),
		cmocka_unit_test(the_socket_is_for_its_owner_only),
		cmocka_unit_test(many_requests_are_answered_in_order),
		cmocka_unit_test(half_closed_clients_get_their_replies),
		cmocka_unit_test(requests_may_come_in_pieces),
		cmocka_unit_test(requests_have_a_limit),
		cmocka_unit_test(garbage_is_an_error_like_any_other),
		cmocka_unit_test(large_replies_are_bounded),
		cmocka_unit_test(clients_that_do_not_read_are_closed),
		cmocka_unit_test(clients_that_go_away_do_no_harm),
		cmocka_unit_test(sessions_are_bounded),
		cmocka_unit_test(only_stale_sockets_are_replaced),
		cmocka_unit_test(only_the_own_socket_is_removed),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
