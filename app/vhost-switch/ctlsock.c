/* SPDX-License-Identifier: BSD-3-Clause */
#include "ctlsock.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "vsw_ctl.h"
#include "vsw_log.h"
#include "vsw_out.h"
#include "vsw_sockpath.h"

#define BACKLOG 16
#define RETRY_S 1 /* before accepting again when descriptors have run out */

struct session {
	LIST_ENTRY(session) entry;
	struct ctlsock *ctlsock;
	struct bufferevent *bev;
	bool is_last; /* nothing more to read: close when the reply is gone */
};

struct ctlsock {
	LIST_HEAD(, session) sessions;
	unsigned int n_sessions;
	struct event_base *base;
	struct evconnlistener *listener;
	struct event *retry;
	const struct vsw_cmd_table *table;
	void *ctx;
	char path[VSW_SOCKPATH_BYTES];
	dev_t dev; /* with ino: the socket we have bound, whatever is at path now */
	ino_t ino;
};

static void
session_close(struct session *session)
{
	LIST_REMOVE(session, entry);
	session->ctlsock->n_sessions--;
	bufferevent_free(session->bev);
	free(session);
}

/* Send the status line and body, which is freed. */
static void
reply(struct session *session, int code, char *body)
{
	struct evbuffer *output = bufferevent_get_output(session->bev);
	size_t n = body == NULL ? 0 : strlen(body);

	if (code == 0)
		evbuffer_add_printf(output, "ok %zu\n", n);
	else
		evbuffer_add_printf(output, "error %d %zu\n", code, n);
	evbuffer_add(output, body, n);
	free(body);
}

static void
reply_error(struct session *session, bool json, const struct vsw_out *out,
	    const struct vsw_error *err)
{
	char *body = NULL;

	if (json)
		body = vsw_out_error_json(out, err);
	else if (asprintf(&body, "%s\n", err->text) < 0)
		body = NULL;
	reply(session, err->code, body);
}

static void
reply_output(struct session *session, bool json, const struct vsw_out *out)
{
	char *body = json ? vsw_out_json(out) : vsw_out_text(out);
	struct vsw_error err;

	if (body != NULL && strlen(body) <= CTLSOCK_OUTPUT_BYTES) {
		reply(session, 0, body);
		return;
	}
	if (body == NULL)
		vsw_error_set(&err, ENOMEM, "no memory for the output of the command");
	else
		vsw_error_set(&err, E2BIG,
			      "the output has %zu bytes, at most %u are sent; ask for "
			      "less",
			      strlen(body), CTLSOCK_OUTPUT_BYTES);
	free(body);
	reply_error(session, json, out, &err);
}

static int
run(struct session *session, const char *line, size_t n, struct vsw_out *out, struct vsw_error *err)
{
	struct ctlsock *ctlsock = session->ctlsock;

	/* To the parser, a NUL would be the end of the line. */
	if (strlen(line) != n) {
		out->column = strlen(line) + 1;
		return vsw_error_set(err, EINVAL, "column %u: control character 0x00: remove it",
				     out->column);
	}
	return vsw_cmd_run(ctlsock->table, line, ctlsock->ctx, out, err);
}

static bool
wants_json(const char *line)
{
	return strncmp(line, VSW_CTL_JSON_PREFIX, strlen(VSW_CTL_JSON_PREFIX)) == 0;
}

static void
serve_request(struct session *session, const char *line, size_t n)
{
	bool json = wants_json(line);
	size_t skip = json ? strlen(VSW_CTL_JSON_PREFIX) : 0;
	struct vsw_error err;
	struct vsw_out out;

	vsw_out_init(&out);
	if (run(session, line + skip, n - skip, &out, &err) < 0)
		reply_error(session, json, &out, &err);
	else
		reply_output(session, json, &out);
	vsw_out_fini(&out);
}

/* Where a request of that length ends, the client alone knows: drop the rest with it. */
static void
refuse_request(struct session *session, bool json)
{
	struct evbuffer *input = bufferevent_get_input(session->bev);
	struct vsw_out out = {.root = NULL};
	struct vsw_error err;

	vsw_error_set(&err, EMSGSIZE, "the request is longer than %zu bytes",
		      VSW_CTL_REQUEST_BYTES);
	reply_error(session, json, &out, &err);
	session->is_last = true;
	bufferevent_disable(session->bev, EV_READ);
	evbuffer_drain(input, evbuffer_get_length(input));
}

/*
 * Run the next request, if any. Only once the reply before it has been read: this bounds what a
 * session can make us keep, and a long queue of one client does not hold up the control thread.
 */
static void
serve(struct session *session)
{
	struct evbuffer *input = bufferevent_get_input(session->bev);
	char head[sizeof(VSW_CTL_JSON_PREFIX)] = "";
	char *line;
	size_t n;

	if (evbuffer_get_length(bufferevent_get_output(session->bev)) > 0)
		return;
	evbuffer_copyout(input, head, sizeof(head) - 1);
	line = evbuffer_readln(input, &n, EVBUFFER_EOL_LF);
	if (line == NULL)
		n = evbuffer_get_length(input);
	if (n > VSW_CTL_REQUEST_BYTES)
		refuse_request(session, wants_json(head));
	else if (line != NULL)
		serve_request(session, line, n);
	else if (session->is_last)
		session_close(session);
	free(line);
}

static void
on_input(struct bufferevent *bev, void *arg)
{
	(void)bev;
	serve(arg);
}

static void
on_output_gone(struct bufferevent *bev, void *arg)
{
	(void)bev;
	serve(arg);
}

static void
on_event(struct bufferevent *bev, short what, void *arg)
{
	struct session *session = arg;

	(void)bev;
	if (!(what & BEV_EVENT_EOF)) {
		session_close(session);
		return;
	}
	session->is_last = true;
	serve(session);
}

static void
session_open(struct ctlsock *ctlsock, int fd)
{
	static const struct timeval stall = {.tv_sec = CTLSOCK_STALL_S};
	struct session *session = calloc(1, sizeof(*session));
	struct bufferevent *bev;

	bev = bufferevent_socket_new(ctlsock->base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (session == NULL || bev == NULL) {
		if (bev != NULL)
			bufferevent_free(bev);
		else
			close(fd);
		free(session);
		return;
	}
	session->ctlsock = ctlsock;
	session->bev = bev;
	LIST_INSERT_HEAD(&ctlsock->sessions, session, entry);
	ctlsock->n_sessions++;
	bufferevent_setcb(bev, on_input, on_output_gone, on_event, session);
	bufferevent_setwatermark(bev, EV_READ, 0, CTLSOCK_INPUT_BYTES);
	bufferevent_set_timeouts(bev, NULL, &stall);
	bufferevent_enable(bev, EV_READ | EV_WRITE);
}

static void
turn_away(int fd)
{
	char body[96];
	char text[sizeof(body) + VSW_CTL_STATUS_BYTES];
	int n;

	snprintf(body, sizeof(body), "too many sessions: at most %d; close one and try again\n",
		 CTLSOCK_SESSIONS);
	n = snprintf(text, sizeof(text), "error %d %zu\n%s", EBUSY, strlen(body), body);
	/* A client that cannot take this finds out from the end of the connection. */
	if (send(fd, text, n, MSG_DONTWAIT | MSG_NOSIGNAL) < n)
		vsw_log(VSW_LOG_DEBUG, "control socket: a client was turned away unheard");
	close(fd);
}

static void
on_client(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *address, int n,
	  void *arg)
{
	struct ctlsock *ctlsock = arg;

	(void)listener;
	(void)address;
	(void)n;
	if (ctlsock->n_sessions >= CTLSOCK_SESSIONS)
		turn_away(fd);
	else
		session_open(ctlsock, fd);
}

/* The connection that could not be accepted stays pending: pause, or we would spin on it. */
static void
on_accept_error(struct evconnlistener *listener, void *arg)
{
	static const struct timeval delay = {.tv_sec = RETRY_S};
	struct ctlsock *ctlsock = arg;

	vsw_log(VSW_LOG_WARNING, "control socket: cannot accept a client: %s", strerror(errno));
	evconnlistener_disable(listener);
	event_add(ctlsock->retry, &delay);
}

static void
on_retry(evutil_socket_t fd, short what, void *arg)
{
	struct ctlsock *ctlsock = arg;

	(void)fd;
	(void)what;
	evconnlistener_enable(ctlsock->listener);
}

/* Returns the bound socket or a negative errno. */
static int
bind_socket(struct ctlsock *ctlsock, struct vsw_error *err)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct stat st;
	int ret;
	int fd;

	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return vsw_error_set(err, errno, "control socket: %s", strerror(errno));
	strcpy(address.sun_path, ctlsock->path);
	/*
	 * Linux gives the file the mode of the socket: with fchmod() before bind() there is no
	 * moment at which others may connect, and no umask of the process is changed under other
	 * threads.
	 */
	if (fchmod(fd, S_IRUSR | S_IWUSR) < 0 ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    lstat(ctlsock->path, &st) < 0) {
		ret = vsw_error_set(err, errno, "control socket %s: %s", ctlsock->path,
				    strerror(errno));
		close(fd);
		return ret;
	}
	ctlsock->dev = st.st_dev;
	ctlsock->ino = st.st_ino;
	return fd;
}

static int
start_listening(struct ctlsock *ctlsock, struct vsw_error *err)
{
	int fd = bind_socket(ctlsock, err);

	if (fd < 0)
		return fd;
	ctlsock->retry = evtimer_new(ctlsock->base, on_retry, ctlsock);
	ctlsock->listener = evconnlistener_new(ctlsock->base, on_client, ctlsock,
					       LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC,
					       BACKLOG, fd);
	if (ctlsock->listener == NULL)
		close(fd);
	if (ctlsock->listener == NULL || ctlsock->retry == NULL)
		return vsw_error_set(err, ENOMEM, "control socket %s: cannot listen",
				     ctlsock->path);
	evconnlistener_set_error_cb(ctlsock->listener, on_accept_error);
	return 0;
}

struct ctlsock *
ctlsock_create(struct event_base *base, const char *path, const struct vsw_cmd_table *table,
	       void *ctx, struct vsw_error *err)
{
	struct ctlsock *ctlsock;

	if (vsw_sockpath_claim(path, err) < 0)
		return NULL;
	ctlsock = calloc(1, sizeof(*ctlsock));
	if (ctlsock == NULL) {
		vsw_error_set(err, ENOMEM, "no memory for the control socket");
		return NULL;
	}
	LIST_INIT(&ctlsock->sessions);
	ctlsock->base = base;
	ctlsock->table = table;
	ctlsock->ctx = ctx;
	strcpy(ctlsock->path, path); /* claimed: it fits */
	/* A client that goes away while we write to it is an event like any other. */
	signal(SIGPIPE, SIG_IGN);
	if (start_listening(ctlsock, err) < 0) {
		ctlsock_destroy(ctlsock);
		return NULL;
	}
	return ctlsock;
}

static void
remove_path(const struct ctlsock *ctlsock)
{
	struct stat st;

	if (ctlsock->ino != 0 && lstat(ctlsock->path, &st) == 0 && st.st_dev == ctlsock->dev &&
	    st.st_ino == ctlsock->ino)
		unlink(ctlsock->path);
}

void
ctlsock_destroy(struct ctlsock *ctlsock)
{
	if (ctlsock == NULL)
		return;
	remove_path(ctlsock);
	while (!LIST_EMPTY(&ctlsock->sessions))
		session_close(LIST_FIRST(&ctlsock->sessions));
	if (ctlsock->listener != NULL)
		evconnlistener_free(ctlsock->listener);
	if (ctlsock->retry != NULL)
		event_free(ctlsock->retry);
	free(ctlsock);
}
