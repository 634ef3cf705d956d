/* SPDX-License-Identifier: BSD-3-Clause */
#include "vsw_ctl_client.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "vsw_sockpath.h"

#define CHUNK_BYTES 65536

static int
fail(struct vsw_error *err, int code)
{
	if (code == EAGAIN)
		return vsw_error_set(err, ETIMEDOUT, "the switch does not answer for %d s",
				     VSW_CTL_CLIENT_TIMEOUT_S);
	if (code == 0 || code == EPIPE || code == ECONNRESET)
		return vsw_error_set(err, ECONNRESET, "the switch has closed the connection");
	return vsw_error_set(err, code, "talking to the switch: %s", strerror(code));
}

static int
fail_to_connect(struct vsw_error *err, const char *path, int code)
{
	if (code == ENOENT || code == ECONNREFUSED)
		return vsw_error_set(err, code,
				     "cannot connect to %s: %s; is the switch running, and is that "
				     "its --ctl-socket?",
				     path, strerror(code));
	if (code == EACCES)
		return vsw_error_set(err, code,
				     "cannot connect to %s: %s; run as the user who started the "
				     "switch",
				     path, strerror(code));
	return vsw_error_set(err, code, "cannot connect to %s: %s", path, strerror(code));
}

int
vsw_ctl_client_init(struct vsw_ctl_client *client, const char *path, struct vsw_error *err)
{
	static const struct timeval timeout = {.tv_sec = VSW_CTL_CLIENT_TIMEOUT_S};
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int ret;

	if (strlen(path) >= VSW_SOCKPATH_BYTES)
		return fail_to_connect(err, path, ENAMETOOLONG);
	strcpy(address.sun_path, path);
	client->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (client->fd < 0)
		return fail_to_connect(err, path, errno);
	/* The timeout for sending is the one for connecting, too. */
	if (setsockopt(client->fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout)) < 0 ||
	    setsockopt(client->fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout)) < 0 ||
	    connect(client->fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		ret = fail_to_connect(err, path, errno);
		vsw_ctl_client_fini(client);
		return ret;
	}
	return 0;
}

void
vsw_ctl_client_fini(struct vsw_ctl_client *client)
{
	close(client->fd);
}

static int
send_all(struct vsw_ctl_client *client, const char *bytes, size_t n, struct vsw_error *err)
{
	ssize_t sent;

	while (n > 0) {
		sent = send(client->fd, bytes, n, MSG_NOSIGNAL);
		if (sent < 0 && errno != EINTR)
			return fail(err, errno);
		if (sent > 0) {
			bytes += sent;
			n -= sent;
		}
	}
	return 0;
}

/* Returns the bytes received, at least 1, or a negative errno. */
static ssize_t
receive(struct vsw_ctl_client *client, char *bytes, size_t n, struct vsw_error *err)
{
	ssize_t got;

	do {
		got = recv(client->fd, bytes, n, 0);
	} while (got < 0 && errno == EINTR);
	if (got <= 0)
		return fail(err, got < 0 ? errno : 0);
	return got;
}

/* Byte by byte: what follows the newline is the body's. */
static int
receive_status(struct vsw_ctl_client *client, struct vsw_error *err)
{
	ssize_t got;
	size_t n;

	for (n = 0; n < sizeof(client->status); n++) {
		got = receive(client, client->status + n, 1, err);
		if (got < 0)
			return got;
		if (client->status[n] == '\n') {
			client->status[n] = '\0';
			return 0;
		}
	}
	return vsw_error_set(err, EPROTO,
			     "what answers is not a vhost-switch: its status line has "
			     "no end");
}

static int
parse_status(const char *status, struct vsw_ctl_reply *reply, struct vsw_error *err)
{
	int n = 0;

	reply->code = 0;
	if (sscanf(status, "ok %" SCNu64 "%n", &reply->bytes, &n) == 1 && status[n] == '\0')
		return 0;
	if (sscanf(status, "error %d %" SCNu64 "%n", &reply->code, &reply->bytes, &n) == 2 &&
	    status[n] == '\0' && reply->code > 0)
		return 0;
	return vsw_error_set(err, EPROTO,
			     "what answers is not a vhost-switch: its status line is wrong");
}

int
vsw_ctl_client_request(struct vsw_ctl_client *client, const char *line, bool json,
		       struct vsw_ctl_reply *reply, struct vsw_error *err)
{
	int ret = 0;

	if (json)
		ret = send_all(client, VSW_CTL_JSON_PREFIX, strlen(VSW_CTL_JSON_PREFIX), err);
	if (ret == 0)
		ret = send_all(client, line, strlen(line), err);
	if (ret == 0)
		ret = send_all(client, "\n", 1, err);
	/* The switch may have said why before it closed the connection. */
	if (ret < 0 && ret != -ECONNRESET)
		return ret;
	ret = receive_status(client, err);
	return ret < 0 ? ret : parse_status(client->status, reply, err);
}

static int
write_all(int fd, const char *bytes, size_t n, struct vsw_error *err)
{
	ssize_t written;

	while (n > 0) {
		written = write(fd, bytes, n);
		if (written < 0 && errno != EINTR)
			return vsw_error_set(err, errno, "cannot write the output: %s",
					     strerror(errno));
		if (written > 0) {
			bytes += written;
			n -= written;
		}
	}
	return 0;
}

int
vsw_ctl_client_copy_body(struct vsw_ctl_client *client, const struct vsw_ctl_reply *reply, int fd,
			 struct vsw_error *err)
{
	uint64_t left = reply->bytes;
	char bytes[CHUNK_BYTES];
	ssize_t got;
	int ret;

	while (left > 0) {
		got = receive(client, bytes, left < sizeof(bytes) ? left : sizeof(bytes), err);
		if (got < 0)
			return got;
		ret = write_all(fd, bytes, got, err);
		if (ret < 0)
			return ret;
		left -= got;
	}
	return 0;
}

int
vsw_ctl_client_read_body(struct vsw_ctl_client *client, const struct vsw_ctl_reply *reply,
			 char **text, struct vsw_error *err)
{
	uint64_t n = 0;
	char *bytes;
	ssize_t got;

	bytes = reply->bytes < SIZE_MAX ? malloc(reply->bytes + 1) : NULL;
	if (bytes == NULL)
		return vsw_error_set(err, ENOMEM, "no memory for a reply of %" PRIu64 " bytes",
				     reply->bytes);
	while (n < reply->bytes) {
		got = receive(client, bytes + n, reply->bytes - n, err);
		if (got < 0) {
			free(bytes);
			return got;
		}
		n += got;
	}
	bytes[n] = '\0';
	*text = bytes;
	return 0;
}
