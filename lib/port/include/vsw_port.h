/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ports: names, life cycle, what a user sees of them.
 *
 * Model: a port is created by its kind (vsw_port_vhost.h, vsw_port_eth.h), found by name or id in
 * the registry, and has two independent states: `admin_up` (the user's) and the state of its link
 * below. It forwards when both allow. Lcores know a port only as the hot part (vsw_port_hot.h) in
 * the published plan; a port is destroyed after the plan without it has had its grace period.
 *
 *	listening / connecting -> connected -> negotiated -> ready        (link of a front end)
 *	down <-> ready                                                    (link of an ethdev)
 *	ready + admin up = forwarding            any + admin down = stopped
 *
 * port_id is ours, ethdev_id DPDK's, vid librte_vhost's; the three are never mixed. Ids are reused:
 * what outlives a port carries the generation of the FDB, not the id alone.
 *
 * Threads: control thread, except where a kind says that librte_vhost's thread sets a word.
 */
#ifndef VSW_PORT_H
#define VSW_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vsw_error.h"
#include "vsw_port_hot.h"
#include "vsw_stats.h"
#include "vsw_vlan.h"

#define VSW_PORT_NAME_BYTES 32
#define VSW_PORT_ANY_LCORE UINT16_MAX
#define VSW_PORT_QUEUES_MAX 64 /* receive queues of one port that are polled */

enum vsw_port_state {
	VSW_PORT_LISTENING,  /* server: waits for a front end */
	VSW_PORT_CONNECTING, /* client: waits for the server's socket */
	VSW_PORT_CONNECTED,  /* a front end is there, features not agreed */
	VSW_PORT_NEGOTIATED, /* features agreed, rings not ready */
	VSW_PORT_DOWN,	     /* ethdev: has no link */
	VSW_PORT_READY,	     /* could forward */
	VSW_PORT_FORWARDING, /* ready and admin up */
	VSW_PORT_STOPPED,    /* admin down */
};

/* What becomes of the frames that a port receives: lib/fwd has a function for each. */
enum vsw_port_service {
	VSW_PORT_BRIDGE,  /* learning bridge, by VLAN */
	VSW_PORT_CONNECT, /* all to one peer, and nothing looked up */
	VSW_PORT_GUEST,	  /* of the one domain that uplinks share by tags (-p) */
	VSW_PORT_UPLINK,  /* to that domain */
};

/* Ports of one group do not exchange frames; a split-horizon group. */
#define VSW_PORT_GROUP_NONE 0
#define VSW_PORT_GROUP_MAX 1000
#define VSW_PORT_GROUP_UPLINK 1001

/* What the user has set. A plan takes a copy; a change takes effect with the next plan. */
struct vsw_port_settings {
	struct vsw_vlan_port vlan;
	enum vsw_port_service service;
	uint16_t group;
	uint16_t mtu_bytes;	     /* payload of the largest frame: no header, no tags */
	bool flood_unknown;	     /* unicast that nobody has been heard from goes here, too */
	const struct vsw_port *peer; /* VSW_PORT_CONNECT */
};

struct vsw_port_ops {
	const char *kind;
	bool uplink; /* leads to other networks: a split-horizon group keeps uplinks apart */
	enum vsw_port_state (*link_state)(const struct vsw_port *port);
	/* Number of connections that have ended; what was learned on them is void. */
	uint32_t (*sessions_ended)(const struct vsw_port *port);
	/* MTU that the other end of the link keeps to; 0: any. NULL: always any. */
	uint16_t (*link_mtu)(const struct vsw_port *port);
	/* Receive queues to poll: 0 .. n_rxqs - 1. */
	uint16_t (*n_rxqs)(const struct vsw_port *port);
	struct vsw_rxq *(*rxq)(struct vsw_port *port, uint16_t queue);
	/*
	 * Look at what does not announce itself; true: the state has changed. About once a second,
	 * and when the kind has notified. NULL: there is nothing to look at.
	 */
	bool (*poll)(struct vsw_port *port);
	/*
	 * The port starts or has stopped; no lcore knows it. Returns 0, or a negative errno with
	 * err set if it cannot start. NULL: all the same.
	 */
	int (*set_admin)(struct vsw_port *port, bool up, struct vsw_error *err);
	/*
	 * Tell the device of a new MTU, 68 .. VSW_FRAME_MTU_MAX_BYTES; NULL where there is none to
	 * tell. Returns 0 or a negative errno with err set.
	 */
	int (*set_mtu)(struct vsw_port *port, uint16_t mtu_bytes, struct vsw_error *err);
	/* No lcore knows the port, and the other slots of its socket, any more; destroy all. */
	void (*destroy)(struct vsw_port *port);
};

struct vsw_port {
	struct vsw_port_hot hot;
	const struct vsw_port_ops *ops;
	char name[VSW_PORT_NAME_BYTES];
	const char *slot_of; /* what all slots of its socket are called; NULL: it is alone */
	struct vsw_stats *stats;
	struct vsw_port_settings settings;
	bool admin_up;
	uint16_t pinned_lcore;		     /* lcore index, or VSW_PORT_ANY_LCORE */
	uint16_t place[VSW_PORT_QUEUES_MAX]; /* lcore index that polls the queue, or ANY */
	uint32_t sessions_seen;		     /* of ops->sessions_ended, handled by control */
	uint32_t session_registered; /* sessions_seen + 1 when its address was logged; 0: never */
};

/*
 * Part of every kind's create: checks the name, takes an id, makes the counter rows, sets the
 * default settings (access port of vlan, largest MTU) and enters the port into the registry. The
 * kind sets hot.tx, ops and slot_of before. Errors: EINVAL, EEXIST, ENOSPC,
 * ENOMEM.
 */
int vsw_port_init(struct vsw_port *port, const char *name, uint16_t vlan, unsigned int n_lcores,
		  struct vsw_error *err);

/* The reverse of vsw_port_init(). */
void vsw_port_fini(struct vsw_port *port);

/*
 * Take out of the registry and free, by the kind's destroy; slots of one socket all at once. NULL
 * is accepted.
 */
void vsw_port_destroy(struct vsw_port *port);

/* NULL: no such port; vsw_port_find() then fills err with the names that exist. */
struct vsw_port *vsw_port_find(const char *name, struct vsw_error *err);
struct vsw_port *vsw_port_get(uint16_t port_id);

/* Any slot of those that are called name; NULL: none. */
struct vsw_port *vsw_port_find_slots(const char *name);

/* 0, or why name can be neither a port's nor what slots are called: EINVAL, EEXIST. */
int vsw_port_check_name(const char *name, struct vsw_error *err);

/* As vsw_port_next(), of the slots of port's socket; of port itself if it is alone. */
struct vsw_port *vsw_port_next_slot(const struct vsw_port *port, uint16_t *port_id);

/* The next port from *port_id on, in the order of ids; sets *port_id behind it. NULL: no more. */
struct vsw_port *vsw_port_next(uint16_t *port_id);

/* Payload of the largest frame that may pass: the user's setting, or less if the link's is less. */
uint16_t vsw_port_mtu(const struct vsw_port *port);

enum vsw_port_state vsw_port_state(const struct vsw_port *port);
const char *vsw_port_state_name(enum vsw_port_state state);

#endif /* VSW_PORT_H */
