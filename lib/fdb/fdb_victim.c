/* SPDX-License-Identifier: BSD-3-Clause */
#include "fdb_victim.h"

#include <stddef.h>

struct vsw_fdb_victim {
	uint16_t learner;
	int32_t learner_count;
	union vsw_fdb_slot *slot; /* the best one so far, NULL at first */
	union vsw_fdb_slot copy;
	int32_t count; /* entries of its port; INT32_MAX: the entry has ended */
	bool other;    /* its port is not the learner's */
	uint16_t age_s;
};

static int32_t
count_of(const struct vsw_fdb *fdb, uint16_t port_id)
{
	if (port_id == VSW_FDB_MISS)
		return 0;
	return __atomic_load_n(&fdb->port_count[port_id], __ATOMIC_RELAXED);
}

static struct vsw_fdb_victim
search(const struct vsw_fdb *fdb, uint16_t learner)
{
	return (struct vsw_fdb_victim){
		.learner = learner,
		.learner_count = count_of(fdb, learner),
	};
}

/*
 * May the learner take an entry of a port that has count of them? With as many as its own it may,
 * so that the ports end within one of each other; but a last one only to get its first.
 */
static bool
is_fair(const struct vsw_fdb_victim *best, const struct vsw_fdb_victim *v)
{
	if (!v->other)
		return true;
	return v->count >= best->learner_count && (v->count > 1 || best->learner_count <= 0);
}

static bool
is_better(const struct vsw_fdb_victim *best, const struct vsw_fdb_victim *v)
{
	if (best->slot == NULL)
		return true;
	if (v->count != best->count)
		return v->count > best->count;
	if (v->other != best->other)
		return v->other;
	return v->age_s > best->age_s;
}

static void
consider(const struct vsw_fdb *fdb, union vsw_fdb_slot *slot, struct vsw_fdb_victim *best)
{
	struct vsw_fdb_victim v = *best;
	enum vsw_fdb_state state;

	v.slot = slot;
	v.copy = vsw_fdb_slot_copy(slot);
	state = vsw_fdb_slot_state(fdb, v.copy);
	if (state == VSW_FDB_STATE_EMPTY || state == VSW_FDB_STATE_STATIC)
		return;
	v.other = vsw_fdb_slot_port(v.copy) != v.learner;
	v.count = INT32_MAX;
	if (state == VSW_FDB_STATE_LIVE)
		v.count = count_of(fdb, vsw_fdb_slot_port(v.copy));
	v.age_s = vsw_fdb_age(__atomic_load_n(&fdb->now_s, __ATOMIC_RELAXED), v.copy.value);
	if (is_fair(best, &v) && is_better(best, &v))
		*best = v;
}

union vsw_fdb_slot *
vsw_fdb_victim_near(const struct vsw_fdb *fdb, uint64_t key, uint16_t learner,
		    union vsw_fdb_slot *copy)
{
	struct vsw_fdb_victim best = search(fdb, learner);
	union vsw_fdb_slot *slots[VSW_FDB_CANDIDATES];
	unsigned int i;

	vsw_fdb_candidates(fdb, key, slots);
	for (i = 0; i < VSW_FDB_CANDIDATES; i++)
		consider(fdb, slots[i], &best);
	*copy = best.copy;
	return best.slot;
}

/* The sample of a key is another one each second: a MAC that found no victim tries elsewhere. */
union vsw_fdb_slot *
vsw_fdb_victim_any(const struct vsw_fdb *fdb, uint64_t key, uint16_t learner,
		   union vsw_fdb_slot *copy)
{
	struct vsw_fdb_victim best = search(fdb, learner);
	uint32_t now_s = __atomic_load_n(&fdb->now_s, __ATOMIC_RELAXED);
	uint64_t draw = (vsw_fdb_hash(fdb, key) >> 16) + now_s;
	struct vsw_fdb_bucket *first;
	unsigned int i, j;

	first = &fdb->buckets[draw * VSW_FDB_SAMPLE_BUCKETS & fdb->bucket_mask];
	for (i = 0; i < VSW_FDB_SAMPLE_BUCKETS; i++)
		for (j = 0; j < VSW_FDB_BUCKET_SLOTS; j++)
			consider(fdb, &first[i].slot[j], &best);
	*copy = best.copy;
	return best.slot;
}
