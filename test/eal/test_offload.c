/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Frames that their sender has left undone, on their way to ports that take them, in part, or not:
 * what arrives is what the model makes of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <rte_mbuf.h>

#include "lan.h"
#include "offload_model.h"

#define CSUM VSW_OFFLOAD_CSUM
#define TSO VSW_OFFLOAD_TSO
#define EVERYTHING (CSUM | TSO)
#define PIECE_BYTES 1999

/* The ports: 0 sends, the others take what their names say. */
enum {
	SENDER,
	TAKES_ALL,
	TAKES_CSUM,
	TAKES_TSO6,
	NOTHING, /* a guest without offloads */
	WIRE,	 /* an Ethernet device */
	LATER,	 /* takes checksums; stands behind those that do not */
	N_PORTS,
};

static const uint16_t takes[N_PORTS] = {EVERYTHING, EVERYTHING, CSUM, CSUM | VSW_OFFLOAD_TSO6,
					0,	    0,		CSUM};

static struct lan lan;
static struct built frame, want;
static uint8_t got[FRAME_MAX];

static int
setup(void **state)
{
	static const uint16_t vlans[N_PORTS] = {101, 101, 101, 101, 101, 101, 101};
	unsigned int i;

	(void)state;
	lan_init(&lan, N_PORTS, vlans);
	for (i = 0; i < N_PORTS; i++) {
		if (i != WIRE)
			lan_set_offloads(&lan, i, takes[i]);
	}
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	lan_fini(&lan);
	return 0;
}

/* The mode of a port; 101 is the VLAN of a tag that the frames' recipes make. */
static void
set_trunk(unsigned int port)
{
	assert_int_equal(vsw_vlan_set_trunk(&lan.port[port]->settings.vlan, "101", 0, false,
					    VSW_VLAN_TPID_C, NULL),
			 0);
	lan_set_forwarding(&lan, UINT32_MAX);
}

/* A port that stands alone, so that a frame for nobody goes to `to` only. */
static void
leave_only(unsigned int to)
{
	lan_set_forwarding(&lan, 1u << SENDER | 1u << to);
}

/* Send a frame by its recipe, with a gso_bytes of 0 for its checksum alone. */
static void
send_to_switch(const struct recipe *recipe, uint32_t gso_bytes)
{
	struct vsw_offload offload;

	build(&frame, recipe);
	offload = model_request(&frame, recipe->version, gso_bytes);
	if (gso_bytes == 0)
		offload = (struct vsw_offload){
			.needs = CSUM, .csum_start = frame.transport, .csum_offset = 16};
	put16(frame.bytes + frame.transport + 16, model_pseudo(&frame, 6));
	lan_send_undone(&lan, SENDER, frame.bytes, frame.len,
			gso_bytes == 0 ? UINT32_MAX : PIECE_BYTES, &offload);
}

static void
expect_frame(unsigned int port, const struct built *expected, const struct vsw_offload *needs)
{
	const struct vsw_offload none = {0};
	uint32_t min_bytes = lan.port[port]->hot.min_bytes, n, i;
	struct vsw_offload offload;

	n = lan_receive_undone(&lan, port, got, sizeof(got), &offload);
	assert_int_equal(n, RTE_MAX(expected->len, min_bytes));
	assert_memory_equal(got, expected->bytes, expected->len);
	for (i = expected->len; i < n; i++)
		assert_int_equal(got[i], 0);
	if (port != WIRE)
		assert_memory_equal(&offload, needs != NULL ? needs : &none, sizeof(offload));
}

static void
expect_end(unsigned int port)
{
	struct vsw_offload offload;

	assert_int_equal(lan_receive_undone(&lan, port, got, sizeof(got), &offload), 0);
}

/* The frame of this recipe, as it was sent. */
static void
expect_whole(unsigned int port, const struct recipe *recipe, uint32_t gso_bytes)
{
	struct vsw_offload offload;

	build(&want, recipe);
	offload = model_request(&want, recipe->version, gso_bytes);
	if (gso_bytes == 0)
		offload = (struct vsw_offload){
			.needs = CSUM, .csum_start = want.transport, .csum_offset = 16};
	put16(want.bytes + want.transport + 16, model_pseudo(&want, 6));
	expect_frame(port, &want, &offload);
}

static void
expect_complete(unsigned int port, const struct recipe *recipe)
{
	struct recipe one = *recipe;

	build(&want, &one);
	/* The IPv4 checksum is the sender's business. */
	model_complete(&want, 6, 16);
	if (recipe->version == 4)
		put16(want.bytes + want.ip + 10, 0);
	expect_frame(port, &want, NULL);
}

static void
expect_segments(unsigned int port, const struct recipe *recipe, uint32_t gso_bytes)
{
	static struct built whole;
	uint32_t i, n = (recipe->payload + gso_bytes - 1) / gso_bytes;

	build(&whole, recipe);
	for (i = 0; i < n; i++) {
		model_segment(recipe, &whole, i, gso_bytes, &want);
		expect_frame(port, &want, NULL);
	}
}

static struct vsw_stats_row
row_of(unsigned int port)
{
	struct vsw_stats_row row;

	vsw_stats_read_all(lan.port[port]->stats, &row);
	return row;
}

static void
expect_work(unsigned int port, uint64_t completed, uint64_t segmented, uint64_t segments)
{
	struct vsw_stats_row row = row_of(port);

	assert_int_equal(row.completed, completed);
	assert_int_equal(row.segmented, segmented);
	assert_int_equal(row.segments, segments);
}

static void
checksums_are_left_or_written(void **state)
{
	const struct recipe recipe = {.version = 4, .payload = 1333};

	(void)state;
	send_to_switch(&recipe, 0);
	lan_run(&lan);
	expect_whole(TAKES_ALL, &recipe, 0);
	expect_whole(TAKES_CSUM, &recipe, 0);
	expect_whole(TAKES_TSO6, &recipe, 0);
	expect_complete(NOTHING, &recipe);
	expect_complete(WIRE, &recipe);
	expect_complete(LATER, &recipe);
	expect_work(TAKES_ALL, 0, 0, 0);
	expect_work(NOTHING, 1, 0, 0);
	expect_work(WIRE, 0, 0, 0);
}

static void
long_frames_are_passed_or_cut(void **state)
{
	const struct recipe recipe = {.version = 4, .payload = 40000, .flags = 0x99};

	(void)state;
	send_to_switch(&recipe, 1448);
	lan_run(&lan);
	expect_whole(TAKES_ALL, &recipe, 1448);
	expect_segments(TAKES_CSUM, &recipe, 1448);
	expect_segments(TAKES_TSO6, &recipe, 1448);
	expect_segments(NOTHING, &recipe, 1448);
	expect_segments(WIRE, &recipe, 1448);
	expect_segments(LATER, &recipe, 1448);
	expect_end(WIRE);
	expect_work(TAKES_ALL, 0, 0, 0);
	expect_work(NOTHING, 0, 1, 27);
	assert_int_equal(row_of(WIRE).tx_frames, 28);
	assert_int_equal(row_of(WIRE).tx_bytes, 40000 + 28 * 54);
}

static void
ipv6_is_not_ipv4(void **state)
{
	const struct recipe recipe = {.version = 6, .payload = 5000, .ip_options = 1};

	(void)state;
	send_to_switch(&recipe, 1400);
	lan_run(&lan);
	expect_whole(TAKES_ALL, &recipe, 1400);
	expect_segments(TAKES_CSUM, &recipe, 1400);
	expect_whole(TAKES_TSO6, &recipe, 1400);
	expect_segments(NOTHING, &recipe, 1400);
	expect_segments(WIRE, &recipe, 1400);
	expect_segments(LATER, &recipe, 1400);
}

/* The last segment of a frame can be shorter than an Ethernet frame. */
static void
short_segments_are_padded(void **state)
{
	const struct recipe recipe = {.version = 4, .payload = 201};

	(void)state;
	leave_only(WIRE);
	send_to_switch(&recipe, 100);
	lan_run(&lan);
	expect_segments(WIRE, &recipe, 100);
	expect_end(WIRE);
}

static void
frames_keep_their_order(void **state)
{
	struct recipe recipe = {.version = 4, .payload = 100};
	unsigned int i;

	(void)state;
	leave_only(WIRE);
	for (i = 0; i < 4; i++) {
		recipe.payload = 1000 + i;
		send_to_switch(&recipe, 0);
		recipe.payload = 3000 + i;
		send_to_switch(&recipe, 1000);
		recipe.payload = 2000 + i;
		send_to_switch(&recipe, 0);
	}
	lan_run(&lan);
	for (i = 0; i < 4; i++) {
		recipe.payload = 1000 + i;
		expect_complete(WIRE, &recipe);
		recipe.payload = 3000 + i;
		expect_segments(WIRE, &recipe, 1000);
		recipe.payload = 2000 + i;
		expect_complete(WIRE, &recipe);
	}
	expect_end(WIRE);
	expect_work(WIRE, 8, 4, 4 * 2 + 3);
}

/* Everybody but the sender stands on a trunk: the request moves with the bytes. */
static void
tags_are_added(void **state)
{
	struct recipe recipe = {.version = 4, .payload = 5000};
	unsigned int i;

	(void)state;
	for (i = TAKES_ALL; i < N_PORTS; i++)
		set_trunk(i);
	send_to_switch(&recipe, 1000);
	recipe.payload = 500;
	send_to_switch(&recipe, 0);
	lan_run(&lan);
	recipe.tags = 1;
	recipe.payload = 5000;
	expect_whole(TAKES_ALL, &recipe, 1000);
	for (i = TAKES_CSUM; i < N_PORTS; i++)
		expect_segments(i, &recipe, 1000);
	recipe.payload = 500;
	expect_whole(TAKES_CSUM, &recipe, 0);
	expect_complete(WIRE, &recipe);
}

static void
tags_are_removed(void **state)
{
	struct recipe recipe = {.version = 6, .tags = 1, .payload = 5000};

	(void)state;
	set_trunk(SENDER);
	set_trunk(WIRE);
	send_to_switch(&recipe, 1000);
	lan_run(&lan);
	expect_segments(WIRE, &recipe, 1000);
	recipe.tags = 0;
	expect_whole(TAKES_ALL, &recipe, 1000);
	expect_whole(TAKES_TSO6, &recipe, 1000);
	expect_segments(TAKES_CSUM, &recipe, 1000);
	expect_segments(NOTHING, &recipe, 1000);
	recipe.tags = 1;
	recipe.payload = 500;
	send_to_switch(&recipe, 0);
	lan_run(&lan);
	recipe.tags = 0;
	expect_whole(TAKES_ALL, &recipe, 0);
	expect_complete(NOTHING, &recipe);
}

/* A customer's two tags, and the third that the provider adds. */
static void
frames_with_three_tags_are_cut(void **state)
{
	struct recipe recipe = {.version = 4, .tags = 2, .payload = 5000};
	struct vsw_offload offload;
	uint32_t i;

	(void)state;
	assert_int_equal(vsw_vlan_set_single(&lan.port[SENDER]->settings.vlan, VSW_VLAN_TUNNEL, 101,
					     NULL),
			 0);
	assert_int_equal(vsw_vlan_set_trunk(&lan.port[WIRE]->settings.vlan, "101", 0, false,
					    VSW_VLAN_TPID_S, NULL),
			 0);
	leave_only(WIRE);
	send_to_switch(&recipe, 1000);
	lan_run(&lan);
	for (i = 0; i < 5; i++) {
		model_segment(&recipe, &frame, i, 1000, &want);
		want.len = lan_tag(want.bytes, want.len, LAN_S_TAG(101));
		assert_int_equal(lan_receive_undone(&lan, WIRE, got, sizeof(got), &offload),
				 want.len);
		assert_memory_equal(got, want.bytes, want.len);
	}
}

/* The segments are what has to fit. */
static void
mtu_is_that_of_segments(void **state)
{
	struct recipe recipe = {.version = 4, .payload = 9000};

	(void)state;
	lan.port[NOTHING]->settings.mtu_bytes = 1500;
	lan.port[TAKES_ALL]->settings.mtu_bytes = 1500;
	lan_set_forwarding(&lan, UINT32_MAX);
	send_to_switch(&recipe, 1460);
	send_to_switch(&recipe, 1461);
	lan_run(&lan);
	expect_segments(NOTHING, &recipe, 1460);
	expect_end(NOTHING);
	expect_whole(TAKES_ALL, &recipe, 1460);
	expect_end(TAKES_ALL);
	expect_segments(WIRE, &recipe, 1460);
	expect_segments(WIRE, &recipe, 1461);
	assert_int_equal(lan_drops(&lan, NOTHING, VSW_DROP_OVERSIZE), 1);
	assert_int_equal(lan_drops(&lan, TAKES_ALL, VSW_DROP_OVERSIZE), 1);
	lan.port[SENDER]->settings.mtu_bytes = 1500;
	lan_set_forwarding(&lan, UINT32_MAX);
	send_to_switch(&recipe, 1461);
	lan_run(&lan);
	assert_int_equal(lan_drops(&lan, SENDER, VSW_DROP_OVERSIZE), 1);
}

static unsigned int offered;

/* Takes 40 frames. */
static uint16_t
tx_forty(struct vsw_port_hot *port, unsigned int lcore, struct vsw_frame *const *frames, uint16_t n,
	 uint8_t *fate)
{
	uint16_t sent = 0, i;

	(void)port;
	(void)lcore;
	(void)frames;
	for (i = 0; i < n; i++) {
		fate[i] = offered++ < 40 ? VSW_PORT_SENT : VSW_DROP_RING_FULL;
		sent += fate[i] == VSW_PORT_SENT;
	}
	return sent;
}

/* What a full port would not take is not made, whatever a guest asks for. */
static void
full_ports_end_the_work(void **state)
{
	const struct recipe recipe = {.version = 4, .payload = 65000};
	const uint32_t n = (65000 + 63) / 64;
	struct vsw_stats_row row;

	(void)state;
	leave_only(NOTHING);
	lan.port[NOTHING]->hot.tx = tx_forty;
	send_to_switch(&recipe, 64);
	send_to_switch(&recipe, 64);
	send_to_switch(&(struct recipe){.version = 4, .payload = 100}, 0);
	offered = 0;
	lan_run(&lan);
	/* Two bursts of the first frame, a segment of the second, and the third. */
	assert_int_equal(offered, 32 + 32 + 1 + 1);
	row = row_of(NOTHING);
	assert_int_equal(row.tx_frames, 40);
	assert_int_equal(row.segmented, 2);
	assert_int_equal(row.segments, 2 * (n - 1));
	assert_int_equal(row.drop[VSW_DROP_RING_FULL], 2 * n - 40 + 1);
	assert_int_equal(row.tx_dropped, 2 * n - 40 + 1);
}

static uint16_t
tx_endless(struct vsw_port_hot *port, unsigned int lcore, struct vsw_frame *const *frames,
	   uint16_t n, uint8_t *fate)
{
	(void)port;
	(void)lcore;
	(void)frames;
	(void)fate;
	return n;
}

/* No guest keeps an lcore from the other ports by the segments of one burst. */
static void
bursts_have_a_limit_of_segments(void **state)
{
	const struct recipe recipe = {.version = 4, .payload = 64000};
	unsigned int i;

	(void)state;
	leave_only(NOTHING);
	lan.port[NOTHING]->hot.tx = tx_endless;
	for (i = 0; i < 6; i++)
		send_to_switch(&recipe, 64);
	send_to_switch(&recipe, 1448);
	send_to_switch(&(struct recipe){.version = 4, .payload = 100}, 0);
	lan_run(&lan);
	assert_int_equal(row_of(NOTHING).tx_frames, 4 * 1000 + 45 + 1);
	assert_int_equal(lan_drops(&lan, NOTHING, VSW_DROP_SEGMENTS), 2);
	send_to_switch(&recipe, 64);
	lan_run(&lan);
	assert_int_equal(row_of(NOTHING).tx_frames, 5 * 1000 + 45 + 1);
}

static struct rte_mbuf *taken[4096];
static unsigned int n_taken;

static void
take_all_mbufs(void)
{
	while ((taken[n_taken] = rte_pktmbuf_alloc(lan_eal())) != NULL)
		n_taken++;
}

static void
give_mbufs(unsigned int n)
{
	n_taken -= n;
	rte_pktmbuf_free_bulk(taken + n_taken, n);
}

static void
no_buffer_is_a_named_drop(void **state)
{
	const struct recipe recipe = {.version = 4, .payload = 5000};

	(void)state;
	leave_only(WIRE);
	send_to_switch(&recipe, 100);
	take_all_mbufs();
	give_mbufs(40);
	lan_run(&lan);
	give_mbufs(n_taken);
	assert_int_equal(row_of(WIRE).tx_frames, 40);
	assert_int_equal(lan_drops(&lan, WIRE, VSW_DROP_NO_MBUF), 50 - 40);
	expect_work(WIRE, 0, 1, 49);
}

static void
wires_complete_too(void **state)
{
	struct recipe recipe = {.version = 4, .payload = 5000};

	(void)state;
	lan.port[SENDER]->settings.service = VSW_PORT_CONNECT;
	lan.port[SENDER]->settings.peer = lan.port[WIRE];
	lan.port[WIRE]->settings.service = VSW_PORT_CONNECT;
	lan.port[WIRE]->settings.peer = lan.port[SENDER];
	lan_set_forwarding(&lan, UINT32_MAX);
	send_to_switch(&recipe, 1000);
	lan_run(&lan);
	expect_segments(WIRE, &recipe, 1000);
	recipe.payload = 500;
	send_to_switch(&recipe, 0);
	lan_run(&lan);
	expect_complete(WIRE, &recipe);
	lan_expect_nothing(&lan);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(checksums_are_left_or_written, setup, teardown),
		cmocka_unit_test_setup_teardown(long_frames_are_passed_or_cut, setup, teardown),
		cmocka_unit_test_setup_teardown(ipv6_is_not_ipv4, setup, teardown),
		cmocka_unit_test_setup_teardown(short_segments_are_padded, setup, teardown),
		cmocka_unit_test_setup_teardown(frames_keep_their_order, setup, teardown),
		cmocka_unit_test_setup_teardown(tags_are_added, setup, teardown),
		cmocka_unit_test_setup_teardown(tags_are_removed, setup, teardown),
		cmocka_unit_test_setup_teardown(frames_with_three_tags_are_cut, setup, teardown),
		cmocka_unit_test_setup_teardown(mtu_is_that_of_segments, setup, teardown),
		cmocka_unit_test_setup_teardown(full_ports_end_the_work, setup, teardown),
		cmocka_unit_test_setup_teardown(bursts_have_a_limit_of_segments, setup, teardown),
		cmocka_unit_test_setup_teardown(no_buffer_is_a_named_drop, setup, teardown),
		cmocka_unit_test_setup_teardown(wires_complete_too, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
