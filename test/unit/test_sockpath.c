/* SPDX-License-Identifier: BSD-3-Clause */
/* Paths of sockets: what is checked, what is removed, what is left alone. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "vsw_sockpath.h"

static char directory[] = "/tmp/test_sockpath.XXXXXX";

static int
start(void **state)
{
	(void)state;
	return mkdtemp(directory) == NULL ? -1 : 0;
}

/* Fails if a test has left something behind. */
static int
stop(void **state)
{
	(void)state;
	return rmdir(directory);
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
stale_sockets_are_removed(void **state)
{
	struct vsw_error err;
	struct stat st;
	char at[100];
	int fd;

	(void)state;
	snprintf(at, sizeof(at), "%s/socket", directory);
	fd = bind_at(at, SOCK_STREAM);
	listen(fd, 1);
	assert_int_equal(vsw_sockpath_claim(at, &err), -EADDRINUSE);
	assert_int_equal(lstat(at, &st), 0);
	close(fd);
	assert_int_equal(vsw_sockpath_claim(at, &err), 0);
	assert_int_equal(lstat(at, &st), -1);
	assert_int_equal(vsw_sockpath_claim(at, &err), 0);
}

static void
other_things_are_left_alone(void **state)
{
	struct vsw_error err;
	struct stat st;
	char other[100];
	char at[100];

	(void)state;
	snprintf(at, sizeof(at), "%s/thing", directory);
	snprintf(other, sizeof(other), "%s/other", directory);
	fclose(fopen(at, "w"));
	assert_int_equal(vsw_sockpath_claim(at, &err), -EEXIST);
	assert_int_equal(lstat(at, &st), 0);
	unlink(at);
	mkdir(at, 0700);
	assert_int_equal(vsw_sockpath_claim(at, &err), -EEXIST);
	assert_int_equal(rmdir(at), 0);
	/* A symbolic link to a stale socket, and one to nothing. */
	close(bind_at(other, SOCK_STREAM));
	assert_int_equal(symlink(other, at), 0);
	assert_int_equal(vsw_sockpath_claim(at, &err), -EEXIST);
	assert_int_equal(lstat(other, &st), 0);
	unlink(other);
	assert_int_equal(vsw_sockpath_claim(at, &err), -EEXIST);
	assert_int_equal(lstat(at, &st), 0);
	unlink(at);
	assert_int_equal(mkfifo(at, 0600), 0);
	assert_int_equal(vsw_sockpath_claim(at, &err), -EEXIST);
	unlink(at);
}

static void
paths_are_checked(void **state)
{
	char at[VSW_SOCKPATH_BYTES + 1];
	struct vsw_error err;

	(void)state;
	assert_int_equal(vsw_sockpath_claim("", &err), -EINVAL);
	memset(at, 'a', sizeof(at));
	memcpy(at, "/tmp/", 5);
	at[VSW_SOCKPATH_BYTES] = '\0';
	assert_int_equal(vsw_sockpath_claim(at, &err), -ENAMETOOLONG);
	at[VSW_SOCKPATH_BYTES - 1] = '\0';
	assert_int_equal(vsw_sockpath_claim(at, &err), 0);
	assert_int_equal(vsw_sockpath_claim("/nonexistent/a", &err), -ENOENT);
	assert_int_equal(vsw_sockpath_claim("/dev/null/a", &err), -ENOTDIR);
	assert_int_equal(vsw_sockpath_claim("relative-to-here", &err), 0);
	assert_int_equal(vsw_sockpath_claim("/at-the-root", &err), geteuid() == 0 ? 0 : -EACCES);
	assert_int_equal(vsw_sockpath_claim("/nonexistent/a", NULL), -ENOENT);
}

static void
default_paths_depend_on_the_user(void **state)
{
	char at[VSW_SOCKPATH_BYTES];
	char expected[VSW_SOCKPATH_BYTES];
	struct vsw_error err;

	(void)state;
	setenv("XDG_RUNTIME_DIR", "/run/user/7", 1);
	snprintf(expected, sizeof(expected), "%s/vhost-switch.ctl",
		 geteuid() == 0 ? "/run" : "/run/user/7");
	assert_int_equal(vsw_sockpath_default_ctl(at, &err), 0);
	assert_string_equal(at, expected);
	unsetenv("XDG_RUNTIME_DIR");
	assert_int_equal(vsw_sockpath_default_ctl(at, &err), geteuid() == 0 ? 0 : -ENOENT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stale_sockets_are_removed),
		cmocka_unit_test(other_things_are_left_alone),
		cmocka_unit_test(paths_are_checked),
		cmocka_unit_test(default_paths_depend_on_the_user),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
