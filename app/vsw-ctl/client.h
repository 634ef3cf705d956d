/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The client's end of the control socket: a request out, a reply in, as vsw_ctl.h has them.
 *
 * Threads: one. Limits: CLIENT_TIMEOUT_S seconds without progress end a request.
 */
#ifndef CLIENT_H
#define CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "vsw_ctl.h"
#include "vsw_error.h"

#define CLIENT_TIMEOUT_S 30

struct client {
	int fd;
	char status[VSW_CTL_STATUS_BYTES];
};

struct reply {
	int code; /* 0: ok, else a positive errno */
	uint64_t bytes;
};

int client_init(struct client *client, const char *path, struct vsw_error *err);
void client_fini(struct client *client);

/* Send a line without newline and read the status line of its reply. */
int client_request(struct client *client, const char *line, bool json, struct reply *reply,
		   struct vsw_error *err);

/* Copy the body of that reply to fd. */
int client_copy_body(struct client *client, const struct reply *reply, int fd,
		     struct vsw_error *err);

#endif /* CLIENT_H */
