/* SPDX-License-Identifier: BSD-3-Clause */
/* Ports: make, remove, stop, start; what they are and what they have counted. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "apply.h"
#include "cmd_eth.h"
#include "cmd_port.h"
#include "commands.h"
#include "vsw_fdb.h"

#define SOCKET_MODE_DEFAULT 0660

static int
find_owner(const struct vsw_cmd_args *args, struct vsw_port_vhost_config *config,
	   struct vsw_error *err)
{
	const char *owner = vsw_cmd_args_text(args, "owner");
	const char *group = vsw_cmd_args_text(args, "group");
	const struct passwd *passwd = owner != NULL ? getpwnam(owner) : NULL;
	const struct group *entry = group != NULL ? getgrnam(group) : NULL;

	if (owner != NULL && passwd == NULL)
		return vsw_error_set(err, ENOENT, "there is no user \"%s\"", owner);
	if (group != NULL && entry == NULL)
		return vsw_error_set(err, ENOENT, "there is no group \"%s\"", group);
	config->owner = passwd != NULL ? passwd->pw_uid : (uid_t)-1;
	config->group = entry != NULL ? entry->gr_gid : (gid_t)-1;
	return 0;
}

int
cmd_port_lcore(const struct vsw_switch *vsw, const struct vsw_cmd_args *args,
	       uint16_t *pinned_lcore, struct vsw_error *err)
{
	uint64_t lcore_id = vsw_cmd_args_uint(args, "lcore", UINT64_MAX);
	int index;

	*pinned_lcore = VSW_PORT_ANY_LCORE;
	if (lcore_id == UINT64_MAX)
		return 0;
	index = switch_lcore_index(vsw, lcore_id > RTE_MAX_LCORE ? RTE_MAX_LCORE : lcore_id, err);
	if (index < 0)
		return index;
	*pinned_lcore = index;
	return 0;
}

static int
port_add_vhost(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out,
	       struct vsw_error *err)
{
	bool csum = vsw_cmd_args_on(args, "csum", true);
	struct vsw_port_vhost_config config = {
		.name = vsw_cmd_args_text(args, "name"),
		.path = vsw_cmd_args_text(args, "path"),
		.client = vsw_cmd_args_has(args, "client"),
		.n_clients = RTE_MIN(vsw_cmd_args_uint(args, "clients", 1), (uint64_t)UINT16_MAX),
		.mergeable = vsw_cmd_args_on(args, "mergeable", true),
		.packed = vsw_cmd_args_on(args, "packed", true),
		.csum = csum,
		.tso = vsw_cmd_args_on(args, "tso", csum),
		.vlan = vsw_cmd_args_uint(args, "vlan", CMD_PORT_VLAN_DEFAULT),
		.mode = vsw_cmd_args_uint(args, "mode", SOCKET_MODE_DEFAULT),
	};
	int ret;

	(void)out;
	if (config.mode > 0777)
		return vsw_error_set(err, EINVAL, "mode %o: a socket's mode is 000 to 777",
				     config.mode);
	ret = find_owner(args, &config, err);
	if (ret == 0)
		ret = cmd_port_lcore(ctx, args, &config.pinned_lcore, err);
	if (ret == 0)
		ret = apply_port_add_vhost(ctx, &config, err);
	return ret;
}

static int
port_del(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out, struct vsw_error *err)
{
	const char *name = vsw_cmd_args_text(args, "port");
	struct vsw_port *port = vsw_port_find_slots(name);

	(void)out;
	if (port != NULL)
		return apply_port_del(ctx, port, err);
	port = vsw_port_find(name, err);
	if (port == NULL)
		return -err->code;
	if (port->slot_of != NULL)
		return vsw_error_set(err, EBUSY,
				     "port \"%s\" shares its socket with other ports: "
				     "delete them all with 'port del %s', or stop it",
				     name, port->slot_of);
	return apply_port_del(ctx, port, err);
}

static int
port_start(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out, struct vsw_error *err)
{
	struct vsw_port *port = vsw_port_find(vsw_cmd_args_text(args, "port"), err);

	(void)out;
	return port != NULL ? apply_port_admin(ctx, port, true, err) : -err->code;
}

static int
port_stop(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out, struct vsw_error *err)
{
	struct vsw_port *port = vsw_port_find(vsw_cmd_args_text(args, "port"), err);

	(void)out;
	return port != NULL ? apply_port_admin(ctx, port, false, err) : -err->code;
}

int
cmd_port_each(struct vsw_switch *vsw, const struct vsw_cmd_args *args, struct vsw_out *out,
	      struct vsw_error *err,
	      void (*show)(struct vsw_switch *vsw, struct vsw_port *port, json_t *object))
{
	const char *name = vsw_cmd_args_text(args, "port");
	json_t *list = vsw_out_add_array(vsw_out_object(out), "ports");
	struct vsw_port *port;
	uint16_t port_id = 0;

	if (strcmp(name, "all") != 0) {
		port = vsw_port_find(name, err);
		if (port == NULL)
			return -err->code;
		show(vsw, port, vsw_out_append_object(list));
		return 0;
	}
	while ((port = vsw_port_next(&port_id)) != NULL) {
		if (!vsw_port_vhost_is_spare(port))
			show(vsw, port, vsw_out_append_object(list));
	}
	return 0;
}

static void
show_stats(struct vsw_switch *vsw, struct vsw_port *port, json_t *object)
{
	struct vsw_stats_row sum;

	(void)vsw;
	vsw_stats_read(port->stats, &sum);
	vsw_out_add_text(object, "port", port->name);
#define ADD_COUNTER(name, help) vsw_out_add_uint(object, #name, sum.name);
	VSW_COUNTERS(ADD_COUNTER)
#undef ADD_COUNTER
	vsw_out_add_uint(object, "drops", vsw_stats_drops(&sum));
}

static void
show_rates(struct vsw_switch *vsw, struct vsw_port *port, json_t *object)
{
	const struct vsw_stats_rates *rates = vsw_stats_get_rates(port->stats);

	(void)vsw;
	vsw_out_add_text(object, "port", port->name);
	vsw_out_add_text(object, "state", vsw_port_state_name(vsw_port_state(port)));
	vsw_out_add_uint(object, "rx_pps", rates->rx_pps);
	vsw_out_add_uint(object, "tx_pps", rates->tx_pps);
	vsw_out_add_uint(object, "drop_pps", rates->drop_pps);
	vsw_out_add_uint(object, "rx_bps", rates->rx_bps);
	vsw_out_add_uint(object, "tx_bps", rates->tx_bps);
}

static void
add_lcores(const struct vsw_switch *vsw, const struct vsw_port *port, json_t *object)
{
	json_t *list = vsw_out_add_array(object, "lcores");
	unsigned int i;

	for (i = 0; i < VSW_PORT_QUEUES_MAX; i++) {
		if (port->place[i] != VSW_PORT_ANY_LCORE)
			vsw_out_append_uint(list, vsw->lcores[port->place[i]].lcore_id);
	}
}

static const char *
service_name(enum vsw_port_service service)
{
	static const char *const names[] = {
		[VSW_PORT_BRIDGE] = "bridge",
		[VSW_PORT_CONNECT] = "connect",
		[VSW_PORT_GUEST] = "guest",
		[VSW_PORT_UPLINK] = "uplink",
	};

	return names[service];
}

/* In the words that set them. */
static void
add_settings(const struct vsw_port *port, json_t *object)
{
	const struct vsw_port_settings *settings = &port->settings;
	char text[VSW_VLAN_TEXT_BYTES];

	vsw_out_add_text(object, "service", service_name(settings->service));
	if (settings->service == VSW_PORT_CONNECT)
		vsw_out_add_text(object, "peer", settings->peer->name);
	vsw_vlan_describe(&settings->vlan, text, sizeof(text));
	vsw_out_add_text(object, "vlan", text);
	if (settings->service == VSW_PORT_GUEST && settings->vlan.vlan <= VSW_VLAN_VID_MAX)
		vsw_out_add_uint(object, "vlan_tag", settings->vlan.vlan);
	vsw_out_add_uint(object, "mtu", settings->mtu_bytes);
	if (settings->group == VSW_PORT_GROUP_NONE || settings->group == VSW_PORT_GROUP_UPLINK)
		snprintf(text, sizeof(text), "%s",
			 settings->group == VSW_PORT_GROUP_NONE ? "none" : "uplink");
	else
		snprintf(text, sizeof(text), "%u", settings->group);
	vsw_out_add_text(object, "group", text);
	vsw_out_add_text(object, "unknown_unicast", settings->flood_unknown ? "on" : "off");
}

static void
show_info(struct vsw_switch *vsw, struct vsw_port *port, json_t *object)
{
	struct vsw_port_vhost_info info;

	vsw_out_add_text(object, "port", port->name);
	vsw_out_add_uint(object, "id", port->hot.port_id);
	vsw_out_add_text(object, "kind", port->ops->kind);
	if (vsw_port_is_vhost(port)) {
		vsw_port_vhost_get_info(port, &info);
		vsw_out_add_text(object, "path", info.path);
		vsw_out_add_text(object, "role", info.client ? "client" : "server");
	}
	if (vsw_port_is_eth(port))
		cmd_eth_show_info(port, object);
	vsw_out_add_text(object, "admin", port->admin_up ? "up" : "down");
	vsw_out_add_text(object, "state", vsw_port_state_name(vsw_port_state(port)));
	add_settings(port, object);
	add_lcores(vsw, port, object);
	vsw_out_add_uint(object, "macs", vsw_fdb_port_entries(vsw->fdb, port->hot.port_id));
}

static int
show_port_stats(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out,
		struct vsw_error *err)
{
	return cmd_port_each(ctx, args, out, err, show_stats);
}

static int
show_port_rates(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out,
		struct vsw_error *err)
{
	return cmd_port_each(ctx, args, out, err, show_rates);
}

static int
show_port_info(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out,
	       struct vsw_error *err)
{
	return cmd_port_each(ctx, args, out, err, show_info);
}

static int
clear_port_stats(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out,
		 struct vsw_error *err)
{
	const char *name = vsw_cmd_args_text(args, "port");
	struct vsw_port *port;
	uint16_t port_id = 0;

	(void)ctx;
	(void)out;
	if (strcmp(name, "all") != 0) {
		port = vsw_port_find(name, err);
		if (port == NULL)
			return -err->code;
		vsw_stats_clear(port->stats);
		return 0;
	}
	while ((port = vsw_port_next(&port_id)) != NULL)
		vsw_stats_clear(port->stats);
	return 0;
}

static const struct vsw_cmd rows[] = {
	{"port add vhost <name:NAME> path <path:PATH> [client] [clients <clients:UINT>] "
	 "[mergeable on|off] [packed on|off] [csum on|off] [tso on|off] [lcore <lcore:UINT>] "
	 "[mode <mode:OCTAL>] [owner <owner:WORD>] [group <group:WORD>] [vlan <vlan:VLAN>]",
	 "make a vhost-user port and start listening (or, as client, connecting)", port_add_vhost},
	{"port del <port:NAME>", "remove a port, its socket and its FDB entries", port_del},
	{"port start <port:NAME>", "let a stopped port forward, and its front end connect, again",
	 port_start},
	{"port stop <port:NAME>",
	 "stop forwarding from and to a port; its front end loses the link", port_stop},
	{"show port info <port:NAME>|all", "show what ports are and in which state",
	 show_port_info},
	{"show port stats <port:NAME>|all", "show the counters of ports", show_port_stats},
	{"show port rates <port:NAME>|all", "show frames and bits a second, of the last second",
	 show_port_rates},
	{"clear port stats <port:NAME>|all", "count from zero again", clear_port_stats},
};

const struct command_group cmd_port_group = COMMAND_GROUP(rows);
