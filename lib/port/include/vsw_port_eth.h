/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ports on an ethdev that EAL has probed: NIC, tap, pcap, ring, null.
 *
 * Model: one receive queue; one transmit queue for each lcore, so that none is shared. The port
 * configures, starts, and when destroyed stops the ethdev; it does not remove the device.
 *
 * Threads: control thread. Offloads are not used yet, so frames leave as they are; drivers that
 * must pad a short frame do it themselves.
 */
#ifndef VSW_PORT_ETH_H
#define VSW_PORT_ETH_H

#include <stdint.h>

#include "vsw_port.h"

struct rte_mempool;

struct vsw_port_eth_config {
	const char *name;
	uint16_t ethdev_id;
	uint16_t vlan;
	uint16_t pinned_lcore; /* lcore index, or VSW_PORT_ANY_LCORE */
	unsigned int n_lcores;
	struct rte_mempool *pool;
};

int vsw_port_eth_create(const struct vsw_port_eth_config *config, struct vsw_port **port,
			struct vsw_error *err);

#endif /* VSW_PORT_ETH_H */
