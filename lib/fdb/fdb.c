/* SPDX-License-Identifier: BSD-3-Clause */
/* The table: its memory, its settings, its counts. */
#include "fdb_slot.h"

#include <assert.h>
#include <errno.h>

#include "vsw_splitmix.h"

/* At least so many slots for each dynamic entry: see VSW_FDB_PRIMARY_FILL. */
#define VSW_FDB_SLOTS_PER_ENTRY 3U

_Static_assert(sizeof(union vsw_fdb_slot) == 16, "an entry is one compare-and-swap");
_Static_assert(sizeof(struct vsw_fdb_bucket) == 64, "a bucket is one cache line");
_Static_assert(sizeof(struct vsw_fdb) % VSW_FDB_MEMORY_ALIGN == 0, "arrays follow it aligned");

int
vsw_fdb_check(const struct vsw_fdb_config *config, struct vsw_error *err)
{
	if (config->entries_max < 1 || config->entries_max > VSW_FDB_ENTRIES_MAX)
		return vsw_error_set(err, EINVAL,
				     "FDB size %u is out of range; give 1 to %u entries",
				     config->entries_max, VSW_FDB_ENTRIES_MAX);
	if (config->ports_max < 1 || config->ports_max > VSW_FDB_PORTS_MAX)
		return vsw_error_set(err, EINVAL,
				     "FDB for %u ports is out of range; give 1 to %u ports",
				     config->ports_max, VSW_FDB_PORTS_MAX);
	return 0;
}

static size_t
aligned(size_t bytes)
{
	return (bytes + VSW_FDB_MEMORY_ALIGN - 1) & ~(size_t)(VSW_FDB_MEMORY_ALIGN - 1);
}

static size_t
port_count_offset(void)
{
	return sizeof(struct vsw_fdb);
}

static size_t
port_gen_offset(const struct vsw_fdb_config *config)
{
	return port_count_offset() + aligned(config->ports_max * sizeof(int32_t));
}

static size_t
buckets_offset(const struct vsw_fdb_config *config)
{
	return port_gen_offset(config) + aligned(config->ports_max * sizeof(uint16_t));
}

/* A power of two, and not below the sample of an eviction. */
static uint64_t
count_buckets(const struct vsw_fdb_config *config)
{
	uint64_t n = VSW_FDB_SAMPLE_BUCKETS;

	while (n * VSW_FDB_BUCKET_SLOTS < (uint64_t)config->entries_max * VSW_FDB_SLOTS_PER_ENTRY)
		n *= 2;
	return n;
}

size_t
vsw_fdb_memory_bytes(const struct vsw_fdb_config *config)
{
	return buckets_offset(config) + count_buckets(config) * sizeof(struct vsw_fdb_bucket);
}

static void
init_secrets(struct vsw_fdb *fdb, uint64_t seed)
{
	fdb->secret[0] = vsw_splitmix_next(&seed);
	fdb->secret[1] = vsw_splitmix_next(&seed) | 1; /* an odd factor loses no bit */
	fdb->secret[2] = vsw_splitmix_next(&seed);
	fdb->secret[3] = vsw_splitmix_next(&seed) | 1;
}

static void
init_generations(struct vsw_fdb *fdb)
{
	uint32_t i;

	for (i = 0; i < fdb->ports_max; i++)
		fdb->port_gen[i] = 1;
	for (i = 0; i < VSW_FDB_VLANS; i++)
		fdb->vlan_gen[i] = 1;
}

struct vsw_fdb *
vsw_fdb_init(void *memory, const struct vsw_fdb_config *config)
{
	struct vsw_fdb *fdb = memory;
	char *base = memory;

	assert((uintptr_t)memory % VSW_FDB_MEMORY_ALIGN == 0);
	assert(vsw_fdb_check(config, NULL) == 0);
	fdb->port_count = (int32_t *)(base + port_count_offset());
	fdb->port_gen = (uint16_t *)(base + port_gen_offset(config));
	fdb->buckets = (struct vsw_fdb_bucket *)(base + buckets_offset(config));
	fdb->bucket_mask = count_buckets(config) - 1;
	fdb->entries_max = config->entries_max;
	fdb->ports_max = config->ports_max;
	init_secrets(fdb, config->seed);
	init_generations(fdb);
	vsw_fdb_set_port_limit(fdb, config->port_limit);
	vsw_fdb_set_ageing(fdb, config->ageing_s);
	return fdb;
}

void
vsw_fdb_set_time(struct vsw_fdb *fdb, uint32_t now_s)
{
	__atomic_store_n(&fdb->now_s, now_s, __ATOMIC_RELAXED);
}

uint32_t
vsw_fdb_set_ageing(struct vsw_fdb *fdb, uint32_t ageing_s)
{
	if (ageing_s != 0 && ageing_s < VSW_FDB_AGEING_MIN_S)
		ageing_s = VSW_FDB_AGEING_MIN_S;
	if (ageing_s > VSW_FDB_AGEING_MAX_S)
		ageing_s = VSW_FDB_AGEING_MAX_S;
	__atomic_store_n(&fdb->ageing_s, ageing_s, __ATOMIC_RELAXED);
	return ageing_s;
}

void
vsw_fdb_set_port_limit(struct vsw_fdb *fdb, uint32_t port_limit)
{
	/* Above the largest table a limit is none, and counts are signed. */
	if (port_limit > VSW_FDB_ENTRIES_MAX)
		port_limit = 0;
	__atomic_store_n(&fdb->port_limit, port_limit, __ATOMIC_RELAXED);
}

uint32_t
vsw_fdb_n_buckets(const struct vsw_fdb *fdb)
{
	return (uint32_t)fdb->bucket_mask + 1;
}

/* A count is below 0 only while another thread is between a write and its count. */
static uint32_t
read_count(const int32_t *count)
{
	int32_t n = __atomic_load_n(count, __ATOMIC_RELAXED);

	return n > 0 ? (uint32_t)n : 0;
}

static uint64_t
read_event(const struct vsw_fdb *fdb, enum vsw_fdb_event event)
{
	return __atomic_load_n(&fdb->event[event], __ATOMIC_RELAXED);
}

void
vsw_fdb_get_counts(const struct vsw_fdb *fdb, struct vsw_fdb_counts *counts)
{
	counts->entries_max = fdb->entries_max;
	counts->dynamic = read_count(&fdb->dynamic);
	counts->statics = read_count(&fdb->statics);
	counts->evicted = read_event(fdb, VSW_FDB_EVICTED);
	counts->expired = read_event(fdb, VSW_FDB_EXPIRED);
	counts->flushed = read_event(fdb, VSW_FDB_FLUSHED);
	counts->deleted = read_event(fdb, VSW_FDB_DELETED);
	counts->duplicates = read_event(fdb, VSW_FDB_DUPLICATE);
}

uint32_t
vsw_fdb_port_entries(const struct vsw_fdb *fdb, uint16_t port_id)
{
	assert(port_id < fdb->ports_max);
	return read_count(&fdb->port_count[port_id]);
}
