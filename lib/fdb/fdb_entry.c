/* SPDX-License-Identifier: BSD-3-Clause */
/* An entry as the operator handles it. */
#include "fdb_slot.h"
#include "fdb_victim.h"
#include "vsw_mac.h"

#include <errno.h>
#include <stddef.h>

static void
describe(const struct vsw_fdb *fdb, union vsw_fdb_slot copy, struct vsw_fdb_entry *entry)
{
	uint16_t age_s = vsw_fdb_age(fdb->now_s, copy.value);

	entry->mac = vsw_fdb_key_mac(copy.key);
	entry->vlan = vsw_fdb_key_vlan(copy.key);
	entry->port_id = vsw_fdb_slot_port(copy);
	entry->type = vsw_fdb_is_static(copy) ? VSW_FDB_STATIC : VSW_FDB_DYNAMIC;
	if (entry->type == VSW_FDB_STATIC)
		entry->age_s = 0;
	else
		entry->age_s = age_s < VSW_FDB_AGE_SATURATED_S ? age_s : VSW_FDB_AGE_SATURATED_S;
}

static bool
is_visible(const struct vsw_fdb *fdb, union vsw_fdb_slot copy)
{
	return copy.key != 0 && vsw_fdb_is_current(fdb, copy.key, copy.value);
}

int
vsw_fdb_get(const struct vsw_fdb *fdb, uint64_t key, struct vsw_fdb_entry *entry)
{
	union vsw_fdb_slot copy;

	if (vsw_fdb_find(fdb, key, &copy) == NULL || !is_visible(fdb, copy))
		return -ENOENT;
	describe(fdb, copy, entry);
	return 0;
}

/* Describe what slot holds. Returns false when no lookup would find that there. */
static bool
describe_slot(const struct vsw_fdb *fdb, const union vsw_fdb_slot *slot,
	      struct vsw_fdb_entry *entry)
{
	union vsw_fdb_slot copy = vsw_fdb_slot_copy(slot);
	union vsw_fdb_slot found;

	if (!is_visible(fdb, copy) || vsw_fdb_find(fdb, copy.key, &found) != slot)
		return false;
	describe(fdb, copy, entry);
	return true;
}

int
vsw_fdb_foreach(const struct vsw_fdb *fdb,
		int (*visit)(const struct vsw_fdb_entry *entry, void *arg), void *arg)
{
	struct vsw_fdb_entry entry;
	unsigned int i;
	uint64_t b;
	int rc;

	for (b = 0; b <= fdb->bucket_mask; b++) {
		for (i = 0; i < VSW_FDB_BUCKET_SLOTS; i++) {
			if (!describe_slot(fdb, &fdb->buckets[b].slot[i], &entry))
				continue;
			rc = visit(&entry, arg);
			if (rc != 0)
				return rc;
		}
	}
	return 0;
}

static int
check_static(const struct vsw_fdb *fdb, uint64_t key, uint16_t port_id, struct vsw_error *err)
{
	uint64_t mac = vsw_fdb_key_mac(key);
	uint16_t vlan = vsw_fdb_key_vlan(key);
	char text[VSW_MAC_TEXT_BYTES];

	vsw_mac_format(mac, text);
	if (mac == 0 || vsw_mac_is_group(mac))
		return vsw_error_set(err, EINVAL,
				     "MAC %s cannot be a static entry: it is no address of one "
				     "station; give an individual address",
				     text);
	if (vlan == 0 || vlan > VSW_FDB_VLAN_MAX)
		return vsw_error_set(err, EINVAL, "MAC %s: VLAN %u is out of range; give 1 to %u",
				     text, vlan, VSW_FDB_VLAN_MAX);
	if (port_id >= fdb->ports_max)
		return vsw_error_set(err, EINVAL, "MAC %s: port %u is out of range; give 0 to %u",
				     text, port_id, fdb->ports_max - 1);
	return 0;
}

static int
refuse_static(uint64_t key, const char *reason, struct vsw_error *err)
{
	char text[VSW_MAC_TEXT_BYTES];

	return vsw_error_set(err, ENOSPC,
			     "MAC %s in VLAN %u: %s; delete static entries or raise --fdb-size",
			     vsw_mac_format(vsw_fdb_key_mac(key), text), vsw_fdb_key_vlan(key),
			     reason);
}

/* The slot for a static entry of key: its own, a free one, a victim's. NULL: all are static. */
static union vsw_fdb_slot *
find_static_room(const struct vsw_fdb *fdb, uint64_t key, union vsw_fdb_slot *before)
{
	union vsw_fdb_slot *slot = vsw_fdb_find(fdb, key, before);

	if (slot == NULL)
		slot = vsw_fdb_place(fdb, key, before);
	if (slot == NULL)
		slot = vsw_fdb_victim_near(fdb, key, VSW_FDB_MISS, before);
	return slot;
}

int
vsw_fdb_add_static(struct vsw_fdb *fdb, uint64_t key, uint16_t port_id, struct vsw_error *err)
{
	union vsw_fdb_slot after = {.key = key, .value = VSW_FDB_VALUE_STATIC | port_id};
	union vsw_fdb_slot before;
	union vsw_fdb_slot *slot;
	enum vsw_fdb_event event;
	int rc = check_static(fdb, key, port_id, err);

	if (rc < 0)
		return rc;
	do {
		slot = find_static_room(fdb, key, &before);
		if (slot == NULL)
			return refuse_static(key, "its places are all static entries", err);
		if (!vsw_fdb_is_static(before) && fdb->statics >= (int32_t)fdb->entries_max)
			return refuse_static(key, "there are as many static entries as can be",
					     err);
		event = before.key == key ? VSW_FDB_DELETED : VSW_FDB_EVICTED;
	} while (!vsw_fdb_slot_end(fdb, slot, before, after, event));
	vsw_fdb_drop_duplicates(fdb, key);
	return 0;
}

/* Take key out of slot if it is there. Returns true when it was and a lookup could find it. */
static bool
del_in(struct vsw_fdb *fdb, union vsw_fdb_slot *slot, uint64_t key)
{
	union vsw_fdb_slot copy;

	do {
		copy = vsw_fdb_slot_copy(slot);
		if (copy.key != key)
			return false;
	} while (!vsw_fdb_slot_end(fdb, slot, copy, vsw_fdb_empty, VSW_FDB_DELETED));
	return is_visible(fdb, copy);
}

int
vsw_fdb_del(struct vsw_fdb *fdb, uint64_t key, struct vsw_error *err)
{
	union vsw_fdb_slot *slots[VSW_FDB_CANDIDATES];
	char text[VSW_MAC_TEXT_BYTES];
	bool found = false;
	unsigned int i;

	vsw_fdb_candidates(fdb, key, slots);
	for (i = 0; key != 0 && i < VSW_FDB_CANDIDATES; i++)
		found |= del_in(fdb, slots[i], key);
	if (found)
		return 0;
	return vsw_error_set(err, ENOENT,
			     "MAC %s in VLAN %u is not in the table; see 'show fdb' for what is",
			     vsw_mac_format(vsw_fdb_key_mac(key), text), vsw_fdb_key_vlan(key));
}
