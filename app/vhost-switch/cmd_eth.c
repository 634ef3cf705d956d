/* SPDX-License-Identifier: BSD-3-Clause */
/* Ethernet and host ports: make them, and what only they have. */
#include "cmd_eth.h"

#include "apply.h"
#include "cmd_port.h"

static int
read_config(const struct vsw_switch *vsw, const struct vsw_cmd_args *args,
	    struct vsw_port_eth_config *config, struct vsw_error *err)
{
	*config = (struct vsw_port_eth_config){
		.name = vsw_cmd_args_text(args, "name"),
		.vlan = vsw_cmd_args_uint(args, "vlan", CMD_PORT_VLAN_DEFAULT),
	};
	return cmd_port_lcore(vsw, args, &config->pinned_lcore, err);
}

static int
port_add_eth(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out, struct vsw_error *err)
{
	struct vsw_port_eth_config config;
	int ret;

	(void)out;
	ret = read_config(ctx, args, &config, err);
	config.devargs = vsw_cmd_args_text(args, "args");
	return ret < 0 ? ret : apply_port_add_eth(ctx, &config, err);
}

static int
port_add_host(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out,
	      struct vsw_error *err)
{
	struct vsw_port_eth_config config;
	int ret;

	(void)out;
	ret = read_config(ctx, args, &config, err);
	return ret < 0 ? ret
		       : apply_port_add_host(ctx, &config, vsw_cmd_args_text(args, "netns"), err);
}

void
cmd_eth_show_info(const struct vsw_port *port, json_t *object)
{
	struct vsw_port_eth_info info;

	vsw_port_eth_get_info(port, &info);
	vsw_out_add_text(object, "driver", info.driver);
	vsw_out_add_text(object, "device", info.device);
	vsw_out_add_uint(object, "ethdev", info.ethdev_id);
	vsw_out_add_mac(object, "mac", info.mac);
	vsw_out_add_text(object, "link", info.up ? "up" : "down");
	if (info.speed_known)
		vsw_out_add_uint(object, "speed_mbps", info.speed_mbps);
	else
		vsw_out_add_null(object, "speed_mbps");
	vsw_out_add_text(object, "duplex", info.full_duplex ? "full" : "half");
	vsw_out_add_bool(object, "promiscuous", info.promiscuous);
	vsw_out_add_uint(object, "tx_queues", info.n_txqs);
	vsw_out_add_int(object, "numa_node", info.numa_node);
}

static void
add_xstat(void *ctx, const char *name, uint64_t value)
{
	if (value != 0)
		vsw_out_add_uint(ctx, name, value);
}

/* Only what is not zero: NICs have hundreds. A vhost port has none. */
static void
show_xstats(struct vsw_switch *vsw, struct vsw_port *port, json_t *object)
{
	(void)vsw;
	vsw_out_add_text(object, "port", port->name);
	if (vsw_port_is_eth(port))
		vsw_port_eth_xstats(port, add_xstat, vsw_out_add_object(object, "xstats"));
}

static int
show_port_xstats(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out,
		 struct vsw_error *err)
{
	return cmd_port_each(ctx, args, out, err, show_xstats);
}

static const struct vsw_cmd rows[] = {
	{"port add eth <name:NAME> devargs <args:WORD> [lcore <lcore:UINT>] [vlan <vlan:VLAN>]",
	 "make a port on an Ethernet device, given as for EAL's --vdev, or as PCI address",
	 port_add_eth},
	{"port add host <name:NAME> [netns <netns:WORD>] [lcore <lcore:UINT>] [vlan <vlan:VLAN>]",
	 "make an interface of the host, in a network namespace, that is a port", port_add_host},
	{"show port xstats <port:NAME>|all",
	 "show the counters of Ethernet drivers that are not zero", show_port_xstats},
};

const struct command_group cmd_eth_group = COMMAND_GROUP(rows);
