/* SPDX-License-Identifier: BSD-3-Clause */
#include "vsw_port_eth.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_ethdev.h>
#include <rte_malloc.h>

#include "vsw_frame_hot.h"

#define ETH_DESCRIPTORS 1024
#define ETH_MIN_BYTES 60 /* without FCS: IEEE 802.3-2018 clause 4.2.3.3 */

struct port_eth {
	struct vsw_port port;
	uint16_t ethdev_id;
	struct vsw_rxq rxq;
};

static uint16_t
eth_rx(struct vsw_rxq *rxq, struct vsw_stats_row *row, struct vsw_frame *frames, uint16_t n)
{
	struct port_eth *eth = container_of(rxq, struct port_eth, rxq);
	struct rte_mbuf *mbufs[VSW_BURST_MAX];
	uint16_t i;

	RTE_SET_USED(row);
	n = rte_eth_rx_burst(eth->ethdev_id, 0, mbufs, n);
	for (i = 0; i < n; i++)
		vsw_frame_from_mbuf(&frames[i], mbufs[i]);
	return n;
}

static void
eth_release(struct vsw_rxq *rxq, struct vsw_frame *frames, uint16_t n)
{
	RTE_SET_USED(rxq);
	vsw_frame_free_mbufs(frames, n);
}

/*
 * The ethdev takes one reference of each mbuf it accepts; the receiver's release drops the other.
 */
static uint16_t
eth_tx(struct vsw_port_hot *hot, unsigned int lcore, struct vsw_frame *const *frames, uint16_t n,
       enum vsw_drop *why)
{
	struct port_eth *eth = container_of(hot, struct port_eth, port.hot);
	struct rte_mbuf *mbufs[VSW_BURST_MAX];
	uint16_t i, sent;

	vsw_frame_to_mbufs(frames, mbufs, n);
	for (i = 0; i < n; i++)
		rte_mbuf_refcnt_update(mbufs[i], 1);
	sent = rte_eth_tx_burst(eth->ethdev_id, lcore, mbufs, n);
	for (i = sent; i < n; i++)
		rte_mbuf_refcnt_update(mbufs[i], -1);
	*why = VSW_DROP_TX_FULL;
	return sent;
}

static enum vsw_port_state
eth_link_state(const struct vsw_port *port)
{
	RTE_SET_USED(port);
	return VSW_PORT_READY;
}

static uint32_t
eth_sessions_ended(const struct vsw_port *port)
{
	RTE_SET_USED(port);
	return 0;
}

static uint16_t
eth_n_rxqs(const struct vsw_port *port)
{
	RTE_SET_USED(port);
	return 1;
}

static struct vsw_rxq *
eth_rxq(struct vsw_port *port, uint16_t queue)
{
	RTE_SET_USED(queue);
	return &container_of(port, struct port_eth, port)->rxq;
}

static void
eth_destroy(struct vsw_port *port)
{
	struct port_eth *eth = container_of(port, struct port_eth, port);

	rte_eth_dev_stop(eth->ethdev_id);
	vsw_port_fini(port);
	rte_free(eth);
}

static const struct vsw_port_ops eth_ops = {
	.kind = "eth",
	.uplink = true,
	.link_state = eth_link_state,
	.sessions_ended = eth_sessions_ended,
	.n_rxqs = eth_n_rxqs,
	.rxq = eth_rxq,
	.destroy = eth_destroy,
};

static int
setup_queues(const struct vsw_port_eth_config *config)
{
	const struct rte_eth_conf conf = {0};
	uint16_t n_rx = ETH_DESCRIPTORS, n_tx = ETH_DESCRIPTORS;
	unsigned int i;
	int ret;

	ret = rte_eth_dev_configure(config->ethdev_id, 1, config->n_lcores, &conf);
	if (ret == 0)
		ret = rte_eth_dev_adjust_nb_rx_tx_desc(config->ethdev_id, &n_rx, &n_tx);
	if (ret == 0)
		ret = rte_eth_rx_queue_setup(config->ethdev_id, 0, n_rx, SOCKET_ID_ANY, NULL,
					     config->pool);
	for (i = 0; i < config->n_lcores && ret == 0; i++)
		ret = rte_eth_tx_queue_setup(config->ethdev_id, i, n_tx, SOCKET_ID_ANY, NULL);
	return ret;
}

static int
start_device(const struct vsw_port_eth_config *config, struct vsw_error *err)
{
	int ret;

	ret = setup_queues(config);
	if (ret == 0)
		ret = rte_eth_dev_start(config->ethdev_id);
	if (ret < 0)
		return vsw_error_set(err, -ret,
				     "port \"%s\": ethdev %u does not start with 1 receive and %u "
				     "transmit queues: %s",
				     config->name, config->ethdev_id, config->n_lcores,
				     strerror(-ret));
	ret = rte_eth_promiscuous_enable(config->ethdev_id);
	if (ret < 0 && ret != -ENOTSUP)
		return vsw_error_set(err, -ret,
				     "port \"%s\": ethdev %u does not become promiscuous: %s",
				     config->name, config->ethdev_id, strerror(-ret));
	return 0;
}

int
vsw_port_eth_create(const struct vsw_port_eth_config *config, struct vsw_port **port,
		    struct vsw_error *err)
{
	struct port_eth *eth;
	int ret;

	eth = rte_zmalloc("port_eth", sizeof(*eth), RTE_CACHE_LINE_SIZE);
	if (eth == NULL)
		return vsw_error_set(err, ENOMEM, "port \"%s\": out of memory; give EAL more (-m)",
				     config->name);
	eth->ethdev_id = config->ethdev_id;
	eth->rxq = (struct vsw_rxq){.rx = eth_rx, .release = eth_release, .port = &eth->port.hot};
	eth->port.ops = &eth_ops;
	eth->port.hot.tx = eth_tx;
	eth->port.hot.min_bytes = ETH_MIN_BYTES;
	eth->port.admin_up = true;
	eth->port.pinned_lcore = config->pinned_lcore;
	ret = vsw_port_init(&eth->port, config->name, config->vlan, config->n_lcores, err);
	if (ret < 0)
		goto err_free;
	ret = start_device(config, err);
	if (ret < 0)
		goto err_fini;
	*port = &eth->port;
	return 0;

err_fini:
	vsw_port_fini(&eth->port);
err_free:
	rte_free(eth);
	return ret;
}
