/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Our switch, seen through its own control socket.
 *
 * Model: it reads and clears nothing, so that others may look, too.
 *
 * Threads: one. A request waits for the switch's control thread, which may share the caller's CPU:
 * not while frames are sent on a schedule.
 */
#ifndef SWITCH_LINK_H
#define SWITCH_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "switch_reading.h"
#include "vsw_error.h"

#define SWITCH_IDLE_MS                                                                             \
	10 /* without a frame: idle (RFC 2544 waits 2 s, for it cannot look inside) */

struct switch_link;

/* Connect to the control socket. Returns 0 or a negative errno with err filled. */
int switch_link_create(const char *path, struct switch_link **link, struct vsw_error *err);

/* NULL is accepted. */
void switch_link_destroy(struct switch_link *link);

/*
 * Find the switch's ports by the sockets of the generator's n ports, in its order; NULL for a port
 * that is no socket. Readings have this order from now on. ENOENT with the path in err if the
 * switch has no such port.
 */
int switch_link_map(struct switch_link *link, const char *const *paths, unsigned int n,
		    struct vsw_error *err);

/* The switch's name of the generator's port i; "" if it has none. */
const char *switch_link_port(const struct switch_link *link, unsigned int i);

/* Whether addresses matter: not where ports are connected to each other. */
bool switch_link_learns(const struct switch_link *link);

/* Run a console line. *reply, which may be NULL, is the caller's. */
int switch_link_run(struct switch_link *link, const char *line, json_t **reply,
		    struct vsw_error *err);

/* The number of addresses that the switch has learnt and not forgotten. */
int switch_link_addresses(struct switch_link *link, uint64_t *n, struct vsw_error *err);

/* Read all counters; initialises *reading. */
int switch_link_read(struct switch_link *link, struct switch_reading *reading,
		     struct vsw_error *err);

/* The lcores alone: one request instead of three. */
int switch_link_read_lcores(struct switch_link *link, struct switch_reading *reading,
			    struct vsw_error *err);

/*
 * Wait until no lcore has moved a frame for SWITCH_IDLE_MS although each has looked for some: one
 * that has lost its CPU is not idle. What it has moved meanwhile lies in the generator's rings.
 * ETIMEDOUT after timeout_ms.
 */
int switch_link_wait_idle(struct switch_link *link, unsigned int timeout_ms, struct vsw_error *err);

#endif /* SWITCH_LINK_H */
