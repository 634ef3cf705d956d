/* SPDX-License-Identifier: BSD-3-Clause */
/* vhost ports as the protocol sees them: features, memory, rings. */
#include <rte_vhost.h>

#include "commands.h"
#include "vsw_port_vhost.h"

struct bit_name {
	unsigned int bit;
	const char *name;
};

/* virtio 1.2 sections 5.1.3 and 6; vhost-user: "Feature bits". */
static const struct bit_name feature_names[] = {
	{0, "CSUM"},
	{1, "GUEST_CSUM"},
	{3, "MTU"},
	{5, "MAC"},
	{7, "GUEST_TSO4"},
	{8, "GUEST_TSO6"},
	{9, "GUEST_ECN"},
	{10, "GUEST_UFO"},
	{11, "HOST_TSO4"},
	{12, "HOST_TSO6"},
	{13, "HOST_ECN"},
	{14, "HOST_UFO"},
	{15, "MRG_RXBUF"},
	{16, "STATUS"},
	{17, "CTRL_VQ"},
	{18, "CTRL_RX"},
	{19, "CTRL_VLAN"},
	{21, "GUEST_ANNOUNCE"},
	{22, "MQ"},
	{23, "CTRL_MAC_ADDR"},
	{26, "LOG_ALL"},
	{27, "ANY_LAYOUT"},
	{28, "INDIRECT_DESC"},
	{29, "EVENT_IDX"},
	{30, "PROTOCOL_FEATURES"},
	{32, "VERSION_1"},
	{33, "ACCESS_PLATFORM"},
	{34, "RING_PACKED"},
	{35, "IN_ORDER"},
	{36, "ORDER_PLATFORM"},
	{38, "NOTIFICATION_DATA"},
};

/* vhost-user: "Protocol features". */
static const struct bit_name protocol_feature_names[] = {
	{0, "MQ"},
	{1, "LOG_SHMFD"},
	{2, "RARP"},
	{3, "REPLY_ACK"},
	{4, "NET_MTU"},
	{5, "BACKEND_REQ"},
	{8, "PAGEFAULT"},
	{9, "CONFIG"},
	{12, "INFLIGHT_SHMFD"},
	{15, "CONFIGURE_MEM_SLOTS"},
	{16, "STATUS"},
};

static void
add_bits(json_t *object, const char *key, const char *names_key, uint64_t bits,
	 const struct bit_name *names, unsigned int n)
{
	json_t *list;
	unsigned int i;
	char text[48];

	vsw_out_add_format(object, key, "0x%llx", (unsigned long long)bits);
	list = vsw_out_add_array(object, names_key);
	for (i = 0; i < n; i++) {
		if ((bits >> names[i].bit & 1) == 0)
			continue;
		snprintf(text, sizeof(text), "%s(%u)", names[i].name, names[i].bit);
		vsw_out_append_text(list, text);
		bits &= ~(1ULL << names[i].bit);
	}
	for (i = 0; i < 64; i++) {
		if ((bits >> i & 1) == 0)
			continue;
		snprintf(text, sizeof(text), "bit(%u)", i);
		vsw_out_append_text(list, text);
	}
}

static void
add_memory(const struct vsw_port_vhost_info *info, json_t *list)
{
	uint16_t i;

	for (i = 0; i < info->n_regions; i++) {
		json_t *object = vsw_out_append_object(list);

		vsw_out_add_uint(object, "region", i);
		vsw_out_add_format(object, "guest_address", "0x%llx",
				   (unsigned long long)info->region[i].guest_address);
		vsw_out_add_uint(object, "size_bytes", info->region[i].size_bytes);
	}
}

static void
add_queues(const struct vsw_port_vhost_info *info, json_t *list)
{
	bool packed = info->features >> VIRTIO_F_RING_PACKED & 1;
	uint16_t i;

	for (i = 0; i < info->n_queues; i++) {
		json_t *object = vsw_out_append_object(list);

		vsw_out_add_uint(object, "queue", i);
		/* As the switch sees it: it receives what the guest transmits. */
		vsw_out_add_text(object, "direction", i % 2 == 0 ? "tx" : "rx");
		vsw_out_add_uint(object, "size", info->queue[i].size);
		vsw_out_add_text(object, "layout", packed ? "packed" : "split");
		vsw_out_add_bool(object, "enabled", info->queue[i].enabled);
		vsw_out_add_bool(object, "broken", info->queue[i].broken);
	}
}

/* Of struct virtio_net_hdr, 0 before features are agreed. virtio 1.2 section 5.1.6.1. */
static unsigned int
header_bytes(uint64_t features)
{
	if (features == 0)
		return 0;
	return features & (1ULL << VIRTIO_NET_F_MRG_RXBUF | 1ULL << VIRTIO_F_VERSION_1) ? 12 : 10;
}

/* Who may leave it to the other side; of an offload by the features for each direction. */
static const char *
offload_text(const struct vsw_port_vhost_info *info, uint64_t from_guest, uint64_t to_guest)
{
	static const char *const texts[2][2] = {{"offered", "to the guest"},
						{"from the guest", "both ways"}};

	if (info->withheld & (from_guest | to_guest))
		return "not offered";
	return texts[(info->features & from_guest) != 0][(info->features & to_guest) != 0];
}

static void
add_offloads(const struct vsw_port_vhost_info *info, json_t *object)
{
	vsw_out_add_text(object, "csum",
			 offload_text(info, 1ULL << VIRTIO_NET_F_CSUM,
				      1ULL << VIRTIO_NET_F_GUEST_CSUM));
	vsw_out_add_text(
		object, "tso",
		offload_text(info, 1ULL << VIRTIO_NET_F_HOST_TSO4 | 1ULL << VIRTIO_NET_F_HOST_TSO6,
			     1ULL << VIRTIO_NET_F_GUEST_TSO4 | 1ULL << VIRTIO_NET_F_GUEST_TSO6));
}

static void
show_port(const struct vsw_port *port, json_t *object)
{
	struct vsw_port_vhost_info info;

	vsw_port_vhost_get_info(port, &info);
	vsw_out_add_text(object, "port", port->name);
	vsw_out_add_text(object, "path", info.path);
	vsw_out_add_text(object, "role", info.client ? "client" : "server");
	vsw_out_add_text(object, "state", vsw_port_state_name(vsw_port_state(port)));
	vsw_out_add_uint(object, "since_s", switch_now_ns() / 1000000000ULL - info.since_s);
	vsw_out_add_uint(object, "clients", info.n_clients);
	vsw_out_add_uint(object, "connections", info.connections);
	vsw_out_add_uint(object, "refused", info.refused);
	add_bits(object, "features", "feature_names", info.features, feature_names,
		 RTE_DIM(feature_names));
	add_bits(object, "protocol_features", "protocol_feature_names", info.protocol_features,
		 protocol_feature_names, RTE_DIM(protocol_feature_names));
	vsw_out_add_uint(object, "header_bytes", header_bytes(info.features));
	add_offloads(&info, object);
	if (info.mtu_bytes != 0)
		vsw_out_add_uint(object, "mtu", info.mtu_bytes);
	add_memory(&info, vsw_out_add_array(object, "memory"));
	add_queues(&info, vsw_out_add_array(object, "queues"));
}

static int
show_vhost(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out, struct vsw_error *err)
{
	json_t *list = vsw_out_add_array(vsw_out_object(out), "ports");
	const struct vsw_port *port = NULL;
	uint16_t port_id = 0;

	(void)ctx;
	if (vsw_cmd_args_has(args, "port")) {
		port = vsw_port_find(vsw_cmd_args_text(args, "port"), err);
		if (port == NULL)
			return -err->code;
		if (!vsw_port_is_vhost(port))
			return vsw_error_set(err, EINVAL, "port \"%s\" is a %s port, not vhost",
					     port->name, port->ops->kind);
		show_port(port, vsw_out_append_object(list));
		return 0;
	}
	while ((port = vsw_port_next(&port_id)) != NULL) {
		if (vsw_port_is_vhost(port) && !vsw_port_vhost_is_spare(port))
			show_port(port, vsw_out_append_object(list));
	}
	return 0;
}

static const struct vsw_cmd rows[] = {
	{"show vhost [<port:NAME>]", "show the vhost-user side of ports: state, features, rings",
	 show_vhost},
};

const struct command_group cmd_vhost_group = COMMAND_GROUP(rows);
