/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ports on an ethdev: NIC, tap, af_packet, af_xdp, memif, virtio-user, pcap, ring, null. Host ports
 * are taps with the name of the port.
 *
 * Model: one receive queue; one transmit queue for each lcore where the device has that many, else
 * lcores share them: none waits for another longer than 1 ms, then its frames are dropped
 * (tx_full). A port finds its ethdev by number or by device arguments. What it has probed itself it
 * removes when it is destroyed; a device that EAL had probed is stopped and stays.
 *
 * The link is `down` or `ready`; its loss ends a session. It is read by the poll operation, and the
 * driver may ask for that by notify. A device that is gone is down, and the port can be destroyed.
 * The device is promiscuous while the port is not stopped.
 *
 * Each port has its own frame buffers unless it is given a pool. Frames leave as they are; drivers
 * that must pad a short frame do it themselves. Some drivers make syscalls on the packet path, and
 * af_packet waits for an interface that has stopped to send.
 *
 * Threads: control thread. Limits: a device that pairs its queues (all software devices, virtio)
 * has one pair; offloads are not used.
 */
#ifndef VSW_PORT_ETH_H
#define VSW_PORT_ETH_H

#include <stdbool.h>
#include <stdint.h>

#include "vsw_port.h"

struct rte_mempool;

struct vsw_port_eth_config {
	const char *name;
	const char *devargs; /* as for EAL's --vdev, or a PCI address; NULL: ethdev_id is set */
	uint16_t ethdev_id;
	uint16_t vlan;
	uint16_t pinned_lcore; /* lcore index, or VSW_PORT_ANY_LCORE */
	bool promiscuous;      /* also while the port is stopped */
	unsigned int n_lcores;
	uint16_t n_rx_descriptors; /* 0: the default */
	struct rte_mempool *pool;  /* NULL: the port makes its own */
	/* Called on any thread when the link may have changed; must not wait. NULL: none. */
	void (*notify)(void *ctx);
	void *notify_ctx;
};

struct vsw_port_eth_info {
	uint16_t ethdev_id;
	const char *driver; /* live as long as the port */
	const char *device;
	uint64_t mac;
	uint16_t n_txqs;
	bool up;
	bool speed_known;
	bool full_duplex;
	bool promiscuous;
	uint32_t speed_mbps;
	int numa_node; /* -1: any */
};

/*
 * Find or probe the device, configure and start it; admin is up. The config is not kept. Errors:
 * those of vsw_port_init(), EBUSY (another port has the device), ENODEV, ENOMEM, or what the driver
 * returns.
 */
int vsw_port_eth_create(const struct vsw_port_eth_config *config, struct vsw_port **port,
			struct vsw_error *err);

/*
 * Make a tap interface with the name of the port, up, in a network namespace: a name of `ip netns`
 * or a path; NULL for the switch's own. It goes when the port is destroyed. devargs and ethdev_id
 * of the config are not used.
 */
int vsw_port_host_create(const struct vsw_port_eth_config *config, const char *netns,
			 struct vsw_port **port, struct vsw_error *err);

/* True for host ports, too: the functions below take both. */
bool vsw_port_is_eth(const struct vsw_port *port);
void vsw_port_eth_get_info(const struct vsw_port *port, struct vsw_port_eth_info *info);

/* Call each with every counter of the driver. Returns 0 or a negative errno. */
int vsw_port_eth_xstats(const struct vsw_port *port,
			void (*each)(void *ctx, const char *name, uint64_t value), void *ctx);

#endif /* VSW_PORT_ETH_H */
