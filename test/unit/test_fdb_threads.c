/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lib/fdb by several threads: four learn, move and look up while one sweeps, flushes and changes
 * static entries. While they run, a lookup may find nothing, but never a port that the key was not
 * on; at the end the counts equal a walk of the table, and no key is there twice.
 *
 * Each key belongs to two of the ports, and moves between them.
 */
#include "fdb_fixture.h"

#include <pthread.h>
#include <unistd.h>

#define ATTEMPTS 20U
#define N_LEARNERS 4U
#define BURST 32U

struct stress {
	const char *name;
	uint32_t n_keys;
	uint32_t entries_max;
	uint32_t n_bursts;
	bool is_quiet; /* control lets time pass and does nothing else */
};

/* What the threads share; the table is the only part that is written. */
struct arena {
	struct vsw_fdb *fdb;
	const struct stress *stress;
	uint64_t seed;
	unsigned int running; /* learners that have not ended */
};

struct learner {
	struct arena *arena;
	uint16_t port_id;
	uint64_t random;
	uint64_t result[VSW_FDB_RESULT_N];
	uint64_t strangers; /* lookups that found a port the key was never on */
	uint64_t hits;
};

static uint64_t
stress_key(unsigned int k)
{
	return vsw_fdb_key(1 + k % 4, 0x020000000000ULL + k);
}

/* Whether key k may be on port_id: on k and k + 1, modulo the ports. */
static bool
is_home(unsigned int k, uint16_t port_id)
{
	return port_id == k % N_LEARNERS || port_id == (k + 1) % N_LEARNERS;
}

static unsigned int
draw_key(struct learner *learner)
{
	return fdb_random(&learner->random) % learner->arena->stress->n_keys;
}

static void
learn_burst(struct learner *learner)
{
	uint64_t keys[BURST];
	uint8_t results[BURST];
	unsigned int i, k;

	for (i = 0; i < BURST; i++) {
		do
			k = draw_key(learner);
		while (!is_home(k, learner->port_id));
		keys[i] = stress_key(k);
	}
	vsw_fdb_learn_bulk(learner->arena->fdb, keys, BURST, learner->port_id, results);
	for (i = 0; i < BURST; i++)
		learner->result[results[i]]++;
}

static void
lookup_burst(struct learner *learner)
{
	unsigned int k[BURST];
	uint64_t keys[BURST];
	uint16_t ports[BURST];
	unsigned int i;

	for (i = 0; i < BURST; i++) {
		k[i] = draw_key(learner);
		keys[i] = stress_key(k[i]);
	}
	vsw_fdb_lookup_bulk(learner->arena->fdb, keys, BURST, ports);
	for (i = 0; i < BURST; i++) {
		if (ports[i] == VSW_FDB_MISS)
			continue;
		learner->hits++;
		learner->strangers += !is_home(k[i], ports[i]);
	}
}

static void *
run_learner(void *arg)
{
	struct learner *learner = arg;
	unsigned int i;

	for (i = 0; i < learner->arena->stress->n_bursts; i++) {
		learn_burst(learner);
		lookup_burst(learner);
	}
	__atomic_fetch_sub(&learner->arena->running, 1, __ATOMIC_RELEASE);
	return NULL;
}

static int
visit(const struct vsw_fdb_entry *entry, void *arg)
{
	(void)entry;
	++*(unsigned int *)arg;
	return 0;
}

static void
control_step(struct vsw_fdb *fdb, uint64_t r, unsigned int k)
{
	unsigned int n = 0;

	switch (r % 16) {
	case 0:
		vsw_fdb_flush_port(fdb, (r >> 8) % N_LEARNERS);
		break;
	case 1:
		vsw_fdb_flush_vlan(fdb, 1 + (r >> 8) % 4);
		break;
	case 2:
		vsw_fdb_flush_port_vlan(fdb, (r >> 8) % N_LEARNERS, 1 + (r >> 16) % 4);
		break;
	case 3:
		vsw_fdb_foreach(fdb, visit, &n);
		break;
	case 4:
	case 5:
		vsw_fdb_add_static(fdb, stress_key(k), (k + (r >> 8) % 2) % N_LEARNERS, NULL);
		break;
	case 6:
	case 7:
	case 8:
		vsw_fdb_del(fdb, stress_key(k), NULL);
		break;
	default:
		vsw_fdb_sweep(fdb, 0, vsw_fdb_n_buckets(fdb));
	}
}

/* Time runs fast, so that entries expire while the test runs. */
static void
run_control(struct arena *arena)
{
	uint64_t random = arena->seed | 1;
	uint32_t now_s = 65000;

	while (__atomic_load_n(&arena->running, __ATOMIC_ACQUIRE) > 0) {
		uint64_t r = fdb_random(&random);

		vsw_fdb_set_time(arena->fdb, now_s += r >> 60);
		if (!arena->stress->is_quiet)
			control_step(arena->fdb, r, (r >> 24) % arena->stress->n_keys);
	}
}

static void
check_no_duplicates(const struct arena *arena)
{
	unsigned int *seen = calloc(arena->stress->n_keys, sizeof(*seen));
	const struct vsw_fdb *fdb = arena->fdb;
	unsigned int i;
	uint64_t b;

	assert_non_null(seen);
	for (b = 0; b <= fdb->bucket_mask; b++) {
		for (i = 0; i < VSW_FDB_BUCKET_SLOTS; i++) {
			uint64_t key = fdb->buckets[b].slot[i].key;

			if (key != 0)
				assert_int_equal(seen[vsw_fdb_key_mac(key) & 0xffffff]++, 0);
		}
	}
	free(seen);
}

/* False if the learners never met, each alone on its CPU in turn: then nothing was tested. */
static bool
check_end(const struct arena *arena, const struct learner *learners)
{
	uint64_t learned = 0, moved = 0, hits = 0;
	unsigned int i;

	for (i = 0; i < N_LEARNERS; i++) {
		assert_int_equal(learners[i].strangers, 0);
		learned += learners[i].result[VSW_FDB_LEARNED];
		moved += learners[i].result[VSW_FDB_MOVED];
		hits += learners[i].hits;
	}
	fdb_check_books(arena->fdb, learned);
	assert_true(fdb_counts(arena->fdb).dynamic <= arena->stress->entries_max + N_LEARNERS);
	check_no_duplicates(arena);
	print_message("%s: learned %llu, moved %llu, duplicates %llu\n", arena->stress->name,
		      (unsigned long long)learned, (unsigned long long)moved,
		      (unsigned long long)fdb_counts(arena->fdb).duplicates);
	return learned > 0 && moved > 0 && hits > 0;
}

/* As run_stress(), once; false if nothing was tested. */
static bool
try_stress(const struct stress *stress, uint64_t seed, uint64_t *duplicates)
{
	struct arena arena = {.stress = stress, .seed = seed, .running = N_LEARNERS};
	struct learner learners[N_LEARNERS] = {0};
	pthread_t threads[N_LEARNERS];
	unsigned int i;
	bool tested;

	arena.fdb = fdb_create_sized(stress->entries_max, seed);
	vsw_fdb_set_time(arena.fdb, 65000);
	for (i = 0; i < N_LEARNERS; i++) {
		learners[i].arena = &arena;
		learners[i].port_id = i;
		learners[i].random = (seed + i) * 0x9e3779b97f4a7c15ULL | 1;
		assert_int_equal(pthread_create(&threads[i], NULL, run_learner, &learners[i]), 0);
	}
	run_control(&arena);
	for (i = 0; i < N_LEARNERS; i++)
		pthread_join(threads[i], NULL);
	tested = check_end(&arena, learners);
	*duplicates = fdb_counts(arena.fdb).duplicates;
	fdb_destroy(arena.fdb);
	return tested;
}

/* Returns how many duplicates were removed. */
static uint64_t
run_stress(const struct stress *stress, uint64_t seed)
{
	uint64_t duplicates = 0;
	unsigned int i;

	for (i = 0; i < ATTEMPTS; i++) {
		if (try_stress(stress, seed + i, &duplicates))
			return duplicates;
	}
	fail_msg("%s: nothing was tested in %u attempts", stress->name, ATTEMPTS);
	return 0;
}

static void
test_stress(void **state)
{
	static const struct stress rows[] = {
		{"roomy", 2000, 4000, 4000, false},
		{"always full", 2000, 300, 4000, false},
		{"few keys", 16, 10, 8000, false},
	};
	uint64_t seed = fdb_seed();
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		run_stress(&rows[i], seed + i);
}

/* Learners remove the duplicates that they make, without a sweep. */
static void
test_duplicates(void **state)
{
	static const struct stress stress = {"few keys, no sweep", 16, 10, 8000, true};
	uint64_t seed = fdb_seed();
	unsigned int round;

	(void)state;
	/* To make one takes two learners at once; a round has tens on two CPUs. */
	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		skip();
	for (round = 0; round < 50; round++)
		if (run_stress(&stress, seed + round) > 0)
			return;
	fail_msg("no duplicate in %u rounds", round);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stress),
		cmocka_unit_test(test_duplicates),
	};

	return cmocka_run_group_tests_name("fdb_threads", tests, NULL, NULL);
}
