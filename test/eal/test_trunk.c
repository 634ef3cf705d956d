/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The bridge between ports of all VLAN modes: which port a frame leaves by, and with which bytes.
 * net_ring keeps the frames it was given until the test takes them, so that an edit for one port
 * would show in what another one got before.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <rte_mbuf.h>

#include "lan.h"
#include "vsw_mac.h"

#define MAC_A 0x020000000001ULL
#define MAC_B 0x020000000002ULL
#define BODY_BYTES 64 /* of a frame without tags */
#define MTU_HEADER_BYTES 14

#define C LAN_C_TAG
#define S LAN_S_TAG

enum {
	ACCESS_10,
	ACCESS_20,
	TRUNK,	       /* 10,20 */
	NATIVE,	       /* 10,20,30, untagged: 20 */
	NATIVE_TAGGED, /* 10,20, untagged: 20 */
	SERVICE,       /* 10,20 with service tags */
	TUNNEL_10,
	TRUNK_30,
	N_PORTS,
};

static struct lan lan;
static uint8_t bytes[VSW_FRAME_MAX_BYTES + 64];

static void
set_trunk(unsigned int port, const char *list, uint16_t native, bool native_tagged, uint16_t tpid)
{
	assert_int_equal(vsw_vlan_set_trunk(&lan.port[port]->settings.vlan, list, native,
					    native_tagged, tpid, NULL),
			 0);
}

static int
setup(void **state)
{
	static const uint16_t vlans[N_PORTS] = {10, 20, 1, 1, 1, 1, 10, 1};

	(void)state;
	lan_init(&lan, N_PORTS, vlans);
	set_trunk(TRUNK, "10,20", 0, false, VSW_VLAN_TPID_C);
	set_trunk(NATIVE, "10,30", 20, false, VSW_VLAN_TPID_C);
	set_trunk(NATIVE_TAGGED, "10", 20, true, VSW_VLAN_TPID_C);
	set_trunk(SERVICE, "10,20", 0, false, VSW_VLAN_TPID_S);
	set_trunk(TRUNK_30, "30", 0, false, VSW_VLAN_TPID_C);
	lan.port[TUNNEL_10]->settings.vlan.mode = VSW_VLAN_TUNNEL;
	lan_set_forwarding(&lan, UINT32_MAX);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	lan_fini(&lan);
	return 0;
}

/* Writes the frame into bytes; returns its length. A tag of 0 is none. */
static uint16_t
build(uint16_t n, uint64_t da, uint64_t sa, uint32_t outer, uint32_t inner)
{
	lan_frame(bytes, n, da, sa);
	if (inner != 0)
		n = lan_tag(bytes, n, inner);
	return outer != 0 ? lan_tag(bytes, n, outer) : n;
}

static void
send(unsigned int port, uint16_t n, uint32_t outer, uint32_t inner)
{
	lan_send(&lan, port, bytes, build(n, VSW_MAC_BROADCAST, MAC_A, outer, inner));
}

static void
expect(unsigned int port, uint16_t n, uint32_t outer, uint32_t inner)
{
	lan_expect(&lan, port, bytes, build(n, VSW_MAC_BROADCAST, MAC_A, outer, inner));
}

/*
 * One broadcast, and the outer tag with which it leaves by each port. The inner tag stays; the tag
 * of a customer, that a port takes for payload, is an inner tag without an outer one.
 */
#define SKIP UINT32_MAX	   /* not sent */
#define DENY VSW_VLAN_DENY /* listed, but must not leave */
#define BARE VSW_VLAN_NO_TAG
#define REFUSED                                                                                    \
	{                                                                                          \
		SKIP, SKIP, SKIP, SKIP, SKIP, SKIP, SKIP, SKIP                                     \
	}

static const struct crossing {
	unsigned int from;
	uint32_t outer, inner;
	uint32_t leaves[N_PORTS];
} crossings[] = {
	{ACCESS_10, 0, 0, {SKIP, SKIP, C(10), C(10), C(10), S(10), BARE, SKIP}},
	/* Priority 5 and DEI go with the frame, also behind a port that sends it without tag. */
	{ACCESS_10,
	 C(0xb000),
	 0,
	 {SKIP, SKIP, C(0xb00a), C(0xb00a), C(0xb00a), S(0xb00a), BARE, SKIP}},
	{ACCESS_20, 0, 0, {SKIP, SKIP, C(20), BARE, C(20), S(20), SKIP, SKIP}},
	{ACCESS_20, C(0xf000), 0, {SKIP, SKIP, C(0xf014), BARE, C(0xf014), S(0xf014), SKIP, SKIP}},
	{ACCESS_10, C(10), 0, REFUSED},
	{ACCESS_10, S(10), 0, REFUSED},
	{ACCESS_10, C(0), C(10), REFUSED},

	{TRUNK, C(0x600a), 0, {BARE, SKIP, SKIP, C(0x600a), C(0x600a), S(0x600a), BARE, SKIP}},
	{TRUNK, C(0x7014), 0, {SKIP, BARE, SKIP, BARE, C(0x7014), S(0x7014), SKIP, SKIP}},
	{TRUNK, C(10), C(20), {DENY, SKIP, SKIP, C(10), C(10), S(10), BARE, SKIP}},
	{TRUNK, C(20), C(10), {SKIP, DENY, SKIP, DENY, C(20), S(20), SKIP, SKIP}},
	{TRUNK, C(20), S(10), {SKIP, DENY, SKIP, DENY, C(20), S(20), SKIP, SKIP}},
	{TRUNK, C(30), 0, REFUSED},
	{TRUNK, C(0xfff), 0, REFUSED},
	{TRUNK, C(0xe000), 0, REFUSED},
	{TRUNK, S(10), 0, REFUSED},
	{TRUNK, S(10), C(10), REFUSED},
	{TRUNK, 0, 0, REFUSED},

	{NATIVE, 0, 0, {SKIP, BARE, C(20), SKIP, C(20), S(20), SKIP, SKIP}},
	{NATIVE, C(0xa000), 0, {SKIP, BARE, C(0xa014), SKIP, C(0xa014), S(0xa014), SKIP, SKIP}},
	{NATIVE, C(20), 0, {SKIP, BARE, C(20), SKIP, C(20), S(20), SKIP, SKIP}},
	{NATIVE, C(20), C(10), {SKIP, DENY, C(20), SKIP, C(20), S(20), SKIP, SKIP}},
	{NATIVE, C(30), 0, {SKIP, SKIP, SKIP, SKIP, SKIP, SKIP, SKIP, C(30)}},
	{NATIVE, C(0), C(10), REFUSED},
	{NATIVE_TAGGED, 0, 0, {SKIP, BARE, C(20), BARE, SKIP, S(20), SKIP, SKIP}},
	{NATIVE_TAGGED, C(0x2014), 0, {SKIP, BARE, C(0x2014), BARE, SKIP, S(0x2014), SKIP, SKIP}},

	{SERVICE, S(0x400a), 0, {BARE, SKIP, C(0x400a), C(0x400a), C(0x400a), SKIP, BARE, SKIP}},
	{SERVICE, S(10), C(77), {DENY, SKIP, C(10), C(10), C(10), SKIP, BARE, SKIP}},
	{SERVICE, 0, C(10), REFUSED},
	{SERVICE, S(30), 0, REFUSED},
	{SERVICE, 0, 0, REFUSED},

	{TUNNEL_10, 0, 0, {BARE, SKIP, C(10), C(10), C(10), S(10), SKIP, SKIP}},
	{TUNNEL_10, 0, C(0x6014), {DENY, SKIP, C(10), C(10), C(10), S(10), SKIP, SKIP}},
	{TUNNEL_10, 0, S(20), {DENY, SKIP, C(10), C(10), C(10), S(10), SKIP, SKIP}},
	{TUNNEL_10, 0, C(0), {DENY, SKIP, C(10), C(10), C(10), S(10), SKIP, SKIP}},
	{TUNNEL_10, C(20), C(10), {DENY, SKIP, C(10), C(10), C(10), S(10), SKIP, SKIP}},
};

static uint64_t
denied(unsigned int port)
{
	return lan_drops(&lan, port, VSW_DROP_VLAN_DENIED);
}

/* What the tunnel takes for payload is below the tag that others put before it. */
static void
expect_crossing(const struct crossing *c, unsigned int port)
{
	uint16_t n;

	if (c->from != TUNNEL_10 || c->outer == 0) {
		expect(port, BODY_BYTES, c->leaves[port], c->inner);
		return;
	}
	n = build(BODY_BYTES, VSW_MAC_BROADCAST, MAC_A, c->outer, c->inner);
	if (c->leaves[port] != BARE)
		n = lan_tag(bytes, n, c->leaves[port]);
	lan_expect(&lan, port, bytes, n);
}

static void
check_crossing(const struct crossing *c)
{
	uint64_t denied_before[N_PORTS];
	unsigned int i, listed = 0;

	for (i = 0; i < N_PORTS; i++) {
		denied_before[i] = denied(i);
		listed += c->leaves[i] != SKIP;
	}
	send(c->from, BODY_BYTES, c->outer, c->inner);
	lan_run(&lan);
	for (i = 0; i < N_PORTS; i++) {
		bool is_denied = c->leaves[i] == DENY || (listed == 0 && i == c->from);

		assert_int_equal(denied(i) - denied_before[i], is_denied);
		if (c->leaves[i] != SKIP && c->leaves[i] != DENY)
			expect_crossing(c, i);
	}
	lan_expect_nothing(&lan);
}

static void
broadcast_leaves_in_the_form_of_each_port(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(crossings); i++) {
		print_message("crossing %u\n", i);
		check_crossing(&crossings[i]);
	}
}

/* The forms of one frame do not depend on what comes before or behind it in its burst. */
static void
bursts_are_the_frames_one_by_one(void **state)
{
	unsigned int i, rounds;

	(void)state;
	for (rounds = 0; rounds < 5; rounds++) {
		send(TRUNK, BODY_BYTES, C(0x600a), 0);
		send(TRUNK, BODY_BYTES, C(30), 0);
		send(TRUNK, BODY_BYTES, C(10), C(20));
		send(TRUNK, BODY_BYTES, C(0x8014), 0);
	}
	lan_run(&lan);
	for (i = 0; i < rounds; i++) {
		uint8_t got[BODY_BYTES + 8];

		build(BODY_BYTES, VSW_MAC_BROADCAST, MAC_A, 0, 0);
		assert_int_equal(lan_receive(&lan, ACCESS_10, got, sizeof(got)), BODY_BYTES);
		assert_memory_equal(got, bytes, BODY_BYTES);
		assert_int_equal(lan_receive(&lan, NATIVE, got, sizeof(got)), BODY_BYTES + 4);
		assert_int_equal(lan_receive(&lan, NATIVE, got, sizeof(got)), BODY_BYTES + 8);
		assert_int_equal(lan_receive(&lan, NATIVE, got, sizeof(got)), BODY_BYTES);
		assert_memory_equal(got, bytes, BODY_BYTES);
	}
	assert_int_equal(denied(ACCESS_10), rounds);
	assert_int_equal(denied(TRUNK), rounds);
}

/* The trunk is served first, and puts its tag on the bytes that the access port gets next. */
static void
tag_of_an_earlier_output_is_taken_off(void **state)
{
	(void)state;
	lan_send(&lan, TRUNK, bytes, build(BODY_BYTES, VSW_MAC_BROADCAST, MAC_B, C(20), 0));
	lan_set_forwarding(&lan, 1U << ACCESS_20 | 1U << TRUNK | 1U << NATIVE);
	lan_run(&lan);
	lan_receive(&lan, ACCESS_20, bytes, sizeof(bytes));
	lan_receive(&lan, NATIVE, bytes, sizeof(bytes));
	lan_send(&lan, NATIVE, bytes, build(BODY_BYTES, MAC_B, MAC_A, 0, 0));
	send(NATIVE, BODY_BYTES, 0, 0);
	lan_run(&lan);
	lan_receive(&lan, TRUNK, bytes, sizeof(bytes));
	expect(TRUNK, BODY_BYTES, C(20), 0);
	expect(ACCESS_20, BODY_BYTES, 0, 0);
	lan_expect_nothing(&lan);
}

static void
addresses_are_learned_by_the_tag(void **state)
{
	uint16_t n;

	(void)state;
	lan_send(&lan, TRUNK, bytes, build(BODY_BYTES, VSW_MAC_BROADCAST, MAC_A, C(10), 0));
	lan_send(&lan, NATIVE, bytes, build(BODY_BYTES, VSW_MAC_BROADCAST, MAC_A, 0, 0));
	lan_set_forwarding(&lan, 1U << TRUNK | 1U << NATIVE);
	lan_run(&lan);
	expect(TRUNK, BODY_BYTES, C(20), 0);
	expect(NATIVE, BODY_BYTES, C(10), 0);
	lan_set_forwarding(&lan, UINT32_MAX);
	lan_send(&lan, ACCESS_10, bytes, build(BODY_BYTES, MAC_A, MAC_B, 0, 0));
	lan_send(&lan, ACCESS_20, bytes, build(BODY_BYTES, MAC_A, MAC_B, 0, 0));
	lan_run(&lan);
	n = build(BODY_BYTES, MAC_A, MAC_B, C(10), 0);
	lan_expect(&lan, TRUNK, bytes, n);
	n = build(BODY_BYTES, MAC_A, MAC_B, 0, 0);
	lan_expect(&lan, NATIVE, bytes, n);
	lan_expect_nothing(&lan);
}

/* An entry outlives the VLAN of its port: nothing may leave there. */
static void
known_port_that_is_no_member_is_denied(void **state)
{
	static const unsigned int others[] = {ACCESS_20, TRUNK_30};
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(others); i++) {
		assert_int_equal(vsw_fdb_add_static(lan.fdb, vsw_fdb_key(10, MAC_B),
						    lan.port[others[i]]->hot.port_id, NULL),
				 0);
		lan_send(&lan, ACCESS_10, bytes, build(BODY_BYTES, MAC_B, MAC_A, 0, 0));
		lan_run(&lan);
		lan_expect_nothing(&lan);
		assert_int_equal(denied(others[i]), 1);
	}
}

/* A tag that is taken off leaves a frame too short for Ethernet, not for a guest. */
static void
short_frames_are_padded_where_the_port_asks(void **state)
{
	(void)state;
	lan.port[TUNNEL_10]->hot.min_bytes = 0;
	lan_set_forwarding(&lan, 1U << ACCESS_10 | 1U << TRUNK | 1U << TUNNEL_10);
	send(TRUNK, 56, C(10), 0);
	lan_run(&lan);
	expect(ACCESS_10, 56, 0, 0);
	lan_receive(&lan, TUNNEL_10, bytes, sizeof(bytes));
	lan_set_forwarding(&lan, 1U << TRUNK | 1U << TUNNEL_10);
	send(TRUNK, 14, C(10), 0);
	lan_run(&lan);
	expect(TUNNEL_10, 14, 0, 0);
	send(TUNNEL_10, 14, 0, 0);
	lan_run(&lan);
	expect(TRUNK, 14, C(10), 0);
	lan_expect_nothing(&lan);
}

/* What the pool has left when it is taken away; chained by the test. */
static struct rte_mbuf *hoard[8192];

static unsigned int
take_all_buffers(void)
{
	unsigned int n = 0;

	while ((hoard[n] = rte_pktmbuf_alloc(lan_eal())) != NULL)
		n++;
	return n;
}

static void
no_buffer_for_another_form_is_named(void **state)
{
	static const unsigned int others[] = {TRUNK, NATIVE, NATIVE_TAGGED, SERVICE};
	unsigned int i, n;

	(void)state;
	send(ACCESS_10, BODY_BYTES, 0, 0);
	n = take_all_buffers();
	lan_run(&lan);
	for (i = 0; i < RTE_DIM(others); i++)
		assert_int_equal(lan_drops(&lan, others[i], VSW_DROP_NO_MBUF), 1);
	rte_pktmbuf_free_bulk(hoard, n);
	expect(TUNNEL_10, BODY_BYTES, 0, 0);
	lan_expect_nothing(&lan);
}

/* The first port's own form needs no copy, so no buffer, for nobody else has the frame yet. */
static void
edit_in_place_needs_no_buffer(void **state)
{
	unsigned int n;

	(void)state;
	lan_set_forwarding(&lan, 1U << ACCESS_10 | 1U << SERVICE);
	send(ACCESS_10, BODY_BYTES, 0, 0);
	n = take_all_buffers();
	lan_run(&lan);
	rte_pktmbuf_free_bulk(hoard, n);
	expect(SERVICE, BODY_BYTES, S(10), 0);
}

static void
expect_oversize(unsigned int port, uint64_t n)
{
	assert_int_equal(lan_drops(&lan, port, VSW_DROP_OVERSIZE), n);
}

/* mtu_bytes is payload: a header, our tag and one of a customer's come on top. */
static void
check_mtu(uint16_t mtu_bytes)
{
	const uint16_t longest = mtu_bytes + MTU_HEADER_BYTES;
	unsigned int i;

	for (i = 0; i < N_PORTS; i++)
		lan.port[i]->settings.mtu_bytes = mtu_bytes;
	lan_set_forwarding(&lan, 1U << ACCESS_10 | 1U << TRUNK);
	send(ACCESS_10, longest, 0, 0);
	lan_run(&lan);
	expect(TRUNK, longest, C(10), 0);
	send(ACCESS_10, longest, C(0), 0);
	lan_run(&lan);
	expect(TRUNK, longest, C(10), 0);
	send(TRUNK, longest, C(10), 0);
	lan_run(&lan);
	expect(ACCESS_10, longest, 0, 0);
	lan_set_forwarding(&lan, 1U << TRUNK | 1U << SERVICE);
	send(TRUNK, longest, C(10), C(99));
	lan_run(&lan);
	expect(SERVICE, longest, S(10), C(99));
	lan_set_forwarding(&lan, UINT32_MAX);
	send(ACCESS_10, longest + 1, 0, 0);
	send(ACCESS_10, longest + 1, C(0), 0);
	send(TRUNK, longest + 1, C(10), 0);
	send(TRUNK, longest + 1, C(10), C(99));
	lan_run(&lan);
	expect_oversize(ACCESS_10, 2);
	expect_oversize(TRUNK, 2);
	lan_expect_nothing(&lan);
}

static void
mtu_bounds_what_is_received(void **state)
{
	(void)state;
	check_mtu(1500);
}

static void
largest_mtu_has_room_for_tags(void **state)
{
	(void)state;
	check_mtu(VSW_FRAME_MTU_MAX_BYTES);
}

static void
smaller_mtu_of_a_receiver_drops_there(void **state)
{
	(void)state;
	lan.port[TRUNK]->settings.mtu_bytes = 1400;
	lan_set_forwarding(&lan, 1U << ACCESS_10 | 1U << TRUNK | 1U << SERVICE);
	send(ACCESS_10, 1414, 0, 0);
	lan_run(&lan);
	expect(TRUNK, 1414, C(10), 0);
	expect(SERVICE, 1414, S(10), 0);
	send(ACCESS_10, 1415, 0, 0);
	lan_run(&lan);
	expect(SERVICE, 1415, S(10), 0);
	expect_oversize(TRUNK, 1);
	lan_expect_nothing(&lan);
}

/* The longest frame of a burst is not the last one. */
static void
smaller_mtu_of_an_access_port_drops_there(void **state)
{
	(void)state;
	lan.port[ACCESS_20]->settings.mtu_bytes = 1400;
	lan_set_forwarding(&lan, 1U << ACCESS_20 | 1U << NATIVE);
	send(NATIVE, 1415, 0, 0);
	send(NATIVE, 1414, 0, 0);
	lan_run(&lan);
	expect(ACCESS_20, 1414, 0, 0);
	expect_oversize(ACCESS_20, 1);
	lan_expect_nothing(&lan);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(broadcast_leaves_in_the_form_of_each_port, setup,
						teardown),
		cmocka_unit_test_setup_teardown(bursts_are_the_frames_one_by_one, setup, teardown),
		cmocka_unit_test_setup_teardown(tag_of_an_earlier_output_is_taken_off, setup,
						teardown),
		cmocka_unit_test_setup_teardown(addresses_are_learned_by_the_tag, setup, teardown),
		cmocka_unit_test_setup_teardown(known_port_that_is_no_member_is_denied, setup,
						teardown),
		cmocka_unit_test_setup_teardown(short_frames_are_padded_where_the_port_asks, setup,
						teardown),
		cmocka_unit_test_setup_teardown(no_buffer_for_another_form_is_named, setup,
						teardown),
		cmocka_unit_test_setup_teardown(edit_in_place_needs_no_buffer, setup, teardown),
		cmocka_unit_test_setup_teardown(mtu_bounds_what_is_received, setup, teardown),
		cmocka_unit_test_setup_teardown(largest_mtu_has_room_for_tags, setup, teardown),
		cmocka_unit_test_setup_teardown(smaller_mtu_of_a_receiver_drops_there, setup,
						teardown),
		cmocka_unit_test_setup_teardown(smaller_mtu_of_an_access_port_drops_there, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
