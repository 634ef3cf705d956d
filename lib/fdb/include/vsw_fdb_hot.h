/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What an lcore may call of vsw_fdb.h, any number of lcores at once: look up destinations, learn
 * sources, a burst at a time.
 *
 * Shape: a first pass computes the hashes and asks for the cache lines, a second one compares, so
 * that the misses of a burst overlap. A destination in its secondary bucket is left to a third
 * pass. Nothing is written for a source that is known and was stamped in this second.
 *
 * Preconditions, not checked here: n <= VSW_FDB_BULK_MAX, VLAN 1 .. VSW_FDB_VLAN_MAX in every key,
 * an individual and non-zero address as source, port_id below ports_max.
 */
#ifndef VSW_FDB_HOT_H
#define VSW_FDB_HOT_H

#include <stdbool.h>
#include <stdint.h>

#include "vsw_fdb.h"

#define VSW_FDB_BULK_MAX 64U
#define VSW_FDB_MISS 0xffffU
#define VSW_FDB_BUCKET_SLOTS 4U
#define VSW_FDB_VLANS (VSW_FDB_VLAN_MAX + 1)

/*
 * The value of an entry, from bit 0: port_id 16, port generation 12, VLAN generation 12, time of
 * last use 16 (seconds, modulo 65536), flags 8. Generations are never 0, so a value of 0 is never
 * valid. All fields of a freshly stamped entry of one port and VLAN are equal: one compare tells.
 */
#define VSW_FDB_VALUE_PORT 0xffffULL
#define VSW_FDB_VALUE_PORT_GEN_SHIFT 16
#define VSW_FDB_VALUE_VLAN_GEN_SHIFT 28
#define VSW_FDB_VALUE_TIME_SHIFT 40
#define VSW_FDB_VALUE_GENS 0xffffff0000ULL
#define VSW_FDB_VALUE_STATIC (1ULL << 56)
#define VSW_FDB_GEN_MAX 0xfffU

/* Where an entry lies. Empty: all zero. Read in halves, written whole. */
union vsw_fdb_slot {
	struct {
		uint64_t key;
		uint64_t value;
	};
	unsigned __int128 pair;
};

struct vsw_fdb_bucket {
	union vsw_fdb_slot slot[VSW_FDB_BUCKET_SLOTS];
} __attribute__((aligned(64)));

enum vsw_fdb_event {
	VSW_FDB_EVICTED,
	VSW_FDB_EXPIRED,
	VSW_FDB_FLUSHED,
	VSW_FDB_DELETED,
	VSW_FDB_DUPLICATE,
	VSW_FDB_EVENT_N,
};

struct vsw_fdb {
	/* One cache line for lcores; after vsw_fdb_init() control writes the two times only. */
	struct vsw_fdb_bucket *buckets; /* slots: lcores and control, compare-and-swap */
	uint64_t bucket_mask;
	uint64_t secret[4]; /* the factors, [1] and [3], are odd */
	uint16_t *port_gen; /* [ports_max] control: rw; lcores: r */
	uint32_t now_s;
	uint32_t ageing_s;
	int32_t *port_count; /* [ports_max] as dynamic below, for each port */
	uint32_t port_limit; /* control: rw; lcores: r */
	uint32_t entries_max;
	uint32_t ports_max;
	/* Changed by who puts an entry in or takes one out; below 0 for a moment in a race. */
	int32_t dynamic __attribute__((aligned(64)));
	int32_t statics;
	uint64_t event[VSW_FDB_EVENT_N];
	uint16_t vlan_gen[VSW_FDB_VLANS] __attribute__((aligned(64))); /* control: rw; lcores: r */
};

/*
 * Learn one source: all that is not the common case of vsw_fdb_learn_bulk(). At most a fixed number
 * of attempts, however many lcores write the same bucket.
 */
enum vsw_fdb_result vsw_fdb_learn(struct vsw_fdb *fdb, uint64_t key, uint16_t port_id);

/* Both halves of a product: every bit of the result depends on every bit of the factors. */
static inline uint64_t
vsw_fdb_fold(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/*
 * A secret function of key; the low half gives the primary bucket, the high half the secondary.
 * Twice folded, because after one fold the two still go together for addresses numbered in steps
 * (measured: test_fdb.c, up to 6 of 10922 in a step pattern found both buckets full; now none).
 */
static inline uint64_t
vsw_fdb_hash(const struct vsw_fdb *fdb, uint64_t key)
{
	uint64_t once = vsw_fdb_fold(key ^ fdb->secret[0], fdb->secret[1]);

	return vsw_fdb_fold(once ^ fdb->secret[2], fdb->secret[3]);
}

static inline struct vsw_fdb_bucket *
vsw_fdb_primary(const struct vsw_fdb *fdb, uint64_t hash)
{
	return &fdb->buckets[hash & fdb->bucket_mask];
}

static inline struct vsw_fdb_bucket *
vsw_fdb_secondary(const struct vsw_fdb *fdb, uint64_t hash)
{
	uint64_t index = hash >> 32 & fdb->bucket_mask;

	return &fdb->buckets[index == (hash & fdb->bucket_mask) ? index ^ 1 : index];
}

/* The value of a dynamic entry of port_id in key's VLAN, stamped now_s. */
static inline uint64_t
vsw_fdb_stamp(const struct vsw_fdb *fdb, uint64_t key, uint16_t port_id, uint32_t now_s)
{
	uint64_t port_gen = __atomic_load_n(&fdb->port_gen[port_id], __ATOMIC_RELAXED);
	uint64_t vlan_gen =
		__atomic_load_n(&fdb->vlan_gen[key >> 48 & VSW_FDB_VLAN_MAX], __ATOMIC_RELAXED);

	return port_id | port_gen << VSW_FDB_VALUE_PORT_GEN_SHIFT |
	       vlan_gen << VSW_FDB_VALUE_VLAN_GEN_SHIFT |
	       (uint64_t)(now_s & 0xffff) << VSW_FDB_VALUE_TIME_SHIFT;
}

/* False when a flush has passed over the value. */
static inline bool
vsw_fdb_is_current(const struct vsw_fdb *fdb, uint64_t key, uint64_t value)
{
	uint64_t stamp = vsw_fdb_stamp(fdb, key, value & VSW_FDB_VALUE_PORT, 0);

	return ((value ^ stamp) & VSW_FDB_VALUE_GENS) == 0 || (value & VSW_FDB_VALUE_STATIC) != 0;
}

/*
 * The value of key in bucket, 0 when it is not there. Compares all four slots without a branch:
 * which one matches cannot be predicted. Order of loads: see "Writes and reads" in vsw_fdb.h.
 */
static inline uint64_t
vsw_fdb_read(const struct vsw_fdb_bucket *bucket, uint64_t key)
{
	const union vsw_fdb_slot *slot = bucket->slot;
	unsigned int match = 0;
	uint64_t value;
	unsigned int i;

	for (i = 0; i < VSW_FDB_BUCKET_SLOTS; i++)
		match |= (unsigned int)(__atomic_load_n(&slot[i].key, __ATOMIC_ACQUIRE) == key)
			 << i;
	if (match == 0)
		return 0;
	slot += __builtin_ctz(match);
	value = __atomic_load_n(&slot->value, __ATOMIC_ACQUIRE);
	return __atomic_load_n(&slot->key, __ATOMIC_RELAXED) == key ? value : 0;
}

/* The port of key when bucket has a valid entry of it, or VSW_FDB_MISS. */
static inline uint16_t
vsw_fdb_port_in(const struct vsw_fdb *fdb, const struct vsw_fdb_bucket *bucket, uint64_t key)
{
	uint64_t value = vsw_fdb_read(bucket, key);

	if (value == 0 || !vsw_fdb_is_current(fdb, key, value))
		return VSW_FDB_MISS;
	return value & VSW_FDB_VALUE_PORT;
}

static inline void
vsw_fdb_hash_bulk(const struct vsw_fdb *fdb, const uint64_t *keys, unsigned int n, uint64_t *hashes)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		hashes[i] = vsw_fdb_hash(fdb, keys[i]);
		__builtin_prefetch(vsw_fdb_primary(fdb, hashes[i]));
	}
}

/* Find the ports of n destinations: ports[i] is that of keys[i], or VSW_FDB_MISS. */
static inline void
vsw_fdb_lookup_bulk(const struct vsw_fdb *fdb, const uint64_t *keys, unsigned int n,
		    uint16_t *ports)
{
	uint64_t hashes[VSW_FDB_BULK_MAX];
	uint8_t again[VSW_FDB_BULK_MAX];
	unsigned int n_again = 0;
	unsigned int i;

	vsw_fdb_hash_bulk(fdb, keys, n, hashes);
	for (i = 0; i < n; i++) {
		ports[i] = vsw_fdb_port_in(fdb, vsw_fdb_primary(fdb, hashes[i]), keys[i]);
		if (ports[i] != VSW_FDB_MISS)
			continue;
		__builtin_prefetch(vsw_fdb_secondary(fdb, hashes[i]));
		again[n_again++] = i;
	}
	for (i = 0; i < n_again; i++) {
		struct vsw_fdb_bucket *bucket = vsw_fdb_secondary(fdb, hashes[again[i]]);

		ports[again[i]] = vsw_fdb_port_in(fdb, bucket, keys[again[i]]);
	}
}

/* True when nothing is to be written for a source: stamped already, or static on this port. */
static inline bool
vsw_fdb_is_settled(uint64_t value, uint64_t stamp)
{
	uint64_t fixed = VSW_FDB_VALUE_STATIC | (stamp & VSW_FDB_VALUE_PORT);

	return value == stamp || (value & (VSW_FDB_VALUE_STATIC | VSW_FDB_VALUE_PORT)) == fixed;
}

/* What a second frame from the same source in the same burst finds. */
static inline uint8_t
vsw_fdb_repeat(uint8_t result)
{
	return result <= VSW_FDB_MOVED ? VSW_FDB_KNOWN : result;
}

/*
 * Learn n sources seen on port_id; results[i] is the enum vsw_fdb_result of keys[i]. Frames of one
 * source mostly come in a row, and these are looked up once.
 */
static inline void
vsw_fdb_learn_bulk(struct vsw_fdb *fdb, const uint64_t *keys, unsigned int n, uint16_t port_id,
		   uint8_t *results)
{
	uint32_t now_s = __atomic_load_n(&fdb->now_s, __ATOMIC_RELAXED);
	uint64_t hashes[VSW_FDB_BULK_MAX];
	uint64_t value;
	unsigned int i;

	vsw_fdb_hash_bulk(fdb, keys, n, hashes);
	for (i = 0; i < n; i++) {
		if (i > 0 && keys[i] == keys[i - 1]) {
			results[i] = vsw_fdb_repeat(results[i - 1]);
			continue;
		}
		value = vsw_fdb_read(vsw_fdb_primary(fdb, hashes[i]), keys[i]);
		if (value == 0)
			value = vsw_fdb_read(vsw_fdb_secondary(fdb, hashes[i]), keys[i]);
		if (vsw_fdb_is_settled(value, vsw_fdb_stamp(fdb, keys[i], port_id, now_s)))
			results[i] = VSW_FDB_KNOWN;
		else
			results[i] = vsw_fdb_learn(fdb, keys[i], port_id);
	}
}

#endif /* VSW_FDB_HOT_H */
