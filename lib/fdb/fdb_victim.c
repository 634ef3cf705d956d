/* SPDX-License-Identifier: BSD-3-Clause */
#include "fdb_victim.h"

#include <stddef.h>

/* Further samples are looked at only while there was no fair victim in those before. */
#define VSW_FDB_SAMPLES 4U

struct vsw_fdb_victim {
	uint16_t learner;
	int32_t learner_count;
	union vsw_fdb_slot *slot; /* the best one so far, NULL at first */
	union vsw_fdb_slot copy;
	uint64_t rank;
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
 * May the learner take an entry of another port that has count of them? With as many as its own it
 * may, so that a newcomer comes up to the share of the others; but a last one only to get its own
 * first.
 */
static bool
is_fair(const struct vsw_fdb_victim *best, int32_t count)
{
	return count >= best->learner_count && (count > 1 || best->learner_count <= 0);
}

/* The order of yielding in one number: most entries, another port before one's own, oldest. */
static uint64_t
rank_of(int32_t count, bool is_other, uint16_t age_s)
{
	return (count > 0 ? (uint64_t)count << 32 : 0) | (uint64_t)is_other << 16 | age_s;
}

static void
consider(const struct vsw_fdb *fdb, union vsw_fdb_slot *slot, struct vsw_fdb_victim *best)
{
	union vsw_fdb_slot copy = vsw_fdb_slot_copy(slot);
	enum vsw_fdb_state state = vsw_fdb_slot_state(fdb, copy);
	bool is_other = vsw_fdb_slot_port(copy) != best->learner;
	int32_t count = INT32_MAX; /* what has ended yields before all */
	uint64_t rank;

	if (state == VSW_FDB_STATE_EMPTY || state == VSW_FDB_STATE_STATIC)
		return;
	if (state == VSW_FDB_STATE_LIVE)
		count = count_of(fdb, vsw_fdb_slot_port(copy));
	if (is_other && !is_fair(best, count))
		return;
	rank = rank_of(count, is_other,
		       vsw_fdb_age(__atomic_load_n(&fdb->now_s, __ATOMIC_RELAXED), copy.value));
	if (best->slot != NULL && rank <= best->rank)
		return;
	best->slot = slot;
	best->copy = copy;
	best->rank = rank;
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

/* Look at a sample: the aligned group of buckets which bucket is in. */
static void
consider_sample(const struct vsw_fdb *fdb, uint64_t bucket, struct vsw_fdb_victim *best)
{
	uint64_t first = bucket & fdb->bucket_mask & ~(uint64_t)(VSW_FDB_SAMPLE_BUCKETS - 1);
	unsigned int i, j;

	for (i = 0; i < VSW_FDB_SAMPLE_BUCKETS; i++)
		for (j = 0; j < VSW_FDB_BUCKET_SLOTS; j++)
			consider(fdb, &fdb->buckets[first + i].slot[j], best);
}

/*
 * The first sample is the key's own neighbourhood. What goes in comes out there too, so the load of
 * the table stays even: with samples drawn at random, parts of it would run empty and others over,
 * as in any random walk. The others are different ones each second.
 */
union vsw_fdb_slot *
vsw_fdb_victim_any(const struct vsw_fdb *fdb, uint64_t key, uint16_t learner,
		   union vsw_fdb_slot *copy)
{
	uint32_t now_s = __atomic_load_n(&fdb->now_s, __ATOMIC_RELAXED);
	struct vsw_fdb_victim best = search(fdb, learner);
	uint64_t bucket = vsw_fdb_hash(fdb, key);
	unsigned int i;

	for (i = 0; i < VSW_FDB_SAMPLES && best.slot == NULL; i++) {
		consider_sample(fdb, bucket, &best);
		bucket = vsw_fdb_fold(bucket + now_s, fdb->secret[1]);
	}
	*copy = best.copy;
	return best.slot;
}
