/* SPDX-License-Identifier: BSD-3-Clause */
#include "meter_placement.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_cycles.h>

#include "fifo_thread.h"

#define EXCHANGES_MIN 16 /* a median of fewer says nothing */
#define BINS 64

/*
 * The ball is ROUND * 256 + n. The prober plays the odd ones, the helper answers with the next; the
 * round differs in each probe, so that a helper that comes late to one cannot take part in the
 * next. At 255 the round is over.
 */
#define BALL_ROUND(round) ((uint64_t)(round) << 8)
#define BALL_OVER 255

struct helper {
	uint64_t ball __rte_cache_aligned;	  /* both: the line that is measured */
	uint32_t round __rte_cache_aligned;	  /* prober: w; helper: sleeps on it */
	bool stop;				  /* prober: w */
	uint64_t longest_tsc __rte_cache_aligned; /* helper: how long it kept its CPU */
	uint64_t limit_tsc;			  /* constant */
	unsigned int cpu;			  /* constant */
	pthread_t thread;
};

struct placement {
	unsigned int n_helpers;
	struct helper *helpers;
	uint32_t near_ticks;
	uint64_t tsc_hz;
	uint64_t limit_tsc; /* for an exchange: PLACEMENT_HELPER_US */
	uint64_t wait_tsc;  /* for the first one: PLACEMENT_WAIT_US */
	uint64_t probes;
	uint64_t unanswered;
	uint64_t doubtful;
	uint64_t bins[BINS]; /* readings, by bin_of() */
};

static uint64_t
load(const uint64_t *word)
{
	return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static void
store(uint64_t *word, uint64_t value)
{
	__atomic_store_n(word, value, __ATOMIC_RELEASE);
}

static void
sleep_on(uint32_t *word, uint32_t value)
{
	syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}

static void
wake(uint32_t *word)
{
	syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

/* Answer each ball of a round, until it is over or takes too long. */
static void
play_round(struct helper *helper, uint32_t round)
{
	uint64_t begin = rte_rdtsc(), now = begin, next = BALL_ROUND(round) + 1, ball;

	while (now - begin < helper->limit_tsc) {
		ball = load(&helper->ball);
		if (ball == next) {
			store(&helper->ball, next + 1);
			next += 2;
		} else if (ball == BALL_ROUND(round) + BALL_OVER) {
			break;
		}
		now = rte_rdtsc();
	}
	helper->longest_tsc = RTE_MAX(helper->longest_tsc, now - begin);
}

static void *
run_helper(void *arg)
{
	struct helper *helper = arg;
	uint32_t played = 0, round;

	while (!__atomic_load_n(&helper->stop, __ATOMIC_ACQUIRE)) {
		round = __atomic_load_n(&helper->round, __ATOMIC_ACQUIRE);
		if (round == played) {
			sleep_on(&helper->round, played);
			continue;
		}
		played = round;
		play_round(helper, round);
	}
	return NULL;
}

/* Eight bins an octave, from 16 ticks. */
static unsigned int
bin_of(uint32_t ticks)
{
	unsigned int octave;

	if (ticks < 16)
		return 0;
	octave = 31 - __builtin_clz(ticks);
	return RTE_MIN((octave - 4) * 8 + ((ticks >> (octave - 3)) & 7), BINS - 1U);
}

static uint32_t
bin_from(unsigned int bin)
{
	return (8 + bin % 8) << (bin / 8 + 1);
}

static int
by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Wait for the answer to a ball. Returns the time, or 0 if it did not come within limit_tsc. */
static inline uint64_t
await(const struct helper *helper, uint64_t ball, uint64_t from_tsc, uint64_t limit_tsc)
{
	unsigned int spins;
	uint64_t now;

	/* The clock is read now and then only: it would blur what is measured. */
	do {
		for (spins = 0; spins < 256; spins++) {
			if (load(&helper->ball) == ball)
				return rte_rdtsc();
		}
		now = rte_rdtsc();
	} while (now - from_tsc < limit_tsc);
	return 0;
}

/* The middle of n times; of more than one of them, for the TSC may advance in steps of 26 ticks. */
static uint32_t
middle(uint32_t *ticks, unsigned int n)
{
	unsigned int i;
	uint64_t sum = 0;

	qsort(ticks, n, sizeof(ticks[0]), by_size);
	for (i = n / 4; i < n - n / 4; i++)
		sum += ticks[i];
	return sum / (n - n / 4 * 2);
}

/* The usual round trip to a helper, 0 if it does not answer. */
static uint32_t
probe_one(struct placement *placement, struct helper *helper)
{
	uint64_t base = BALL_ROUND(helper->round + 1), then = rte_rdtsc(), now;
	uint64_t limit_tsc = placement->wait_tsc;
	uint32_t ticks[PLACEMENT_EXCHANGES];
	unsigned int i, n = 0;

	store(&helper->ball, base + 1);
	__atomic_store_n(&helper->round, helper->round + 1, __ATOMIC_RELEASE);
	wake(&helper->round);
	for (i = 0; i <= PLACEMENT_EXCHANGES; i++) {
		now = await(helper, base + 2 * i + 2, then, limit_tsc);
		if (now == 0)
			break;
		if (i > 0) /* the first one is the waking up */
			ticks[n++] = RTE_MIN(now - then, (uint64_t)UINT32_MAX);
		limit_tsc = placement->limit_tsc;
		then = now;
		store(&helper->ball, base + (i < PLACEMENT_EXCHANGES ? 2 * i + 3 : BALL_OVER));
	}
	store(&helper->ball, base + BALL_OVER);
	return n < EXCHANGES_MIN ? 0 : middle(ticks, n);
}

/* So near the threshold that it may not lie between the modes of this machine. */
static bool
is_doubtful(const struct placement *placement, uint32_t ticks)
{
	return ticks > placement->near_ticks / 5 * 4 && ticks < placement->near_ticks / 4 * 5;
}

/* Whoever loses the CPU in a probe, spoils it; the next one will find both awake. */
static uint32_t
probe_until_answered(struct placement *placement, struct helper *helper)
{
	uint32_t ticks = 0;
	unsigned int i;

	for (i = 0; i < PLACEMENT_TRIES && ticks == 0; i++)
		ticks = probe_one(placement, helper);
	placement->probes++;
	if (ticks == 0) {
		placement->unanswered++;
		return 0;
	}
	placement->bins[bin_of(ticks)]++;
	placement->doubtful += is_doubtful(placement, ticks);
	return ticks;
}

struct placement_reading
placement_probe(struct placement *placement)
{
	struct placement_reading reading = {0, 0};
	unsigned int i;
	uint32_t ticks;

	for (i = 0; placement != NULL && i < placement->n_helpers; i++) {
		ticks = probe_until_answered(placement, &placement->helpers[i]);
		if (ticks == 0)
			return (struct placement_reading){0, 0};
		reading.min_ticks = i > 0 ? RTE_MIN(reading.min_ticks, ticks) : ticks;
		reading.max_ticks = RTE_MAX(reading.max_ticks, ticks);
	}
	return reading;
}

enum placement_kind
placement_kind(const struct placement *placement, struct placement_reading reading)
{
	if (placement == NULL || reading.max_ticks == 0)
		return PLACEMENT_UNKNOWN;
	if (reading.max_ticks <= placement->near_ticks)
		return PLACEMENT_NEAR;
	return reading.min_ticks > placement->near_ticks ? PLACEMENT_FAR : PLACEMENT_MIXED;
}

enum placement_kind
placement_join(enum placement_kind a, enum placement_kind b)
{
	if (a == PLACEMENT_UNKNOWN || b == PLACEMENT_UNKNOWN)
		return PLACEMENT_UNKNOWN;
	return a == b ? a : PLACEMENT_MIXED;
}

const char *
placement_name(enum placement_kind kind)
{
	static const char *const names[] = {
		[PLACEMENT_UNKNOWN] = "unknown",
		[PLACEMENT_NEAR] = "near",
		[PLACEMENT_FAR] = "far",
		[PLACEMENT_MIXED] = "mixed",
	};

	return names[kind];
}

json_t *
placement_json(const struct placement *placement)
{
	json_t *object = json_object(), *cpus = json_array(), *histogram = json_array();
	uint64_t longest_tsc = 0;
	unsigned int i;

	if (placement == NULL) {
		json_decref(object);
		json_decref(cpus);
		json_decref(histogram);
		return json_null();
	}
	for (i = 0; i < placement->n_helpers; i++) {
		json_array_append_new(cpus, json_integer(placement->helpers[i].cpu));
		longest_tsc = RTE_MAX(longest_tsc, placement->helpers[i].longest_tsc);
	}
	for (i = 0; i < BINS; i++) {
		if (placement->bins[i] > 0)
			json_array_append_new(histogram,
					      json_pack("[iI]", bin_from(i), placement->bins[i]));
	}
	json_object_set_new(object, "cpus", cpus);
	json_object_set_new(object, "near_ticks", json_integer(placement->near_ticks));
	json_object_set_new(object, "probes", json_integer(placement->probes));
	json_object_set_new(object, "unanswered", json_integer(placement->unanswered));
	json_object_set_new(object, "doubtful", json_integer(placement->doubtful));
	json_object_set_new(object, "histogram", histogram);
	json_object_set_new(object, "helper_us_max",
			    json_real((double)longest_tsc * 1e6 / (double)placement->tsc_hz));
	return object;
}

static void
stop_helper(struct helper *helper)
{
	__atomic_store_n(&helper->stop, true, __ATOMIC_RELEASE);
	store(&helper->ball, BALL_ROUND(helper->round + 1) + BALL_OVER);
	__atomic_store_n(&helper->round, helper->round + 1, __ATOMIC_RELEASE);
	wake(&helper->round);
	pthread_join(helper->thread, NULL);
}

/* A prober and a helper on one CPU would wait for each other. */
static int
check_cpus(const struct placement_config *config, struct vsw_error *err)
{
	cpu_set_t own;
	unsigned int i;

	if (config->n_cpus == 0 || config->n_cpus > PLACEMENT_CPUS_MAX)
		return vsw_error_set(err, EINVAL, "the placement probe takes 1 to %u CPUs, not %u",
				     PLACEMENT_CPUS_MAX, config->n_cpus);
	if (pthread_getaffinity_np(pthread_self(), sizeof(own), &own) != 0 || CPU_COUNT(&own) != 1)
		return 0;
	for (i = 0; i < config->n_cpus; i++) {
		if (CPU_ISSET(config->cpus[i], &own))
			return vsw_error_set(err, EINVAL,
					     "switch and generator share CPU %u: give each its own",
					     config->cpus[i]);
	}
	return 0;
}

int
placement_create(const struct placement_config *config, struct placement **placement,
		 struct vsw_error *err)
{
	struct placement *p;
	int ret;

	ret = check_cpus(config, err);
	if (ret < 0)
		return ret;
	p = calloc(1, sizeof(*p));
	if (p != NULL)
		p->helpers =
			aligned_alloc(RTE_CACHE_LINE_SIZE, config->n_cpus * sizeof(p->helpers[0]));
	if (p == NULL || p->helpers == NULL) {
		placement_destroy(p);
		return vsw_error_set(err, ENOMEM, "no memory for the placement probe");
	}
	p->near_ticks = config->near_ticks;
	if (p->near_ticks == 0)
		p->near_ticks = config->tsc_hz * PLACEMENT_NEAR_NS / 1000000000;
	p->tsc_hz = config->tsc_hz;
	p->limit_tsc = config->tsc_hz * PLACEMENT_HELPER_US / 1000000;
	p->wait_tsc = config->tsc_hz * PLACEMENT_WAIT_US / 1000000;
	for (; p->n_helpers < config->n_cpus; p->n_helpers++) {
		struct helper *helper = &p->helpers[p->n_helpers];

		*helper = (struct helper){
			.cpu = config->cpus[p->n_helpers],
			.limit_tsc = p->limit_tsc,
		};
		ret = fifo_thread_start(&helper->thread, helper->cpu, run_helper, helper, err);
		if (ret < 0) {
			placement_destroy(p);
			return ret;
		}
	}
	*placement = p;
	return 0;
}

void
placement_destroy(struct placement *placement)
{
	unsigned int i;

	if (placement == NULL)
		return;
	for (i = 0; i < placement->n_helpers; i++)
		stop_helper(&placement->helpers[i]);
	free(placement->helpers);
	free(placement);
}
