/* SPDX-License-Identifier: BSD-3-Clause */
#include "fdb_slot.h"

/*
 * A primary bucket takes this many entries before the emptier one of the two is chosen. 4 would
 * keep the most lookups to one cache line but makes both buckets full 28 times in 87381 entries at
 * the largest load; 1 never, but a quarter of the entries are in their secondary; 2 never in 200
 * fills, with 13 % in their secondary (measured: a simulation with random hashes, 3 slots for an
 * entry).
 */
#define VSW_FDB_PRIMARY_FILL 2U

/* A bucket in which to put an entry. */
struct vsw_fdb_room {
	unsigned int used;
	union vsw_fdb_slot *slot; /* NULL: none is free */
	union vsw_fdb_slot copy;
};

void
vsw_fdb_candidates(const struct vsw_fdb *fdb, uint64_t key,
		   union vsw_fdb_slot *slots[VSW_FDB_CANDIDATES])
{
	uint64_t hash = vsw_fdb_hash(fdb, key);
	struct vsw_fdb_bucket *primary = vsw_fdb_primary(fdb, hash);
	struct vsw_fdb_bucket *secondary = vsw_fdb_secondary(fdb, hash);
	unsigned int i;

	for (i = 0; i < VSW_FDB_BUCKET_SLOTS; i++) {
		slots[i] = &primary->slot[i];
		slots[VSW_FDB_BUCKET_SLOTS + i] = &secondary->slot[i];
	}
}

union vsw_fdb_slot *
vsw_fdb_find(const struct vsw_fdb *fdb, uint64_t key, union vsw_fdb_slot *copy)
{
	union vsw_fdb_slot *slots[VSW_FDB_CANDIDATES];
	unsigned int i;

	vsw_fdb_candidates(fdb, key, slots);
	for (i = 0; i < VSW_FDB_CANDIDATES; i++) {
		if (__atomic_load_n(&slots[i]->key, __ATOMIC_ACQUIRE) != key)
			continue;
		*copy = vsw_fdb_slot_copy(slots[i]);
		if (copy->key == key)
			return slots[i];
	}
	return NULL;
}

/* A slot whose entry has ended is taken before an empty one: it need not be collected then. */
static struct vsw_fdb_room
room_in(const struct vsw_fdb *fdb, union vsw_fdb_slot **slots)
{
	struct vsw_fdb_room room = {0};
	union vsw_fdb_slot copy;
	unsigned int i;

	for (i = 0; i < VSW_FDB_BUCKET_SLOTS; i++) {
		enum vsw_fdb_state state;

		copy = vsw_fdb_slot_copy(slots[i]);
		state = vsw_fdb_slot_state(fdb, copy);
		if (state == VSW_FDB_STATE_LIVE || state == VSW_FDB_STATE_STATIC) {
			room.used++;
		} else if (room.slot == NULL || (room.copy.key == 0 && copy.key != 0)) {
			room.slot = slots[i];
			room.copy = copy;
		}
	}
	return room;
}

union vsw_fdb_slot *
vsw_fdb_place(const struct vsw_fdb *fdb, uint64_t key, union vsw_fdb_slot *copy)
{
	union vsw_fdb_slot *slots[VSW_FDB_CANDIDATES];
	struct vsw_fdb_room primary, secondary;

	vsw_fdb_candidates(fdb, key, slots);
	primary = room_in(fdb, slots);
	if (primary.used >= VSW_FDB_PRIMARY_FILL) {
		secondary = room_in(fdb, slots + VSW_FDB_BUCKET_SLOTS);
		if (secondary.used < primary.used)
			primary = secondary;
	}
	*copy = primary.copy;
	return primary.slot;
}

static void
count_in(struct vsw_fdb *fdb, union vsw_fdb_slot copy, int32_t change)
{
	if (copy.key == 0)
		return;
	if (vsw_fdb_is_static(copy)) {
		__atomic_fetch_add(&fdb->statics, change, __ATOMIC_RELAXED);
		return;
	}
	__atomic_fetch_add(&fdb->port_count[vsw_fdb_slot_port(copy)], change, __ATOMIC_RELAXED);
	__atomic_fetch_add(&fdb->dynamic, change, __ATOMIC_RELAXED);
}

bool
vsw_fdb_slot_write(struct vsw_fdb *fdb, union vsw_fdb_slot *slot, union vsw_fdb_slot before,
		   union vsw_fdb_slot after)
{
	if (!__sync_bool_compare_and_swap(&slot->pair, before.pair, after.pair))
		return false;
	/* A refresh is the most frequent write and changes no count. */
	if (vsw_fdb_is_dynamic(before) && vsw_fdb_is_dynamic(after) &&
	    vsw_fdb_slot_port(before) == vsw_fdb_slot_port(after))
		return true;
	count_in(fdb, after, 1);
	count_in(fdb, before, -1);
	return true;
}

void
vsw_fdb_count_event(struct vsw_fdb *fdb, enum vsw_fdb_event event)
{
	__atomic_fetch_add(&fdb->event[event], 1, __ATOMIC_RELAXED);
}

bool
vsw_fdb_slot_end(struct vsw_fdb *fdb, union vsw_fdb_slot *slot, union vsw_fdb_slot before,
		 union vsw_fdb_slot after, enum vsw_fdb_event event)
{
	enum vsw_fdb_state state = vsw_fdb_slot_state(fdb, before);

	if (!vsw_fdb_slot_write(fdb, slot, before, after))
		return false;
	if (state == VSW_FDB_STATE_FLUSHED)
		event = VSW_FDB_FLUSHED;
	else if (state == VSW_FDB_STATE_EXPIRED)
		event = VSW_FDB_EXPIRED;
	if (vsw_fdb_is_dynamic(before))
		vsw_fdb_count_event(fdb, event);
	return true;
}

/* The slot of key to keep, or NULL. */
static union vsw_fdb_slot *
keeper(union vsw_fdb_slot **slots, uint64_t key)
{
	union vsw_fdb_slot *first = NULL;
	union vsw_fdb_slot copy;
	unsigned int i;

	for (i = 0; i < VSW_FDB_CANDIDATES; i++) {
		copy = vsw_fdb_slot_copy(slots[i]);
		if (copy.key != key)
			continue;
		if (vsw_fdb_is_static(copy))
			return slots[i];
		if (first == NULL)
			first = slots[i];
	}
	return first;
}

static void
drop_duplicate(struct vsw_fdb *fdb, union vsw_fdb_slot *slot, uint64_t key)
{
	union vsw_fdb_slot copy;

	/* Again when the duplicate was refreshed or moved meanwhile: nobody else need remove it. */
	do {
		copy = vsw_fdb_slot_copy(slot);
		if (copy.key != key || vsw_fdb_is_static(copy))
			return;
	} while (!vsw_fdb_slot_end(fdb, slot, copy, vsw_fdb_empty, VSW_FDB_DUPLICATE));
}

void
vsw_fdb_drop_duplicates(struct vsw_fdb *fdb, uint64_t key)
{
	union vsw_fdb_slot *slots[VSW_FDB_CANDIDATES];
	union vsw_fdb_slot *keep;
	unsigned int i;

	vsw_fdb_candidates(fdb, key, slots);
	keep = keeper(slots, key);
	for (i = 0; i < VSW_FDB_CANDIDATES; i++)
		if (slots[i] != keep)
			drop_duplicate(fdb, slots[i], key);
}
