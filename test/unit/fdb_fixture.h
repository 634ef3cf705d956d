/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the tests of lib/fdb share: a table on the heap, calls for one address, and the audit, which
 * holds the table's own counts against a walk of its slots.
 */
#ifndef FDB_FIXTURE_H
#define FDB_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "vsw_fdb_hot.h"

static inline struct vsw_fdb *
fdb_create(struct vsw_fdb_config config)
{
	size_t bytes = vsw_fdb_memory_bytes(&config);
	void *memory = aligned_alloc(VSW_FDB_MEMORY_ALIGN, bytes);

	assert_non_null(memory);
	assert_int_equal(bytes % VSW_FDB_MEMORY_ALIGN, 0);
	memset(memory, 0, bytes);
	return vsw_fdb_init(memory, &config);
}

/* 16 ports, no limit of a port, 300 s. */
static inline struct vsw_fdb *
fdb_create_sized(uint32_t entries_max, uint64_t seed)
{
	return fdb_create((struct vsw_fdb_config){
		.entries_max = entries_max,
		.ports_max = 16,
		.ageing_s = VSW_FDB_AGEING_DEFAULT_S,
		.seed = seed,
	});
}

static inline void
fdb_destroy(struct vsw_fdb *fdb)
{
	free(fdb);
}

static inline enum vsw_fdb_result
fdb_learn(struct vsw_fdb *fdb, uint64_t key, uint16_t port_id)
{
	uint8_t result = VSW_FDB_RESULT_N;

	vsw_fdb_learn_bulk(fdb, &key, 1, port_id, &result);
	return result;
}

static inline uint16_t
fdb_lookup(const struct vsw_fdb *fdb, uint64_t key)
{
	uint16_t port_id = 0;

	vsw_fdb_lookup_bulk(fdb, &key, 1, &port_id);
	return port_id;
}

static inline struct vsw_fdb_counts
fdb_counts(const struct vsw_fdb *fdb)
{
	struct vsw_fdb_counts counts;

	vsw_fdb_get_counts(fdb, &counts);
	return counts;
}

static inline void
fdb_sweep_all(struct vsw_fdb *fdb)
{
	assert_int_equal(vsw_fdb_sweep(fdb, 0, vsw_fdb_n_buckets(fdb)), 0);
}

static inline uint64_t
fdb_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state * 0x2545f4914f6cdd1dULL;
}

/* A seed that changes from run to run; VSW_TEST_SEED repeats one. Printed for that. */
static inline uint64_t
fdb_seed(void)
{
	const char *text = getenv("VSW_TEST_SEED");
	struct timespec now;
	uint64_t seed;

	clock_gettime(CLOCK_REALTIME, &now);
	seed = (uint64_t)now.tv_sec * 1000000000 + now.tv_nsec;
	if (text != NULL)
		seed = strtoull(text, NULL, 0);
	if (seed == 0)
		seed = 1;
	print_message("VSW_TEST_SEED=%llu\n", (unsigned long long)seed);
	return seed;
}

struct fdb_audit {
	uint32_t dynamic;
	uint32_t statics;
	uint32_t on_port[16];
};

static inline void
fdb_audit_slot(const struct vsw_fdb *fdb, const union vsw_fdb_slot *slot, struct fdb_audit *audit)
{
	const struct vsw_fdb_bucket *bucket = (const void *)((uintptr_t)slot & ~(uintptr_t)63);
	uint64_t hash = vsw_fdb_hash(fdb, slot->key);

	if (slot->key == 0) {
		assert_int_equal(slot->value, 0);
		return;
	}
	assert_true(bucket == vsw_fdb_primary(fdb, hash) || bucket == vsw_fdb_secondary(fdb, hash));
	if (slot->value & VSW_FDB_VALUE_STATIC) {
		audit->statics++;
		return;
	}
	audit->dynamic++;
	audit->on_port[slot->value & VSW_FDB_VALUE_PORT]++;
}

/* Counts against slots, and the books. For a table of at most 16 ports at quiescence. */
static inline void
fdb_check_books(const struct vsw_fdb *fdb, uint64_t learned)
{
	struct vsw_fdb_counts counts = fdb_counts(fdb);
	struct fdb_audit audit = {0};
	unsigned int i, port_id;
	uint64_t b;

	for (b = 0; b <= fdb->bucket_mask; b++)
		for (i = 0; i < VSW_FDB_BUCKET_SLOTS; i++)
			fdb_audit_slot(fdb, &fdb->buckets[b].slot[i], &audit);
	assert_int_equal(counts.dynamic, audit.dynamic);
	assert_int_equal(counts.statics, audit.statics);
	for (port_id = 0; port_id < fdb->ports_max; port_id++)
		assert_int_equal(vsw_fdb_port_entries(fdb, port_id), audit.on_port[port_id]);
	assert_int_equal(learned, counts.dynamic + counts.evicted + counts.expired +
					  counts.flushed + counts.deleted + counts.duplicates);
}

#endif /* FDB_FIXTURE_H */
