/* SPDX-License-Identifier: BSD-3-Clause */
#include "vsw_vlan.h"

#define HEADER_BYTES 14
#define VID_MASK 0x0fff

static uint16_t
be16_at(const uint8_t *bytes)
{
	return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static bool
is_tpid(uint16_t ethertype)
{
	return ethertype == VSW_VLAN_TPID_C || ethertype == VSW_VLAN_TPID_S;
}

/* The customer's tags are payload. */
static struct vsw_vlan_view
admit_payload(const struct vsw_vlan_port *port)
{
	return (struct vsw_vlan_view){.vid = port->vlan, .inner = true};
}

/*
 * A trunk of service tags takes a frame that has a customer tag alone for untagged; a trunk of
 * customer tags has no business with service tags.
 */
static struct vsw_vlan_view
admit_foreign(const struct vsw_vlan_port *port, uint16_t tpid)
{
	if (port->mode == VSW_VLAN_TRUNK && tpid == VSW_VLAN_TPID_C)
		return admit_payload(port);
	return (struct vsw_vlan_view){0};
}

struct vsw_vlan_view
vsw_vlan_admit_tagged(const struct vsw_vlan_port *port, const uint8_t *head, uint32_t len_bytes)
{
	uint16_t ours = port->mode == VSW_VLAN_TRUNK ? port->tpid : VSW_VLAN_TPID_C;
	uint16_t tpid = be16_at(head + 12), tci;
	struct vsw_vlan_view view;

	if (port->mode == VSW_VLAN_TUNNEL || port->mode == VSW_VLAN_TRANSPARENT)
		return admit_payload(port);
	if (tpid != ours)
		return admit_foreign(port, tpid);
	if (len_bytes < HEADER_BYTES + VSW_VLAN_TAG_BYTES)
		return (struct vsw_vlan_view){0};
	tci = be16_at(head + 14);
	view.tag = (uint32_t)tpid << 16 | tci;
	view.vid = tci & VID_MASK;
	view.inner = is_tpid(be16_at(head + 16));
	/* A priority tag says nothing of the VLAN, and with another tag behind it nothing good. */
	if (view.vid == 0)
		view.vid = view.inner ? 0 : port->vlan;
	else if (port->mode != VSW_VLAN_TRUNK || !vsw_vlan_is_allowed(port, view.vid))
		view.vid = 0;
	return view;
}
