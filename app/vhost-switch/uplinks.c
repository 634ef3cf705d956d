/* SPDX-License-Identifier: BSD-3-Clause */
#include "uplinks.h"

#include <errno.h>
#include <stdio.h>

#include <rte_ethdev.h>

#include "apply.h"

#define VM2VM_HARDWARE 2
#define MASK_BITS 64

static bool
is_asked_for(const struct args *args, unsigned int id)
{
	return args->portmask >> id & 1;
}

/* Guests behind one card reach each other through it only where it has a switch of its own. */
static int
check_loopback(unsigned int id, struct vsw_error *err)
{
	char name[RTE_ETH_NAME_MAX_LEN] = "";

	rte_eth_dev_get_name_by_port(id, name);
	return vsw_error_set(
		err, ENOTSUP,
		"--vm2vm 2: %s (device %u) cannot switch between guests, it has no VMDq "
		"pools that loop back; use --vm2vm 1",
		name, id);
}

int
uplinks_check(const struct args *args, struct vsw_error *err)
{
	unsigned int id;

	for (id = 0; id < MASK_BITS; id++) {
		if (!is_asked_for(args, id))
			continue;
		if (!rte_eth_dev_is_valid_port(id))
			return vsw_error_set(
				err, ENODEV,
				"-p 0x%llx: there is no Ethernet device %u: EAL has found %u; give "
				"it more with -a PCI or --vdev NAME, before '--'",
				(unsigned long long)args->portmask, id, rte_eth_dev_count_avail());
		if (args->vm2vm == VM2VM_HARDWARE)
			return check_loopback(id, err);
	}
	return 0;
}

int
uplinks_add(struct vsw_switch *vsw, const struct args *args, struct vsw_error *err)
{
	char name[VSW_PORT_NAME_BYTES];
	struct vsw_port_eth_config config = {
		.name = name,
		.vlan = 1,
		.pinned_lcore = VSW_PORT_ANY_LCORE,
	};
	unsigned int id;
	int ret = 0;

	for (id = 0; id < MASK_BITS && ret == 0; id++) {
		if (!is_asked_for(args, id))
			continue;
		snprintf(name, sizeof(name), "uplink%u", id);
		config.ethdev_id = id;
		ret = apply_port_add_eth(vsw, &config, err);
	}
	return ret;
}
