/* SPDX-License-Identifier: BSD-3-Clause */
#include "vsw_port.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

const uint16_t vsw_bell_none;

/* Control thread only. */
static struct vsw_port *registry[VSW_PORT_MAX];

static const char *const state_names[] = {
	[VSW_PORT_LISTENING] = "listening",
	[VSW_PORT_CONNECTING] = "connecting",
	[VSW_PORT_CONNECTED] = "connected",
	[VSW_PORT_NEGOTIATED] = "negotiated",
	[VSW_PORT_DOWN] = "down",
	[VSW_PORT_READY] = "ready",
	[VSW_PORT_FORWARDING] = "forwarding",
	[VSW_PORT_STOPPED] = "stopped",
};

const char *
vsw_port_state_name(enum vsw_port_state state)
{
	return state_names[state];
}

enum vsw_port_state
vsw_port_state(const struct vsw_port *port)
{
	enum vsw_port_state link = port->ops->link_state(port);

	if (!port->admin_up)
		return VSW_PORT_STOPPED;
	return link == VSW_PORT_READY ? VSW_PORT_FORWARDING : link;
}

uint16_t
vsw_port_mtu(const struct vsw_port *port)
{
	uint16_t link = port->ops->link_mtu != NULL ? port->ops->link_mtu(port) : 0;

	return link != 0 ? RTE_MIN(link, port->settings.mtu_bytes) : port->settings.mtu_bytes;
}

struct vsw_port *
vsw_port_get(uint16_t port_id)
{
	return port_id < VSW_PORT_MAX ? registry[port_id] : NULL;
}

struct vsw_port *
vsw_port_next(uint16_t *port_id)
{
	while (*port_id < VSW_PORT_MAX) {
		struct vsw_port *port = registry[(*port_id)++];

		if (port != NULL)
			return port;
	}
	return NULL;
}

struct vsw_port *
vsw_port_next_slot(const struct vsw_port *port, uint16_t *port_id)
{
	struct vsw_port *next;

	while ((next = vsw_port_next(port_id)) != NULL) {
		if (next == port || (port->slot_of != NULL && next->slot_of == port->slot_of))
			return next;
	}
	return NULL;
}

struct vsw_port *
vsw_port_find_slots(const char *name)
{
	struct vsw_port *port;
	uint16_t port_id = 0;

	while ((port = vsw_port_next(&port_id)) != NULL) {
		if (port->slot_of != NULL && strcmp(port->slot_of, name) == 0)
			return port;
	}
	return NULL;
}

static struct vsw_port *
find(const char *name)
{
	struct vsw_port *port;
	uint16_t port_id = 0;

	while ((port = vsw_port_next(&port_id)) != NULL) {
		if (strcmp(port->name, name) == 0)
			return port;
	}
	return NULL;
}

/* "a, b, c", cut where text is full. */
static void
list_names(char *text, size_t size)
{
	struct vsw_port *port;
	uint16_t port_id = 0;
	size_t used = 0;

	snprintf(text, size, "none");
	while ((port = vsw_port_next(&port_id)) != NULL && used < size)
		used += snprintf(text + used, size - used, "%s%s", used > 0 ? ", " : "",
				 port->name);
}

struct vsw_port *
vsw_port_find(const char *name, struct vsw_error *err)
{
	struct vsw_port *port = find(name);
	char names[256];

	if (port != NULL)
		return port;
	if (vsw_port_find_slots(name) != NULL) {
		vsw_error_set(err, EINVAL, "\"%s\" is several ports: give one, as %s-0", name,
			      name);
		return NULL;
	}
	list_names(names, sizeof(names));
	vsw_error_set(err, ENOENT, "no port \"%s\"; ports: %s", name, names);
	return NULL;
}

int
vsw_port_check_name(const char *name, struct vsw_error *err)
{
	const char *c;

	for (c = name; *c != '\0'; c++) {
		if (!isalnum((unsigned char)*c) && strchr("._-", *c) == NULL)
			break;
	}
	if (*name == '\0' || *c != '\0' || c - name >= VSW_PORT_NAME_BYTES)
		return vsw_error_set(
			err, EINVAL,
			"\"%s\" is not a port name: use 1 to %d letters, digits, '.', '_', '-'",
			name, VSW_PORT_NAME_BYTES - 1);
	if (strcmp(name, "all") == 0)
		return vsw_error_set(err, EINVAL, "a port cannot be named \"all\"");
	if (find(name) != NULL)
		return vsw_error_set(err, EEXIST, "a port \"%s\" exists already", name);
	if (vsw_port_find_slots(name) != NULL)
		return vsw_error_set(err, EEXIST, "ports \"%s-0\", ... exist already", name);
	return 0;
}

int
vsw_port_init(struct vsw_port *port, const char *name, uint16_t vlan, unsigned int n_lcores,
	      struct vsw_error *err)
{
	uint16_t port_id = 0;
	int ret;

	ret = vsw_port_check_name(name, err);
	if (ret < 0)
		return ret;
	while (port_id < VSW_PORT_MAX && registry[port_id] != NULL)
		port_id++;
	if (port_id == VSW_PORT_MAX)
		return vsw_error_set(err, ENOSPC,
				     "port \"%s\": there are %d ports already, the most", name,
				     VSW_PORT_MAX);
	port->stats = vsw_stats_create(n_lcores);
	if (port->stats == NULL)
		return vsw_error_set(err, ENOMEM,
				     "port \"%s\": no memory for its counters; "
				     "give EAL more memory (-m)",
				     name);
	strcpy(port->name, name);
	port->settings = (struct vsw_port_settings){
		.vlan = {.mode = VSW_VLAN_ACCESS, .vlan = vlan},
		.mtu_bytes = VSW_FRAME_MTU_MAX_BYTES,
		.flood_unknown = true,
	};
	memset(port->place, 0xff, sizeof(port->place));
	port->hot.rows = vsw_stats_rows(port->stats);
	port->hot.port_id = port_id;
	registry[port_id] = port;
	return 0;
}

void
vsw_port_fini(struct vsw_port *port)
{
	registry[port->hot.port_id] = NULL;
	vsw_stats_destroy(port->stats);
}

void
vsw_port_destroy(struct vsw_port *port)
{
	if (port != NULL)
		port->ops->destroy(port);
}
