/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Registration: the log line of the vhost guide for the first address learned from a guest.
 *
 *	NAME: DATA: (ID) MAC_ADDRESS xx:xx:xx:xx:xx:xx and VLAN_TAG N registered
 *
 * ID is the id of the port. A guest that comes back is registered again; one that has only static
 * addresses never is.
 *
 * Threads: control thread.
 */
#ifndef REGISTRATION_H
#define REGISTRATION_H

#include "switch.h"

/*
 * Log the vhost ports that have learned an address since the last call, the first on their
 * connection. Walks the FDB if, and only if, there is one.
 */
void registration_log(struct vsw_switch *vsw);

#endif /* REGISTRATION_H */
