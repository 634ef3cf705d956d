/* SPDX-License-Identifier: BSD-3-Clause */
#include "front_socket.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define RETRY_MS 10 /* to connect to what is not there yet */

static uint64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ULL + now.tv_nsec / 1000000;
}

static int
left_ms(const struct front_socket *sock)
{
	uint64_t now = now_ms();

	return now < sock->deadline_ms ? sock->deadline_ms - now : 0;
}

/* True if it happened before the deadline. */
static bool
wait_for(const struct front_socket *sock, int fd, short events)
{
	struct pollfd waited = {.fd = fd, .events = events};
	int ret;

	do {
		ret = poll(&waited, 1, left_ms(sock));
	} while (ret < 0 && errno == EINTR);
	return ret > 0;
}

static struct sockaddr_un
address(const struct front_socket *sock)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	memcpy(address.sun_path, sock->path, sizeof(sock->path));
	return address;
}

static int
cannot_connect(const struct front_socket *sock, int code, struct vsw_error *err)
{
	if (code == ENOENT)
		return vsw_error_set(err, code,
				     "socket %s does not exist, and was not made within %u ms; "
				     "start the switch with this port first",
				     sock->path, sock->timeout_ms);
	if (code == ECONNREFUSED)
		return vsw_error_set(err, code,
				     "socket %s: nobody has listened there within %u ms; start the "
				     "switch anew, or let us be the server",
				     sock->path, sock->timeout_ms);
	return vsw_error_set(err, code, "socket %s: cannot connect: %s", sock->path,
			     strerror(code));
}

static int
try_connect(struct front_socket *sock)
{
	struct sockaddr_un to = address(sock);
	int ret;

	sock->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (sock->fd < 0)
		return -errno;
	if (connect(sock->fd, (struct sockaddr *)&to, sizeof(to)) == 0)
		return 0;
	ret = -errno;
	close(sock->fd);
	sock->fd = -1;
	return ret;
}

static int
connect_to(struct front_socket *sock, struct vsw_error *err)
{
	struct timespec pause = {.tv_nsec = RETRY_MS * 1000000};
	int ret;

	for (;;) {
		ret = try_connect(sock);
		if (ret == 0)
			return 0;
		/* EAGAIN: its queue of connections is full. */
		if ((ret != -ENOENT && ret != -ECONNREFUSED && ret != -EAGAIN) ||
		    left_ms(sock) == 0)
			return cannot_connect(sock, -ret, err);
		nanosleep(&pause, NULL);
	}
}

static int
listen_on(struct front_socket *sock, struct vsw_error *err)
{
	struct sockaddr_un at = address(sock);
	int fd;

	if (vsw_sockpath_claim(sock->path, err) < 0)
		return -err->code;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0) {
		vsw_error_set(err, errno, "socket %s: cannot listen: %s", sock->path,
			      strerror(errno));
		if (fd >= 0)
			close(fd);
		return -err->code;
	}
	sock->listen_fd = fd;
	if (listen(fd, 1) < 0)
		return vsw_error_set(err, errno, "socket %s: cannot listen: %s", sock->path,
				     strerror(errno));
	if (!wait_for(sock, fd, POLLIN))
		return vsw_error_set(err, ETIMEDOUT,
				     "socket %s: no switch has connected within %u ms; start one "
				     "that is the client of this port",
				     sock->path, sock->timeout_ms);
	sock->fd = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (sock->fd < 0)
		return vsw_error_set(err, errno, "socket %s: cannot accept: %s", sock->path,
				     strerror(errno));
	return 0;
}

int
front_socket_open(struct front_socket *sock, const char *path, bool server, uint32_t timeout_ms,
		  struct vsw_error *err)
{
	sock->fd = sock->listen_fd = -1;
	if (path[0] == '\0')
		return vsw_error_set(err, EINVAL, "the path of the socket is empty");
	if (strlen(path) >= sizeof(sock->path))
		return vsw_error_set(
			err, ENAMETOOLONG,
			"socket %.200s: the path has %zu bytes, at most %d are possible", path,
			strlen(path), VSW_SOCKPATH_BYTES - 1);
	memset(sock->path, 0, sizeof(sock->path));
	memcpy(sock->path, path, strlen(path));
	front_socket_give_time(sock, timeout_ms);
	return server ? listen_on(sock, err) : connect_to(sock, err);
}

void
front_socket_close(struct front_socket *sock)
{
	if (sock->fd >= 0)
		close(sock->fd);
	if (sock->listen_fd >= 0) {
		close(sock->listen_fd);
		unlink(sock->path);
	}
	sock->fd = sock->listen_fd = -1;
}

void
front_socket_give_time(struct front_socket *sock, uint32_t timeout_ms)
{
	sock->timeout_ms = timeout_ms;
	sock->deadline_ms = now_ms() + timeout_ms;
}

static int
closed(const struct front_socket *sock, const char *what, struct vsw_error *err)
{
	return vsw_error_set(err, ECONNRESET,
			     "socket %s: the switch has closed the connection at %s; its log says "
			     "why",
			     sock->path, what);
}

static int
too_late(const struct front_socket *sock, const char *what, struct vsw_error *err)
{
	return vsw_error_set(err, ETIMEDOUT,
			     "socket %s: no answer to %s within %u ms; look whether the switch "
			     "runs and serves this port",
			     sock->path, what, sock->timeout_ms);
}

/* A message is far smaller than the buffer of a socket: it goes as a whole or not at all. */
int
front_socket_send(struct front_socket *sock, const void *bytes, size_t n, int fd, const char *what,
		  struct vsw_error *err)
{
	struct iovec part = {.iov_base = (void *)(uintptr_t)bytes, .iov_len = n};
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control = {.header = {.cmsg_len = CMSG_LEN(sizeof(int)),
				.cmsg_level = SOL_SOCKET,
				.cmsg_type = SCM_RIGHTS}};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
	ssize_t sent;

	if (fd >= 0) {
		memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
		message.msg_control = &control;
		message.msg_controllen = sizeof(control.space);
	}
	do {
		if (!wait_for(sock, sock->fd, POLLOUT))
			return too_late(sock, what, err);
		sent = sendmsg(sock->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
	} while (sent < 0 && (errno == EINTR || errno == EAGAIN));
	if (sent < 0 && (errno == EPIPE || errno == ECONNRESET))
		return closed(sock, what, err);
	if (sent != (ssize_t)n)
		return vsw_error_set(err, sent < 0 ? errno : EIO, "socket %s: cannot send %s: %s",
				     sock->path, what, strerror(sent < 0 ? errno : EIO));
	return 0;
}

int
front_socket_receive(struct front_socket *sock, void *bytes, size_t n, const char *what,
		     struct vsw_error *err)
{
	uint8_t *to = bytes;
	ssize_t got;

	while (n > 0) {
		if (!wait_for(sock, sock->fd, POLLIN))
			return too_late(sock, what, err);
		got = recv(sock->fd, to, n, MSG_DONTWAIT);
		if (got < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (got == 0 || (got < 0 && errno == ECONNRESET))
			return closed(sock, what, err);
		if (got < 0)
			return vsw_error_set(err, errno, "socket %s: no answer to %s: %s",
					     sock->path, what, strerror(errno));
		to += got;
		n -= got;
	}
	return 0;
}

bool
front_socket_is_open(const struct front_socket *sock)
{
	char byte;
	ssize_t got = recv(sock->fd, &byte, sizeof(byte), MSG_PEEK | MSG_DONTWAIT);

	return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
}
