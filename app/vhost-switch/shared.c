/* SPDX-License-Identifier: BSD-3-Clause */
#include "shared.h"

#include "vsw_fwd.h"

static bool
is_taken(uint16_t vid)
{
	const struct vsw_port *port;
	uint16_t port_id = 0;

	while ((port = vsw_port_next(&port_id)) != NULL) {
		if (!port->ops->uplink && port->settings.vlan.mode == VSW_VLAN_TRANSPARENT &&
		    port->settings.vlan.vlan == vid)
			return true;
	}
	return false;
}

/* There are fewer ports than VLANs above the greatest --vlan-base, 3000. */
static uint16_t
free_vid(uint16_t vlan_base)
{
	uint16_t vid = vlan_base;

	if (vlan_base == 0)
		return VSW_FWD_SHARED_DOMAIN;
	while (is_taken(vid))
		vid++;
	return vid;
}

enum vsw_port_service
shared_service(const struct vsw_switch *vsw, const struct vsw_port *port)
{
	if (!vsw->shared)
		return VSW_PORT_BRIDGE;
	return port->ops->uplink ? VSW_PORT_UPLINK : VSW_PORT_GUEST;
}

void
shared_join(const struct vsw_switch *vsw, struct vsw_port *port)
{
	struct vsw_port_settings *settings = &port->settings;

	if (!vsw->shared)
		return;
	settings->service = shared_service(vsw, port);
	if (settings->service == VSW_PORT_UPLINK)
		return;
	settings->vlan = (struct vsw_vlan_port){
		.mode = VSW_VLAN_TRANSPARENT,
		.vlan = free_vid(vsw->vlan_base),
		.keep_tag = !vsw->vlan_strip,
	};
}

/* Ports that are connected to others keep their place: they may be disconnected. */
void
shared_update_uplinks(const struct vsw_switch *vsw)
{
	struct vsw_vlan_port vlan = {.mode = VSW_VLAN_TRUNK, .tpid = VSW_VLAN_TPID_C};
	struct vsw_port *port;
	uint16_t port_id = 0;

	if (!vsw->shared)
		return;
	if (vsw->vlan_base == 0)
		vlan = (struct vsw_vlan_port){.mode = VSW_VLAN_TRANSPARENT,
					      .vlan = VSW_FWD_SHARED_DOMAIN};
	while ((port = vsw_port_next(&port_id)) != NULL) {
		if (vsw->vlan_base != 0 && !port->ops->uplink)
			vsw_vlan_allow(&vlan, port->settings.vlan.vlan);
	}
	for (port_id = 0; (port = vsw_port_next(&port_id)) != NULL;) {
		if (port->ops->uplink)
			port->settings.vlan = vlan;
	}
}
