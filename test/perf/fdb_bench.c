/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What lib/fdb costs: TSC ticks for each address, in bursts of 32 random known addresses, with the
 * table holding 1 to 100000 of them.
 *
 *	fdb_bench [rounds]
 *
 * lookup    destinations, all known
 * miss      destinations, none known
 * learn     sources, all known and stamped in this second
 * refresh   sources, all known and stamped in an earlier second
 * flood     sources, all new, in a full table (of as many entries)
 *
 * A round takes all points in turn, so that what the machine does meanwhile falls on all of them;
 * for each point the median of the rounds is printed, with the least and the greatest. Addresses
 * are drawn outside of the measured time. Figures are of one machine in one hour: compare points
 * of one run, and say which machine it was. Needs an x86-64 time stamp counter.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <x86intrin.h>

#include "vsw_fdb_hot.h"

#define BURST 32U
#define BURSTS 4000U
#define ROUNDS_MAX 101U
#define TABLE_ENTRIES 200000U
#define HUGE_PAGE_BYTES (2UL << 20)

static const unsigned int n_addresses[] = {1, 1000, 10000, 100000};

#define N_SIZES (sizeof(n_addresses) / sizeof(n_addresses[0]))

enum kind {
	LOOKUP,
	MISS,
	LEARN,
	REFRESH,
	FLOOD,
	N_KINDS,
};

static const char *const kind_name[N_KINDS] = {"lookup", "miss", "learn", "refresh", "flood"};

struct bench {
	struct vsw_fdb *fdb;
	unsigned int n;
	uint64_t random;
	uint64_t fresh; /* addresses not yet used */
	uint32_t now_s;
	unsigned int sink; /* keeps the results wanted */
};

static uint64_t
draw(struct bench *bench)
{
	bench->random ^= bench->random << 13;
	bench->random ^= bench->random >> 7;
	bench->random ^= bench->random << 17;
	return bench->random;
}

static uint64_t
station(uint64_t n)
{
	return vsw_fdb_key(1, 0x020000000000ULL + n);
}

static struct vsw_fdb *
create(uint32_t entries_max)
{
	struct vsw_fdb_config config = {.entries_max = entries_max, .ports_max = 64, .seed = 42};
	size_t bytes = vsw_fdb_memory_bytes(&config);
	void *memory;

	bytes = (bytes + HUGE_PAGE_BYTES - 1) & ~(HUGE_PAGE_BYTES - 1);
	memory = aligned_alloc(HUGE_PAGE_BYTES, bytes);
	if (memory == NULL) {
		fprintf(stderr, "fdb_bench: no memory for %u entries\n", entries_max);
		exit(1);
	}
	madvise(memory, bytes, MADV_HUGEPAGE);
	memset(memory, 0, bytes);
	return vsw_fdb_init(memory, &config);
}

static void
fill(struct bench *bench, unsigned int n, uint32_t entries_max)
{
	unsigned int i;

	bench->n = n;
	bench->fdb = create(entries_max);
	bench->random = 88172645463325252ULL;
	bench->fresh = 1 << 30;
	for (i = 0; i < n; i++)
		vsw_fdb_learn(bench->fdb, station(i), 1);
}

static void
draw_keys(struct bench *bench, enum kind kind, uint64_t *keys)
{
	unsigned int i;

	for (i = 0; i < BURST; i++) {
		keys[i] = station(draw(bench) % bench->n);
		if (kind == MISS)
			keys[i] += 1UL << 24;
		else if (kind == FLOOD)
			keys[i] = station(bench->fresh++);
	}
}

/* Ticks of one burst. The fences keep its loads inside. */
static uint64_t
time_burst(struct bench *bench, enum kind kind, const uint64_t *keys)
{
	uint16_t ports[BURST] = {0};
	uint8_t results[BURST] = {0};
	uint64_t start, end;

	_mm_mfence();
	_mm_lfence();
	start = __rdtsc();
	if (kind == LOOKUP || kind == MISS)
		vsw_fdb_lookup_bulk(bench->fdb, keys, BURST, ports);
	else
		vsw_fdb_learn_bulk(bench->fdb, keys, BURST, 1, results);
	_mm_lfence();
	end = __rdtsc();
	bench->sink += ports[BURST - 1] + results[BURST - 1];
	return end - start;
}

/* Mean ticks for an address. */
static double
time_point(struct bench *bench, enum kind kind)
{
	uint64_t keys[BURST];
	uint64_t ticks = 0;
	unsigned int i;

	for (i = 0; i < BURSTS; i++) {
		if (kind == REFRESH)
			vsw_fdb_set_time(bench->fdb, ++bench->now_s);
		draw_keys(bench, kind, keys);
		ticks += time_burst(bench, kind, keys);
	}
	/* Leave all stamped in this second, for the learners of the next point. */
	for (i = 0; kind == REFRESH && i < bench->n; i++)
		vsw_fdb_learn(bench->fdb, station(i), 1);
	return (double)ticks / BURSTS / BURST;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
print_point(enum kind kind, unsigned int n, double *ticks, unsigned int rounds)
{
	qsort(ticks, rounds, sizeof(*ticks), compare);
	printf("%-8s %7u %8.1f [%.1f..%.1f]\n", kind_name[kind], n, ticks[rounds / 2], ticks[0],
	       ticks[rounds - 1]);
}

int
main(int argc, char **argv)
{
	static double ticks[N_KINDS][N_SIZES][ROUNDS_MAX];
	static struct bench known[N_SIZES], full[N_SIZES];
	unsigned int rounds = argc > 1 ? strtoul(argv[1], NULL, 0) : 21;
	unsigned int round, size;
	enum kind kind;

	if (rounds < 1 || rounds > ROUNDS_MAX) {
		fprintf(stderr, "fdb_bench: rounds are 1 to %u\n", ROUNDS_MAX);
		return 1;
	}
	for (size = 0; size < N_SIZES; size++) {
		fill(&known[size], n_addresses[size], TABLE_ENTRIES);
		fill(&full[size], n_addresses[size], n_addresses[size]);
	}
	for (round = 0; round < rounds; round++)
		for (kind = 0; kind < N_KINDS; kind++)
			for (size = 0; size < N_SIZES; size++)
				ticks[kind][size][round] = time_point(
					kind == FLOOD ? &full[size] : &known[size], kind);
	printf("what   addresses ticks of an address, median [min..max] of %u rounds\n", rounds);
	for (kind = 0; kind < N_KINDS; kind++)
		for (size = 0; size < N_SIZES; size++)
			print_point(kind, n_addresses[size], ticks[kind][size], rounds);
	return 0;
}
