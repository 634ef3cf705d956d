/* SPDX-License-Identifier: BSD-3-Clause */
/* What is set of a port while it runs: VLANs, MTU, whom it talks to. */
#include <errno.h>
#include <string.h>

#include "apply.h"
#include "commands.h"

#define MTU_MIN_BYTES 68 /* the least that IPv4 works with: RFC 791 section 3.2 */

/* The port of an argument and a copy of its settings, to be changed and applied. */
static struct vsw_port *
begin(const struct vsw_cmd_args *args, struct vsw_port_settings *settings, struct vsw_error *err)
{
	struct vsw_port *port = vsw_port_find(vsw_cmd_args_text(args, "port"), err);

	if (port != NULL)
		*settings = port->settings;
	return port;
}

/* As begin, for what makes no sense where all ports share one domain. */
static struct vsw_port *
begin_vlan(const struct vsw_switch *vsw, const struct vsw_cmd_args *args,
	   struct vsw_port_settings *settings, struct vsw_error *err)
{
	struct vsw_port *port = begin(args, settings, err);

	if (port == NULL || !vsw->shared)
		return port;
	vsw_error_set(err, EINVAL,
		      "port \"%s\" has no VLAN to set: with -p all guests share one domain, and "
		      "--vlan-base numbers their tags; start without -p for VLANs",
		      port->name);
	return NULL;
}

static int
set_single(struct vsw_switch *vsw, const struct vsw_cmd_args *args, enum vsw_vlan_mode mode,
	   struct vsw_error *err)
{
	struct vsw_port_settings settings;
	struct vsw_port *port = begin_vlan(vsw, args, &settings, err);
	int ret;

	if (port == NULL)
		return -err->code;
	ret = vsw_vlan_set_single(&settings.vlan, mode, vsw_cmd_args_uint(args, "vlan", 0), err);
	return ret < 0 ? ret : apply_port_settings(vsw, port, &settings, err);
}

static int
port_set_access(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out,
		struct vsw_error *err)
{
	(void)out;
	return set_single(ctx, args, VSW_VLAN_ACCESS, err);
}

static int
port_set_tunnel(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out,
		struct vsw_error *err)
{
	(void)out;
	return set_single(ctx, args, VSW_VLAN_TUNNEL, err);
}

static int
port_set_trunk(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out,
	       struct vsw_error *err)
{
	bool tagged = vsw_cmd_args_has(args, "native-tagged");
	uint16_t native = vsw_cmd_args_uint(args, tagged ? "native-tagged" : "native", 0);
	uint16_t tpid = vsw_cmd_args_has(args, "dot1ad") ? VSW_VLAN_TPID_S : VSW_VLAN_TPID_C;
	struct vsw_port_settings settings;
	struct vsw_port *port = begin_vlan(ctx, args, &settings, err);
	int ret;

	(void)out;
	if (port == NULL)
		return -err->code;
	if (tagged && vsw_cmd_args_has(args, "native"))
		return vsw_error_set(err, EINVAL, "port \"%s\": native or native-tagged, not both",
				     port->name);
	ret = vsw_vlan_set_trunk(&settings.vlan, vsw_cmd_args_text(args, "list"), native, tagged,
				 tpid, err);
	return ret < 0 ? ret : apply_port_settings(ctx, port, &settings, err);
}

static int
port_set_mtu(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out, struct vsw_error *err)
{
	uint64_t mtu = vsw_cmd_args_uint(args, "mtu", 0);
	struct vsw_port_settings settings;
	struct vsw_port *port = begin(args, &settings, err);
	int ret = 0;

	(void)out;
	if (port == NULL)
		return -err->code;
	if (mtu < MTU_MIN_BYTES || mtu > VSW_FRAME_MTU_MAX_BYTES)
		return vsw_error_set(err, ERANGE, "port \"%s\": an MTU is %d to %d bytes",
				     port->name, MTU_MIN_BYTES, VSW_FRAME_MTU_MAX_BYTES);
	settings.mtu_bytes = mtu;
	if (port->ops->set_mtu != NULL)
		ret = port->ops->set_mtu(port, mtu, err);
	return ret < 0 ? ret : apply_port_settings(ctx, port, &settings, err);
}

static int
port_set_group(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out,
	       struct vsw_error *err)
{
	const char *text = vsw_cmd_args_text(args, "group");
	uint64_t group = vsw_cmd_args_uint(args, "group", VSW_PORT_GROUP_NONE);
	struct vsw_port_settings settings;
	struct vsw_port *port = begin(args, &settings, err);

	(void)out;
	if (port == NULL)
		return -err->code;
	if (strcmp(text, "none") == 0)
		settings.group = VSW_PORT_GROUP_NONE;
	else if (strcmp(text, "uplink") == 0)
		settings.group = VSW_PORT_GROUP_UPLINK;
	else if (group >= 1 && group <= VSW_PORT_GROUP_MAX)
		settings.group = group;
	else
		return vsw_error_set(err, ERANGE,
				     "port \"%s\": a group is 1 to %d, uplink, or none", port->name,
				     VSW_PORT_GROUP_MAX);
	return apply_port_settings(ctx, port, &settings, err);
}

static int
port_set_unknown(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out,
		 struct vsw_error *err)
{
	struct vsw_port_settings settings;
	struct vsw_port *port = begin(args, &settings, err);

	(void)out;
	if (port == NULL)
		return -err->code;
	settings.flood_unknown = vsw_cmd_args_on(args, "unknown-unicast", true);
	return apply_port_settings(ctx, port, &settings, err);
}

static int
port_connect(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out, struct vsw_error *err)
{
	struct vsw_port *port = vsw_port_find(vsw_cmd_args_text(args, "port"), err);
	struct vsw_port *peer = port != NULL ? vsw_port_find(vsw_cmd_args_text(args, "peer"), err)
					     : NULL;

	(void)out;
	return peer != NULL ? apply_port_connect(ctx, port, peer, err) : -err->code;
}

static int
port_disconnect(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out,
		struct vsw_error *err)
{
	struct vsw_port *port = vsw_port_find(vsw_cmd_args_text(args, "port"), err);

	(void)out;
	return port != NULL ? apply_port_disconnect(ctx, port, err) : -err->code;
}

static const struct vsw_cmd rows[] = {
	{"port set <port:NAME> vlan access <vlan:VLAN>", "make a port one of one VLAN, untagged",
	 port_set_access},
	{"port set <port:NAME> vlan trunk <list:WORD> [native <native:VLAN>] "
	 "[native-tagged <native-tagged:VLAN>] [dot1ad]",
	 "make a port one of many VLANs, as 1-10,20 or all, tagged (dot1ad: by TPID 0x88a8)",
	 port_set_trunk},
	{"port set <port:NAME> vlan tunnel <vlan:VLAN>",
	 "put all that a port receives, tags and all, into one VLAN", port_set_tunnel},
	{"port set <port:NAME> mtu <mtu:UINT>", "set the largest payload of a frame, 68 to 9000",
	 port_set_mtu},
	{"port set <port:NAME> group <group:UINT>|uplink|none",
	 "keep ports of one group from each other (1 to 1000)", port_set_group},
	{"port set <port:NAME> unknown-unicast on|off",
	 "flood to a port, or not, what is for an address nobody has", port_set_unknown},
	{"port connect <port:NAME> <peer:NAME>",
	 "pass everything between two ports, as by a wire; nothing is learned", port_connect},
	{"port disconnect <port:NAME>", "let a connected port and its peer be bridged again",
	 port_disconnect},
};

const struct command_group cmd_port_set_group = COMMAND_GROUP(rows);
