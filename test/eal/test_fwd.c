/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Golden bursts through lib/fwd: what goes in on which port, what must come out where, which drop
 * is counted. lan_fini() asserts the books and that no mbuf is lost, after every test.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <rte_mbuf.h>
#include <rte_ring.h>

#include "lan.h"
#include "vsw_mac.h"

#define MAC_A 0x020000000001ULL
#define MAC_B 0x020000000002ULL
#define MAC_C 0x020000000003ULL
#define FRAME_BYTES 60

static struct lan lan;
static uint8_t sent[VSW_FRAME_MAX_BYTES + 64], got[VSW_FRAME_MAX_BYTES + 64];

static int
setup(void **state)
{
	static const uint16_t vlans[] = {1, 1, 1, 1};

	(void)state;
	lan_init(&lan, 4, vlans);
	return 0;
}

static int
setup_vlans(void **state)
{
	static const uint16_t vlans[] = {10, 10, 20, 20};

	(void)state;
	lan_init(&lan, 4, vlans);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	lan_fini(&lan);
	return 0;
}

static void
pass(unsigned int port, uint64_t da, uint64_t sa)
{
	lan_send(&lan, port, lan_frame(sent, FRAME_BYTES, da, sa), FRAME_BYTES);
	lan_run(&lan);
}

/* Exactly one frame, the one that was sent last, left by port. */
static void
expect_sent(unsigned int port)
{
	assert_int_equal(lan_receive(&lan, port, got, sizeof(got)), FRAME_BYTES);
	assert_memory_equal(got, sent, FRAME_BYTES);
	assert_int_equal(lan_receive(&lan, port, got, sizeof(got)), 0);
}

static void
expect_nothing(unsigned int port)
{
	assert_int_equal(lan_receive(&lan, port, got, sizeof(got)), 0);
}

static void
expect_only(uint32_t ports)
{
	unsigned int i;

	for (i = 0; i < lan.n_ports; i++) {
		if (ports >> i & 1)
			expect_sent(i);
		else
			expect_nothing(i);
	}
}

static void
unknown_unicast_floods_to_all_others(void **state)
{
	struct vsw_stats_row sum;

	(void)state;
	pass(0, MAC_B, MAC_A);
	expect_only(0xe);
	lan_sum(&lan, &sum);
	assert_int_equal(sum.copies, 2);
	assert_int_equal(sum.flooded, 1);
	assert_int_equal(sum.tx_frames, 3);
	assert_int_equal(sum.tx_bytes, 3 * FRAME_BYTES);
}

static void
reply_is_unicast(void **state)
{
	(void)state;
	pass(0, MAC_B, MAC_A);
	expect_only(0xe);
	pass(2, MAC_A, MAC_B);
	expect_only(0x1);
	pass(0, MAC_B, MAC_A);
	expect_only(0x4);
}

static void
broadcast_and_multicast_flood(void **state)
{
	static const uint64_t groups[] = {VSW_MAC_BROADCAST, 0x01005e000001, 0x333300000001,
					  0x0180c2000010, 0x0180c2000020};
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(groups); i++) {
		pass(1, groups[i], MAC_A);
		expect_only(0xd);
	}
}

static void
source_moves_at_once(void **state)
{
	struct vsw_stats_row sum;

	(void)state;
	pass(0, VSW_MAC_BROADCAST, MAC_A);
	expect_only(0xe);
	pass(3, VSW_MAC_BROADCAST, MAC_A);
	expect_only(0x7);
	pass(1, MAC_A, MAC_B);
	expect_only(0x8);
	lan_sum(&lan, &sum);
	assert_int_equal(sum.moved, 1);
	assert_int_equal(sum.learned, 2);
}

static void
own_port_is_dropped(void **state)
{
	(void)state;
	pass(0, VSW_MAC_BROADCAST, MAC_A);
	expect_only(0xe);
	pass(0, MAC_A, MAC_B);
	expect_only(0);
	assert_int_equal(lan_drops(&lan, 0, VSW_DROP_SAME_PORT), 1);
}

static void
reserved_addresses_are_dropped(void **state)
{
	uint64_t i;

	(void)state;
	for (i = 0; i < 16; i++)
		pass(0, 0x0180c2000000 + i, MAC_A);
	expect_only(0);
	assert_int_equal(lan_drops(&lan, 0, VSW_DROP_RESERVED_DA), 16);
}

static void
bad_sources_are_not_learned(void **state)
{
	struct vsw_fdb_counts counts;

	(void)state;
	pass(0, MAC_B, 0x01005e000001);
	pass(0, MAC_B, VSW_MAC_BROADCAST);
	pass(0, MAC_B, 0);
	expect_only(0);
	assert_int_equal(lan_drops(&lan, 0, VSW_DROP_SRC_GROUP), 2);
	assert_int_equal(lan_drops(&lan, 0, VSW_DROP_SRC_ZERO), 1);
	vsw_fdb_get_counts(lan.fdb, &counts);
	assert_int_equal(counts.dynamic, 0);
}

#define LONGEST (14 + VSW_FRAME_MTU_MAX_BYTES)
#define ETH_MIN_BYTES 60

static void
lengths_have_limits(void **state)
{
	uint16_t n;

	(void)state;
	lan_frame(sent, sizeof(sent), MAC_B, MAC_A);
	for (n = 1; n < VSW_FRAME_MIN_BYTES; n++)
		lan_send(&lan, 0, sent, n);
	lan_send(&lan, 0, sent, LONGEST + 1);
	lan_run(&lan);
	expect_only(0);
	assert_int_equal(lan_drops(&lan, 0, VSW_DROP_RUNT), VSW_FRAME_MIN_BYTES - 1);
	assert_int_equal(lan_drops(&lan, 0, VSW_DROP_OVERSIZE), 1);
	lan_send(&lan, 0, sent, VSW_FRAME_MIN_BYTES);
	lan_send(&lan, 0, sent, LONGEST);
	lan_run(&lan);
	assert_int_equal(lan_receive(&lan, 1, got, sizeof(got)), ETH_MIN_BYTES);
	assert_memory_equal(got, sent, VSW_FRAME_MIN_BYTES);
	for (n = VSW_FRAME_MIN_BYTES; n < ETH_MIN_BYTES; n++)
		assert_int_equal(got[n], 0);
	assert_int_equal(lan_receive(&lan, 1, got, sizeof(got)), LONGEST);
	assert_memory_equal(got, sent, LONGEST);
}

/* Write to every buffer of the pool, so that what is not written over shows. */
static void
soil_buffers(void)
{
	static struct rte_mbuf *mbuf[8192];
	unsigned int n = 0;

	while ((mbuf[n] = rte_pktmbuf_alloc(lan_eal())) != NULL) {
		memset(rte_pktmbuf_append(mbuf[n], FRAME_BYTES), 0xa5, FRAME_BYTES);
		n++;
	}
	rte_pktmbuf_free_bulk(mbuf, n);
}

/* C19: zeros, not what the buffer held before. */
static void
short_frames_are_padded_with_zeros(void **state)
{
	uint16_t n, i;

	(void)state;
	soil_buffers();
	for (n = VSW_FRAME_MIN_BYTES; n <= ETH_MIN_BYTES; n++) {
		lan_send(&lan, 0, lan_frame(sent, n, MAC_B, MAC_A), n);
		lan_run(&lan);
		memset(sent + n, 0, ETH_MIN_BYTES - n);
		for (i = 1; i < 4; i++) {
			assert_int_equal(lan_receive(&lan, i, got, sizeof(got)), ETH_MIN_BYTES);
			assert_memory_equal(got, sent, ETH_MIN_BYTES);
		}
	}
}

static void
static_entry_stays(void **state)
{
	struct vsw_error err;

	(void)state;
	assert_int_equal(vsw_fdb_add_static(lan.fdb, vsw_fdb_key(1, MAC_A), 0, &err), 0);
	pass(1, VSW_MAC_BROADCAST, MAC_A);
	expect_only(0);
	assert_int_equal(lan_drops(&lan, 1, VSW_DROP_FDB_VIOLATION), 1);
	pass(2, MAC_A, MAC_B);
	expect_only(0x1);
}

/* A frame that is dropped in learn must not shift the keys of those behind it. */
static void
violation_in_a_burst_leaves_the_others(void **state)
{
	struct vsw_error err;

	(void)state;
	pass(3, VSW_MAC_BROADCAST, MAC_C);
	expect_only(0x7);
	assert_int_equal(vsw_fdb_add_static(lan.fdb, vsw_fdb_key(1, MAC_A), 0, &err), 0);
	lan_send(&lan, 1, lan_frame(sent, FRAME_BYTES, VSW_MAC_BROADCAST, MAC_A), FRAME_BYTES);
	lan_send(&lan, 1, lan_frame(sent, FRAME_BYTES, MAC_C, MAC_B), FRAME_BYTES);
	lan_run(&lan);
	expect_only(0x8);
}

static void
vlans_are_apart(void **state)
{
	struct vsw_stats_row sum;

	(void)state;
	pass(0, VSW_MAC_BROADCAST, MAC_A);
	expect_only(0x2);
	pass(2, MAC_A, MAC_B);
	expect_only(0x8);
	pass(3, VSW_MAC_BROADCAST, MAC_A);
	expect_only(0x4);
	pass(1, MAC_A, MAC_C);
	expect_only(0x1);
	/* Members alone are flooded to; nothing is left for egress to find. */
	lan_sum(&lan, &sum);
	assert_int_equal(sum.drop[VSW_DROP_VLAN_DENIED], 0);
}

static void
tags_are_denied_on_access_ports(void **state)
{
	static const uint16_t tci[] = {1, 2, 10, 4094, 4095, 0x6001};
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(tci); i++) {
		lan_frame(sent, FRAME_BYTES, MAC_B, MAC_A);
		lan_send(&lan, 0, sent, lan_tag(sent, FRAME_BYTES, LAN_C_TAG(tci[i])));
	}
	lan_frame(sent, FRAME_BYTES, MAC_B, MAC_A);
	lan_send(&lan, 0, sent, lan_tag(sent, FRAME_BYTES, LAN_S_TAG(0)));
	lan_frame(sent, FRAME_BYTES, MAC_B, MAC_A);
	lan_tag(sent, FRAME_BYTES, LAN_C_TAG(2));
	lan_send(&lan, 0, sent, lan_tag(sent, FRAME_BYTES + 4, LAN_C_TAG(0)));
	lan_frame(sent, FRAME_BYTES, MAC_B, MAC_A);
	lan_tag(sent, FRAME_BYTES, LAN_C_TAG(0));
	lan_send(&lan, 0, sent, 17);
	lan_run(&lan);
	expect_only(0);
	assert_int_equal(lan_drops(&lan, 0, VSW_DROP_VLAN_DENIED), RTE_DIM(tci) + 3);
}

static void
priority_tag_is_taken_off(void **state)
{
	uint8_t plain[FRAME_BYTES];

	(void)state;
	memcpy(plain, lan_frame(sent, FRAME_BYTES, MAC_B, MAC_A), FRAME_BYTES);
	lan_send(&lan, 0, sent, lan_tag(sent, FRAME_BYTES, LAN_C_TAG(0xa000)));
	lan_run(&lan);
	memcpy(sent, plain, FRAME_BYTES);
	expect_only(0xe);
}

static void
flood_without_member_is_named(void **state)
{
	(void)state;
	lan_set_forwarding(&lan, 0x1);
	pass(0, MAC_B, MAC_A);
	expect_only(0);
	assert_int_equal(lan_drops(&lan, 0, VSW_DROP_NO_MEMBER), 1);
}

static void
port_that_left_is_down(void **state)
{
	(void)state;
	pass(1, VSW_MAC_BROADCAST, MAC_B);
	expect_only(0xd);
	lan_set_forwarding(&lan, 0xd);
	pass(0, MAC_B, MAC_A);
	expect_only(0);
	assert_int_equal(lan_drops(&lan, 0, VSW_DROP_PORT_DOWN), 1);
}

/* The ring takes LAN_RING - 1 frames; what follows is dropped by name on the receiver's account. */
static void
full_transmit_queue_is_named(void **state)
{
	struct vsw_stats_row row;
	unsigned int i;

	(void)state;
	for (i = 0; i < LAN_RING + 9; i++)
		pass(0, VSW_MAC_BROADCAST, MAC_A);
	for (i = 1; i < 4; i++) {
		assert_int_equal(lan_drops(&lan, i, VSW_DROP_TX_FULL), 10);
		vsw_stats_read(lan.port[i]->stats, &row);
		assert_int_equal(row.tx_frames, LAN_RING - 1);
		assert_int_equal(row.tx_bytes, (LAN_RING - 1) * FRAME_BYTES);
	}
}

static void
frames_stay_in_order(void **state)
{
	unsigned int i;

	(void)state;
	pass(1, VSW_MAC_BROADCAST, MAC_B);
	expect_only(0xd);
	for (i = 0; i < 200; i++) {
		lan_frame(sent, FRAME_BYTES, MAC_B, i % 3 == 0 ? MAC_A : MAC_C);
		sent[20] = i;
		lan_send(&lan, 0, sent, FRAME_BYTES);
	}
	lan_run(&lan);
	for (i = 0; i < 200; i++) {
		assert_int_equal(lan_receive(&lan, 1, got, sizeof(got)), FRAME_BYTES);
		assert_int_equal(got[20], i);
	}
	expect_nothing(1);
}

/* As no device sends them that is not asked to. */
static void
frames_in_several_mbufs_are_dropped(void **state)
{
	const struct vsw_offload complete = {0};

	(void)state;
	lan_frame(sent, FRAME_BYTES, MAC_B, MAC_A);
	lan_send_undone(&lan, 0, sent, FRAME_BYTES, FRAME_BYTES / 2, &complete);
	lan_run(&lan);
	assert_int_equal(lan_drops(&lan, 0, VSW_DROP_BUFFER_INVALID), 1);
	expect_only(0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(unknown_unicast_floods_to_all_others, setup,
						teardown),
		cmocka_unit_test_setup_teardown(reply_is_unicast, setup, teardown),
		cmocka_unit_test_setup_teardown(broadcast_and_multicast_flood, setup, teardown),
		cmocka_unit_test_setup_teardown(source_moves_at_once, setup, teardown),
		cmocka_unit_test_setup_teardown(own_port_is_dropped, setup, teardown),
		cmocka_unit_test_setup_teardown(reserved_addresses_are_dropped, setup, teardown),
		cmocka_unit_test_setup_teardown(bad_sources_are_not_learned, setup, teardown),
		cmocka_unit_test_setup_teardown(lengths_have_limits, setup, teardown),
		cmocka_unit_test_setup_teardown(short_frames_are_padded_with_zeros, setup,
						teardown),
		cmocka_unit_test_setup_teardown(static_entry_stays, setup, teardown),
		cmocka_unit_test_setup_teardown(violation_in_a_burst_leaves_the_others, setup,
						teardown),
		cmocka_unit_test_setup_teardown(vlans_are_apart, setup_vlans, teardown),
		cmocka_unit_test_setup_teardown(tags_are_denied_on_access_ports, setup, teardown),
		cmocka_unit_test_setup_teardown(priority_tag_is_taken_off, setup, teardown),
		cmocka_unit_test_setup_teardown(flood_without_member_is_named, setup, teardown),
		cmocka_unit_test_setup_teardown(port_that_left_is_down, setup, teardown),
		cmocka_unit_test_setup_teardown(full_transmit_queue_is_named, setup, teardown),
		cmocka_unit_test_setup_teardown(frames_stay_in_order, setup, teardown),
		cmocka_unit_test_setup_teardown(frames_in_several_mbufs_are_dropped, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
