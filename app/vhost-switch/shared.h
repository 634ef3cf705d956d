/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The switch of DPDK's guide (-p): all guests in one domain, told apart on the uplinks by a tag.
 * Source: DESIGN.md section 6.
 *
 * Guest number n wears VLAN vlan_base + n on the uplinks; numbers are given in the order in which
 * ports are made, and a number that has become free is given again. A vlan_base of 0 means no tags.
 *
 * Threads: control thread.
 */
#ifndef SHARED_H
#define SHARED_H

#include "switch.h"

/* What the frames of a port go through, unless it is connected to another. */
enum vsw_port_service shared_service(const struct vsw_switch *vsw, const struct vsw_port *port);

/* Make a new port a guest or an uplink, if the switch is of that kind; before it is planned. */
void shared_join(const struct vsw_switch *vsw, struct vsw_port *port);

/* A guest has come or gone: let the uplinks take the tags of those there are. */
void shared_update_uplinks(const struct vsw_switch *vsw);

#endif /* SHARED_H */
