/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The way of a burst: from one receive queue to all the ports its frames are for.
 *
 *	rx -> admit -> learn -> lookup -> dispatch | flood -> egress -> release
 *
 * Model: one lcore takes one burst through all stages, run to completion, in arrays on its stack
 * (burst.h). admit drops what no bridge forwards and gives each frame its VLAN; learn enters
 * sources into the FDB; lookup finds destinations; dispatch and flood list the frames by
 * destination port; egress sends each list. The frames stay the receiving port's, which takes all
 * back at the end, so a drop is a count and nothing else, and a flood is the same view in several
 * lists.
 *
 * Each frame ends exactly once, and so does each copy (vsw_stats.h: the books).
 *
 * Order: frames from one source to one destination keep their order; unicast and flooded frames of
 * one burst may change places. Source: IEEE 802.1Q-2018 clause 8.6.6.
 *
 * Threads: vsw_fwd_burst() by the lcore that owns the context. The plan is made by the control
 * thread, published, and constant from then on.
 *
 * Not here: offloads, VLAN trunks, several uplinks.
 */
#ifndef VSW_FWD_H
#define VSW_FWD_H

#include <stdint.h>

#include "vsw_port_hot.h"

struct vsw_fdb;
struct vsw_fwd_lcore;

#define VSW_FWD_VLANS 4096

/* Where the ports of a VLAN stand in vsw_fwd_plan.member. */
struct vsw_fwd_vlan {
	uint16_t first;
	uint16_t n;
};

/* The receive queues that one lcore polls: vsw_fwd_plan.rxq[first .. first + n - 1]. */
struct vsw_fwd_poll {
	uint32_t first;
	uint32_t n;
};

/* Everything lcores know of the configuration; constant once published. */
struct vsw_fwd_plan {
	struct vsw_fwd_vlan vlan[VSW_FWD_VLANS];
	struct vsw_port_hot *port[VSW_PORT_MAX]; /* by port_id; NULL: does not forward */
	struct vsw_port_hot
		*member[VSW_PORT_MAX]; /* ports that forward, in the order of their VLAN */
	uint32_t n_lcores;
	uint32_t n_rxqs;
	struct vsw_fwd_poll *poll; /* by lcore */
	struct vsw_rxq **rxq;
};

/*
 * One receive queue for a plan, and the lcore (0 .. n_lcores - 1) that polls it.
 */
struct vsw_fwd_queue {
	struct vsw_rxq *rxq;
	uint16_t lcore;
};

/*
 * Make a plan from the ports that forward and the queues to poll. Returns NULL when memory is
 * short. Publish it with vsw_rcu_publish(); destroy it (NULL accepted) after a grace period.
 */
struct vsw_fwd_plan *vsw_fwd_plan_create(struct vsw_port_hot *const *ports, uint16_t n_ports,
					 const struct vsw_fwd_queue *queues, uint32_t n_queues,
					 uint32_t n_lcores);
void vsw_fwd_plan_destroy(struct vsw_fwd_plan *plan);

/* Context of lcore number `lcore`: its output lists. Returns NULL when memory is short. */
struct vsw_fwd_lcore *vsw_fwd_lcore_create(unsigned int lcore, struct vsw_fdb *fdb, int socket_id);
void vsw_fwd_lcore_destroy(struct vsw_fwd_lcore *lcore);

/* Take one burst of rxq through the switch. Returns the number of frames received. */
uint16_t vsw_fwd_burst(struct vsw_fwd_lcore *lcore, const struct vsw_fwd_plan *plan,
		       struct vsw_rxq *rxq);

#endif /* VSW_FWD_H */
