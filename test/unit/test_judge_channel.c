/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lib/traffic: a channel that drops, duplicates, delays, redirects and corrupts frames at random,
 * and changes their tags, counts what it does; the judge must find exactly that.
 *
 * A frame is late if one with a higher number of its stream was there before, and nothing stays in
 * the channel for VSW_JUDGE_WINDOW numbers of its stream. VSW_TEST_SEED=N repeats a run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "vsw_judge_hot.h"
#include "vsw_traffic_hot.h"

#define RUNS 300U
#define FRAMES_MAX 3000U
#define HELD_MAX 512U
#define BYTES 1536U
#define STREAMS (VSW_PROBE_PORTS_MAX * VSW_PROBE_PORTS_MAX * VSW_PROBE_FLOWS_MAX)

struct frame {
	uint8_t byte[BYTES];
	uint32_t length;
	uint32_t stream;
	uint32_t sequence;
	uint32_t due; /* when the stream has sent so many */
	uint32_t to;
	uint32_t tagged;
};

struct channel {
	struct vsw_traffic_config config;
	struct vsw_traffic *traffic;
	struct vsw_judge_counts did;
	uint32_t sent[STREAMS];
	uint32_t end[STREAMS]; /* highest number delivered + 1 */
	struct frame held[HELD_MAX];
	uint32_t n_held;
	uint32_t trouble; /* one frame in so many */
};

static uint32_t
below(uint32_t limit)
{
	return (uint32_t)random() % limit;
}

static void
choose_sizes(struct vsw_traffic_config *config)
{
	if (below(3) == 0)
		vsw_traffic_imix(config);
	else
		vsw_traffic_one_size(config, 64 + below(200));
}

static void
create(struct channel *channel)
{
	struct vsw_traffic_config *config = &channel->config;
	uint32_t i;

	memset(channel, 0, sizeof(*channel));
	vsw_traffic_default(config);
	config->n_ports = 2 + below(5);
	config->n_macs = 1 + below(100);
	config->n_flows = 1 + below(below(2) ? 3 : VSW_PROBE_FLOWS_MAX);
	config->seed = below(3);
	config->check_every = 1;
	vsw_traffic_connect(config, below(2) ? VSW_TRAFFIC_MESH : VSW_TRAFFIC_PAIRS);
	for (i = 0; i < config->n_ports; i++)
		config->vlan[i] = below(2) ? 1 + below(4094) : 0;
	choose_sizes(config);
	channel->trouble = 1 + below(20);
	assert_int_equal(vsw_traffic_create(config, &channel->traffic, NULL), 0);
}

static void
judge(struct channel *channel, const struct frame *frame, uint32_t port)
{
	vsw_judge_frame(vsw_traffic_judge(channel->traffic, port), frame->byte, frame->length, 0);
}

/* Deliver the first copy of an intact frame to its port. */
static void
deliver(struct channel *channel, const struct frame *frame)
{
	uint32_t *end = &channel->end[frame->stream];

	judge(channel, frame, frame->to);
	channel->did.received++;
	if (frame->sequence < *end)
		channel->did.reordered++;
	else
		*end = frame->sequence + 1;
}

/* Add, remove or change the tag, as the switch may. */
static void
change_tag(struct frame *frame)
{
	uint8_t *tag = frame->byte + 12;

	if (frame->tagged) {
		memmove(tag, tag + 4, frame->length - 16);
		frame->length -= 4;
	}
	frame->tagged = below(2);
	if (!frame->tagged)
		return;
	memmove(tag + 4, tag, frame->length - 12);
	memcpy(tag, "\x81\x00", 2);
	tag[2] = below(256);
	tag[3] = below(256);
	frame->length += 4;
}

/* Flip a bit; not of a VLAN, which the switch may change. */
static void
corrupt(struct channel *channel, struct frame *frame)
{
	uint32_t body = frame->tagged ? 18 : 14, byte;

	do
		byte = below(frame->length);
	while (byte >= 14 && byte < body - 2);
	frame->byte[byte] ^= 1 << below(8);
	if ((byte >= 12 && byte < body) || (byte >= body + 20 && byte < body + 24))
		channel->did.strange++;
	else
		channel->did.corrupted++;
	judge(channel, frame, frame->to);
}

static void
redirect(struct channel *channel, const struct frame *frame)
{
	uint32_t n = channel->config.n_ports;

	judge(channel, frame, (frame->to + 1 + below(n - 1)) % n);
	channel->did.misdelivered++;
}

/* Keep it, for others of its stream to overtake it. */
static void
hold(struct channel *channel, const struct frame *frame)
{
	struct frame *held = &channel->held[channel->n_held];

	if (channel->n_held == HELD_MAX) {
		deliver(channel, frame);
		return;
	}
	*held = *frame;
	held->due = frame->sequence + 1 + below(VSW_JUDGE_WINDOW - 1);
	channel->n_held++;
}

static void
release(struct channel *channel, uint32_t i)
{
	deliver(channel, &channel->held[i]);
	channel->held[i] = channel->held[--channel->n_held];
}

static void
release_due(struct channel *channel, uint32_t stream)
{
	uint32_t i = 0;

	while (i < channel->n_held) {
		if (channel->held[i].stream == stream &&
		    channel->held[i].due <= channel->sent[stream])
			release(channel, i);
		else
			i++;
	}
}

static void
make_trouble(struct channel *channel, struct frame *frame)
{
	switch (below(5)) {
	case 0: /* drop */
		return;
	case 1:
		deliver(channel, frame);
		judge(channel, frame, frame->to);
		channel->did.duplicated++;
		return;
	case 2:
		hold(channel, frame);
		return;
	case 3:
		redirect(channel, frame);
		return;
	default:
		corrupt(channel, frame);
	}
}

/* Names the frame by what lies in it, which test_traffic.c has checked. */
static void
send_one(struct channel *channel, uint32_t from)
{
	struct vsw_sender *sender = vsw_traffic_sender(channel->traffic, from, 0);
	static struct frame frame;

	frame.tagged = channel->config.vlan[from] != 0;
	vsw_sender_fill(sender, frame.byte, sizeof(frame.byte));
	frame.length = vsw_traffic_write(sender, frame.byte, 0);
	frame.to = frame.byte[1];
	frame.stream = (from * VSW_PROBE_PORTS_MAX + frame.to) * VSW_PROBE_FLOWS_MAX +
		       frame.byte[frame.tagged ? 37 : 33] - 1;
	frame.sequence = channel->sent[frame.stream]++;
	if (below(2) == 0)
		change_tag(&frame);
	if (below(channel->trouble) == 0)
		make_trouble(channel, &frame);
	else
		deliver(channel, &frame);
	release_due(channel, frame.stream);
}

static void
send_beside(struct channel *channel, uint32_t from)
{
	struct vsw_sender *sender = vsw_traffic_sender(channel->traffic, from, 0);
	struct frame frame;

	frame.length = vsw_traffic_flood(sender, below(100), frame.byte, 0);
	judge(channel, &frame, below(channel->config.n_ports));
	frame.length = vsw_traffic_learn(sender, 0, VSW_TRAFFIC_BROADCAST, frame.byte, 0);
	judge(channel, &frame, below(channel->config.n_ports));
	channel->did.flooded++;
	channel->did.learning++;
}

static void
run(struct channel *channel)
{
	uint32_t n = below(FRAMES_MAX), i, from;

	for (i = 0; i < n; i++) {
		from = below(channel->config.n_ports);
		if (channel->config.to[from] == 0)
			continue;
		send_one(channel, from);
		if (below(100) == 0)
			send_beside(channel, from);
	}
	while (channel->n_held > 0)
		release(channel, below(channel->n_held));
	channel->did.lost = vsw_traffic_sent(channel->traffic) - channel->did.received;
}

static void
finds_what_the_channel_did(void **state)
{
	static struct channel channel;
	struct vsw_judge_counts found;
	uint32_t i;

	(void)state;
	for (i = 0; i < RUNS; i++) {
		create(&channel);
		run(&channel);
		vsw_traffic_settle(channel.traffic);
		vsw_traffic_get_counts(channel.traffic, &found);
		assert_int_equal(found.received, channel.did.received);
		assert_int_equal(found.lost, channel.did.lost);
		assert_int_equal(found.duplicated, channel.did.duplicated);
		assert_int_equal(found.reordered, channel.did.reordered);
		assert_int_equal(found.corrupted, channel.did.corrupted);
		assert_int_equal(found.misdelivered, channel.did.misdelivered);
		assert_int_equal(found.flooded, channel.did.flooded);
		assert_int_equal(found.learning, channel.did.learning);
		assert_int_equal(found.strange, channel.did.strange);
		assert_int_equal(found.stale + found.old, 0);
		vsw_traffic_destroy(channel.traffic);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_the_channel_did),
	};
	const char *text = getenv("VSW_TEST_SEED");
	uint32_t seed = text != NULL ? strtoul(text, NULL, 0) : (uint32_t)time(NULL);

	print_message("VSW_TEST_SEED=%u\n", seed);
	srandom(seed);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
