/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/fdb by one thread: each promise of vsw_fdb.h has a test. */
#include "fdb_fixture.h"

#include <errno.h>

#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

/* The n-th address of a station in VLAN 1. */
static uint64_t
station(uint64_t n)
{
	return vsw_fdb_key(1, 0x020000000000ULL + n);
}

/* Learn n stations from first on; returns how many of the results were result. */
static unsigned int
learn_stations(struct vsw_fdb *fdb, uint64_t first, unsigned int n, uint16_t port_id,
	       enum vsw_fdb_result result)
{
	unsigned int i, hits = 0;

	for (i = 0; i < n; i++)
		hits += fdb_learn(fdb, station(first + i), port_id) == result;
	return hits;
}

static void
test_check(void **state)
{
	static const struct {
		uint32_t entries_max, ports_max;
		int rc;
	} rows[] = {
		{0, 1, -EINVAL},
		{1, 1, 0},
		{65536, 1024, 0},
		{4U << 20, 65535, 0},
		{(4U << 20) + 1, 1, -EINVAL},
		{1, 0, -EINVAL},
		{1, 65536, -EINVAL},
	};
	struct vsw_error err;
	unsigned int i;

	(void)state;
	for (i = 0; i < N_ELEMENTS(rows); i++) {
		struct vsw_fdb_config config = {.entries_max = rows[i].entries_max,
						.ports_max = rows[i].ports_max};

		memset(&err, 0, sizeof(err));
		assert_int_equal(vsw_fdb_check(&config, &err), rows[i].rc);
		assert_int_equal(-err.code, rows[i].rc);
		assert_int_equal(err.text[0] != '\0', rows[i].rc != 0);
	}
}

static void
test_n_buckets(void **state)
{
	static const struct {
		uint32_t entries_max, n_buckets;
	} rows[] = {{1, 8}, {10, 8}, {11, 16}, {8192, 8192}, {10922, 8192}, {65536, 65536}};
	unsigned int i;

	(void)state;
	for (i = 0; i < N_ELEMENTS(rows); i++) {
		struct vsw_fdb *fdb = fdb_create_sized(rows[i].entries_max, i);

		assert_int_equal(vsw_fdb_n_buckets(fdb), rows[i].n_buckets);
		fdb_destroy(fdb);
	}
}

static void
test_learn(void **state)
{
	struct vsw_fdb *fdb = fdb_create_sized(100, 1);

	(void)state;
	assert_int_equal(fdb_lookup(fdb, station(1)), VSW_FDB_MISS);
	assert_int_equal(fdb_learn(fdb, station(1), 3), VSW_FDB_LEARNED);
	assert_int_equal(fdb_lookup(fdb, station(1)), 3);
	assert_int_equal(fdb_learn(fdb, station(1), 3), VSW_FDB_KNOWN);
	/* The same address in another VLAN is another key. */
	assert_int_equal(fdb_lookup(fdb, station(1) + vsw_fdb_key(1, 0)), VSW_FDB_MISS);
	fdb_check_books(fdb, 1);
	fdb_destroy(fdb);
}

static void
test_refresh_once_a_second(void **state)
{
	struct vsw_fdb *fdb = fdb_create_sized(100, 1);

	(void)state;
	fdb_learn(fdb, station(1), 3);
	vsw_fdb_set_time(fdb, 1);
	assert_int_equal(fdb_learn(fdb, station(1), 3), VSW_FDB_REFRESHED);
	assert_int_equal(fdb_learn(fdb, station(1), 3), VSW_FDB_KNOWN);
	/* What another lcore has refreshed meanwhile. */
	assert_int_equal(vsw_fdb_learn(fdb, station(1), 3), VSW_FDB_KNOWN);
	fdb_check_books(fdb, 1);
	fdb_destroy(fdb);
}

static void
test_move(void **state)
{
	struct vsw_fdb *fdb = fdb_create_sized(100, 1);

	(void)state;
	fdb_learn(fdb, station(1), 3);
	assert_int_equal(fdb_learn(fdb, station(1), 4), VSW_FDB_MOVED);
	assert_int_equal(fdb_lookup(fdb, station(1)), 4);
	assert_int_equal(vsw_fdb_port_entries(fdb, 3), 0);
	assert_int_equal(vsw_fdb_port_entries(fdb, 4), 1);
	fdb_check_books(fdb, 1);
	fdb_destroy(fdb);
}

/* A burst with one source, and one with two sources in turn: each is learned once. */
static void
test_burst_of_one_source(void **state)
{
	struct vsw_fdb *fdb = fdb_create_sized(100, 1);
	uint64_t keys[VSW_FDB_BULK_MAX];
	uint8_t results[VSW_FDB_BULK_MAX];
	unsigned int i, period;

	(void)state;
	for (period = 1; period <= 2; period++) {
		for (i = 0; i < VSW_FDB_BULK_MAX; i++)
			keys[i] = station(10 * period + i % period);
		vsw_fdb_learn_bulk(fdb, keys, VSW_FDB_BULK_MAX, 5, results);
		for (i = 0; i < VSW_FDB_BULK_MAX; i++)
			assert_int_equal(results[i], i < period ? VSW_FDB_LEARNED : VSW_FDB_KNOWN);
	}
	fdb_check_books(fdb, 3);
	fdb_destroy(fdb);
}

/* A repeated source that was refused is refused again, not known. */
static void
test_burst_of_refused_source(void **state)
{
	struct vsw_fdb *fdb = fdb_create_sized(100, 1);
	uint64_t keys[3] = {station(1), station(1), station(1)};
	uint8_t results[3];
	unsigned int i;

	(void)state;
	assert_int_equal(vsw_fdb_add_static(fdb, station(1), 2, NULL), 0);
	vsw_fdb_learn_bulk(fdb, keys, 3, 5, results);
	for (i = 0; i < 3; i++)
		assert_int_equal(results[i], VSW_FDB_STATIC_VIOLATION);
	fdb_destroy(fdb);
}

static void
test_bulk_sizes(void **state)
{
	struct vsw_fdb *fdb = fdb_create_sized(1000, 1);
	uint64_t keys[VSW_FDB_BULK_MAX];
	uint16_t ports[VSW_FDB_BULK_MAX + 1];
	unsigned int i, n;

	(void)state;
	learn_stations(fdb, 0, VSW_FDB_BULK_MAX, 7, VSW_FDB_LEARNED);
	for (i = 0; i < VSW_FDB_BULK_MAX; i++)
		keys[i] = station(i % 3 == 0 ? 5000 + i : i);
	for (n = 0; n <= VSW_FDB_BULK_MAX; n++) {
		memset(ports, 0xab, sizeof(ports));
		vsw_fdb_lookup_bulk(fdb, keys, n, ports);
		for (i = 0; i < n; i++)
			assert_int_equal(ports[i], i % 3 == 0 ? VSW_FDB_MISS : 7);
		assert_int_equal(ports[n], 0xabab);
	}
	fdb_destroy(fdb);
}

static void
test_static_is_not_learned_over(void **state)
{
	struct vsw_fdb *fdb = fdb_create_sized(100, 1);
	struct vsw_fdb_entry entry;

	(void)state;
	assert_int_equal(vsw_fdb_add_static(fdb, station(1), 2, NULL), 0);
	assert_int_equal(fdb_lookup(fdb, station(1)), 2);
	assert_int_equal(fdb_learn(fdb, station(1), 2), VSW_FDB_KNOWN);
	assert_int_equal(fdb_learn(fdb, station(1), 3), VSW_FDB_STATIC_VIOLATION);
	assert_int_equal(fdb_lookup(fdb, station(1)), 2);
	assert_int_equal(vsw_fdb_get(fdb, station(1), &entry), 0);
	assert_int_equal(entry.type, VSW_FDB_STATIC);
	assert_int_equal(entry.port_id, 2);
	fdb_check_books(fdb, 0);
	fdb_destroy(fdb);
}

static void
test_static_outlives_flush_and_age(void **state)
{
	struct vsw_fdb *fdb = fdb_create_sized(100, 1);
	struct vsw_fdb_entry entry;

	(void)state;
	vsw_fdb_add_static(fdb, station(1), 2, NULL);
	vsw_fdb_flush_all(fdb);
	vsw_fdb_flush_port(fdb, 2);
	vsw_fdb_flush_vlan(fdb, 1);
	vsw_fdb_flush_port_vlan(fdb, 2, 1);
	vsw_fdb_set_time(fdb, 10000);
	fdb_sweep_all(fdb);
	assert_int_equal(fdb_lookup(fdb, station(1)), 2);
	assert_int_equal(vsw_fdb_get(fdb, station(1), &entry), 0);
	assert_int_equal(entry.age_s, 0);
	fdb_destroy(fdb);
}

static void
test_static_replaces_what_was_there(void **state)
{
	struct vsw_fdb *fdb = fdb_create_sized(100, 1);

	(void)state;
	fdb_learn(fdb, station(1), 3);
	assert_int_equal(vsw_fdb_add_static(fdb, station(1), 2, NULL), 0);
	assert_int_equal(fdb_lookup(fdb, station(1)), 2);
	assert_int_equal(vsw_fdb_add_static(fdb, station(1), 4, NULL), 0);
	assert_int_equal(fdb_lookup(fdb, station(1)), 4);
	assert_int_equal(fdb_counts(fdb).statics, 1);
	assert_int_equal(fdb_counts(fdb).deleted, 1);
	fdb_check_books(fdb, 1);
	fdb_destroy(fdb);
}

static void
test_static_refusals(void **state)
{
	static const struct {
		uint16_t vlan;
		uint64_t mac;
		uint16_t port_id;
	} rows[] = {
		{1, 0, 2},
		{1, 0x010000000001ULL, 2},
		{1, 0xffffffffffffULL, 2},
		{0, 0x020000000001ULL, 2},
		{4096, 0x020000000001ULL, 2},
		{1, 0x020000000001ULL, 16},
	};
	struct vsw_fdb *fdb = fdb_create_sized(100, 1);
	struct vsw_error err;
	unsigned int i;

	(void)state;
	for (i = 0; i < N_ELEMENTS(rows); i++) {
		uint64_t key = vsw_fdb_key(rows[i].vlan, rows[i].mac);

		memset(&err, 0, sizeof(err));
		assert_int_equal(vsw_fdb_add_static(fdb, key, rows[i].port_id, &err), -EINVAL);
		assert_int_equal(err.code, EINVAL);
		assert_non_null(strstr(err.text, "MAC "));
	}
	assert_int_equal(fdb_counts(fdb).statics, 0);
	fdb_destroy(fdb);
}

static void
test_static_count_is_bounded(void **state)
{
	struct vsw_fdb *fdb = fdb_create_sized(20, 1);
	struct vsw_error err;
	unsigned int i;

	(void)state;
	for (i = 0; i < 20; i++)
		assert_int_equal(vsw_fdb_add_static(fdb, station(i), 2, NULL), 0);
	assert_int_equal(vsw_fdb_add_static(fdb, station(20), 2, &err), -ENOSPC);
	assert_int_equal(err.code, ENOSPC);
	/* One that is there may still change its port. */
	assert_int_equal(vsw_fdb_add_static(fdb, station(0), 3, NULL), 0);
	/* They take nobody's place. */
	assert_int_equal(learn_stations(fdb, 100, 20, 4, VSW_FDB_LEARNED), 20);
	fdb_check_books(fdb, 20);
	fdb_destroy(fdb);
}

/* Keys whose candidates are buckets 0 and 1: eight fill them. */
static void
find_colliding(const struct vsw_fdb *fdb, uint64_t *keys, unsigned int n)
{
	uint64_t mac = 1;
	uint64_t hash;

	for (; n > 0; mac++) {
		hash = vsw_fdb_hash(fdb, station(mac));
		if (vsw_fdb_primary(fdb, hash) <= &fdb->buckets[1] &&
		    vsw_fdb_secondary(fdb, hash) <= &fdb->buckets[1])
			keys[--n] = station(mac);
	}
}

static void
test_both_buckets_static(void **state)
{
	struct vsw_fdb *fdb = fdb_create_sized(10, 1);
	struct vsw_error err;
	uint64_t keys[9];
	unsigned int i;

	(void)state;
	find_colliding(fdb, keys, 9);
	for (i = 0; i < 8; i++)
		assert_int_equal(vsw_fdb_add_static(fdb, keys[i], 2, NULL), 0);
	assert_int_equal(fdb_learn(fdb, keys[8], 3), VSW_FDB_TABLE_FULL);
	assert_int_equal(vsw_fdb_add_static(fdb, keys[8], 3, &err), -ENOSPC);
	assert_int_equal(fdb_lookup(fdb, keys[8]), VSW_FDB_MISS);
	for (i = 0; i < 8; i++)
		assert_int_equal(fdb_lookup(fdb, keys[i]), 2);
	fdb_destroy(fdb);
}

/* Both buckets full, the table not: the port with the most yields, to a learner and to a static. */
static void
test_both_buckets_full(void **state)
{
	struct vsw_fdb *fdb = fdb_create_sized(10, 1);
	uint64_t keys[10];
	unsigned int i;

	(void)state;
	find_colliding(fdb, keys, 10);
	for (i = 0; i < 8; i++)
		assert_int_equal(fdb_learn(fdb, keys[i], i < 5 ? 2 : 3), VSW_FDB_LEARNED);
	assert_int_equal(fdb_learn(fdb, keys[8], 4), VSW_FDB_LEARNED);
	assert_int_equal(vsw_fdb_port_entries(fdb, 2), 4);
	assert_int_equal(vsw_fdb_port_entries(fdb, 3), 3);
	assert_int_equal(vsw_fdb_add_static(fdb, keys[9], 4, NULL), 0);
	assert_int_equal(vsw_fdb_port_entries(fdb, 2), 3);
	assert_int_equal(fdb_counts(fdb).evicted, 2);
	assert_int_equal(fdb_lookup(fdb, keys[9]), 4);
	fdb_check_books(fdb, 9);
	fdb_destroy(fdb);
}

/* C25: exactly the limit is learned, a move may not exceed it either, a static entry may. */
static void
test_port_limit(void **state)
{
	struct vsw_fdb *fdb = fdb_create_sized(1000, 1);

	(void)state;
	vsw_fdb_set_port_limit(fdb, 50);
	assert_int_equal(learn_stations(fdb, 0, 100, 1, VSW_FDB_LEARNED), 50);
	assert_int_equal(learn_stations(fdb, 0, 50, 1, VSW_FDB_KNOWN), 50);
	assert_int_equal(learn_stations(fdb, 50, 50, 1, VSW_FDB_PORT_LIMIT), 50);
	assert_int_equal(vsw_fdb_port_entries(fdb, 1), 50);
	assert_int_equal(fdb_learn(fdb, station(200), 2), VSW_FDB_LEARNED);
	assert_int_equal(fdb_learn(fdb, station(200), 1), VSW_FDB_PORT_LIMIT);
	assert_int_equal(fdb_lookup(fdb, station(200)), 2);
	assert_int_equal(vsw_fdb_add_static(fdb, station(201), 1, NULL), 0);
	assert_int_equal(fdb_learn(fdb, station(201), 1), VSW_FDB_KNOWN);
	/* One that leaves makes room for one; without a limit there is room for all. */
	assert_int_equal(fdb_learn(fdb, station(0), 2), VSW_FDB_MOVED);
	assert_int_equal(learn_stations(fdb, 50, 50, 1, VSW_FDB_LEARNED), 1);
	vsw_fdb_set_port_limit(fdb, 0);
	assert_int_equal(learn_stations(fdb, 50, 50, 1, VSW_FDB_LEARNED), 49);
	fdb_check_books(fdb, 101);
	fdb_destroy(fdb);
}

/* C24: 10 entries, 2 MACs on each of 5 ports, then 16 from a sixth, which ends with 3. */
static void
check_fairness(uint64_t seed, uint32_t second)
{
	struct vsw_fdb *fdb = fdb_create_sized(10, seed);
	unsigned int port_id, learned;

	for (port_id = 1; port_id <= 5; port_id++)
		assert_int_equal(learn_stations(fdb, port_id * 10, 2, port_id, VSW_FDB_LEARNED), 2);
	vsw_fdb_set_time(fdb, second);
	learned = learn_stations(fdb, 100, 16, 6, VSW_FDB_LEARNED);
	assert_int_equal(vsw_fdb_port_entries(fdb, 6), 3);
	for (port_id = 1; port_id <= 5; port_id++)
		assert_in_range(vsw_fdb_port_entries(fdb, port_id), 1, 2);
	assert_int_equal(fdb_counts(fdb).dynamic, 10);
	fdb_check_books(fdb, 10 + learned);
	fdb_destroy(fdb);
}

static void
test_fairness(void **state)
{
	uint64_t seed;

	(void)state;
	for (seed = 0; seed < 500; seed++)
		check_fairness(seed, seed % 3);
}

/* As many ports as entries: a newcomer gets one, at the cost of one, and no second one. */
static void
test_last_entry_of_a_port(void **state)
{
	struct vsw_fdb *fdb = fdb_create_sized(10, 1);
	unsigned int port_id, empty = 0;

	(void)state;
	for (port_id = 0; port_id < 10; port_id++)
		fdb_learn(fdb, station(port_id), port_id);
	learn_stations(fdb, 100, 16, 10, VSW_FDB_LEARNED);
	assert_int_equal(vsw_fdb_port_entries(fdb, 10), 1);
	for (port_id = 0; port_id < 10; port_id++)
		empty += vsw_fdb_port_entries(fdb, port_id) == 0;
	assert_int_equal(empty, 1);
	fdb_destroy(fdb);
}

/* A table larger than the sample: one port's flood of addresses costs nobody else an entry. */
static void
test_flood_hurts_its_own_port(void **state)
{
	struct vsw_fdb *fdb = fdb_create_sized(2000, 1);
	unsigned int port_id, i, kept = 0;

	(void)state;
	for (port_id = 1; port_id <= 8; port_id++)
		learn_stations(fdb, port_id * 1000, 64, port_id, VSW_FDB_LEARNED);
	learn_stations(fdb, 100000, 20000, 9, VSW_FDB_LEARNED);
	assert_int_equal(fdb_counts(fdb).dynamic, 2000);
	for (port_id = 1; port_id <= 8; port_id++)
		for (i = 0; i < 64; i++)
			kept += fdb_lookup(fdb, station(port_id * 1000 + i)) == port_id;
	assert_int_equal(kept, 8 * 64);
	/* And a new station on another port is learned at its cost. */
	assert_int_equal(learn_stations(fdb, 50000, 64, 1, VSW_FDB_LEARNED), 64);
	assert_int_equal(vsw_fdb_port_entries(fdb, 1), 128);
	assert_int_equal(fdb_counts(fdb).dynamic, 2000);
	fdb_destroy(fdb);
}

static void
test_oldest_yields(void **state)
{
	struct vsw_fdb *fdb = fdb_create_sized(10, 1);

	(void)state;
	learn_stations(fdb, 0, 10, 1, VSW_FDB_LEARNED);
	vsw_fdb_set_time(fdb, 5);
	learn_stations(fdb, 0, 4, 1, VSW_FDB_REFRESHED);
	learn_stations(fdb, 5, 5, 1, VSW_FDB_REFRESHED);
	assert_int_equal(fdb_learn(fdb, station(50), 2), VSW_FDB_LEARNED);
	assert_int_equal(fdb_lookup(fdb, station(4)), VSW_FDB_MISS);
	assert_int_equal(learn_stations(fdb, 0, 4, 1, VSW_FDB_KNOWN), 4);
	fdb_destroy(fdb);
}

/* What has expired, though not swept yet, is taken before any other. */
static void
check_expired_yields_first(uint64_t seed)
{
	struct vsw_fdb *fdb = fdb_create_sized(10, seed);

	fdb_learn(fdb, station(0), 1);
	vsw_fdb_set_time(fdb, 299);
	learn_stations(fdb, 1, 9, 2, VSW_FDB_LEARNED);
	vsw_fdb_set_time(fdb, 300);
	assert_int_equal(fdb_learn(fdb, station(50), 1), VSW_FDB_LEARNED);
	assert_int_equal(vsw_fdb_port_entries(fdb, 1), 1);
	assert_int_equal(vsw_fdb_port_entries(fdb, 2), 9);
	assert_int_equal(fdb_counts(fdb).expired, 1);
	assert_int_equal(fdb_counts(fdb).evicted, 0);
	fdb_check_books(fdb, 11);
	fdb_destroy(fdb);
}

static void
test_expired_yields_first(void **state)
{
	uint64_t seed;

	(void)state;
	for (seed = 0; seed < 20; seed++)
		check_expired_yields_first(seed);
}

/* The n-th key of a pattern of addresses, as stations are numbered in practice. */
static uint64_t
pattern_key(unsigned int pattern, uint64_t n)
{
	switch (pattern) {
	case 0:
		return station(n);
	case 1:
		return station(n << 8);
	case 2:
		return station(n << 24);
	case 3:
		return vsw_fdb_key(1 + n % 4094, 0x525400000000ULL + n / 4094);
	case 4:
		return vsw_fdb_key(100, 0x525400000000ULL + (n & 0xff) * 0x10000 + (n >> 8));
	default:
		return vsw_fdb_key(1, n * 0x9e3779b97f4a7c15ULL >> 17 << 1);
	}
}

static void
check_fill(unsigned int pattern, uint64_t seed)
{
	/* 3 slots for an entry: the least there can be. */
	const unsigned int entries_max = 10922;
	struct vsw_fdb *fdb = fdb_create_sized(entries_max, seed);
	unsigned int i;

	for (i = 0; i < entries_max; i++)
		assert_int_equal(fdb_learn(fdb, pattern_key(pattern, i + 1), i % 16),
				 VSW_FDB_LEARNED);
	for (i = 0; i < entries_max; i++)
		assert_int_equal(fdb_lookup(fdb, pattern_key(pattern, i + 1)), i % 16);
	assert_int_equal(fdb_counts(fdb).evicted, 0);
	fdb_destroy(fdb);
}

/* Up to the limit every address has room, whatever the addresses. */
static void
test_fill_to_the_limit(void **state)
{
	unsigned int pattern;
	uint64_t seed;

	(void)state;
	for (pattern = 0; pattern < 6; pattern++)
		for (seed = 0; seed < 40; seed++)
			check_fill(pattern, seed);
}

static void
test_flush_scopes(void **state)
{
	static const struct {
		uint16_t port_id, vlan; /* 0: all */
		uint32_t n;
	} rows[] = {{0, 0, 90}, {1, 0, 30}, {0, 2, 30}, {3, 1, 10}};
	unsigned int i, port_id, vlan, n;

	(void)state;
	for (i = 0; i < N_ELEMENTS(rows); i++) {
		struct vsw_fdb *fdb = fdb_create_sized(100, i);
		uint32_t flushed;

		for (n = 0; n < 90; n++)
			fdb_learn(fdb, vsw_fdb_key(1 + n / 3 % 3, 0x020000000000ULL + n),
				  1 + n % 3);
		if (rows[i].port_id != 0 && rows[i].vlan != 0)
			flushed = vsw_fdb_flush_port_vlan(fdb, rows[i].port_id, rows[i].vlan);
		else if (rows[i].port_id != 0)
			flushed = vsw_fdb_flush_port(fdb, rows[i].port_id);
		else if (rows[i].vlan != 0)
			flushed = vsw_fdb_flush_vlan(fdb, rows[i].vlan);
		else
			flushed = vsw_fdb_flush_all(fdb);
		assert_int_equal(flushed, rows[i].n);
		for (n = 0; n < 90; n++) {
			port_id = 1 + n % 3;
			vlan = 1 + n / 3 % 3;
			bool gone = (rows[i].port_id == 0 || rows[i].port_id == port_id) &&
				    (rows[i].vlan == 0 || rows[i].vlan == vlan);

			assert_int_equal(fdb_lookup(fdb, vsw_fdb_key(vlan, 0x020000000000ULL + n)),
					 gone ? VSW_FDB_MISS : port_id);
		}
		assert_int_equal(fdb_counts(fdb).flushed, rows[i].n);
		fdb_check_books(fdb, 90);
		fdb_destroy(fdb);
	}
}

/* More flushes than there are generations. */
static void
test_generations_come_round(void **state)
{
	struct vsw_fdb *fdb = fdb_create_sized(10, 1);
	unsigned int i;

	(void)state;
	for (i = 0; i < 5000; i++) {
		assert_int_equal(fdb_learn(fdb, station(i), 1), VSW_FDB_LEARNED);
		assert_int_equal(vsw_fdb_flush_port(fdb, 1), 1);
		assert_int_equal(fdb_learn(fdb, station(i), 1), VSW_FDB_LEARNED);
		assert_int_equal(vsw_fdb_flush_vlan(fdb, 1), 1);
		assert_int_equal(fdb_lookup(fdb, station(i)), VSW_FDB_MISS);
	}
	assert_int_equal(fdb_lookup(fdb, 0), VSW_FDB_MISS);
	fdb_check_books(fdb, 10000);
	fdb_destroy(fdb);
}

/* What an lcore leaves that had read the generation before a flush and wrote after the walk. */
static void
learn_late(struct vsw_fdb *fdb, uint64_t key, uint16_t port_id)
{
	uint16_t gen = fdb->port_gen[port_id];

	fdb->port_gen[port_id] = gen - 1;
	assert_int_equal(fdb_learn(fdb, key, port_id), VSW_FDB_LEARNED);
	fdb->port_gen[port_id] = gen;
}

static void
test_late_entry(void **state)
{
	struct vsw_fdb *fdb = fdb_create_sized(10, 1);
	struct vsw_fdb_entry entry;

	(void)state;
	vsw_fdb_flush_port(fdb, 1);
	learn_late(fdb, station(1), 1);
	assert_int_equal(fdb_lookup(fdb, station(1)), VSW_FDB_MISS);
	assert_int_equal(vsw_fdb_get(fdb, station(1), &entry), -ENOENT);
	assert_int_equal(vsw_fdb_del(fdb, station(1), NULL), -ENOENT);
	/* The address again: its slot is used again, also by another port. */
	learn_late(fdb, station(2), 1);
	assert_int_equal(fdb_learn(fdb, station(2), 3), VSW_FDB_LEARNED);
	assert_int_equal(fdb_lookup(fdb, station(2)), 3);
	learn_late(fdb, station(3), 1);
	fdb_sweep_all(fdb);
	assert_int_equal(vsw_fdb_port_entries(fdb, 1), 0);
	assert_int_equal(fdb_counts(fdb).flushed, 3);
	fdb_check_books(fdb, 4);
	fdb_destroy(fdb);
}

/* In a full table a new entry takes a late one's place, and evicts none that lives. */
static void
check_late_entries_yield_first(uint64_t seed)
{
	struct vsw_fdb *fdb = fdb_create_sized(10, seed);

	vsw_fdb_flush_port(fdb, 1);
	learn_late(fdb, station(1), 1);
	learn_stations(fdb, 10, 9, 2, VSW_FDB_LEARNED);
	assert_int_equal(fdb_learn(fdb, station(30), 2), VSW_FDB_LEARNED);
	assert_int_equal(vsw_fdb_port_entries(fdb, 1), 0);
	assert_int_equal(vsw_fdb_port_entries(fdb, 2), 10);
	assert_int_equal(fdb_counts(fdb).evicted, 0);
	fdb_check_books(fdb, 11);
	fdb_destroy(fdb);
}

static void
test_late_entries_yield_first(void **state)
{
	uint64_t seed;

	(void)state;
	for (seed = 0; seed < 20; seed++)
		check_late_entries_yield_first(seed);
}

/* In a bucket a late one's slot is taken before an empty one. */
static void
test_late_slot_before_empty_slot(void **state)
{
	struct vsw_fdb *fdb = fdb_create_sized(10, 1);
	uint64_t primary_of_0 = 0;
	uint64_t keys[3];
	unsigned int n;

	(void)state;
	for (n = 0; n < 3; primary_of_0++)
		if (vsw_fdb_primary(fdb, vsw_fdb_hash(fdb, station(primary_of_0))) == fdb->buckets)
			keys[n++] = station(primary_of_0);
	vsw_fdb_flush_port(fdb, 1);
	fdb_learn(fdb, keys[0], 2);
	learn_late(fdb, keys[1], 1);
	vsw_fdb_del(fdb, keys[0], NULL);
	assert_int_equal(fdb_learn(fdb, keys[2], 2), VSW_FDB_LEARNED);
	assert_int_equal(fdb_counts(fdb).dynamic, 1);
	assert_int_equal(fdb_counts(fdb).flushed, 1);
	fdb_check_books(fdb, 3);
	fdb_destroy(fdb);
}

static void
test_remove_port(void **state)
{
	struct vsw_fdb *fdb = fdb_create_sized(100, 1);

	(void)state;
	learn_stations(fdb, 0, 10, 1, VSW_FDB_LEARNED);
	learn_stations(fdb, 10, 10, 2, VSW_FDB_LEARNED);
	vsw_fdb_add_static(fdb, station(20), 1, NULL);
	vsw_fdb_add_static(fdb, station(21), 2, NULL);
	assert_int_equal(vsw_fdb_remove_port(fdb, 1), 11);
	assert_int_equal(fdb_lookup(fdb, station(0)), VSW_FDB_MISS);
	assert_int_equal(fdb_lookup(fdb, station(20)), VSW_FDB_MISS);
	assert_int_equal(fdb_lookup(fdb, station(10)), 2);
	assert_int_equal(fdb_lookup(fdb, station(21)), 2);
	fdb_check_books(fdb, 20);
	fdb_destroy(fdb);
}

static void
test_ageing_is_clamped(void **state)
{
	static const struct {
		uint32_t asked, effect;
	} rows[] = {{0, 0}, {1, 15}, {15, 15}, {300, 300}, {3600, 3600}, {3601, 3600}};
	struct vsw_fdb *fdb = fdb_create_sized(100, 1);
	unsigned int i;

	(void)state;
	for (i = 0; i < N_ELEMENTS(rows); i++)
		assert_int_equal(vsw_fdb_set_ageing(fdb, rows[i].asked), rows[i].effect);
	fdb_destroy(fdb);
}

/* From second start on: there at 299, also for a sweep, and gone with the sweep of 300. */
static void
check_ageing(uint32_t start)
{
	struct vsw_fdb *fdb = fdb_create_sized(100, start);
	struct vsw_fdb_entry entry;

	vsw_fdb_set_time(fdb, start);
	fdb_learn(fdb, station(1), 1);
	fdb_learn(fdb, station(2), 1);
	vsw_fdb_set_time(fdb, start + 200);
	assert_int_equal(fdb_learn(fdb, station(2), 1), VSW_FDB_REFRESHED);
	vsw_fdb_set_time(fdb, start + 299);
	fdb_sweep_all(fdb);
	/* To be looked up keeps nothing alive. */
	assert_int_equal(fdb_lookup(fdb, station(1)), 1);
	assert_int_equal(vsw_fdb_get(fdb, station(1), &entry), 0);
	assert_int_equal(entry.age_s, 299);
	vsw_fdb_set_time(fdb, start + 300);
	fdb_sweep_all(fdb);
	assert_int_equal(fdb_lookup(fdb, station(1)), VSW_FDB_MISS);
	assert_int_equal(fdb_lookup(fdb, station(2)), 1);
	assert_int_equal(fdb_counts(fdb).expired, 1);
	fdb_check_books(fdb, 2);
	fdb_destroy(fdb);
}

static void
test_ageing(void **state)
{
	static const uint32_t starts[] = {0, 1, 1000, 65235, 65236, 65300, 65535, 65536, 1U << 31};
	unsigned int i;

	(void)state;
	for (i = 0; i < N_ELEMENTS(starts); i++)
		check_ageing(starts[i]);
}

/* Without ageing an entry stays over several rounds of the stamp, and is never young again. */
static void
test_ageing_off(void **state)
{
	struct vsw_fdb *fdb = fdb_create_sized(100, 1);
	struct vsw_fdb_entry entry;
	uint32_t second;

	(void)state;
	vsw_fdb_set_ageing(fdb, 0);
	fdb_learn(fdb, station(1), 1);
	for (second = 0; second < 200000; second += 1000) {
		vsw_fdb_set_time(fdb, second);
		fdb_sweep_all(fdb);
		assert_int_equal(vsw_fdb_get(fdb, station(1), &entry), 0);
		assert_int_equal(entry.age_s, second < 32768 ? second : 32768);
	}
	vsw_fdb_set_ageing(fdb, 3600);
	fdb_sweep_all(fdb);
	assert_int_equal(fdb_lookup(fdb, station(1)), VSW_FDB_MISS);
	fdb_check_books(fdb, 1);
	fdb_destroy(fdb);
}

static void
test_sweep_in_steps(void **state)
{
	struct vsw_fdb *fdb = fdb_create_sized(100, 1);
	uint32_t bucket = 0, steps = 0;

	(void)state;
	learn_stations(fdb, 0, 100, 1, VSW_FDB_LEARNED);
	vsw_fdb_set_time(fdb, 300);
	do {
		bucket = vsw_fdb_sweep(fdb, bucket, 7);
		steps++;
	} while (bucket != 0);
	assert_int_equal(steps, (vsw_fdb_n_buckets(fdb) + 6) / 7);
	assert_int_equal(fdb_counts(fdb).dynamic, 0);
	assert_int_equal(fdb_counts(fdb).expired, 100);
	fdb_destroy(fdb);
}

/* Two entries of one key, as two lcores can leave them: one is found, and one is left. */
static void
test_sweep_drops_duplicates(void **state)
{
	struct vsw_fdb *fdb = fdb_create_sized(100, 1);
	uint64_t hash = vsw_fdb_hash(fdb, station(1));
	union vsw_fdb_slot *second = &vsw_fdb_secondary(fdb, hash)->slot[0];

	(void)state;
	fdb_learn(fdb, station(1), 1);
	*second = vsw_fdb_primary(fdb, hash)->slot[0];
	fdb->dynamic++;
	fdb->port_count[1]++;
	fdb_sweep_all(fdb);
	assert_int_equal(second->key, 0);
	assert_int_equal(fdb_lookup(fdb, station(1)), 1);
	assert_int_equal(fdb_counts(fdb).duplicates, 1);
	fdb_check_books(fdb, 2);
	fdb_destroy(fdb);
}

/* A static entry outlives its dynamic duplicate, though that is the one lookups find first. */
static void
test_duplicate_of_a_static(void **state)
{
	struct vsw_fdb *fdb = fdb_create_sized(100, 1);
	uint64_t hash = vsw_fdb_hash(fdb, station(1));

	(void)state;
	fdb_learn(fdb, station(1), 1);
	vsw_fdb_secondary(fdb, hash)->slot[0] =
		(union vsw_fdb_slot){.key = station(1), .value = VSW_FDB_VALUE_STATIC | 2};
	fdb->statics++;
	fdb_sweep_all(fdb);
	assert_int_equal(vsw_fdb_primary(fdb, hash)->slot[0].key, 0);
	assert_int_equal(fdb_lookup(fdb, station(1)), 2);
	fdb_check_books(fdb, 1);
	fdb_destroy(fdb);
}

static void
test_del(void **state)
{
	struct vsw_fdb *fdb = fdb_create_sized(100, 1);
	struct vsw_error err = {0};

	(void)state;
	fdb_learn(fdb, station(1), 1);
	vsw_fdb_add_static(fdb, station(2), 1, NULL);
	assert_int_equal(vsw_fdb_del(fdb, station(1), &err), 0);
	assert_int_equal(vsw_fdb_del(fdb, station(2), &err), 0);
	assert_int_equal(vsw_fdb_del(fdb, station(2), &err), -ENOENT);
	assert_non_null(strstr(err.text, "02:00:00:00:00:02"));
	assert_int_equal(vsw_fdb_del(fdb, 0, &err), -ENOENT);
	assert_int_equal(fdb_counts(fdb).deleted, 1);
	fdb_check_books(fdb, 1);
	fdb_destroy(fdb);
}

struct visits {
	unsigned int n, stop_at;
	unsigned int statics;
};

static int
visit(const struct vsw_fdb_entry *entry, void *arg)
{
	struct visits *visits = arg;

	assert_int_equal(entry->vlan, 1);
	assert_int_equal(entry->port_id, (entry->mac & 0xffff) % 4);
	assert_int_equal(entry->age_s, entry->type == VSW_FDB_STATIC ? 0 : 7);
	visits->statics += entry->type == VSW_FDB_STATIC;
	return ++visits->n == visits->stop_at ? 42 : 0;
}

static void
test_foreach(void **state)
{
	struct vsw_fdb *fdb = fdb_create_sized(100, 1);
	struct visits visits = {0};
	unsigned int i;

	(void)state;
	for (i = 0; i < 80; i++)
		fdb_learn(fdb, station(i), i % 4);
	for (i = 80; i < 90; i++)
		vsw_fdb_add_static(fdb, station(i), i % 4, NULL);
	vsw_fdb_set_time(fdb, 7);
	assert_int_equal(vsw_fdb_foreach(fdb, visit, &visits), 0);
	assert_int_equal(visits.n, 90);
	assert_int_equal(visits.statics, 10);
	visits = (struct visits){.stop_at = 5};
	assert_int_equal(vsw_fdb_foreach(fdb, visit, &visits), 42);
	assert_int_equal(visits.n, 5);
	fdb_destroy(fdb);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_n_buckets),
		cmocka_unit_test(test_learn),
		cmocka_unit_test(test_refresh_once_a_second),
		cmocka_unit_test(test_move),
		cmocka_unit_test(test_burst_of_one_source),
		cmocka_unit_test(test_burst_of_refused_source),
		cmocka_unit_test(test_bulk_sizes),
		cmocka_unit_test(test_static_is_not_learned_over),
		cmocka_unit_test(test_static_outlives_flush_and_age),
		cmocka_unit_test(test_static_replaces_what_was_there),
		cmocka_unit_test(test_static_refusals),
		cmocka_unit_test(test_static_count_is_bounded),
		cmocka_unit_test(test_both_buckets_static),
		cmocka_unit_test(test_both_buckets_full),
		cmocka_unit_test(test_port_limit),
		cmocka_unit_test(test_fairness),
		cmocka_unit_test(test_last_entry_of_a_port),
		cmocka_unit_test(test_flood_hurts_its_own_port),
		cmocka_unit_test(test_oldest_yields),
		cmocka_unit_test(test_expired_yields_first),
		cmocka_unit_test(test_fill_to_the_limit),
		cmocka_unit_test(test_flush_scopes),
		cmocka_unit_test(test_generations_come_round),
		cmocka_unit_test(test_late_entry),
		cmocka_unit_test(test_late_entries_yield_first),
		cmocka_unit_test(test_late_slot_before_empty_slot),
		cmocka_unit_test(test_remove_port),
		cmocka_unit_test(test_ageing_is_clamped),
		cmocka_unit_test(test_ageing),
		cmocka_unit_test(test_ageing_off),
		cmocka_unit_test(test_sweep_in_steps),
		cmocka_unit_test(test_sweep_drops_duplicates),
		cmocka_unit_test(test_duplicate_of_a_static),
		cmocka_unit_test(test_del),
		cmocka_unit_test(test_foreach),
	};

	return cmocka_run_group_tests_name("fdb", tests, NULL, NULL);
}
