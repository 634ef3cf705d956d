/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A slot of the table, for the other files of lib/fdb: read it whole, judge what it holds, find the
 * slot of a key or a place for one, and write it.
 *
 * All writes go through vsw_fdb_slot_write(), by lcores and by control alike: whoever's
 * compare-and-swap succeeds adjusts the counts, so each entry is counted in once and out once.
 */
#ifndef FDB_SLOT_H
#define FDB_SLOT_H

#include <stdbool.h>
#include <stdint.h>

#include "vsw_fdb_hot.h"

#define VSW_FDB_CANDIDATES (2 * VSW_FDB_BUCKET_SLOTS)

enum vsw_fdb_state {
	VSW_FDB_STATE_EMPTY,
	VSW_FDB_STATE_STATIC,
	VSW_FDB_STATE_LIVE,
	VSW_FDB_STATE_FLUSHED, /* of an older generation: no lookup finds it */
	VSW_FDB_STATE_EXPIRED, /* lookups find it until it is swept or replaced */
};

static const union vsw_fdb_slot vsw_fdb_empty;

static inline bool
vsw_fdb_is_static(union vsw_fdb_slot copy)
{
	return (copy.value & VSW_FDB_VALUE_STATIC) != 0;
}

static inline bool
vsw_fdb_is_dynamic(union vsw_fdb_slot copy)
{
	return copy.key != 0 && !vsw_fdb_is_static(copy);
}

static inline uint16_t
vsw_fdb_slot_port(union vsw_fdb_slot copy)
{
	return copy.value & VSW_FDB_VALUE_PORT;
}

/* Seconds since the entry was stamped; right while it is less than 65536 s ago. */
static inline uint16_t
vsw_fdb_age(uint32_t now_s, uint64_t value)
{
	return (uint16_t)(now_s - (uint32_t)(value >> VSW_FDB_VALUE_TIME_SHIFT));
}

/* A copy of a slot, key and value belonging together (see "Writes and reads" in vsw_fdb.h). */
static inline union vsw_fdb_slot
vsw_fdb_slot_copy(const union vsw_fdb_slot *slot)
{
	union vsw_fdb_slot copy;

	/* Another round means that somebody else has just written, so all together advance. */
	do {
		copy.key = __atomic_load_n(&slot->key, __ATOMIC_ACQUIRE);
		copy.value = __atomic_load_n(&slot->value, __ATOMIC_ACQUIRE);
	} while (__atomic_load_n(&slot->key, __ATOMIC_RELAXED) != copy.key);
	return copy;
}

/* The second is read after the copy, and so is never before the one stamped on it. */
static inline enum vsw_fdb_state
vsw_fdb_slot_state(const struct vsw_fdb *fdb, union vsw_fdb_slot copy)
{
	uint32_t now_s = __atomic_load_n(&fdb->now_s, __ATOMIC_RELAXED);
	uint32_t ageing_s = __atomic_load_n(&fdb->ageing_s, __ATOMIC_RELAXED);

	if (copy.key == 0)
		return VSW_FDB_STATE_EMPTY;
	if (vsw_fdb_is_static(copy))
		return VSW_FDB_STATE_STATIC;
	if (!vsw_fdb_is_current(fdb, copy.key, copy.value))
		return VSW_FDB_STATE_FLUSHED;
	if (ageing_s != 0 && vsw_fdb_age(now_s, copy.value) >= ageing_s)
		return VSW_FDB_STATE_EXPIRED;
	return VSW_FDB_STATE_LIVE;
}

/* The eight slots in which key may be, in the order of lookup. */
void vsw_fdb_candidates(const struct vsw_fdb *fdb, uint64_t key,
			union vsw_fdb_slot *slots[VSW_FDB_CANDIDATES]);

/* The slot lookups of key find and a copy of it, or NULL. The entry may be flushed or expired. */
union vsw_fdb_slot *vsw_fdb_find(const struct vsw_fdb *fdb, uint64_t key, union vsw_fdb_slot *copy);

/* The slot in which to put a new entry and a copy of it, or NULL when both buckets are full. */
union vsw_fdb_slot *vsw_fdb_place(const struct vsw_fdb *fdb, uint64_t key,
				  union vsw_fdb_slot *copy);

/* Replace before by after, counts too. Returns false when the slot no longer holds before. */
bool vsw_fdb_slot_write(struct vsw_fdb *fdb, union vsw_fdb_slot *slot, union vsw_fdb_slot before,
			union vsw_fdb_slot after);

/* The same, which ends the entry before: counts event, unless it had been flushed or expired. */
bool vsw_fdb_slot_end(struct vsw_fdb *fdb, union vsw_fdb_slot *slot, union vsw_fdb_slot before,
		      union vsw_fdb_slot after, enum vsw_fdb_event event);

void vsw_fdb_count_event(struct vsw_fdb *fdb, enum vsw_fdb_event event);

/* Leave one entry of key: the static one, else the one that lookups find. */
void vsw_fdb_drop_duplicates(struct vsw_fdb *fdb, uint64_t key);

#endif /* FDB_SLOT_H */
