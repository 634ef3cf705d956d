/* SPDX-License-Identifier: BSD-3-Clause */
/* Configure and start an ethdev: one receive queue, transmit queues for the lcores. */
#include <errno.h>
#include <string.h>

#include <rte_bus.h>
#include <rte_dev.h>
#include <rte_errno.h>
#include <rte_malloc.h>

#include "eth_port.h"

#define RX_DESCRIPTORS 1024
#define TX_DESCRIPTORS 512

/* The largest frame in one segment, and what is a little too long, as in the switch's own pool. */
#define ROOM_BYTES (RTE_PKTMBUF_HEADROOM + 9728)

/*
 * Where a larger frame cannot come, the whole of a buffer in a page, which af_xdp demands: 63 cache
 * lines, because the mempool pads even numbers of them, less its header and that of the mbuf.
 */
#define PAGE_BYTES 4096
#define PAGE_ROOM_BYTES (63 * 64 - 64 - 128)

/*
 * One for each lcore, but one alone where a transmit queue comes with a receive queue that somebody
 * would have to poll: the software devices, and virtio.
 */
static uint16_t
choose_n_txqs(const struct rte_eth_dev_info *info, unsigned int n_lcores)
{
	if (info->device != NULL && strcmp(rte_bus_name(rte_dev_bus(info->device)), "vdev") == 0)
		return 1;
	if (info->driver_name != NULL && strcmp(info->driver_name, "net_virtio") == 0)
		return 1;
	return RTE_MAX(1u, RTE_MIN(n_lcores, (unsigned int)info->max_tx_queues));
}

static int
make_locks(struct eth_port *eth, unsigned int n_lcores)
{
	if (eth->n_txqs >= n_lcores)
		return 0;
	eth->lock = rte_zmalloc("eth_lock", eth->n_txqs * sizeof(*eth->lock), RTE_CACHE_LINE_SIZE);
	return eth->lock != NULL ? 0 : -ENOMEM;
}

/*
 * What the device's rings hold, and as much for the frames that it has received and that lie in
 * the rings of another device. Frames of guests are copied into them to be sent.
 */
static int
make_pool(struct eth_port *eth, const struct rte_eth_dev_info *info, struct vsw_error *err)
{
	unsigned int n = 2 * RX_DESCRIPTORS + 2 * TX_DESCRIPTORS * eth->n_txqs;
	uint16_t room_bytes = info->max_mtu < PAGE_BYTES ? PAGE_ROOM_BYTES : ROOM_BYTES;

	eth->own_pool = eth_pool_get(n, room_bytes, rte_eth_dev_socket_id(eth->ethdev_id));
	if (eth->own_pool != NULL)
		return 0;
	return vsw_error_set(err, ENOMEM,
			     "port \"%s\": no memory for %u frame buffers (%zu MiB): %s; give EAL "
			     "more (-m), or more hugepages",
			     eth->port.name, n, n * (size_t)room_bytes >> 20,
			     rte_strerror(rte_errno));
}

static int
setup_queues(struct eth_port *eth, uint16_t n_rx, struct rte_mempool *pool)
{
	uint16_t n_tx = TX_DESCRIPTORS, i;
	int ret;

	ret = rte_eth_dev_adjust_nb_rx_tx_desc(eth->ethdev_id, &n_rx, &n_tx);
	if (ret == 0)
		ret = rte_eth_rx_queue_setup(eth->ethdev_id, 0, n_rx, SOCKET_ID_ANY, NULL, pool);
	for (i = 0; i < eth->n_txqs && ret == 0; i++)
		ret = rte_eth_tx_queue_setup(eth->ethdev_id, i, n_tx, SOCKET_ID_ANY, NULL);
	return ret;
}

static int
start_device(struct eth_port *eth, const struct vsw_port_eth_config *config, struct vsw_error *err)
{
	const struct rte_eth_conf conf = {.intr_conf.lsc = eth->lsc};
	uint16_t n_rx = config->n_rx_descriptors != 0 ? config->n_rx_descriptors : RX_DESCRIPTORS;
	int ret;

	ret = rte_eth_dev_configure(eth->ethdev_id, 1, eth->n_txqs, &conf);
	if (ret == 0)
		ret = setup_queues(eth, n_rx, eth->pool);
	if (ret == 0)
		ret = rte_eth_dev_start(eth->ethdev_id);
	if (ret == 0)
		return 0;
	return vsw_error_set(err, -ret,
			     "port \"%s\": ethdev %u (%s) does not start with 1 receive and %u "
			     "transmit queues: %s; the log has the driver's reason",
			     config->name, eth->ethdev_id,
			     eth->device != NULL ? rte_dev_name(eth->device) : "?", eth->n_txqs,
			     rte_strerror(-ret));
}

int
eth_setup(struct eth_port *eth, const struct vsw_port_eth_config *config, struct vsw_error *err)
{
	struct rte_eth_dev_info info;
	int ret;

	ret = rte_eth_dev_info_get(eth->ethdev_id, &info);
	if (ret < 0)
		return vsw_error_set(err, -ret,
				     "port \"%s\": ethdev %u does not describe itself: %s",
				     config->name, eth->ethdev_id, rte_strerror(-ret));
	eth->n_txqs = choose_n_txqs(&info, config->n_lcores);
	eth->if_index = info.if_index;
	/* The kernel's interface says more than its drivers do: see eth_link.c. */
	eth->lsc = eth->if_index == 0 && (*info.dev_flags & RTE_ETH_DEV_INTR_LSC) != 0;
	if (make_locks(eth, config->n_lcores) < 0)
		return vsw_error_set(err, ENOMEM, "port \"%s\": out of memory; give EAL more (-m)",
				     config->name);
	ret = config->pool == NULL ? make_pool(eth, &info, err) : 0;
	eth->pool = config->pool != NULL ? config->pool : eth->own_pool;
	if (ret == 0)
		ret = start_device(eth, config, err);
	return ret;
}
