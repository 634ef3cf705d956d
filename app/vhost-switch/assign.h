/* SPDX-License-Identifier: BSD-3-Clause */
/* Which lcore polls which receive queue: from the live ports to lib/plan and back. */
#ifndef ASSIGN_H
#define ASSIGN_H

#include <stdint.h>

#include "switch.h"
#include "vsw_fwd.h"

/*
 * The receive queues of these ports (by rising id), each with its lcore; remembers the places in
 * the ports. The caller says which ports forward and gives the plan the same list: a guest changes
 * its port's state at any time, so nobody may look twice. *n_moved counts the queues that have
 * changed their lcore; those stand at the end of the list. The caller frees the list. Returns NULL
 * when memory is short. Control thread.
 */
struct vsw_fwd_queue *assign_queues(struct vsw_switch *vsw, struct vsw_port *const *ports,
				    uint16_t n_ports, uint32_t *n, uint32_t *n_moved);

#endif /* ASSIGN_H */
