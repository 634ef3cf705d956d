/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The way of a burst: from one receive queue to all the ports its frames are for.
 *
 *	rx -> forward -> egress -> release
 *
 *	forward by the service of the port (vsw_port.h), chosen when the plan is made:
 *	bridge	 admit -> learn -> lookup, dispatch -> flood
 *	connect	 admit -> the one peer
 *	guest	 admit -> learn -> lookup -> that guest, or uplinks, or both (shared.c: DESIGN.md 6)
 *	uplink	 admit -> the guest of the tag
 *
 * Model: one lcore takes one burst through all stages, run to completion, in arrays on its stack
 * (burst.h). admit drops what no bridge forwards and gives each frame its VLAN; learn enters
 * sources into the FDB; lookup finds destinations; dispatch and flood list the frames by
 * destination port; egress gives each frame the tag that its list's port wants; offload does for a
 * port that does not take partial checksums, or frames that are to be cut, what their sender left;
 * then the list is sent. The frames stay the receiving port's, which takes all back at the end, so
 * a drop is a count and nothing else, and a flood is the same view in several lists.
 *
 * Each frame ends exactly once, and so does each copy (vsw_stats.h: the books).
 *
 * Order: frames from one source to one destination keep their order; unicast and flooded frames of
 * one burst may change places. Source: IEEE 802.1Q-2018 clause 8.6.6.
 *
 * Threads: vsw_fwd_burst() by the lcore that owns the context. The plan is made by the control
 * thread, published, and constant from then on.
 */
#ifndef VSW_FWD_H
#define VSW_FWD_H

#include <stdbool.h>
#include <stdint.h>

#include "vsw_port.h"

struct vsw_burst;
struct vsw_fdb;
struct vsw_fwd_lcore;
struct vsw_fwd_plan;

/* The domain of guests and uplinks (-p): a VLAN of the FDB that no frame can name. */
#define VSW_FWD_SHARED_DOMAIN 4095

/* A static entry of this port drops what is for its address. */
#define VSW_FWD_BLACKHOLE VSW_PORT_MAX

/* The port ids that the FDB is made for. */
#define VSW_FWD_FDB_PORTS (VSW_PORT_MAX + 1)

/* What lcores know of a port. */
struct vsw_fwd_port {
	struct vsw_port_hot *hot; /* NULL: does not forward */
	/* List the frames of a burst by destination, or drop them. */
	void (*forward)(struct vsw_burst *burst, struct vsw_fwd_lcore *lcore,
			const struct vsw_fwd_plan *plan);
	const struct vsw_fwd_port *peer; /* of service connect */
	uint16_t port_id;
	uint16_t group;	    /* VSW_PORT_GROUP_NONE, or its group */
	uint16_t horizon;   /* the group that its frames do not go to; one without ports if none */
	uint16_t domain;    /* 0: the frame's VLAN is its FDB domain */
	uint16_t min_bytes; /* of a frame that is sent */
	uint16_t max_bytes; /* of a frame, its tags not counted */
	bool flood_unknown;
	struct vsw_vlan_port vlan;
};

/* Where the ports of a VLAN stand in vsw_fwd_plan.member. */
struct vsw_fwd_vlan {
	uint16_t first;
	uint16_t n;
};

/* Ports that are gone through in turn. */
struct vsw_fwd_list {
	uint16_t n;
	const struct vsw_fwd_port *port[VSW_PORT_MAX];
};

/* The receive queues that one lcore polls: vsw_fwd_plan.rxq[first .. first + n - 1]. */
struct vsw_fwd_poll {
	uint32_t first;
	uint32_t n;
};

/* Everything lcores know of the configuration; constant once published. */
struct vsw_fwd_plan {
	struct vsw_fwd_port port[VSW_FWD_FDB_PORTS]; /* by port_id; the last one is the blackhole */
	struct vsw_fwd_vlan vlan[VSW_VLAN_VIDS];
	struct vsw_fwd_list member; /* bridged ports in one VLAN, in the order of their VLAN */
	struct vsw_fwd_list trunk;  /* bridged ports in several VLANs */
	struct vsw_fwd_list guest;
	struct vsw_fwd_list uplink;
	const struct vsw_fwd_port
		*guest_of_vid[VSW_VLAN_VIDS]; /* whose uplink tag it is, or NULL */
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

struct vsw_fwd_config {
	struct vsw_port *const *ports; /* that forward */
	uint16_t n_ports;
	bool private_guests; /* guests reach each other by the uplinks only (vm2vm 0) */
	const struct vsw_fwd_queue *queues;
	uint32_t n_queues;
	uint32_t n_lcores;
};

/*
 * Make a plan; the settings of the ports are copied. Returns NULL when memory is short. Publish it
 * with vsw_rcu_publish(); destroy it (NULL accepted) after a grace period.
 */
struct vsw_fwd_plan *vsw_fwd_plan_create(const struct vsw_fwd_config *config);
void vsw_fwd_plan_destroy(struct vsw_fwd_plan *plan);

/* Context of lcore number `lcore`: its output lists. Returns NULL when memory is short. */
struct vsw_fwd_lcore *vsw_fwd_lcore_create(unsigned int lcore, struct vsw_fdb *fdb, int socket_id);
void vsw_fwd_lcore_destroy(struct vsw_fwd_lcore *lcore);

/* Take one burst of rxq through the switch. Returns the number of frames received. */
uint16_t vsw_fwd_burst(struct vsw_fwd_lcore *lcore, const struct vsw_fwd_plan *plan,
		       struct vsw_rxq *rxq);

#endif /* VSW_FWD_H */
