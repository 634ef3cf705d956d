/* SPDX-License-Identifier: BSD-3-Clause */
#include "toy_server.h"

#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ctlsock.h"
#include "vsw_cmd.h"

static unsigned int calls;

static int
do_echo(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out, struct vsw_error *err)
{
	json_t *list = vsw_out_array(out);
	unsigned int i;

	(void)ctx;
	(void)err;
	calls++;
	for (i = 0; i < vsw_cmd_args_count(args, "words"); i++)
		vsw_out_append_text(list, vsw_cmd_args_text_at(args, "words", i));
	return 0;
}

static int
do_fail(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out, struct vsw_error *err)
{
	(void)ctx;
	(void)args;
	(void)out;
	calls++;
	return vsw_error_set(err, ENOSPC, "there is no room; make some");
}

static int
do_flood(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out, struct vsw_error *err)
{
	uint64_t n = vsw_cmd_args_uint(args, "bytes", 0);
	char *text = malloc(n + 1);

	(void)ctx;
	calls++;
	if (text == NULL)
		return vsw_error_set(err, ENOMEM, "no memory");
	memset(text, 'x', n);
	text[n] = '\0';
	vsw_out_message(out, "%s", text);
	free(text);
	return 0;
}

static int
do_sleep(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out, struct vsw_error *err)
{
	(void)ctx;
	(void)out;
	(void)err;
	usleep(1000 * vsw_cmd_args_uint(args, "ms", 0));
	return 0;
}

static int
do_calls(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out, struct vsw_error *err)
{
	(void)ctx;
	(void)args;
	(void)err;
	vsw_out_add_uint(vsw_out_object(out), "calls", calls);
	return 0;
}

static const struct vsw_cmd rows[] = {
	{"echo <words:WORD>...", "say words", do_echo},
	{"fail", "fail", do_fail},
	{"flood <bytes:UINT>", "say much", do_flood},
	{"sleep <ms:UINT>", "take time", do_sleep},
	{"calls", "say how many commands there were", do_calls},
};

static void
on_term(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	event_base_loopbreak(arg);
}

/* Returns the exit status. Closes ready when it listens. */
static int
serve(const char *path, int ready)
{
	struct vsw_cmd_table *table;
	struct event_base *base = event_base_new();
	struct event *term = evsignal_new(base, SIGTERM, on_term, base);
	struct ctlsock *ctlsock;
	struct vsw_error err;

	/* What protects the socket must not be the umask. */
	umask(0);
	table = vsw_cmd_table_create(rows, sizeof(rows) / sizeof(rows[0]), &err);
	ctlsock = table == NULL ? NULL : ctlsock_create(base, path, table, NULL, &err);
	if (ctlsock == NULL) {
		fprintf(stderr, "toy server: %s\n", err.text);
		return 1;
	}
	event_add(term, NULL);
	if (write(ready, "r", 1) != 1)
		return 1;
	close(ready);
	event_base_dispatch(base);
	ctlsock_destroy(ctlsock);
	vsw_cmd_table_destroy(table);
	event_free(term);
	event_base_free(base);
	libevent_global_shutdown();
	return 0;
}

pid_t
toy_server_start(const char *path)
{
	int ready[2];
	pid_t pid;
	char c;

	if (pipe(ready) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		/* A test that was aborted leaves nobody behind. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(ready[0]);
		exit(serve(path, ready[1]));
	}
	close(ready[1]);
	if (pid > 0 && read(ready[0], &c, 1) != 1) {
		waitpid(pid, NULL, 0);
		pid = -1;
	}
	close(ready[0]);
	return pid;
}

int
toy_server_stop(pid_t pid)
{
	int status = -1;

	kill(pid, SIGTERM);
	waitpid(pid, &status, 0);
	return status;
}
