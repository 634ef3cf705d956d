/* SPDX-License-Identifier: BSD-3-Clause */
#include "registration.h"

#include "vsw_fdb.h"
#include "vsw_fwd.h"
#include "vsw_log.h"
#include "vsw_mac.h"
#include "vsw_port_vhost.h"

struct search {
	const struct vsw_switch *vsw;
	unsigned int n_due;
};

/* The VLAN by which frames of the port are known outside; 0 for none. */
static uint16_t
port_vlan_tag(const struct vsw_port *port)
{
	uint16_t vlan = port->settings.vlan.vlan;

	return vlan == VSW_FWD_SHARED_DOMAIN ? 0 : vlan;
}

static bool
is_due(const struct vsw_switch *vsw, const struct vsw_port *port)
{
	return vsw_port_is_vhost(port) && port->session_registered != port->sessions_seen + 1 &&
	       vsw_port_state(port) == VSW_PORT_FORWARDING &&
	       vsw_fdb_port_entries(vsw->fdb, port->hot.port_id) > 0;
}

static int
visit(const struct vsw_fdb_entry *entry, void *arg)
{
	struct vsw_port *port = vsw_port_get(entry->port_id);
	struct search *search = arg;
	char mac[VSW_MAC_TEXT_BYTES];

	if (entry->type != VSW_FDB_DYNAMIC || port == NULL || !is_due(search->vsw, port))
		return 0;
	vsw_log_from(port->name, VSW_LOG_NOTICE,
		     "%s: DATA: (%u) MAC_ADDRESS %s and VLAN_TAG %u registered", port->name,
		     port->hot.port_id, vsw_mac_format(entry->mac, mac), port_vlan_tag(port));
	port->session_registered = port->sessions_seen + 1;
	return --search->n_due == 0;
}

void
registration_log(struct vsw_switch *vsw)
{
	struct search search = {.vsw = vsw};
	const struct vsw_port *port;
	uint16_t port_id = 0;

	while ((port = vsw_port_next(&port_id)) != NULL)
		search.n_due += is_due(vsw, port);
	if (search.n_due > 0)
		vsw_fdb_foreach(vsw->fdb, visit, &search);
}
