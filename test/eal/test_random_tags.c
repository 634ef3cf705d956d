/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Trunk and access ports exchange exactly what they should: random ports, random tags, in bursts,
 * against a model that knows tags as a list of words and addresses as a table. Every frame that
 * leaves is one that the model expects there, byte for byte, and none is missing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "lan.h"
#include "vsw_mac.h"

#define N_FRAMES 100000U
#define FRAMES_OF_A_ROUND 24U /* one burst, if all are of one port */
#define ROUNDS_OF_A_NETWORK 40U
#define PORTS_MAX 6U
#define N_VLANS 5U
#define N_STATIONS 6U
#define TAGS_MAX 3U
#define BODY_BYTES 68U
#define FRAME_BYTES_MAX (BODY_BYTES + 4 * (TAGS_MAX + 1))
#define STATION(n) (0x020000000000ULL + (n))

static const uint16_t vlans[N_VLANS] = {1, 2, 100, 2048, 4094};

struct tags {
	unsigned int n;
	uint32_t word[TAGS_MAX + 1]; /* outer one first */
};

/* A port as it is told to the user. */
struct model_port {
	bool forwards;
	enum vsw_vlan_mode mode;
	bool native_tagged;
	uint16_t vlan; /* of untagged frames; 0: none */
	uint16_t tpid;
	bool member[N_VLANS];
};

struct sent {
	unsigned int from;
	int da; /* station, or -1 for broadcast */
	unsigned int sa;
	struct tags tags;
};

struct expected {
	bool pending;
	uint16_t n;
	uint8_t bytes[FRAME_BYTES_MAX];
};

static struct lan lan;
static uint64_t state;
static struct model_port network[PORTS_MAX];
static int station_port[VSW_VLAN_VIDS][N_STATIONS]; /* where the model has it, or -1 */
static struct sent sent[FRAMES_OF_A_ROUND];
static struct expected expected[PORTS_MAX][FRAMES_OF_A_ROUND];
static uint64_t n_refused, n_denied, n_left;

static unsigned int
draw(unsigned int n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 24) % n;
}

static uint16_t
draw_vlan(void)
{
	return vlans[draw(N_VLANS)];
}

static bool
model_sends(const struct model_port *port, uint16_t vid)
{
	unsigned int i;

	for (i = 0; i < N_VLANS; i++) {
		if (vlans[i] == vid)
			return port->member[i];
	}
	return false;
}

/* The VLAN, 0 for none. *ours is what is taken off, 0 for nothing. */
static uint16_t
model_admit(const struct model_port *port, const struct tags *tags, uint32_t *ours)
{
	uint32_t outer = tags->n > 0 ? tags->word[0] : 0;
	uint16_t vid = outer & 0xfff;

	*ours = 0;
	if (outer == 0 || port->mode == VSW_VLAN_TUNNEL)
		return port->vlan;
	if (outer >> 16 != port->tpid)
		return port->tpid == VSW_VLAN_TPID_S ? port->vlan : 0;
	*ours = outer;
	if (vid == 0)
		return tags->n == 1 ? port->vlan : 0;
	return port->mode == VSW_VLAN_TRUNK && model_sends(port, vid) ? vid : 0;
}

static uint16_t
write_frame(uint8_t *bytes, uint64_t da, uint64_t sa, unsigned int serial, const struct tags *tags)
{
	uint16_t n = BODY_BYTES;
	unsigned int i;

	lan_frame(bytes, n, da, sa);
	bytes[BODY_BYTES - 1] = serial;
	for (i = tags->n; i-- > 0;)
		n = lan_tag(bytes, n, tags->word[i]);
	return n;
}

/* What is left of the tags, with or without ours. False if they must not leave. */
static bool
model_leaves(const struct model_port *port, uint16_t vid, uint32_t ours, const struct tags *in,
	     struct tags *out)
{
	bool bare = port->mode != VSW_VLAN_TRUNK || (vid == port->vlan && !port->native_tagged);
	unsigned int i;

	out->n = 0;
	if (!bare)
		out->word[out->n++] = (uint32_t)port->tpid << 16 | (ours & 0xf000) | vid;
	for (i = ours != 0; i < in->n; i++)
		out->word[out->n++] = in->word[i];
	return !bare || out->n == 0 || port->mode == VSW_VLAN_TUNNEL;
}

static uint16_t
write_sent(uint8_t *bytes, unsigned int serial, const struct tags *tags)
{
	const struct sent *frame = &sent[serial];

	return write_frame(bytes, frame->da < 0 ? VSW_MAC_BROADCAST : STATION(frame->da),
			   STATION(frame->sa), serial, tags);
}

static void
model_output(unsigned int to, unsigned int serial, uint16_t vid, uint32_t ours)
{
	struct expected *e = &expected[to][serial];
	struct tags out;

	if (!model_sends(&network[to], vid) ||
	    !model_leaves(&network[to], vid, ours, &sent[serial].tags, &out)) {
		n_denied++;
		return;
	}
	e->pending = true;
	e->n = write_sent(e->bytes, serial, &out);
}

static void
model_learn(unsigned int serial)
{
	const struct sent *frame = &sent[serial];
	uint32_t ours;
	uint16_t vid = model_admit(&network[frame->from], &frame->tags, &ours);

	if (vid != 0)
		station_port[vid][frame->sa] = frame->from;
}

static void
model_forward(unsigned int serial)
{
	const struct sent *frame = &sent[serial];
	unsigned int to;
	uint32_t ours;
	uint16_t vid = model_admit(&network[frame->from], &frame->tags, &ours);
	int known = frame->da < 0 ? -1 : station_port[vid][frame->da];

	if (vid == 0) {
		n_refused++;
		return;
	}
	for (to = 0; to < PORTS_MAX; to++) {
		if (to == frame->from || !network[to].forwards || (known >= 0 && (int)to != known))
			continue;
		if (known >= 0 || model_sends(&network[to], vid))
			model_output(to, serial, vid, ours);
	}
}

static void
draw_tags(struct tags *tags)
{
	static const uint32_t tpids[] = {VSW_VLAN_TPID_C, VSW_VLAN_TPID_C, VSW_VLAN_TPID_S};
	static const unsigned int numbers[] = {0, 0, 1, 1, 1, 1, 2, 2, 3};
	unsigned int i;

	tags->n = numbers[draw(9)];
	for (i = 0; i < tags->n; i++) {
		uint16_t vid = draw_vlan();

		if (draw(8) == 0)
			vid = draw(2) == 0 ? 0 : draw(VSW_VLAN_VIDS);
		tags->word[i] = tpids[draw(3)] << 16 | draw(16) << 12 | vid;
	}
}

static void
set_trunk(struct model_port *model, struct vsw_vlan_port *port)
{
	char list[64] = "";
	unsigned int i, used = 0;

	model->mode = VSW_VLAN_TRUNK;
	model->tpid = draw(4) == 0 ? VSW_VLAN_TPID_S : VSW_VLAN_TPID_C;
	model->vlan = draw(2) == 0 ? 0 : draw_vlan();
	model->native_tagged = draw(2);
	for (i = 0; i < N_VLANS; i++) {
		model->member[i] = draw(2) || i == 0;
		if (model->member[i])
			used += sprintf(list + used, "%s%u", used > 0 ? "," : "", vlans[i]);
		model->member[i] |= vlans[i] == model->vlan;
	}
	assert_int_equal(vsw_vlan_set_trunk(port, list, model->vlan, model->native_tagged,
					    model->tpid, NULL),
			 0);
}

static void
set_single(struct model_port *model, struct vsw_vlan_port *port)
{
	unsigned int i = draw(N_VLANS);

	model->mode = draw(3) == 0 ? VSW_VLAN_TUNNEL : VSW_VLAN_ACCESS;
	model->vlan = vlans[i];
	model->tpid = VSW_VLAN_TPID_C;
	model->member[i] = true;
	assert_int_equal(vsw_vlan_set_single(port, model->mode, model->vlan, NULL), 0);
}

/* 4 to 6 ports of random modes, and nothing learned. */
static void
draw_network(void)
{
	unsigned int i, n = 4 + draw(3);

	memset(network, 0, sizeof(network));
	memset(station_port, 0xff, sizeof(station_port));
	vsw_fdb_flush_all(lan.fdb);
	for (i = 0; i < n; i++) {
		network[i].forwards = true;
		if (draw(2))
			set_trunk(&network[i], &lan.port[i]->settings.vlan);
		else
			set_single(&network[i], &lan.port[i]->settings.vlan);
	}
	lan_set_forwarding(&lan, (1U << n) - 1);
}

static void
receive_all(unsigned int port)
{
	uint8_t got[FRAME_BYTES_MAX];
	struct expected *e;
	uint16_t n;

	while ((n = lan_receive(&lan, port, got, sizeof(got))) != 0) {
		assert_true(n >= BODY_BYTES && got[n - 1] < FRAMES_OF_A_ROUND);
		e = &expected[port][got[n - 1]];
		assert_true(e->pending);
		assert_int_equal(n, e->n);
		assert_memory_equal(got, e->bytes, n);
		e->pending = false;
		n_left++;
	}
}

static void
draw_round(void)
{
	uint8_t bytes[FRAME_BYTES_MAX];
	unsigned int serial;

	for (serial = 0; serial < FRAMES_OF_A_ROUND; serial++) {
		sent[serial].from = draw(4);
		sent[serial].da = draw(2) == 0 ? -1 : (int)draw(N_STATIONS);
		sent[serial].sa = draw(N_STATIONS);
		draw_tags(&sent[serial].tags);
		lan_send(&lan, sent[serial].from, bytes,
			 write_sent(bytes, serial, &sent[serial].tags));
	}
}

/* What one port has sent is one burst, which is learned before it is looked up. */
static void
model_round(void)
{
	unsigned int port, serial;

	for (port = 0; port < PORTS_MAX; port++) {
		for (serial = 0; serial < FRAMES_OF_A_ROUND; serial++) {
			if (sent[serial].from == port)
				model_learn(serial);
		}
		for (serial = 0; serial < FRAMES_OF_A_ROUND; serial++) {
			if (sent[serial].from == port)
				model_forward(serial);
		}
	}
}

static void
play_round(void)
{
	unsigned int port, serial;

	draw_round();
	model_round();
	lan_run(&lan);
	for (port = 0; port < PORTS_MAX; port++) {
		receive_all(port);
		for (serial = 0; serial < FRAMES_OF_A_ROUND; serial++)
			assert_false(expected[port][serial].pending);
	}
}

static void
random_tags_do_not_escape(void **unused)
{
	static const uint16_t any[PORTS_MAX] = {1, 1, 1, 1, 1, 1};
	unsigned int i;
	struct vsw_stats_row sum;

	(void)unused;
	lan_init(&lan, PORTS_MAX, any);
	for (i = 0; i < N_FRAMES / FRAMES_OF_A_ROUND; i++) {
		if (i % ROUNDS_OF_A_NETWORK == 0)
			draw_network();
		play_round();
	}
	lan_sum(&lan, &sum);
	assert_int_equal(sum.tx_frames, n_left);
	assert_int_equal(sum.drop[VSW_DROP_VLAN_DENIED], n_refused + n_denied);
	print_message("%u frames sent, %llu refused, %llu copies kept back, %llu left\n",
		      N_FRAMES / FRAMES_OF_A_ROUND * FRAMES_OF_A_ROUND,
		      (unsigned long long)n_refused, (unsigned long long)n_denied,
		      (unsigned long long)n_left);
	lan_fini(&lan);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(random_tags_do_not_escape)};
	const char *text = getenv("VSW_TEST_SEED");
	unsigned int seed = text != NULL ? strtoul(text, NULL, 0) : (unsigned long)time(NULL);

	print_message("VSW_TEST_SEED=%u\n", seed);
	state = 0x9e3779b97f4a7c15ULL ^ seed;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
