/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An Ethernet port from inside: shared by its life cycle (port_eth.c, port_host.c), its device
 * (eth_device.c), its link (eth_link.c) and its packet path (eth_queue.c).
 */
#ifndef ETH_PORT_H
#define ETH_PORT_H

#include <rte_ethdev.h>
#include <rte_spinlock.h>

#include "vsw_port_eth.h"

struct eth_lock {
	rte_spinlock_t lock;
} __rte_cache_aligned;

struct eth_port {
	struct vsw_port port;

	/* Constant while lcores know the port. */
	uint16_t ethdev_id;
	uint16_t n_txqs;
	uint64_t patience_tsc; /* longest wait for a shared transmit queue */
	struct eth_lock *lock; /* of each transmit queue; NULL where none is shared */
	struct vsw_rxq rxq;
	struct rte_mempool *pool; /* its own, or one it was given */

	/* Control. */
	struct rte_device *device;
	bool owned; /* probed for this port: removed with it */
	bool lsc;   /* the driver announces changes of the link */
	bool up;
	bool promiscuous;
	unsigned int if_index; /* of the kernel's interface; 0: none */
	int if_socket;	       /* in the network namespace of that interface; -1: none */
	uint32_t sessions_ended;
	struct rte_mempool *own_pool;
	void (*notify)(void *ctx);
	void *notify_ctx;
};

/* port_eth.c: as vsw_port_eth_create(), with the operations of the kind. */
int eth_port_create(const struct vsw_port_eth_config *config, const struct vsw_port_ops *ops,
		    struct vsw_port **port, struct vsw_error *err);
extern const struct vsw_port_ops eth_host_ops;

/*
 * eth_device.c. Find the ethdev of the configuration, probe it if need be, and set ethdev_id,
 * device and owned. Release removes what was probed.
 */
int eth_device_find(struct eth_port *eth, const struct vsw_port_eth_config *config,
		    struct vsw_error *err);
void eth_device_release(struct eth_port *eth);

/* eth_setup.c. Configure and start the device, with its queues; n_txqs and lock are set. */
int eth_setup(struct eth_port *eth, const struct vsw_port_eth_config *config,
	      struct vsw_error *err);

/* eth_link.c. Begin to watch the link; end it. */
void eth_link_watch(struct eth_port *eth);
void eth_link_unwatch(struct eth_port *eth);

/* Look at the link. Returns true if it has changed. */
bool eth_link_poll(struct eth_port *eth);

/* eth_queue.c. Choose the functions for the packet path. */
void eth_queues_init(struct eth_port *eth);

/* Throw away what waits to be received; no lcore polls the port. */
void eth_queues_drain(struct eth_port *eth);

/*
 * eth_pool.c. A pool of n buffers, with room for headroom and frame, for one port. When it is put,
 * buffers may still lie in the transmit ring of another device: its memory is freed once all have
 * come back.
 */
struct rte_mempool *eth_pool_get(unsigned int n, uint16_t room_bytes, int socket_id);
void eth_pool_put(struct rte_mempool *pool);

#endif /* ETH_PORT_H */
