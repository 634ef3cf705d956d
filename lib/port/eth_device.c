/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The ethdev of a port: found by its number or its device arguments, probed if EAL does not have it
 * yet. A device may have several ethdevs; the first that no port uses is taken.
 */
#include <errno.h>
#include <string.h>

#include <rte_bus.h>
#include <rte_dev.h>
#include <rte_devargs.h>
#include <rte_errno.h>

#include "eth_port.h"

/* The port that uses an ethdev, but not except. */
static struct vsw_port *
user_of_ethdev(uint16_t ethdev_id, const struct vsw_port *except)
{
	struct vsw_port *port;
	uint16_t port_id = 0;

	while ((port = vsw_port_next(&port_id)) != NULL) {
		if (port != except && vsw_port_is_eth(port) &&
		    container_of(port, struct eth_port, port)->ethdev_id == ethdev_id)
			return port;
	}
	return NULL;
}

static struct rte_device *
device_of(uint16_t ethdev_id)
{
	struct rte_eth_dev_info info;

	return rte_eth_dev_info_get(ethdev_id, &info) == 0 ? info.device : NULL;
}

/* Take the ethdev if it is free; else say which port has it. */
static int
take(struct eth_port *eth, uint16_t ethdev_id, const char *name, struct vsw_error *err)
{
	const struct vsw_port *user = user_of_ethdev(ethdev_id, NULL);

	if (user != NULL)
		return vsw_error_set(err, EBUSY,
				     "port \"%s\": ethdev %u is the device of port \"%s\"; "
				     "delete that port first",
				     name, ethdev_id, user->name);
	eth->ethdev_id = ethdev_id;
	eth->device = device_of(ethdev_id);
	return 0;
}

/* 0, -EBUSY if ports use all of the device's ethdevs, -ENODEV if it has none. */
static int
take_of_device(struct eth_port *eth, const char *device, const char *name, struct vsw_error *err)
{
	int ret = vsw_error_set(err, ENODEV, "port \"%s\": device \"%s\" has no Ethernet port",
				name, device);
	struct rte_device *one;
	uint16_t ethdev_id;

	RTE_ETH_FOREACH_DEV(ethdev_id) {
		one = device_of(ethdev_id);
		if (one == NULL || strcmp(rte_dev_name(one), device) != 0)
			continue;
		ret = take(eth, ethdev_id, name, err);
		if (ret == 0)
			return 0;
	}
	return ret;
}

static int
cannot_probe(const struct vsw_port_eth_config *config, int ret, struct vsw_error *err)
{
	const char *reason = rte_strerror(-ret);

	if (ret == -EFAULT)
		reason = "no driver has this name";
	else if (ret == -EPERM) /* what most drivers return for any reason, as -1 */
		reason = "its driver refuses it";
	return vsw_error_set(
		err, -ret,
		"port \"%s\": device \"%s\" cannot be used: %s; give what EAL's --vdev "
		"takes (DRIVER<N>,KEY=VALUE...), or a PCI address",
		config->name, config->devargs, reason);
}

static int
find_or_probe(struct eth_port *eth, const struct vsw_port_eth_config *config,
	      const struct rte_devargs *devargs, struct vsw_error *err)
{
	int ret;

	ret = take_of_device(eth, devargs->name, config->name, err);
	if (ret != -ENODEV)
		return ret;
	ret = rte_dev_probe(config->devargs);
	if (ret < 0)
		return cannot_probe(config, ret, err);
	ret = take_of_device(eth, devargs->name, config->name, err);
	if (ret < 0)
		rte_eal_hotplug_remove(rte_bus_name(devargs->bus), devargs->name);
	else
		eth->owned = true;
	return ret;
}

int
eth_device_find(struct eth_port *eth, const struct vsw_port_eth_config *config,
		struct vsw_error *err)
{
	struct rte_devargs devargs = {0};
	int ret;

	if (config->devargs == NULL) {
		if (!rte_eth_dev_is_valid_port(config->ethdev_id))
			return vsw_error_set(err, ENODEV, "port \"%s\": there is no ethdev %u",
					     config->name, config->ethdev_id);
		return take(eth, config->ethdev_id, config->name, err);
	}
	ret = rte_devargs_parse(&devargs, config->devargs);
	if (ret < 0)
		return cannot_probe(config, ret, err);
	ret = find_or_probe(eth, config, &devargs, err);
	rte_devargs_reset(&devargs);
	return ret;
}

/* Another port may use a second ethdev of the same device, which then stays. */
static bool
device_is_shared(const struct eth_port *eth)
{
	uint16_t ethdev_id;

	RTE_ETH_FOREACH_DEV(ethdev_id) {
		if (ethdev_id != eth->ethdev_id && device_of(ethdev_id) == eth->device &&
		    user_of_ethdev(ethdev_id, &eth->port) != NULL)
			return true;
	}
	return false;
}

void
eth_device_release(struct eth_port *eth)
{
	if (!eth->owned || device_is_shared(eth))
		return;
	rte_eth_dev_close(eth->ethdev_id);
	rte_dev_remove(eth->device);
}
