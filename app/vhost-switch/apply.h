/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Changes of the running switch, each whole or not at all.
 *
 * What lcores forward by is one published plan; every change of ports ends in a new one. A port
 * leaves the plan, and its entries the FDB, before it is destroyed.
 *
 * Threads: control thread (main, before that runs). Each call may wait for the lcores' grace
 * period.
 */
#ifndef APPLY_H
#define APPLY_H

#include "switch.h"
#include "vsw_port_eth.h"
#include "vsw_port_vhost.h"

/* Publish a plan of the ports as they are now, wait, and destroy the one before. */
int apply_plan(struct vsw_switch *vsw, struct vsw_error *err);

/* After a notification: forget what was learned on connections that ended, and plan anew. */
void apply_link_changes(struct vsw_switch *vsw);

/* Look at ports that do not announce all changes of their link; each second. */
void apply_poll_ports(struct vsw_switch *vsw);

/* Create a vhost port, or its slots, and take it into the plan. */
int apply_port_add_vhost(struct vsw_switch *vsw, const struct vsw_port_vhost_config *config,
			 struct vsw_error *err);

/*
 * Create an Ethernet port, or a host port in a network namespace (NULL: the switch's own), and take
 * it into the plan. Of the config name, devargs or ethdev_id, vlan and pinned_lcore are set.
 */
int apply_port_add_eth(struct vsw_switch *vsw, const struct vsw_port_eth_config *config,
		       struct vsw_error *err);
int apply_port_add_host(struct vsw_switch *vsw, const struct vsw_port_eth_config *config,
			const char *netns, struct vsw_error *err);

/* Give the port other settings. What was learned on it goes when its VLANs change. */
int apply_port_settings(struct vsw_switch *vsw, struct vsw_port *port,
			const struct vsw_port_settings *settings, struct vsw_error *err);

/* Connect two ports by a wire; take it away again. EBUSY: one has a peer. ENOTCONN: has none. */
int apply_port_connect(struct vsw_switch *vsw, struct vsw_port *port, struct vsw_port *peer,
		       struct vsw_error *err);
int apply_port_disconnect(struct vsw_switch *vsw, struct vsw_port *port, struct vsw_error *err);

/* A port that is connected is disconnected first. */

/* Delete a port, and with it all other slots of its socket. */
int apply_port_del(struct vsw_switch *vsw, struct vsw_port *port, struct vsw_error *err);

/*
 * A stopped port keeps its name, settings, counters and static entries; a vhost port has no front
 * end. Start fails, with the port still stopped, where its socket cannot be opened.
 */
int apply_port_admin(struct vsw_switch *vsw, struct vsw_port *port, bool up, struct vsw_error *err);

#endif /* APPLY_H */
