/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The control socket: a server that runs command lines for local clients.
 *
 * Model: a listening UNIX stream socket and its sessions are events of the caller's event_base.
 * A session reads request lines, runs each against the command table and writes the reply; the
 * protocol is in vsw_ctl.h. Requests of one session are run in order, one at a time.
 *
 * Threads: create, destroy and the event loop belong to one thread, the control thread; handlers of
 * the table run in it. create makes the process ignore SIGPIPE.
 *
 * Limits: CTLSOCK_SESSIONS sessions, further clients are told so and closed; VSW_CTL_REQUEST_BYTES
 * a request; CTLSOCK_OUTPUT_BYTES a reply, a longer one becomes an error. While a client has not
 * read a reply, its next request does not run, so that it queues at most CTLSOCK_INPUT_BYTES of
 * them; it is closed after CTLSOCK_STALL_S seconds in which it has read nothing of a reply.
 *
 * The socket has mode 0600: whoever may open it may do everything. It does not authenticate.
 */
#ifndef CTLSOCK_H
#define CTLSOCK_H

#include "vsw_cmd.h"
#include "vsw_error.h"

#define CTLSOCK_SESSIONS 64
#define CTLSOCK_INPUT_BYTES 65536
#define CTLSOCK_OUTPUT_BYTES (32u << 20) /* above an FDB of 64 Ki entries in JSON */
#define CTLSOCK_STALL_S 5

struct ctlsock;
struct event_base;

/*
 * Listen on path, with rules of vsw_sockpath.h for what may be there. ctx is handed to handlers.
 * table and base must outlive the socket. Returns it, or NULL with err filled.
 */
struct ctlsock *ctlsock_create(struct event_base *base, const char *path,
			       const struct vsw_cmd_table *table, void *ctx, struct vsw_error *err);

/*
 * Close all sessions and the socket, and remove its path if it is still ours. NULL accepted. Not
 * from within a handler: a handler that ends the switch breaks the event loop, and main destroys.
 */
void ctlsock_destroy(struct ctlsock *ctlsock);

#endif /* CTLSOCK_H */
