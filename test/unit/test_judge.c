/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/traffic: one fault at a time, and what the judge calls it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "vsw_judge_hot.h"
#include "vsw_latency.h"
#include "vsw_traffic_hot.h"

#define BYTES 2048U
#define NOW 1000000ULL

/* Port 0 sends to the others, one flow, all frames looked at whole. */
struct bed {
	struct vsw_traffic_config config;
	struct vsw_traffic *traffic;
	struct vsw_judge_counts counts; /* of all ports, by settle() */
};

struct frame {
	uint8_t byte[BYTES];
	uint32_t length;
};

static void
configure(struct bed *bed)
{
	vsw_traffic_default(&bed->config);
	bed->config.check_every = 1;
}

static void
open_bed(struct bed *bed)
{
	assert_int_equal(vsw_traffic_create(&bed->config, &bed->traffic, NULL), 0);
}

static struct frame
next_frame(struct bed *bed)
{
	struct vsw_sender *sender = vsw_traffic_sender(bed->traffic, 0, 0);
	struct frame frame;

	vsw_sender_fill(sender, frame.byte, sizeof(frame.byte));
	frame.length = vsw_traffic_write(sender, frame.byte, NOW);
	return frame;
}

/* From an allocation of its length, so that ASan sees a byte read too many. */
static enum vsw_judge_verdict
deliver(struct bed *bed, uint32_t port, const struct frame *frame)
{
	uint8_t *bytes = malloc(frame->length > 0 ? frame->length : 1);
	enum vsw_judge_verdict verdict;

	memcpy(bytes, frame->byte, frame->length);
	verdict = vsw_judge_frame(vsw_traffic_judge(bed->traffic, port), bytes, frame->length,
				  NOW + 500);
	free(bytes);
	return verdict;
}

static void
assert_verdict(struct bed *bed, uint32_t port, const struct frame *frame,
	       enum vsw_judge_verdict verdict)
{
	assert_int_equal(deliver(bed, port, frame), verdict);
}

static void
settle(struct bed *bed)
{
	vsw_traffic_settle(bed->traffic);
	vsw_traffic_get_counts(bed->traffic, &bed->counts);
	assert_int_equal(bed->counts.received + bed->counts.lost, vsw_traffic_sent(bed->traffic));
}

static void
counts_what_comes_in_order(void **state)
{
	struct frame frame;
	struct bed bed;
	uint32_t i;

	(void)state;
	configure(&bed);
	bed.config.n_flows = 254;
	bed.config.n_macs = 1000;
	vsw_traffic_imix(&bed.config);
	open_bed(&bed);
	for (i = 0; i < 1000; i++) {
		frame = next_frame(&bed);
		assert_verdict(&bed, 1, &frame, VSW_JUDGE_RECEIVED);
	}
	settle(&bed);
	assert_int_equal(bed.counts.received, 1000);
	assert_int_equal(bed.counts.lost, 0);
	vsw_traffic_destroy(bed.traffic);
}

static void
counts_gaps_and_ends_as_lost(void **state)
{
	struct frame frame[6];
	struct bed bed;
	uint32_t i;

	(void)state;
	configure(&bed);
	open_bed(&bed);
	for (i = 0; i < 6; i++)
		frame[i] = next_frame(&bed);
	deliver(&bed, 1, &frame[1]);
	deliver(&bed, 1, &frame[3]);
	vsw_traffic_get_counts(bed.traffic, &bed.counts);
	assert_int_equal(bed.counts.lost, 2);
	settle(&bed);
	assert_int_equal(bed.counts.lost, 4);
	assert_int_equal(bed.counts.reordered, 0);
	vsw_traffic_destroy(bed.traffic);
}

/* Twice settled is once lost; a frame that comes after all is reordered, and lost no more. */
static void
takes_a_late_frame_after_settling(void **state)
{
	struct frame frame[2];
	struct bed bed;

	(void)state;
	configure(&bed);
	open_bed(&bed);
	frame[0] = next_frame(&bed);
	frame[1] = next_frame(&bed);
	settle(&bed);
	settle(&bed);
	assert_int_equal(bed.counts.lost, 2);
	assert_verdict(&bed, 1, &frame[1], VSW_JUDGE_REORDERED);
	settle(&bed);
	assert_int_equal(bed.counts.lost, 1);
	vsw_traffic_destroy(bed.traffic);
}

static void
tells_late_from_duplicated(void **state)
{
	struct frame first, frame;
	struct bed bed;

	(void)state;
	configure(&bed);
	open_bed(&bed);
	first = next_frame(&bed);
	frame = next_frame(&bed);
	assert_verdict(&bed, 1, &frame, VSW_JUDGE_RECEIVED);
	assert_verdict(&bed, 1, &frame, VSW_JUDGE_DUPLICATED);
	assert_verdict(&bed, 1, &first, VSW_JUDGE_REORDERED);
	assert_verdict(&bed, 1, &first, VSW_JUDGE_DUPLICATED);
	settle(&bed);
	assert_int_equal(bed.counts.received, 2);
	assert_int_equal(bed.counts.reordered, 1);
	assert_int_equal(bed.counts.duplicated, 2);
	assert_int_equal(bed.counts.lost, 0);
	vsw_traffic_destroy(bed.traffic);
}

/* A frame `behind` others is delivered behind them; then comes a frame that skips as many. */
static void
try_window(uint32_t behind, enum vsw_judge_verdict verdict)
{
	struct frame first, frame;
	struct bed bed;
	uint32_t i;

	configure(&bed);
	open_bed(&bed);
	first = next_frame(&bed);
	for (i = 0; i < behind; i++) {
		frame = next_frame(&bed);
		assert_verdict(&bed, 1, &frame, VSW_JUDGE_RECEIVED);
	}
	assert_verdict(&bed, 1, &first, verdict);
	first = next_frame(&bed);
	assert_verdict(&bed, 1, &first, VSW_JUDGE_RECEIVED);
	for (i = 0; i < behind; i++)
		frame = next_frame(&bed);
	assert_verdict(&bed, 1, &frame, VSW_JUDGE_RECEIVED);
	assert_verdict(&bed, 1, &first,
		       verdict == VSW_JUDGE_OLD ? VSW_JUDGE_OLD : VSW_JUDGE_DUPLICATED);
	settle(&bed);
	vsw_traffic_destroy(bed.traffic);
}

static void
remembers_64_frames(void **state)
{
	(void)state;
	try_window(62, VSW_JUDGE_REORDERED);
	try_window(63, VSW_JUDGE_REORDERED);
	try_window(64, VSW_JUDGE_OLD);
	try_window(65, VSW_JUDGE_OLD);
}

/* Of the frames before a long gap nothing is remembered as one of the gap. */
static void
forgets_what_is_before_a_gap(void **state)
{
	struct frame frame[71];
	struct bed bed;
	uint32_t i;

	(void)state;
	configure(&bed);
	open_bed(&bed);
	for (i = 0; i < 71; i++)
		frame[i] = next_frame(&bed);
	assert_verdict(&bed, 1, &frame[0], VSW_JUDGE_RECEIVED);
	assert_verdict(&bed, 1, &frame[70], VSW_JUDGE_RECEIVED);
	for (i = 7; i < 70; i++)
		assert_verdict(&bed, 1, &frame[i], VSW_JUDGE_REORDERED);
	settle(&bed);
	assert_int_equal(bed.counts.lost, 6);
	vsw_traffic_destroy(bed.traffic);
}

static void
counts_on_beyond_32_bits(void **state)
{
	struct vsw_stream *stream;
	struct frame frame[4];
	struct bed bed;
	uint32_t i;

	(void)state;
	configure(&bed);
	open_bed(&bed);
	stream = &vsw_traffic_judge(bed.traffic, 1)->stream[0];
	stream->next = vsw_traffic_sender(bed.traffic, 0, 0)->sequence = UINT32_MAX - 1;
	for (i = 0; i < 4; i++)
		frame[i] = next_frame(&bed);
	assert_verdict(&bed, 1, &frame[0], VSW_JUDGE_RECEIVED);
	assert_verdict(&bed, 1, &frame[2], VSW_JUDGE_RECEIVED);
	assert_verdict(&bed, 1, &frame[1], VSW_JUDGE_REORDERED);
	settle(&bed);
	assert_int_equal(bed.counts.lost, 1);
	vsw_traffic_destroy(bed.traffic);
}

static void
finds_every_single_bit(uint16_t vlan, uint32_t size)
{
	uint32_t tag = vlan != 0 ? 4 : 0, bit;
	enum vsw_judge_verdict verdict;
	struct frame frame;
	struct bed bed;

	configure(&bed);
	bed.config.vlan[0] = vlan;
	vsw_traffic_one_size(&bed.config, size);
	open_bed(&bed);
	for (bit = 0; bit < (size - 4) * 8; bit++) {
		uint32_t byte = bit / 8;

		frame = next_frame(&bed);
		frame.byte[byte] ^= 1 << bit % 8;
		verdict = VSW_JUDGE_CORRUPTED;
		/* Neither a type nor the magic number: no probe. The VLAN is the switch's. */
		if ((byte >= 12 && byte < 14 + tag) || (byte >= 34 + tag && byte < 38 + tag))
			verdict = VSW_JUDGE_STRANGE;
		if (tag != 0 && byte >= 14 && byte < 16)
			verdict = VSW_JUDGE_RECEIVED;
		assert_verdict(&bed, 1, &frame, verdict);
	}
	settle(&bed);
	assert_int_equal(bed.counts.received, tag != 0 ? 16 : 0);
	vsw_traffic_destroy(bed.traffic);
}

static void
finds_each_wrong_bit(void **state)
{
	(void)state;
	finds_every_single_bit(0, 64);
	finds_every_single_bit(9, 64);
	finds_every_single_bit(9, 570);
}

/* As a switch does it: the rest of the frame moves. */
static void
change_tag(struct frame *frame, int remove, uint32_t tci)
{
	uint8_t *tag = frame->byte + 12;

	if (remove) {
		memmove(tag, tag + 4, frame->length - 16);
		frame->length -= 4;
		return;
	}
	memmove(tag + 4, tag, frame->length - 12);
	frame->length += 4;
	tag[0] = 0x81;
	tag[1] = 0x00;
	tag[2] = tci >> 8;
	tag[3] = tci;
}

static void
finds_frames_cut_or_grown(void **state)
{
	struct frame frame;
	struct bed bed;

	(void)state;
	configure(&bed);
	vsw_traffic_one_size(&bed.config, 128);
	open_bed(&bed);
	frame = next_frame(&bed);
	frame.length--;
	assert_verdict(&bed, 1, &frame, VSW_JUDGE_CORRUPTED);
	frame.length += 2;
	assert_verdict(&bed, 1, &frame, VSW_JUDGE_CORRUPTED);
	frame.length = VSW_PROBE_FRAME_MIN - 1;
	assert_verdict(&bed, 1, &frame, VSW_JUDGE_STRANGE);
	frame.length = 0;
	assert_verdict(&bed, 1, &frame, VSW_JUDGE_STRANGE);
	frame = next_frame(&bed);
	change_tag(&frame, 0, 5);
	frame.length = VSW_PROBE_FRAME_MIN + VSW_PROBE_TAG_BYTES - 1;
	assert_verdict(&bed, 1, &frame, VSW_JUDGE_STRANGE);
	vsw_traffic_destroy(bed.traffic);
}

static void
sees_through_tags(void **state)
{
	struct frame frame;
	struct bed bed;

	(void)state;
	configure(&bed);
	bed.config.vlan[0] = 100;
	open_bed(&bed);
	frame = next_frame(&bed);
	change_tag(&frame, 1, 0);
	assert_int_equal(frame.length, 56);
	assert_verdict(&bed, 1, &frame, VSW_JUDGE_RECEIVED);
	frame = next_frame(&bed);
	change_tag(&frame, 1, 0);
	frame.length = 60; /* padded again */
	assert_verdict(&bed, 1, &frame, VSW_JUDGE_RECEIVED);
	frame = next_frame(&bed);
	change_tag(&frame, 1, 0);
	change_tag(&frame, 0, 0x2005);
	assert_verdict(&bed, 1, &frame, VSW_JUDGE_RECEIVED);
	frame = next_frame(&bed);
	change_tag(&frame, 0, 5);
	assert_verdict(&bed, 1, &frame, VSW_JUDGE_STRANGE); /* two tags */
	vsw_traffic_destroy(bed.traffic);
}

static void
finds_misdelivered(void **state)
{
	struct frame frame;
	struct bed bed;

	(void)state;
	configure(&bed);
	bed.config.n_ports = 3;
	vsw_traffic_connect(&bed.config, VSW_TRAFFIC_PAIRS);
	open_bed(&bed);
	frame = next_frame(&bed);
	assert_verdict(&bed, 2, &frame, VSW_JUDGE_MISDELIVERED);
	assert_verdict(&bed, 0, &frame, VSW_JUDGE_MISDELIVERED);
	settle(&bed);
	assert_int_equal(bed.counts.misdelivered, 2);
	assert_int_equal(bed.counts.lost, 1);
	vsw_traffic_destroy(bed.traffic);
}

static void
names_frames_beside_the_streams(void **state)
{
	struct vsw_sender *sender;
	struct frame frame;
	struct bed bed;

	(void)state;
	configure(&bed);
	open_bed(&bed);
	sender = vsw_traffic_sender(bed.traffic, 0, 0);
	frame.length = vsw_traffic_flood(sender, 3, frame.byte, NOW);
	assert_verdict(&bed, 1, &frame, VSW_JUDGE_FLOODED);
	frame.length = vsw_traffic_learn(sender, 0, VSW_TRAFFIC_BROADCAST, frame.byte, NOW);
	assert_verdict(&bed, 1, &frame, VSW_JUDGE_LEARNING);
	frame.byte[40] ^= 1;
	assert_verdict(&bed, 1, &frame, VSW_JUDGE_CORRUPTED);
	settle(&bed);
	assert_int_equal(bed.counts.flooded, 1);
	assert_int_equal(bed.counts.learning, 1);
	assert_int_equal(bed.counts.received, 0);
	vsw_traffic_destroy(bed.traffic);
}

static void
begins_rounds_anew(void **state)
{
	struct frame before, frame;
	struct bed bed;
	uint32_t round;

	(void)state;
	configure(&bed);
	open_bed(&bed);
	for (round = 0; round < 300; round++) {
		before = next_frame(&bed);
		frame = next_frame(&bed);
		assert_verdict(&bed, 1, &frame, VSW_JUDGE_RECEIVED);
		vsw_traffic_begin(bed.traffic);
		vsw_traffic_get_counts(bed.traffic, &bed.counts);
		assert_int_equal(bed.counts.received + bed.counts.lost + bed.counts.stale, 0);
		assert_verdict(&bed, 1, &before, VSW_JUDGE_STALE);
	}
	settle(&bed);
	assert_int_equal(bed.counts.stale, 1);
	assert_int_equal(bed.counts.lost, 0);
	vsw_traffic_destroy(bed.traffic);
}

static void
allows_foreign_macs(void **state)
{
	struct frame frame;
	struct bed bed;

	(void)state;
	configure(&bed);
	bed.config.foreign_macs = 1;
	open_bed(&bed);
	frame = next_frame(&bed);
	memset(frame.byte, 0x42, 12);
	assert_verdict(&bed, 1, &frame, VSW_JUDGE_RECEIVED);
	vsw_traffic_destroy(bed.traffic);
}

/* A wrong payload is found about as often as it is looked at. */
static void
looks_at_one_in_sixteen(void **state)
{
	struct frame frame;
	struct bed bed;
	uint32_t i;

	(void)state;
	vsw_traffic_default(&bed.config);
	bed.config.n_flows = 254;
	open_bed(&bed);
	for (i = 0; i < 25400; i++) {
		frame = next_frame(&bed);
		frame.byte[59] ^= 1;
		deliver(&bed, 1, &frame);
	}
	settle(&bed);
	assert_in_range(bed.counts.corrupted, 25400 / 16 - 250, 25400 / 16 + 250);
	assert_int_equal(bed.counts.corrupted, bed.counts.lost);
	vsw_traffic_destroy(bed.traffic);
}

static void
try_latency(uint32_t every, uint64_t min, uint64_t max)
{
	struct vsw_latency *latency = vsw_latency_create();
	struct frame frame;
	struct bed bed;
	uint32_t i;

	vsw_traffic_default(&bed.config);
	open_bed(&bed);
	vsw_judge_measure(vsw_traffic_judge(bed.traffic, 1), latency, every);
	for (i = 0; i < 6400; i++) {
		frame = next_frame(&bed);
		assert_verdict(&bed, 1, &frame, VSW_JUDGE_RECEIVED);
	}
	assert_in_range(vsw_latency_n(latency), min, max);
	assert_int_equal(vsw_latency_min(latency), 500);
	assert_int_equal(vsw_latency_max(latency), 500);
	vsw_judge_measure(vsw_traffic_judge(bed.traffic, 1), NULL, 1);
	vsw_latency_clear(latency);
	for (i = 0; i < 64; i++) {
		frame = next_frame(&bed);
		deliver(&bed, 1, &frame);
	}
	assert_int_equal(vsw_latency_n(latency), 0);
	vsw_latency_destroy(latency);
	vsw_traffic_destroy(bed.traffic);
}

static void
measures_one_in_n(void **state)
{
	(void)state;
	try_latency(1, 6400, 6400);
	try_latency(64, 80, 120);
}

static void
takes_any_bytes(void **state)
{
	struct frame frame;
	struct bed bed;
	uint32_t i, j;

	(void)state;
	configure(&bed);
	open_bed(&bed);
	for (i = 0; i < 20000; i++) {
		frame = next_frame(&bed);
		for (j = random() % 64; j > 0; j--)
			frame.byte[random() % 60] = random();
		frame.length = random() % 80;
		deliver(&bed, random() % 2, &frame);
	}
	vsw_traffic_destroy(bed.traffic);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_what_comes_in_order),
		cmocka_unit_test(counts_gaps_and_ends_as_lost),
		cmocka_unit_test(takes_a_late_frame_after_settling),
		cmocka_unit_test(tells_late_from_duplicated),
		cmocka_unit_test(remembers_64_frames),
		cmocka_unit_test(forgets_what_is_before_a_gap),
		cmocka_unit_test(counts_on_beyond_32_bits),
		cmocka_unit_test(finds_each_wrong_bit),
		cmocka_unit_test(finds_frames_cut_or_grown),
		cmocka_unit_test(sees_through_tags),
		cmocka_unit_test(finds_misdelivered),
		cmocka_unit_test(names_frames_beside_the_streams),
		cmocka_unit_test(begins_rounds_anew),
		cmocka_unit_test(allows_foreign_macs),
		cmocka_unit_test(looks_at_one_in_sixteen),
		cmocka_unit_test(measures_one_in_n),
		cmocka_unit_test(takes_any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
