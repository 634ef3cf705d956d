/* SPDX-License-Identifier: BSD-3-Clause */
/* A port that is an ethdev: one given to EAL, or a virtio-user that is made here. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_dev.h>
#include <rte_ethdev.h>
#include <rte_malloc.h>
#include <rte_mbuf.h>

#include "port.h"

#define LINK_POLL_US 10000
#define VIRTIO_SPARE_BYTES                                                                         \
	16 /* virtio-user wants room for its header and a tag behind each frame */

struct burst {
	struct rte_mbuf *mbuf[PORT_BURST_MAX];
	uint16_t n;
	uint16_t first; /* of them not yet sent */
};

struct port_ethdev {
	struct port port;
	uint16_t ethdev_id;
	bool made; /* by us: a virtio-user */
	bool started;
	char name[32];
	struct rte_mempool *rx_pool;
	struct rte_mempool *tx_pool; /* payload prefilled */
	struct burst tx[OPTIONS_QUEUES_MAX];
	struct burst rx[OPTIONS_QUEUES_MAX];
};

static struct port_ethdev *
to_ethdev(struct port *port)
{
	return (struct port_ethdev *)port;
}

static void
send_rest(struct port_ethdev *ethdev, uint16_t queue)
{
	struct burst *burst = &ethdev->tx[queue];

	burst->first += rte_eth_tx_burst(ethdev->ethdev_id, queue, burst->mbuf + burst->first,
					 burst->n - burst->first);
}

static uint16_t
ethdev_tx_get(struct port *port, uint16_t queue, uint8_t **frame, uint16_t n)
{
	struct port_ethdev *ethdev = to_ethdev(port);
	struct burst *burst = &ethdev->tx[queue];
	uint16_t i;

	if (burst->first < burst->n)
		send_rest(ethdev, queue);
	if (burst->first < burst->n || rte_pktmbuf_alloc_bulk(ethdev->tx_pool, burst->mbuf, n) != 0)
		return 0;
	for (i = 0; i < n; i++)
		frame[i] = rte_pktmbuf_mtod(burst->mbuf[i], uint8_t *);
	burst->n = burst->first = n;
	return n;
}

static void
ethdev_tx_put(struct port *port, uint16_t queue, const uint32_t *len_bytes, uint16_t n)
{
	struct port_ethdev *ethdev = to_ethdev(port);
	struct burst *burst = &ethdev->tx[queue];
	uint16_t i;

	for (i = 0; i < n; i++)
		burst->mbuf[i]->pkt_len = burst->mbuf[i]->data_len = len_bytes[i];
	if (n < burst->n)
		rte_pktmbuf_free_bulk(burst->mbuf + n, burst->n - n);
	burst->n = n;
	burst->first = 0;
	send_rest(ethdev, queue);
}

static uint16_t
ethdev_rx_get(struct port *port, uint16_t queue, struct port_frame *frame, uint16_t n)
{
	struct port_ethdev *ethdev = to_ethdev(port);
	struct burst *burst = &ethdev->rx[queue];
	uint16_t i;

	burst->n = rte_eth_rx_burst(ethdev->ethdev_id, queue, burst->mbuf, n);
	for (i = 0; i < burst->n; i++) {
		const struct rte_mbuf *mbuf = burst->mbuf[i];

		frame[i] = (struct port_frame){
			.data = rte_pktmbuf_mtod(mbuf, const uint8_t *),
			.len_bytes = mbuf->data_len, /* pools have room for the longest frame */
		};
	}
	return burst->n;
}

static void
ethdev_rx_put(struct port *port, uint16_t queue)
{
	struct burst *burst = &to_ethdev(port)->rx[queue];

	rte_pktmbuf_free_bulk(burst->mbuf, burst->n);
	burst->n = 0;
}

/* Of those in the device nothing is known. */
static uint32_t
ethdev_tx_pending(struct port *port, uint16_t queue)
{
	const struct burst *burst = &to_ethdev(port)->tx[queue];

	if (burst->first < burst->n)
		send_rest(to_ethdev(port), queue);
	return burst->n - burst->first;
}

static int
ethdev_check(struct port *port, struct vsw_error *err)
{
	struct rte_eth_link link = {0};

	if (rte_eth_link_get_nowait(to_ethdev(port)->ethdev_id, &link) != 0 ||
	    link.link_status == RTE_ETH_LINK_UP)
		return 0;
	return vsw_error_set(err, ENETDOWN, "the link is down");
}

static void
ethdev_destroy(struct port *port)
{
	struct port_ethdev *ethdev = to_ethdev(port);
	uint16_t queue;

	if (ethdev->started)
		rte_eth_dev_stop(ethdev->ethdev_id);
	for (queue = 0; queue < OPTIONS_QUEUES_MAX; queue++) {
		struct burst *burst = &ethdev->tx[queue];

		rte_pktmbuf_free_bulk(burst->mbuf + burst->first, burst->n - burst->first);
	}
	if (ethdev->started)
		rte_eth_dev_close(ethdev->ethdev_id);
	if (ethdev->made)
		rte_eal_hotplug_remove("vdev", ethdev->name);
	rte_mempool_free(ethdev->tx_pool);
	rte_mempool_free(ethdev->rx_pool);
	free(ethdev);
}

static const struct port_ops ethdev_ops = {
	.tx_get = ethdev_tx_get,
	.tx_put = ethdev_tx_put,
	.rx_get = ethdev_rx_get,
	.rx_put = ethdev_rx_put,
	.tx_pending = ethdev_tx_pending,
	.check = ethdev_check,
	.destroy = ethdev_destroy,
};

static int
make_virtio_user(struct port_ethdev *ethdev, const struct port_config *config,
		 struct vsw_error *err)
{
	const struct options *options = config->options;
	const struct port_option *port = &options->port[config->number];
	char devargs[512];
	int ret;

	snprintf(ethdev->name, sizeof(ethdev->name), "net_virtio_user%u", config->number);
	snprintf(devargs, sizeof(devargs),
		 "path=%s,server=%d,mac=02:%02x:00:00:00:00,queues=%u,queue_size=%u,packed_vq=%d,"
		 "mrg_rxbuf=%d,in_order=%d,vectorized=%d",
		 port->path, port->server, config->number, options->n_queues, options->ring_size,
		 options->packed, options->mergeable, options->in_order, options->vectorized);
	ret = rte_eal_hotplug_add("vdev", ethdev->name, devargs);
	if (ret == 0)
		ret = rte_eth_dev_get_port_by_name(ethdev->name, &ethdev->ethdev_id);
	if (ret != 0)
		return vsw_error_set(err, -ret,
				     "%s: DPDK's virtio-user cannot be made on it: %s; does the "
				     "switch listen there?",
				     port->path, strerror(-ret));
	ethdev->made = true;
	return 0;
}

static void
fill_buffer(struct rte_mempool *pool, void *config, void *object, unsigned int index)
{
	const struct port_config *port = config;
	struct rte_mbuf *mbuf = object;

	(void)pool;
	(void)index;
	vsw_sender_fill(port->sender, rte_pktmbuf_mtod(mbuf, uint8_t *), port->frame_max_bytes);
}

static int
make_pools(struct port_ethdev *ethdev, const struct port_config *config, struct vsw_error *err)
{
	const struct options *options = config->options;
	unsigned int n = options->n_queues * (2u * options->ring_size + 4 * PORT_BURST_MAX) - 1;
	uint32_t room =
		RTE_PKTMBUF_HEADROOM + RTE_MAX(config->frame_max_bytes, 2048u) + VIRTIO_SPARE_BYTES;
	char name[RTE_MEMPOOL_NAMESIZE];

	snprintf(name, sizeof(name), "rx%u", config->number);
	ethdev->rx_pool = rte_pktmbuf_pool_create(name, n, 256, 0, room, SOCKET_ID_ANY);
	snprintf(name, sizeof(name), "tx%u", config->number);
	ethdev->tx_pool = rte_pktmbuf_pool_create(name, n, 256, 0, room, SOCKET_ID_ANY);
	if (ethdev->rx_pool == NULL || ethdev->tx_pool == NULL)
		return vsw_error_set(
			err, ENOMEM,
			"port %u: no memory for 2 x %u frames of %u bytes; reserve "
			"more hugepages: scripts/hugepages; without them, give more with "
			"-m",
			config->number, n, room);
	rte_mempool_obj_iter(ethdev->tx_pool, fill_buffer, (void *)(uintptr_t)config);
	return 0;
}

static int
start_queues(struct port_ethdev *ethdev, const struct port_config *config)
{
	const struct options *options = config->options;
	struct rte_eth_conf conf = {.rxmode.mtu = config->frame_max_bytes - RTE_ETHER_HDR_LEN};
	uint16_t id = ethdev->ethdev_id, n_rx = options->ring_size, n_tx = options->ring_size;
	uint16_t queue;
	int ret;

	if (conf.rxmode.mtu < RTE_ETHER_MTU)
		conf.rxmode.mtu = RTE_ETHER_MTU;
	ret = rte_eth_dev_configure(id, options->n_queues, options->n_queues, &conf);
	if (ret == 0)
		ret = rte_eth_dev_adjust_nb_rx_tx_desc(id, &n_rx, &n_tx);
	for (queue = 0; ret == 0 && queue < options->n_queues; queue++) {
		ret = rte_eth_rx_queue_setup(id, queue, n_rx, SOCKET_ID_ANY, NULL, ethdev->rx_pool);
		if (ret == 0)
			ret = rte_eth_tx_queue_setup(id, queue, n_tx, SOCKET_ID_ANY, NULL);
	}
	if (ret == 0)
		ret = rte_eth_dev_start(id);
	if (ret == 0)
		rte_eth_promiscuous_enable(id);
	return ret;
}

/* A virtio-user that listens has its link up when the switch has come. */
static int
await_link(struct port_ethdev *ethdev, const struct port_config *config, struct vsw_error *err)
{
	uint32_t waited_us;

	for (waited_us = 0; waited_us < config->timeout_ms * 1000; waited_us += LINK_POLL_US) {
		if (ethdev_check(&ethdev->port, NULL) == 0)
			return 0;
		usleep(LINK_POLL_US);
	}
	return vsw_error_set(err, ETIMEDOUT, "port %u: no link within %u ms; does the switch run?",
			     config->number, config->timeout_ms);
}

int
port_ethdev_create(const struct port_config *config, struct port **port, struct vsw_error *err)
{
	const struct port_option *option = &config->options->port[config->number];
	struct port_ethdev *ethdev = calloc(1, sizeof(*ethdev));
	int ret = 0;

	if (ethdev == NULL)
		return vsw_error_set(err, ENOMEM, "no memory for a port");
	ethdev->port = (struct port){.ops = &ethdev_ops, .n_queues = config->options->n_queues};
	ethdev->ethdev_id = option->ethdev_id;
	if (option->path != NULL)
		ret = make_virtio_user(ethdev, config, err);
	else if (!rte_eth_dev_is_valid_port(option->ethdev_id))
		ret = vsw_error_set(err, ENODEV, "--ethdev %u: EAL has no such device; --vdev",
				    option->ethdev_id);
	if (ret == 0)
		ret = make_pools(ethdev, config, err);
	if (ret == 0) {
		ret = start_queues(ethdev, config);
		ethdev->started = ret == 0;
		if (ret < 0)
			vsw_error_set(err, -ret, "port %u: its device cannot be started: %s",
				      config->number, strerror(-ret));
	}
	if (ret == 0)
		ret = await_link(ethdev, config, err);
	if (ret < 0) {
		ethdev_destroy(&ethdev->port);
		return ret;
	}
	*port = &ethdev->port;
	return 0;
}
