/* SPDX-License-Identifier: BSD-3-Clause */
/* The forwarding database: what was learned, static entries, limits. */
#include <errno.h>
#include <stdlib.h>

#include "commands.h"
#include "vsw_fdb.h"
#include "vsw_fwd.h"

#define VLAN_DEFAULT 1
#define SHARED "shared" /* the domain of -p, where a VLAN would stand */
#define ANY UINT64_MAX

static const char *
port_name(uint16_t port_id)
{
	const struct vsw_port *port = vsw_port_get(port_id);

	return port != NULL ? port->name : "-";
}

static int
set_port(const struct vsw_cmd_args *args, uint64_t *port_id, struct vsw_error *err)
{
	const struct vsw_port *port;

	*port_id = ANY;
	if (!vsw_cmd_args_has(args, "port"))
		return 0;
	port = vsw_port_find(vsw_cmd_args_text(args, "port"), err);
	if (port == NULL)
		return -err->code;
	*port_id = port->hot.port_id;
	return 0;
}

/* Which entries a command is about; ANY matches all. */
struct filter {
	uint64_t port_id;
	uint64_t vlan;
	uint64_t mac;
};

static int
set_filter(const struct vsw_cmd_args *args, struct filter *filter, struct vsw_error *err)
{
	filter->vlan = vsw_cmd_args_uint(args, "vlan", ANY);
	filter->mac = vsw_cmd_args_mac(args, "mac", ANY);
	return set_port(args, &filter->port_id, err);
}

/* Entries that pass a filter, sorted for the reader. */
struct listing {
	struct filter filter;
	struct vsw_fdb_entry *entries;
	size_t n;
	size_t n_max;
};

static int
take_entry(const struct vsw_fdb_entry *entry, void *arg)
{
	struct listing *listing = arg;
	const struct filter *filter = &listing->filter;

	if ((filter->port_id != ANY && filter->port_id != entry->port_id) ||
	    (filter->vlan != ANY && filter->vlan != entry->vlan) ||
	    (filter->mac != ANY && filter->mac != entry->mac))
		return 0;
	if (listing->n == listing->n_max)
		return -ENOSPC;
	listing->entries[listing->n++] = *entry;
	return 0;
}

static int
by_key(const void *a, const void *b)
{
	const struct vsw_fdb_entry *left = a, *right = b;

	if (left->vlan != right->vlan)
		return left->vlan < right->vlan ? -1 : 1;
	if (left->mac != right->mac)
		return left->mac < right->mac ? -1 : 1;
	return 0;
}

/* The caller frees listing->entries. */
static int
list_entries(const struct vsw_fdb *fdb, struct listing *listing, struct vsw_error *err)
{
	struct vsw_fdb_counts counts;

	vsw_fdb_get_counts(fdb, &counts);
	/* Lcores go on learning: leave them some room. */
	listing->n = 0;
	listing->n_max = (size_t)counts.dynamic + counts.statics + 1024;
	listing->entries = calloc(listing->n_max, sizeof(*listing->entries));
	if (listing->entries == NULL)
		return vsw_error_set(err, ENOMEM, "out of memory for %zu entries", listing->n_max);
	vsw_fdb_foreach(fdb, take_entry, listing);
	qsort(listing->entries, listing->n, sizeof(*listing->entries), by_key);
	return 0;
}

static void
add_counts(const struct vsw_switch *vsw, json_t *object)
{
	struct vsw_stats_row sum = vsw->gone, row;
	struct vsw_fdb_counts counts;
	const struct vsw_port *port;
	uint16_t port_id = 0;

	while ((port = vsw_port_next(&port_id)) != NULL) {
		vsw_stats_read_all(port->stats, &row);
		vsw_stats_add(&sum, &row);
	}
	vsw_fdb_get_counts(vsw->fdb, &counts);
	vsw_out_add_uint(object, "size", counts.entries_max);
	vsw_out_add_uint(object, "count", (uint64_t)counts.dynamic + counts.statics);
	vsw_out_add_uint(object, "dynamic", counts.dynamic);
	vsw_out_add_uint(object, "static", counts.statics);
	vsw_out_add_uint(object, "port_limit", vsw->fdb_port_limit);
	vsw_out_add_uint(object, "ageing_s", vsw->fdb_ageing_s);
	vsw_out_add_uint(object, "learned", sum.learned);
	vsw_out_add_uint(object, "moved", sum.moved);
	vsw_out_add_uint(object, "unlearned_port", sum.unlearned_port);
	vsw_out_add_uint(object, "unlearned_full", sum.unlearned_full);
	vsw_out_add_uint(object, "evicted", counts.evicted);
	vsw_out_add_uint(object, "expired", counts.expired);
	vsw_out_add_uint(object, "flushed", counts.flushed);
}

static const char *
type_name(const struct vsw_fdb_entry *entry)
{
	if (entry->port_id == VSW_FWD_BLACKHOLE)
		return "blackhole";
	return entry->type == VSW_FDB_STATIC ? "static" : "dynamic";
}

static int
show_fdb(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out, struct vsw_error *err)
{
	const struct vsw_switch *vsw = ctx;
	struct listing listing;
	json_t *object, *list;
	size_t i;
	int ret;

	ret = set_filter(args, &listing.filter, err);
	if (ret == 0)
		ret = list_entries(vsw->fdb, &listing, err);
	if (ret < 0)
		return ret;
	object = vsw_out_object(out);
	add_counts(vsw, object);
	list = vsw_out_add_array(object, "entries");
	for (i = 0; i < listing.n; i++) {
		const struct vsw_fdb_entry *entry = &listing.entries[i];
		json_t *row = vsw_out_append_object(list);

		if (entry->vlan == VSW_FWD_SHARED_DOMAIN)
			vsw_out_add_text(row, "vlan", SHARED);
		else
			vsw_out_add_uint(row, "vlan", entry->vlan);
		vsw_out_add_mac(row, "mac", entry->mac);
		vsw_out_add_text(row, "port", port_name(entry->port_id));
		vsw_out_add_text(row, "type", type_name(entry));
		vsw_out_add_uint(row, "age_s", entry->age_s);
	}
	free(listing.entries);
	return 0;
}

/* Entries by the million are more than a reply may hold. */
static int
show_fdb_counts(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out,
		struct vsw_error *err)
{
	(void)args;
	(void)err;
	add_counts(ctx, vsw_out_object(out));
	return 0;
}

/* The VLAN of an argument; where all ports share one domain, that. */
static uint16_t
domain_of(const struct vsw_switch *vsw, const struct vsw_cmd_args *args, uint16_t vlan)
{
	return vsw->shared ? VSW_FWD_SHARED_DOMAIN : vsw_cmd_args_uint(args, "vlan", vlan);
}

static int
fdb_add(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out, struct vsw_error *err)
{
	struct vsw_switch *vsw = ctx;
	const struct vsw_port *port = vsw_port_find(vsw_cmd_args_text(args, "port"), err);
	uint16_t vlan;

	(void)out;
	if (port == NULL)
		return -err->code;
	vlan = domain_of(vsw, args, port->settings.vlan.vlan);
	if (!vsw->shared && (vlan == 0 || !vsw_vlan_is_member(&port->settings.vlan, vlan)))
		return vsw_error_set(err, EINVAL,
				     "port \"%s\" is not in VLAN %u: the entry would lead nowhere",
				     port->name, vlan);
	return vsw_fdb_add_static(vsw->fdb, vsw_fdb_key(vlan, vsw_cmd_args_mac(args, "mac", 0)),
				  port->hot.port_id, err);
}

static int
fdb_add_blackhole(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out,
		  struct vsw_error *err)
{
	struct vsw_switch *vsw = ctx;
	uint16_t vlan = domain_of(vsw, args, VLAN_DEFAULT);

	(void)out;
	return vsw_fdb_add_static(vsw->fdb, vsw_fdb_key(vlan, vsw_cmd_args_mac(args, "mac", 0)),
				  VSW_FWD_BLACKHOLE, err);
}

static int
fdb_del(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out, struct vsw_error *err)
{
	struct vsw_switch *vsw = ctx;
	uint16_t vlan = domain_of(vsw, args, VLAN_DEFAULT);

	(void)out;
	return vsw_fdb_del(vsw->fdb, vsw_fdb_key(vlan, vsw_cmd_args_mac(args, "mac", 0)), err);
}

/* One address: no flush of the table's own, but its dynamic entries one by one. */
static int
flush_mac(struct vsw_switch *vsw, const struct filter *filter, uint32_t *n, struct vsw_error *err)
{
	struct listing listing = {.filter = *filter};
	size_t i;
	int ret;

	ret = list_entries(vsw->fdb, &listing, err);
	if (ret < 0)
		return ret;
	*n = 0;
	for (i = 0; i < listing.n; i++) {
		const struct vsw_fdb_entry *entry = &listing.entries[i];

		if (entry->type == VSW_FDB_DYNAMIC &&
		    vsw_fdb_del(vsw->fdb, vsw_fdb_key(entry->vlan, entry->mac), NULL) == 0)
			(*n)++;
	}
	free(listing.entries);
	return 0;
}

static uint32_t
flush_table(struct vsw_fdb *fdb, const struct filter *filter)
{
	if (filter->port_id != ANY && filter->vlan != ANY)
		return vsw_fdb_flush_port_vlan(fdb, filter->port_id, filter->vlan);
	if (filter->port_id != ANY)
		return vsw_fdb_flush_port(fdb, filter->port_id);
	if (filter->vlan != ANY)
		return vsw_fdb_flush_vlan(fdb, filter->vlan);
	return vsw_fdb_flush_all(fdb);
}

static int
fdb_flush(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out, struct vsw_error *err)
{
	struct vsw_switch *vsw = ctx;
	struct filter filter;
	uint32_t n;
	int ret;

	ret = set_filter(args, &filter, err);
	if (ret == 0 && filter.mac != ANY)
		ret = flush_mac(vsw, &filter, &n, err);
	else if (ret == 0)
		n = flush_table(vsw->fdb, &filter);
	if (ret == 0)
		vsw_out_add_uint(vsw_out_object(out), "flushed", n);
	return ret;
}

static int
set_ageing(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out, struct vsw_error *err)
{
	struct vsw_switch *vsw = ctx;
	uint64_t ageing_s = vsw_cmd_args_uint(args, "seconds", 0);

	(void)out;
	if (ageing_s != 0 && (ageing_s < VSW_FDB_AGEING_MIN_S || ageing_s > VSW_FDB_AGEING_MAX_S))
		return vsw_error_set(err, ERANGE, "ageing is %u to %u seconds, or 0 for never",
				     VSW_FDB_AGEING_MIN_S, VSW_FDB_AGEING_MAX_S);
	vsw->fdb_ageing_s = vsw_fdb_set_ageing(vsw->fdb, ageing_s);
	return 0;
}

static int
set_limit(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out, struct vsw_error *err)
{
	struct vsw_switch *vsw = ctx;
	uint64_t limit = vsw_cmd_args_uint(args, "entries", 0);

	(void)out;
	if (limit > VSW_FDB_ENTRIES_MAX)
		return vsw_error_set(err, ERANGE, "a limit is 1 to %u entries, or 0 for none",
				     VSW_FDB_ENTRIES_MAX);
	vsw->fdb_port_limit = limit;
	vsw_fdb_set_port_limit(vsw->fdb, limit);
	return 0;
}

static const struct vsw_cmd rows[] = {
	{"show fdb [port <port:NAME>] [vlan <vlan:VLAN>] [mac <mac:MAC>]",
	 "show MAC addresses and where they are", show_fdb},
	{"show fdb counts", "show how many addresses there are, without them", show_fdb_counts},
	{"fdb add <mac:MAC> port <port:NAME> [vlan <vlan:VLAN>]",
	 "bind an address to a port; it is not learned elsewhere", fdb_add},
	{"fdb add <mac:MAC> blackhole [vlan <vlan:VLAN>]",
	 "drop what comes from or goes to an address (VLAN 1 if not named)", fdb_add_blackhole},
	{"fdb del <mac:MAC> [vlan <vlan:VLAN>]",
	 "remove an entry of either type (VLAN 1 if not named)", fdb_del},
	{"fdb flush [port <port:NAME>] [vlan <vlan:VLAN>] [mac <mac:MAC>]",
	 "forget what was learned", fdb_flush},
	{"set fdb ageing <seconds:UINT>",
	 "forget addresses not heard of for 15 to 3600 s; 0: never", set_ageing},
	{"set fdb limit <entries:UINT>", "limit the addresses learned on each port; 0: no limit",
	 set_limit},
};

const struct command_group cmd_fdb_group = COMMAND_GROUP(rows);
