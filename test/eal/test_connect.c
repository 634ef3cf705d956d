/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The service connect: two ports as a wire. A third port bridges, and must never see a thing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "lan.h"
#include "vsw_mac.h"

#define MAC_A 0x020000000001ULL
#define MAC_B 0x020000000002ULL
#define N_PORTS 4
#define BODY_BYTES 64
#define MTU_BYTES 1500
#define LONGEST (MTU_BYTES + 14)

static struct lan lan;
static uint8_t bytes[LONGEST + 16];

static int
setup(void **state)
{
	static const uint16_t vlans[N_PORTS] = {1, 1, 1, 1};
	unsigned int i;

	(void)state;
	lan_init(&lan, N_PORTS, vlans);
	for (i = 0; i < 2; i++) {
		lan.port[i]->settings.service = VSW_PORT_CONNECT;
		lan.port[i]->settings.peer = lan.port[1 - i];
		lan.port[i]->settings.mtu_bytes = MTU_BYTES;
	}
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

/* The frame in bytes goes in by from and comes out of its peer as it is. */
static void
cross(unsigned int from, uint16_t n)
{
	lan_send(&lan, from, bytes, n);
	lan_run(&lan);
	lan_expect(&lan, 1 - from, bytes, n);
	lan_expect_nothing(&lan);
}

static void
every_address_passes_and_none_is_learned(void **state)
{
	static const uint64_t das[] = {MAC_B,	       MAC_A,	       VSW_MAC_BROADCAST,
				       0x0180c2000000, 0x0180c200000e, 0};
	static const uint64_t sas[] = {MAC_A, 0, 0x01005e000001, VSW_MAC_BROADCAST};
	struct vsw_fdb_counts counts;
	unsigned int i;

	(void)state;
	for (i = 0; i < 24; i++) {
		lan_frame(bytes, BODY_BYTES, das[i % 6], sas[i / 6]);
		cross(i & 1, BODY_BYTES);
	}
	vsw_fdb_get_counts(lan.fdb, &counts);
	assert_int_equal(counts.dynamic, 0);
}

static void
pause_stays_on_its_link(void **state)
{
	(void)state;
	lan_frame(bytes, BODY_BYTES, 0x0180c2000001, MAC_A);
	lan_send(&lan, 0, bytes, BODY_BYTES);
	lan_run(&lan);
	lan_expect_nothing(&lan);
	assert_int_equal(lan_drops(&lan, 0, VSW_DROP_RESERVED_DA), 1);
}

static void
every_tag_passes(void **state)
{
	static const uint32_t tags[] = {LAN_C_TAG(0xe000), LAN_C_TAG(1), LAN_C_TAG(0xffff),
					LAN_S_TAG(0x1002)};
	unsigned int i;

	(void)state;
	for (i = 0; i < 16; i++) {
		lan_frame(bytes, BODY_BYTES, MAC_B, MAC_A);
		lan_tag(bytes, BODY_BYTES, tags[i % 4]);
		cross(i & 1, BODY_BYTES + 4);
		lan_tag(bytes, BODY_BYTES + 4, tags[i / 4]);
		cross(i & 1, BODY_BYTES + 8);
	}
	/* The frame ends in its tag. */
	cross(0, 14);
	cross(0, 16);
}

static void
lengths_have_limits(void **state)
{
	uint16_t n;

	(void)state;
	lan_frame(bytes, sizeof(bytes), MAC_B, MAC_A);
	for (n = 1; n < VSW_FRAME_MIN_BYTES; n++)
		lan_send(&lan, 0, bytes, n);
	lan_send(&lan, 0, bytes, LONGEST + 1);
	lan_run(&lan);
	lan_expect_nothing(&lan);
	assert_int_equal(lan_drops(&lan, 0, VSW_DROP_RUNT), VSW_FRAME_MIN_BYTES - 1);
	assert_int_equal(lan_drops(&lan, 0, VSW_DROP_OVERSIZE), 1);
	cross(0, VSW_FRAME_MIN_BYTES);
	cross(0, LONGEST);
	lan_tag(bytes, LONGEST, LAN_C_TAG(5));
	cross(0, LONGEST + 4);
	lan_send(&lan, 0, bytes, LONGEST + 5);
	lan_run(&lan);
	assert_int_equal(lan_drops(&lan, 0, VSW_DROP_OVERSIZE), 2);
}

static void
smaller_mtu_of_the_peer_drops_there(void **state)
{
	(void)state;
	lan.port[1]->settings.mtu_bytes = 1000;
	lan_set_forwarding(&lan, UINT32_MAX);
	lan_frame(bytes, sizeof(bytes), MAC_B, MAC_A);
	cross(0, 1014);
	lan_send(&lan, 0, bytes, 1015);
	lan_run(&lan);
	lan_expect_nothing(&lan);
	assert_int_equal(lan_drops(&lan, 1, VSW_DROP_OVERSIZE), 1);
}

static void
peer_that_left_is_down(void **state)
{
	(void)state;
	lan_set_forwarding(&lan, 0xd);
	lan_send(&lan, 0, lan_frame(bytes, BODY_BYTES, VSW_MAC_BROADCAST, MAC_A), BODY_BYTES);
	lan_run(&lan);
	lan_expect_nothing(&lan);
	assert_int_equal(lan_drops(&lan, 0, VSW_DROP_PORT_DOWN), 1);
	lan_set_forwarding(&lan, 0xf);
	cross(0, BODY_BYTES);
}

/* What the bridge floods and finds stays in the bridge, also if the wire has the address. */
static void
bridge_is_apart(void **state)
{
	(void)state;
	cross(0, lan_tag(lan_frame(bytes, BODY_BYTES, MAC_B, MAC_A), BODY_BYTES, LAN_C_TAG(1)));
	lan_frame(bytes, BODY_BYTES, MAC_A, MAC_B);
	lan_send(&lan, 2, bytes, BODY_BYTES);
	lan_run(&lan);
	lan_expect(&lan, 3, bytes, BODY_BYTES);
	lan_expect_nothing(&lan);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_address_passes_and_none_is_learned),
		TEST(pause_stays_on_its_link),
		TEST(every_tag_passes),
		TEST(lengths_have_limits),
		TEST(smaller_mtu_of_the_peer_drops_there),
		TEST(peer_that_left_is_down),
		TEST(bridge_is_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
