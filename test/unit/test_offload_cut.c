/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lib/offload: checksums and segments of random frames in random pieces, against a model that sums
 * byte by byte, and that makes each segment as if it had been sent alone.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "offload_model.h"
#include "vsw_offload_hot.h"

#define PIECES_MAX 64
#define ROUNDS 3000

/* A frame in pieces that are allocated each, so that ASan sees their ends. */
struct pieces {
	unsigned int n;
	struct iovec piece[PIECES_MAX];
};

static uint32_t
below(uint32_t limit)
{
	return (uint32_t)random() % limit;
}

static uint32_t
piece_bytes(uint32_t left)
{
	uint32_t n = below(8) == 0 ? below(4) : below(2) == 0 ? below(100) : below(5000);

	return n < left ? n : left;
}

static void
split(struct pieces *pieces, const uint8_t *bytes, uint32_t len)
{
	uint32_t n;

	pieces->n = 0;
	while (len > 0) {
		n = pieces->n == PIECES_MAX - 1 ? len : piece_bytes(len);
		pieces->piece[pieces->n].iov_base = malloc(n);
		pieces->piece[pieces->n].iov_len = n;
		memcpy(pieces->piece[pieces->n++].iov_base, bytes, n);
		bytes += n;
		len -= n;
	}
}

/* Frees the pieces. */
static void
join(struct pieces *pieces, uint8_t *bytes)
{
	unsigned int i;

	for (i = 0; i < pieces->n; i++) {
		memcpy(bytes, pieces->piece[i].iov_base, pieces->piece[i].iov_len);
		bytes += pieces->piece[i].iov_len;
		free(pieces->piece[i].iov_base);
	}
}

static struct recipe
random_recipe(uint32_t payload)
{
	struct recipe recipe = {.tags = (uint8_t)below(4), .version = below(2) == 0 ? 4 : 6};

	recipe.ip_options = (uint8_t)(below(2) == 0 ? 0 : below(11));
	recipe.routing = (uint8_t)below(2);
	recipe.tcp_words = (uint8_t)(below(2) == 0 ? 5 : 5 + below(11));
	recipe.flags = (uint8_t)random();
	recipe.payload = payload;
	return recipe;
}

static void
fill(struct built *frame)
{
	uint32_t i;

	for (i = frame->payload; i < frame->len; i++)
		frame->bytes[i] = (uint8_t)random();
}

static void
complete(const struct vsw_offload *offload, struct built *frame)
{
	struct pieces pieces;

	split(&pieces, frame->bytes, frame->len);
	vsw_offload_complete(offload, pieces.piece, pieces.n);
	join(&pieces, frame->bytes);
}

static void
checksums_are_right(void **state)
{
	static struct built frame, want;
	unsigned int round;

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		struct recipe recipe = random_recipe(below(10) == 0 ? below(64000) : below(1500));
		struct vsw_offload offload = {.needs = VSW_OFFLOAD_CSUM, .csum_offset = 16};
		uint8_t protocol = 6;

		if (below(2) == 0) {
			recipe.protocol = protocol = 17;
			offload.csum_offset = 6;
		}
		build(&frame, &recipe);
		fill(&frame);
		want = frame;
		model_complete(&want, protocol, offload.csum_offset);
		memcpy(frame.bytes + frame.ip, want.bytes + frame.ip, frame.transport - frame.ip);
		offload.csum_start = frame.transport;
		put16(frame.bytes + frame.transport + offload.csum_offset,
		      model_pseudo(&frame, protocol));
		complete(&offload, &frame);
		assert_memory_equal(frame.bytes, want.bytes, want.len);
		assert_int_equal(model_verify(&frame, protocol), 0xffff);
	}
}

/* RFC 768: a UDP checksum of 0 says that there is none. */
static void
no_checksum_is_zero(void **state)
{
	static struct built frame;
	const struct recipe udp = {.protocol = 17, .payload = 99};
	struct vsw_offload offload = {.needs = VSW_OFFLOAD_CSUM, .csum_offset = 6};
	uint8_t *field;

	(void)state;
	build(&frame, &udp);
	field = frame.bytes + frame.transport + 6;
	put16(field, 0);
	put16(frame.bytes + frame.payload, 0);
	put16(frame.bytes + frame.payload, (uint16_t)~model_verify(&frame, 17));
	assert_int_equal(model_verify(&frame, 17), 0xffff);
	put16(field, model_pseudo(&frame, 17));
	offload.csum_start = frame.transport;
	complete(&offload, &frame);
	assert_int_equal(field[0] << 8 | field[1], 0xffff);
}

static void
check_segments(const struct recipe *recipe, const struct built *frame, uint32_t gso_bytes)
{
	static struct built want;
	struct vsw_offload offload = model_request(frame, recipe->version, gso_bytes);
	uint32_t n = (recipe->payload + gso_bytes - 1) / gso_bytes, i;
	struct vsw_offload_cut cut;
	struct pieces pieces;
	uint8_t *segment;

	split(&pieces, frame->bytes, frame->len);
	vsw_offload_cut_begin(&cut, &offload, pieces.piece, pieces.n);
	for (i = 0; i < n; i++) {
		model_segment(recipe, frame, i, gso_bytes, &want);
		assert_int_equal(vsw_offload_cut_left(&cut), n - i);
		assert_int_equal(vsw_offload_cut_bytes(&cut), want.len);
		segment = malloc(want.len);
		vsw_offload_cut_next(&cut, segment);
		assert_memory_equal(segment, want.bytes, want.len);
		free(segment);
	}
	assert_int_equal(vsw_offload_cut_left(&cut), 0);
	join(&pieces, want.bytes);
	assert_memory_equal(frame->bytes, want.bytes, frame->len);
}

static void
segments_are_right(void **state)
{
	static struct built frame;
	unsigned int round;

	(void)state;
	for (round = 0; round < ROUNDS / 10; round++) {
		struct recipe recipe = random_recipe(below(5) == 0 ? below(65000) : below(9000));
		uint32_t gso_bytes = VSW_OFFLOAD_GSO_MIN_BYTES + below(below(2) == 0 ? 64 : 9000);

		recipe.payload += gso_bytes + 1;
		if (recipe.payload > 65000)
			recipe.payload = 65000;
		build(&frame, &recipe);
		fill(&frame);
		/* What stands in the field of a frame that is cut does not matter. */
		put16(frame.bytes + frame.transport + 16, (uint32_t)random());
		check_segments(&recipe, &frame, gso_bytes);
	}
}

/* Tags come and go between admission and completion. */
static void
tags_move_the_request(void **state)
{
	static struct built frame, tagged;
	struct recipe recipe = {.version = 4, .payload = 1000};
	struct vsw_offload offload, moved, none = {0};

	(void)state;
	build(&frame, &recipe);
	recipe.tags = 1;
	build(&tagged, &recipe);
	offload = model_request(&frame, 4, 100);
	moved = model_request(&tagged, 4, 100);
	vsw_offload_move(&offload, 4);
	assert_memory_equal(&offload, &moved, sizeof(moved));
	vsw_offload_move(&offload, -4);
	moved = model_request(&frame, 4, 100);
	assert_memory_equal(&offload, &moved, sizeof(moved));
	offload = (struct vsw_offload){.needs = VSW_OFFLOAD_CSUM, .csum_start = 34};
	vsw_offload_move(&offload, 4);
	assert_int_equal(offload.csum_start, 38);
	assert_int_equal(offload.hdr_bytes, 0);
	vsw_offload_move(&none, -4);
	assert_int_equal(none.csum_start, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(checksums_are_right),
		cmocka_unit_test(no_checksum_is_zero),
		cmocka_unit_test(segments_are_right),
		cmocka_unit_test(tags_move_the_request),
	};
	const char *text = getenv("VSW_TEST_SEED");
	unsigned int seed = text != NULL ? strtoul(text, NULL, 0) : (unsigned long)time(NULL);

	print_message("VSW_TEST_SEED=%u\n", seed);
	srandom(seed);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
