/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The client's end of the control socket: a request out, a reply in, as vsw_ctl.h has them.
 *
 * Model: each request is followed by its status line, each status line by one call that takes the
 * body. After an error that is not the command's own (reply->code), the client is good for nothing
 * but its end.
 *
 * Threads: one. Limits: VSW_CTL_CLIENT_TIMEOUT_S seconds without progress end a request; it does
 * not send several requests at once.
 */
#ifndef VSW_CTL_CLIENT_H
#define VSW_CTL_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "vsw_ctl.h"
#include "vsw_error.h"

#define VSW_CTL_CLIENT_TIMEOUT_S 30

struct vsw_ctl_client {
	int fd;
	char status[VSW_CTL_STATUS_BYTES];
};

struct vsw_ctl_reply {
	int code;	/* 0: ok, else a positive errno */
	uint64_t bytes; /* of the body */
};

/* Connect to the switch that listens on path. Returns 0 or a negative errno with err filled. */
int vsw_ctl_client_init(struct vsw_ctl_client *client, const char *path, struct vsw_error *err);
void vsw_ctl_client_fini(struct vsw_ctl_client *client);

/*
 * Send a line without newline and read the status line of its reply. Returns 0 also for a command
 * that has failed, or a negative errno with err filled: no connection (any more), or what answers
 * is no vhost-switch.
 */
int vsw_ctl_client_request(struct vsw_ctl_client *client, const char *line, bool json,
			   struct vsw_ctl_reply *reply, struct vsw_error *err);

/* Copy the body of that reply to fd. */
int vsw_ctl_client_copy_body(struct vsw_ctl_client *client, const struct vsw_ctl_reply *reply,
			     int fd, struct vsw_error *err);

/* Read the body of that reply into *text, which ends with a NUL and is the caller's to free. */
int vsw_ctl_client_read_body(struct vsw_ctl_client *client, const struct vsw_ctl_reply *reply,
			     char **text, struct vsw_error *err);

#endif /* VSW_CTL_CLIENT_H */
