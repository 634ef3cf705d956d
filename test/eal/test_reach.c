/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the operator keeps from passing on a bridge: groups of ports, floods of unknown unicast,
 * blackholes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "lan.h"
#include "vsw_mac.h"

#define MAC_A 0x020000000001ULL
#define MAC_B 0x020000000002ULL
#define N_PORTS 5
#define FRAME_BYTES 64

static struct lan lan;
static uint8_t bytes[FRAME_BYTES];

/* Ports 0 and 1 are of one group, 2 and 3 of another, 4 of none. */
static int
setup(void **state)
{
	static const uint16_t vlans[N_PORTS] = {1, 1, 1, 1, 1};

	(void)state;
	lan_init(&lan, N_PORTS, vlans);
	lan.port[0]->settings.group = lan.port[1]->settings.group = 1;
	lan.port[2]->settings.group = lan.port[3]->settings.group = VSW_PORT_GROUP_UPLINK;
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

/* The frame leaves by the ports whose bit is set, and no other. */
static void
pass(unsigned int from, uint64_t da, uint64_t sa, uint32_t ports)
{
	unsigned int i;

	lan_send(&lan, from, lan_frame(bytes, FRAME_BYTES, da, sa), FRAME_BYTES);
	lan_run(&lan);
	for (i = 0; i < N_PORTS; i++) {
		if (ports >> i & 1)
			lan_expect(&lan, i, bytes, FRAME_BYTES);
	}
	lan_expect_nothing(&lan);
}

static void
group_is_spared_by_floods(void **state)
{
	(void)state;
	pass(0, VSW_MAC_BROADCAST, MAC_A, 0x1c);
	pass(1, MAC_B, MAC_A, 0x1c);
	pass(3, 0x01005e000001, MAC_A, 0x13);
	pass(4, VSW_MAC_BROADCAST, MAC_A, 0xf);
}

static void
group_is_isolated(void **state)
{
	(void)state;
	pass(1, VSW_MAC_BROADCAST, MAC_B, 0x1c);
	pass(0, MAC_B, MAC_A, 0);
	assert_int_equal(lan_drops(&lan, 0, VSW_DROP_ISOLATED), 1);
	pass(2, MAC_B, MAC_A, 0x2);
	pass(4, MAC_B, MAC_A, 0x2);
	pass(1, MAC_B, MAC_A, 0);
	assert_int_equal(lan_drops(&lan, 1, VSW_DROP_SAME_PORT), 1);
}

static void
trunks_have_groups(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < N_PORTS; i++)
		assert_int_equal(vsw_vlan_set_trunk(&lan.port[i]->settings.vlan, "all", 1, false,
						    VSW_VLAN_TPID_C, NULL),
				 0);
	lan_set_forwarding(&lan, UINT32_MAX);
	group_is_spared_by_floods(state);
	group_is_isolated(state);
}

static void
group_alone_reaches_nobody(void **state)
{
	(void)state;
	lan_set_forwarding(&lan, 0x3);
	pass(0, VSW_MAC_BROADCAST, MAC_A, 0);
	assert_int_equal(lan_drops(&lan, 0, VSW_DROP_NO_MEMBER), 1);
}

static void
unknown_unicast_spares_ports_that_do_not_want_it(void **state)
{
	(void)state;
	lan.port[3]->settings.flood_unknown = false;
	lan_set_forwarding(&lan, UINT32_MAX);
	pass(0, MAC_B, MAC_A, 0x14);
	pass(0, VSW_MAC_BROADCAST, MAC_A, 0x1c);
	pass(3, VSW_MAC_BROADCAST, MAC_B, 0x13);
	pass(0, MAC_B, MAC_A, 0x8);
	pass(3, 0x020000000003, MAC_B, 0x13);
}

static void
blackhole_takes_it(void **state)
{
	(void)state;
	assert_int_equal(
		vsw_fdb_add_static(lan.fdb, vsw_fdb_key(1, MAC_B), VSW_FWD_BLACKHOLE, NULL), 0);
	pass(0, MAC_B, MAC_A, 0);
	assert_int_equal(lan_drops(&lan, 0, VSW_DROP_BLACKHOLE), 1);
	/* Nobody has that address. */
	pass(4, VSW_MAC_BROADCAST, MAC_B, 0);
	assert_int_equal(lan_drops(&lan, 4, VSW_DROP_FDB_VIOLATION), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(group_is_spared_by_floods),
		TEST(group_is_isolated),
		TEST(trunks_have_groups),
		TEST(group_alone_reaches_nobody),
		TEST(unknown_unicast_spares_ports_that_do_not_want_it),
		TEST(blackhole_takes_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
