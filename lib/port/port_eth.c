/* SPDX-License-Identifier: BSD-3-Clause */
/* The life of an Ethernet port, and what the control thread asks of it. */
#include "vsw_port_eth.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_dev.h>
#include <rte_errno.h>
#include <rte_malloc.h>

#include "eth_port.h"
#include "vsw_log.h"

#define MIN_BYTES 60 /* without FCS: IEEE 802.3-2018 clause 4.2.3.3 */

static struct eth_port *
to_eth(const struct vsw_port *port)
{
	return container_of(port, struct eth_port, port);
}

static enum vsw_port_state
eth_link_state(const struct vsw_port *port)
{
	return to_eth(port)->up ? VSW_PORT_READY : VSW_PORT_DOWN;
}

static uint32_t
eth_sessions_ended(const struct vsw_port *port)
{
	return to_eth(port)->sessions_ended;
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
	return &to_eth(port)->rxq;
}

static bool
eth_poll(struct vsw_port *port)
{
	return eth_link_poll(to_eth(port));
}

/* Devices without a filter know no promiscuity, and need none. */
static void
set_promiscuous(struct eth_port *eth, bool on)
{
	uint16_t id = eth->ethdev_id;
	int ret;

	ret = on ? rte_eth_promiscuous_enable(id) : rte_eth_promiscuous_disable(id);
	if (ret == -ENOTSUP)
		ret = on ? rte_eth_allmulticast_enable(id) : rte_eth_allmulticast_disable(id);
	if (ret < 0 && ret != -ENOTSUP && on)
		vsw_log_from(eth->port.name, VSW_LOG_WARNING,
			     "%s: does not become promiscuous (%s): it receives only what is for "
			     "its own address",
			     eth->port.name, rte_strerror(-ret));
}

/* What has come in while the port was stopped is not forwarded now. */
static int
eth_set_admin(struct vsw_port *port, bool up, struct vsw_error *err)
{
	struct eth_port *eth = to_eth(port);

	(void)err;
	if (!eth->promiscuous)
		set_promiscuous(eth, up);
	if (up)
		eth_queues_drain(eth);
	return 0;
}

/* The kernel's end of a tap filters nothing. */
static int
host_set_admin(struct vsw_port *port, bool up, struct vsw_error *err)
{
	(void)err;
	if (up)
		eth_queues_drain(to_eth(port));
	return 0;
}

/* Most NICs must be stopped for it, which only a port that no lcore polls can be. */
static int
change_mtu(const struct eth_port *eth, uint16_t mtu_bytes)
{
	int ret, started;

	ret = rte_eth_dev_set_mtu(eth->ethdev_id, mtu_bytes);
	if (ret != -EBUSY || eth->port.admin_up)
		return ret;
	ret = rte_eth_dev_stop(eth->ethdev_id);
	if (ret == 0)
		ret = rte_eth_dev_set_mtu(eth->ethdev_id, mtu_bytes);
	started = rte_eth_dev_start(eth->ethdev_id);
	return ret < 0 ? ret : started;
}

/* What ethdev checks a new MTU against: its overhead is that of the driver, or header and FCS. */
static uint16_t
largest_mtu(const struct rte_eth_dev_info *info)
{
	uint32_t overhead = RTE_ETHER_HDR_LEN + RTE_ETHER_CRC_LEN;

	if (info->max_mtu != UINT16_MAX && info->max_rx_pktlen > info->max_mtu)
		overhead = info->max_rx_pktlen - info->max_mtu;
	return RTE_MIN((uint32_t)info->max_mtu, info->max_rx_pktlen - overhead);
}

static int
eth_set_mtu(struct vsw_port *port, uint16_t mtu_bytes, struct vsw_error *err)
{
	struct eth_port *eth = to_eth(port);
	struct rte_eth_dev_info info;
	int ret;

	ret = rte_eth_dev_info_get(eth->ethdev_id, &info);
	if (ret == 0 && (mtu_bytes < info.min_mtu || mtu_bytes > largest_mtu(&info)))
		return vsw_error_set(err, EINVAL,
				     "port \"%s\": its device takes an MTU of %u to %u, not %u",
				     port->name, info.min_mtu, largest_mtu(&info), mtu_bytes);
	if (ret == 0)
		ret = change_mtu(eth, mtu_bytes);
	if (ret == -EBUSY)
		return vsw_error_set(err, EBUSY,
				     "port \"%s\": its device must stand still for a new MTU; "
				     "'port stop %s' first",
				     port->name, port->name);
	if (ret == -ENOTSUP)
		return vsw_error_set(err, ENOTSUP, "port \"%s\": driver %s cannot change the MTU",
				     port->name, info.driver_name);
	if (ret < 0)
		return vsw_error_set(err, -ret,
				     "port \"%s\": driver %s does not set an MTU of %u: %s",
				     port->name, info.driver_name, mtu_bytes, rte_strerror(-ret));
	return 0;
}

/* No lcore knows the port, or knew it ever. */
static void
free_port(struct eth_port *eth)
{
	eth_device_release(eth);
	eth_pool_put(eth->own_pool);
	rte_free(eth->lock);
	rte_free(eth);
}

static void
eth_destroy(struct vsw_port *port)
{
	struct eth_port *eth = to_eth(port);

	eth_link_unwatch(eth);
	rte_eth_dev_stop(eth->ethdev_id);
	vsw_port_fini(port);
	free_port(eth);
}

static const struct vsw_port_ops eth_ops = {
	.kind = "eth",
	.uplink = true,
	.link_state = eth_link_state,
	.sessions_ended = eth_sessions_ended,
	.n_rxqs = eth_n_rxqs,
	.rxq = eth_rxq,
	.poll = eth_poll,
	.set_admin = eth_set_admin,
	.set_mtu = eth_set_mtu,
	.destroy = eth_destroy,
};

const struct vsw_port_ops eth_host_ops = {
	.kind = "host",
	.link_state = eth_link_state,
	.sessions_ended = eth_sessions_ended,
	.n_rxqs = eth_n_rxqs,
	.rxq = eth_rxq,
	.poll = eth_poll,
	.set_admin = host_set_admin,
	.set_mtu = eth_set_mtu,
	.destroy = eth_destroy,
};

bool
vsw_port_is_eth(const struct vsw_port *port)
{
	return port->ops == &eth_ops || port->ops == &eth_host_ops;
}

void
vsw_port_eth_get_info(const struct vsw_port *port, struct vsw_port_eth_info *info)
{
	const struct eth_port *eth = to_eth(port);
	struct rte_eth_dev_info dev_info = {0};
	struct rte_ether_addr mac = {0};
	struct rte_eth_link link = {0};
	int i;

	memset(info, 0, sizeof(*info));
	/* What a device that is gone cannot tell is unknown. */
	if (rte_eth_dev_info_get(eth->ethdev_id, &dev_info) < 0)
		dev_info.driver_name = NULL;
	if (rte_eth_macaddr_get(eth->ethdev_id, &mac) < 0)
		memset(&mac, 0, sizeof(mac));
	if (rte_eth_link_get_nowait(eth->ethdev_id, &link) < 0)
		link.link_speed = RTE_ETH_SPEED_NUM_UNKNOWN;
	info->ethdev_id = eth->ethdev_id;
	info->driver = dev_info.driver_name != NULL ? dev_info.driver_name : "unknown";
	info->device = eth->device != NULL ? rte_dev_name(eth->device) : "unknown";
	for (i = 0; i < RTE_ETHER_ADDR_LEN; i++)
		info->mac = info->mac << 8 | mac.addr_bytes[i];
	info->up = eth->up;
	info->speed_known = link.link_speed != RTE_ETH_SPEED_NUM_NONE &&
			    link.link_speed != RTE_ETH_SPEED_NUM_UNKNOWN;
	info->speed_mbps = info->speed_known ? link.link_speed : 0;
	info->full_duplex = link.link_duplex == RTE_ETH_LINK_FULL_DUPLEX;
	info->promiscuous = rte_eth_promiscuous_get(eth->ethdev_id) == 1;
	info->n_txqs = eth->n_txqs;
	info->numa_node = rte_eth_dev_socket_id(eth->ethdev_id);
}

int
vsw_port_eth_xstats(const struct vsw_port *port,
		    void (*each)(void *ctx, const char *name, uint64_t value), void *ctx)
{
	uint16_t id = to_eth(port)->ethdev_id;
	int n = rte_eth_xstats_get_names(id, NULL, 0), i;
	struct rte_eth_xstat_name *names;
	struct rte_eth_xstat *values;

	if (n < 0)
		return n;
	names = calloc(n + 1, sizeof(*names));
	values = calloc(n + 1, sizeof(*values));
	if (names == NULL || values == NULL || rte_eth_xstats_get_names(id, names, n) != n ||
	    rte_eth_xstats_get(id, values, n) != n)
		n = -EIO;
	for (i = 0; i < n; i++)
		each(ctx, names[values[i].id].name, values[i].value);
	free(names);
	free(values);
	return n < 0 ? n : 0;
}

int
eth_port_create(const struct vsw_port_eth_config *config, const struct vsw_port_ops *ops,
		struct vsw_port **port, struct vsw_error *err)
{
	struct eth_port *eth;
	int ret;

	eth = rte_zmalloc("port_eth", sizeof(*eth), RTE_CACHE_LINE_SIZE);
	if (eth == NULL)
		return vsw_error_set(err, ENOMEM, "port \"%s\": out of memory; give EAL more (-m)",
				     config->name);
	eth->port.ops = ops;
	eth->port.hot.min_bytes = MIN_BYTES;
	eth->port.admin_up = true;
	eth->port.pinned_lcore = config->pinned_lcore;
	eth->promiscuous = config->promiscuous;
	eth->notify = config->notify;
	eth->notify_ctx = config->notify_ctx;
	ret = eth_device_find(eth, config, err);
	if (ret < 0)
		goto err_free;
	ret = vsw_port_init(&eth->port, config->name, config->vlan, config->n_lcores, err);
	if (ret < 0)
		goto err_free;
	ret = eth_setup(eth, config, err);
	if (ret < 0)
		goto err_fini;
	rte_eth_dev_get_mtu(eth->ethdev_id, &eth->port.settings.mtu_bytes);
	eth_queues_init(eth);
	eth_link_watch(eth);
	*port = &eth->port;
	return 0;

err_fini:
	vsw_port_fini(&eth->port);
err_free:
	free_port(eth);
	return ret;
}

int
vsw_port_eth_create(const struct vsw_port_eth_config *config, struct vsw_port **port,
		    struct vsw_error *err)
{
	int ret;

	ret = eth_port_create(config, &eth_ops, port, err);
	if (ret < 0)
		return ret;
	set_promiscuous(to_eth(*port), true);
	(*port)->settings.group = VSW_PORT_GROUP_UPLINK;
	return 0;
}
