/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * vhost-user ports: the protocol by librte_vhost, the rings by lib/vring.
 *
 * Model: one port is one front end at a time; name, VLAN, policy and counters stay across
 * reconnects. A server owns the socket file. Its socket is of one port, or of several, its slots
 * NAME-0, NAME-1, ...: a front end takes the lowest that is free, and is refused if there is none.
 * Slots are created and destroyed together. A client connects, again and again, to a socket that
 * the front end owns.
 *
 * Threads. Create, destroy and get_info: control thread. librte_vhost calls back on its own thread
 * (and on the control thread inside destroy and stop); what takes the rings from the lcores waits
 * for their grace period there, and for nothing else (vhost_rings.h). Source: DESIGN.md section 5,
 * vhost_user.c of librte_vhost 22.11.
 *
 * IOMMU, postcopy and the log of descriptors in flight are not offered.
 */
#ifndef VSW_PORT_VHOST_H
#define VSW_PORT_VHOST_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "vsw_port.h"

#define VSW_PORT_VHOST_PATH_BYTES 108 /* sun_path, with the final NUL: unix(7) */
#define VSW_PORT_VHOST_CLIENTS_MAX 64
#define VSW_PORT_VHOST_REGIONS_MAX 8 /* memory regions: librte_vhost */

struct vsw_rcu;

struct vsw_port_vhost_config {
	const char *name;
	const char *path;
	bool client;
	uint16_t n_clients; /* 1 .. VSW_PORT_VHOST_CLIENTS_MAX; as client 1 */
	bool mergeable;
	bool packed;
	bool csum; /* offer partial checksums, both ways */
	bool tso;  /* offer TCP frames to be cut, both ways; needs csum */
	uint16_t vlan;
	uint16_t pinned_lcore; /* lcore index, or VSW_PORT_ANY_LCORE */
	mode_t mode;	       /* of the socket file; server only */
	uid_t owner;	       /* (uid_t)-1: as created */
	gid_t group;	       /* (gid_t)-1: as created */
};

/* What all vhost ports of a switch share. */
struct vsw_port_vhost_env {
	unsigned int n_lcores;
	struct vsw_rcu *rcu;
	/*
	 * When a ring is full, an lcore tries again at most retry_num times (0: not at all) after
	 * retry_delay_us each, and not longer than a budget allows: vhost_retry.h.
	 */
	uint32_t retry_num;
	uint32_t retry_delay_us;
	/* Called on any thread when a port's link state may have changed; must not wait. */
	void (*notify)(void *ctx);
	void *notify_ctx;
};

struct vsw_port_vhost_queue_info {
	uint16_t size;
	bool enabled;
	bool broken; /* a descriptor chain was unreadable: the ring stands still */
};

struct vsw_port_vhost_region {
	uint64_t guest_address;
	uint64_t size_bytes;
};

struct vsw_port_vhost_info {
	const char *path;
	bool client;
	enum vsw_port_state state;
	uint64_t since_s; /* monotonic second of the last change of state */
	uint32_t connections;
	uint16_t n_clients; /* that the socket takes */
	uint32_t refused;   /* front ends, by the socket */
	uint64_t withheld;  /* virtio features that are not offered, of those that could be */
	uint64_t features;
	uint64_t protocol_features;
	uint16_t mtu_bytes; /* that the guest was told, and has agreed to; 0: none */
	uint16_t n_queues;  /* virtqueues: even ones receive in the guest, odd ones transmit */
	struct vsw_port_vhost_queue_info queue[2 * VSW_PORT_QUEUES_MAX];
	uint16_t n_regions;
	struct vsw_port_vhost_region region[VSW_PORT_VHOST_REGIONS_MAX];
};

/*
 * Create the port, or the slots, and start listening or connecting; admin is up. env is copied.
 * *port is the first slot; vsw_port_next_slot() leads to the others.
 */
int vsw_port_vhost_create(const struct vsw_port_vhost_config *config,
			  const struct vsw_port_vhost_env *env, struct vsw_port **port,
			  struct vsw_error *err);

/* To be called ten times a second: lets a new socket be served at once. */
void vsw_port_vhost_tick(void);

bool vsw_port_is_vhost(const struct vsw_port *port);

/*
 * True for a slot that nobody has ever connected to, unless it is the first of these: not worth a
 * line where all ports are listed. Of a port of any kind.
 */
bool vsw_port_vhost_is_spare(const struct vsw_port *port);

void vsw_port_vhost_get_info(const struct vsw_port *port, struct vsw_port_vhost_info *info);

#endif /* VSW_PORT_VHOST_H */
