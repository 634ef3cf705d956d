/* SPDX-License-Identifier: BSD-3-Clause */
#include "fdb_slot.h"
#include "fdb_victim.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>

/* Each failed attempt is another lcore's success; so many in a row do not happen by chance. */
#define VSW_FDB_ATTEMPTS 16U

static bool
is_table_full(const struct vsw_fdb *fdb)
{
	return __atomic_load_n(&fdb->dynamic, __ATOMIC_RELAXED) >= (int32_t)fdb->entries_max;
}

static bool
is_port_full(const struct vsw_fdb *fdb, uint16_t port_id)
{
	uint32_t limit = __atomic_load_n(&fdb->port_limit, __ATOMIC_RELAXED);

	int32_t count = __atomic_load_n(&fdb->port_count[port_id], __ATOMIC_RELAXED);

	return limit != 0 && count >= (int32_t)limit;
}

static union vsw_fdb_slot
make_entry(const struct vsw_fdb *fdb, uint64_t key, uint16_t port_id)
{
	uint32_t now_s = __atomic_load_n(&fdb->now_s, __ATOMIC_RELAXED);

	return (union vsw_fdb_slot){
		.key = key,
		.value = vsw_fdb_stamp(fdb, key, port_id, now_s),
	};
}

/* Learn a key that slot has. Returns a result, or -EAGAIN when the slot changed meanwhile. */
static int
learn_present(struct vsw_fdb *fdb, union vsw_fdb_slot *slot, union vsw_fdb_slot before,
	      uint16_t port_id)
{
	union vsw_fdb_slot after = make_entry(fdb, before.key, port_id);
	bool here = vsw_fdb_slot_port(before) == port_id;
	enum vsw_fdb_state state = vsw_fdb_slot_state(fdb, before);

	if (state == VSW_FDB_STATE_STATIC)
		return here ? VSW_FDB_KNOWN : VSW_FDB_STATIC_VIOLATION;
	if (!here && is_port_full(fdb, port_id))
		return VSW_FDB_PORT_LIMIT;
	if (before.value == after.value)
		return VSW_FDB_KNOWN;
	if (!vsw_fdb_slot_write(fdb, slot, before, after))
		return -EAGAIN;
	if (state == VSW_FDB_STATE_FLUSHED) {
		vsw_fdb_count_event(fdb, VSW_FDB_FLUSHED);
		return VSW_FDB_LEARNED;
	}
	return here ? VSW_FDB_REFRESHED : VSW_FDB_MOVED;
}

/* Take one entry out of a full table. Returns 0, -ENOSPC without a fair victim, or -EAGAIN. */
static int
make_room(struct vsw_fdb *fdb, uint64_t key, uint16_t port_id)
{
	union vsw_fdb_slot before;
	union vsw_fdb_slot *slot = vsw_fdb_victim_any(fdb, key, port_id, &before);

	if (slot == NULL)
		return -ENOSPC;
	if (!vsw_fdb_slot_end(fdb, slot, before, vsw_fdb_empty, VSW_FDB_EVICTED))
		return -EAGAIN;
	return 0;
}

/* The slot for a new entry, which may hold a victim. Returns 0, -ENOSPC or -EAGAIN. */
static int
find_room(struct vsw_fdb *fdb, uint64_t key, uint16_t port_id, union vsw_fdb_slot **slot,
	  union vsw_fdb_slot *before)
{
	*slot = vsw_fdb_place(fdb, key, before);
	if (*slot == NULL) {
		*slot = vsw_fdb_victim_near(fdb, key, port_id, before);
		return *slot == NULL ? -ENOSPC : 0;
	}
	if (before->key == 0 && is_table_full(fdb))
		return make_room(fdb, key, port_id);
	return 0;
}

/* Learn a key that is not in the table. Returns a result, or -EAGAIN when a slot changed. */
static int
learn_absent(struct vsw_fdb *fdb, uint64_t key, uint16_t port_id)
{
	union vsw_fdb_slot before;
	union vsw_fdb_slot *slot;
	int rc;

	if (is_port_full(fdb, port_id))
		return VSW_FDB_PORT_LIMIT;
	rc = find_room(fdb, key, port_id, &slot, &before);
	if (rc == -ENOSPC)
		return VSW_FDB_TABLE_FULL;
	if (rc < 0)
		return rc;
	if (!vsw_fdb_slot_end(fdb, slot, before, make_entry(fdb, key, port_id), VSW_FDB_EVICTED))
		return -EAGAIN;
	vsw_fdb_drop_duplicates(fdb, key);
	return VSW_FDB_LEARNED;
}

enum vsw_fdb_result
vsw_fdb_learn(struct vsw_fdb *fdb, uint64_t key, uint16_t port_id)
{
	union vsw_fdb_slot before;
	union vsw_fdb_slot *slot;
	unsigned int i;
	int rc;

	assert(vsw_fdb_key_vlan(key) != 0 && port_id < fdb->ports_max);
	for (i = 0; i < VSW_FDB_ATTEMPTS; i++) {
		slot = vsw_fdb_find(fdb, key, &before);
		if (slot != NULL)
			rc = learn_present(fdb, slot, before, port_id);
		else
			rc = learn_absent(fdb, key, port_id);
		if (rc >= 0)
			return rc;
	}
	return VSW_FDB_TABLE_FULL;
}
