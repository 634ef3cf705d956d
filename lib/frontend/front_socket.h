/* SPDX-License-Identifier: BSD-3-Clause */
/* A connection to the peer, on which nothing waits longer than until the deadline. */
#ifndef FRONT_SOCKET_H
#define FRONT_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vsw_error.h"
#include "vsw_sockpath.h"

struct front_socket {
	char path[VSW_SOCKPATH_BYTES];
	int fd;
	int listen_fd; /* -1: we have connected */
	uint32_t timeout_ms;
	uint64_t deadline_ms; /* on the monotonic clock */
};

/* Connects, as long as it takes, or listens and accepts one connection. */
int front_socket_open(struct front_socket *sock, const char *path, bool server, uint32_t timeout_ms,
		      struct vsw_error *err);

/* Does nothing twice. */
void front_socket_close(struct front_socket *sock);

/* The deadline for all that follows. */
void front_socket_give_time(struct front_socket *sock, uint32_t timeout_ms);

/* fd is passed along unless it is negative. `what` names the message in the error. */
int front_socket_send(struct front_socket *sock, const void *bytes, size_t n, int fd,
		      const char *what, struct vsw_error *err);

/* Exactly n bytes. */
int front_socket_receive(struct front_socket *sock, void *bytes, size_t n, const char *what,
			 struct vsw_error *err);

bool front_socket_is_open(const struct front_socket *sock);

#endif /* FRONT_SOCKET_H */
