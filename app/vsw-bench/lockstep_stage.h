/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A switch inside the generator's process: vhost-user ports of lib/port and a plan of lib/fwd,
 * which work when they are called. It has no control thread: its ports and its plan never change.
 *
 * Threads: one, which is EAL's main lcore; librte_vhost's thread answers the sockets.
 */
#ifndef LOCKSTEP_STAGE_H
#define LOCKSTEP_STAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "vsw_error.h"
#include "vsw_stats.h"

#define STAGE_PORTS 2

struct stage;

struct stage_config {
	const char *directory; /* for the sockets */
	bool packed;
	bool mergeable;
	uint32_t n_macs; /* that it has to learn */
};

/* Its ports listen. Returns 0 or a negative errno with err. */
int stage_create(const struct stage_config *config, struct stage **stage, struct vsw_error *err);

/* NULL is accepted. */
void stage_destroy(struct stage *stage);

const char *stage_socket(const struct stage *stage, unsigned int port);

/* Front ends are connected: forward. -ETIMEDOUT if a port does not become ready. */
int stage_start(struct stage *stage, uint32_t timeout_ms, struct vsw_error *err);

/*
 * One burst of each port, and then plant_ticks for each frame of it. Returns the frames that were
 * received.
 */
uint32_t stage_run(struct stage *stage, uint32_t plant_ticks);

/* The counters of all ports. */
void stage_sum(const struct stage *stage, struct vsw_stats_row *sum);

#endif /* LOCKSTEP_STAGE_H */
