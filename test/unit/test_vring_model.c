/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lib/vring beside a model of the device (vring_pair.h), and a driver between them that checks what
 * it gets back: frames in bursts, of one chain or of several, of any shape.
 *
 *	test_vring_model [N]		N seeds, from 1 on; or the one in VSW_TEST_SEED
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "vring_driver.h"
#include "vring_pair.h"

#define N_SEEDS 8
#define N_CHAINS 250
#define WRAP_CHAINS 66000 /* indices have 16 bits */

struct bench {
	uint64_t first_seed, n_seeds;
	uint64_t random;
	struct guest guest;
	struct driver driver;
	struct pair pair;
	bool mergeable;
	uint64_t n_given, n_flushed; /* chains, ever */
};

static void
start(struct bench *bench, uint16_t size, bool packed, bool event_idx, bool writes)
{
	uint16_t base = guest_random(&bench->random);
	struct vsw_vring_config *config = &bench->guest.config;

	if (packed)
		base = base % size | (base & 1 << 15);
	guest_init(&bench->guest, size, packed, event_idx, writes);
	driver_init(&bench->driver, &bench->guest, &bench->random, guest_below(&bench->random, 2),
		    base);
	config->avail = config->used = base;
	bench->mergeable = guest_below(&bench->random, 2);
	bench->n_given = bench->n_flushed = 0;
	pair_init(&bench->pair, &bench->guest.memory);
	pair_start(&bench->pair, config);
}

static void
stop(struct bench *bench)
{
	driver_reap(&bench->driver);
	assert_int_equal(bench->driver.n_reaped, bench->n_flushed);
	pair_fini(&bench->pair);
	guest_fini(&bench->guest);
}

/* How much a frame needs, sometimes more than there is: what is not mergeable has a chain. */
static uint32_t
any_frame(struct bench *bench)
{
	if (!bench->mergeable)
		return 0;
	switch (guest_below(&bench->random, 32)) {
	case 0:
		return UINT32_MAX;
	case 1:
	case 2:
		return guest_below(&bench->random, DRIVER_CHAIN_MAX_BYTES + 1);
	default:
		return guest_below(&bench->random, 300);
	}
}

/* The model has found what the driver has made. */
static void
check_parts(const struct driver_chain *chain, const struct model_part *part)
{
	uint32_t i;

	for (i = 0; i < chain->n_parts; i++) {
		assert_int_equal(part[i].len_bytes, chain->part[i].len_bytes);
		assert_int_equal(part[i].address, chain->part[i].address);
	}
}

/* The driver is to be told this of each chain. */
static void
account(struct bench *bench, uint32_t n_frames)
{
	uint32_t i, k, n_parts;

	for (i = 0; i < n_frames; i++) {
		const struct model_frame *frame = &bench->pair.frame[i];

		for (k = n_parts = 0; k < frame->n_chains; k++) {
			struct driver_chain *chain = driver_chain(&bench->driver, bench->n_given++);

			assert_int_equal(frame->chain[k].id, chain->id);
			check_parts(chain, frame->part + n_parts);
			n_parts += chain->n_parts;
			chain->written_bytes =
				model_written(frame, k, bench->pair.written_bytes[i]);
		}
		assert_int_equal(n_parts, frame->n_parts);
	}
}

/* Now and then, not all that was taken is given. */
static void
burst(struct bench *bench)
{
	uint32_t n = 1 + guest_below(&bench->random, DEVICE_BURST_MAX), n_give = n;

	if (guest_below(&bench->random, 8) == 0)
		n_give = guest_below(&bench->random, n + 1);
	account(bench, pair_burst(&bench->pair, n, any_frame(bench), n_give, &bench->random));
}

/* Around the first that the driver has not seen, where a driver that waits has it, or anywhere. */
static void
wish(struct bench *bench)
{
	enum driver_wish wish = guest_below(&bench->random, 3);
	uint64_t position = bench->driver.used_position, size = bench->guest.config.size;

	if (wish == DRIVER_WANTS_EVENT && !bench->guest.config.event_idx)
		wish = DRIVER_WANTS_ALL;
	if (guest_below(&bench->random, 2))
		position += guest_below(&bench->random, 48);
	else if (guest_below(&bench->random, 4) == 0)
		position += guest_below(&bench->random, size);
	driver_wish(&bench->driver, wish, position);
}

static void
flush(struct bench *bench)
{
	wish(bench);
	driver_reap(&bench->driver);
	assert_int_equal(bench->driver.n_reaped, bench->n_flushed);
	pair_flush(&bench->pair);
	bench->n_flushed = bench->n_given;
	driver_reap(&bench->driver);
	assert_int_equal(bench->driver.n_reaped, bench->n_flushed);
	if (guest_below(&bench->random, 16) == 0)
		pair_take_over(&bench->pair);
}

static void
run(struct bench *bench, uint64_t n_chains)
{
	uint32_t i;

	while (bench->n_flushed < n_chains) {
		for (i = guest_below(&bench->random, 64); i > 0 && driver_post(&bench->driver);)
			i--;
		if (guest_below(&bench->random, 4) > 0)
			driver_show(&bench->driver);
		for (i = guest_below(&bench->random, 4); i > 0; i--)
			burst(bench);
		flush(bench);
	}
	stop(bench);
}

static uint16_t
any_size(struct bench *bench, bool packed)
{
	uint32_t size = 1U << guest_below(&bench->random, 16);

	return packed ? size + guest_below(&bench->random, size < 32768 ? size : 1) : size;
}

static void
seed(struct bench *bench, uint64_t n)
{
	print_message("VSW_TEST_SEED=%llu\n", (unsigned long long)n);
	bench->random = n * 0x9e3779b97f4a7c15ULL | 1;
}

static void
test_shapes(void **state)
{
	struct bench *bench = *state;
	uint64_t i;
	uint32_t k;

	for (i = 0; i < bench->n_seeds; i++) {
		seed(bench, bench->first_seed + i);
		for (k = 0; k < 8; k++) {
			start(bench, any_size(bench, k & 1), k & 1, k & 2, k & 4);
			run(bench, N_CHAINS);
		}
	}
}

/* The first has been posted, shown and flushed again after all indices have wrapped. */
static void
test_wrap(void **state)
{
	struct bench *bench = *state;
	uint32_t k;

	seed(bench, bench->first_seed);
	for (k = 0; k < 4; k++) {
		start(bench, k & 1 ? 200 : 256, k & 1, true, k & 2);
		run(bench, WRAP_CHAINS);
	}
}

int
main(int argc, char **argv)
{
	static struct bench bench = {.first_seed = 1, .n_seeds = N_SEEDS};
	const char *text = getenv("VSW_TEST_SEED");
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(test_shapes, &bench),
		cmocka_unit_test_prestate(test_wrap, &bench),
	};

	if (argc > 1)
		bench.n_seeds = strtoull(argv[1], NULL, 0);
	if (text != NULL) {
		bench.first_seed = strtoull(text, NULL, 0);
		bench.n_seeds = 1;
	}
	return cmocka_run_group_tests_name("vring_model", tests, NULL, NULL);
}
