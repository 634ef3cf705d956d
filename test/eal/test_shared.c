/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The domain that guests share (-p): every cell of the table in DESIGN.md section 6. Three guests,
 * whose tags towards the two uplinks are 1000 + n.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "lan.h"
#include "vsw_mac.h"

#define N_GUESTS 3
#define UPLINK 3
#define OTHER_UPLINK 4
#define N_PORTS 5
#define VLAN_BASE 1000
#define BODY_BYTES 64

#define GUEST_MAC(n) (0x020000000000ULL + (n))
#define FAR_MAC 0x0200000000ffULL /* behind the uplinks */
#define MULTICAST 0x01005e000001ULL

#define C LAN_C_TAG

static struct lan lan;
static uint8_t bytes[BODY_BYTES + 8];

static uint32_t
guest_tag(unsigned int guest)
{
	return C(VLAN_BASE + guest);
}

static uint16_t
build(uint64_t da, uint64_t sa, uint32_t outer, uint32_t inner)
{
	uint16_t n = BODY_BYTES;

	lan_frame(bytes, n, da, sa);
	if (inner != 0)
		n = lan_tag(bytes, n, inner);
	return outer != 0 ? lan_tag(bytes, n, outer) : n;
}

static void
pass(unsigned int from, uint64_t da, uint64_t sa, uint32_t tag)
{
	lan_send(&lan, from, bytes, build(da, sa, tag, 0));
	lan_run(&lan);
}

/* What was sent from sa to da leaves by port with this outer tag. */
static void
expect(unsigned int port, uint64_t da, uint64_t sa, uint32_t tag)
{
	lan_expect(&lan, port, bytes, build(da, sa, tag, 0));
}

static void
expect_drop(unsigned int port, enum vsw_drop reason)
{
	assert_int_equal(lan_drops(&lan, port, reason), 1);
	lan_expect_nothing(&lan);
}

static void
expect_uplinks(uint64_t da, uint64_t sa, uint32_t tag)
{
	expect(UPLINK, da, sa, tag);
	expect(OTHER_UPLINK, da, sa, tag);
}

/* All guests have been heard of. */
static void
introduce(void)
{
	unsigned int i;

	for (i = 0; i < N_GUESTS; i++) {
		pass(i, FAR_MAC, GUEST_MAC(i), 0);
		expect_uplinks(FAR_MAC, GUEST_MAC(i), guest_tag(i));
		lan_expect_nothing(&lan);
	}
}

static void
set_guest(unsigned int i, bool keep_tag)
{
	lan.port[i]->settings.service = VSW_PORT_GUEST;
	lan.port[i]->settings.vlan = (struct vsw_vlan_port){
		.mode = VSW_VLAN_TRANSPARENT, .vlan = VLAN_BASE + i, .keep_tag = keep_tag};
}

static void
set_uplink(unsigned int i)
{
	lan.port[i]->settings.service = VSW_PORT_UPLINK;
	assert_int_equal(vsw_vlan_set_trunk(&lan.port[i]->settings.vlan, "1000-1002", 0, false,
					    VSW_VLAN_TPID_C, NULL),
			 0);
}

static void
init(bool private_guests, bool keep_tag)
{
	static const uint16_t vlans[N_PORTS] = {1, 1, 1, 1, 1};
	unsigned int i;

	lan_init(&lan, N_PORTS, vlans);
	for (i = 0; i < N_GUESTS; i++)
		set_guest(i, keep_tag);
	set_uplink(UPLINK);
	set_uplink(OTHER_UPLINK);
	lan.private_guests = private_guests;
	lan_set_forwarding(&lan, UINT32_MAX);
	introduce();
}

static int
setup(void **state)
{
	(void)state;
	init(false, false);
	return 0;
}

static int
setup_private(void **state)
{
	(void)state;
	init(true, false);
	return 0;
}

static int
setup_keep_tag(void **state)
{
	(void)state;
	init(false, true);
	return 0;
}

/* --vlan-base 0: no tags, the address alone tells the guests apart. */
static int
setup_untagged(void **state)
{
	static const uint16_t vlans[N_PORTS] = {1, 1, 1, 1, 1};
	unsigned int i;

	(void)state;
	lan_init(&lan, N_PORTS, vlans);
	for (i = 0; i < N_PORTS; i++) {
		lan.port[i]->settings.service = i < N_GUESTS ? VSW_PORT_GUEST : VSW_PORT_UPLINK;
		lan.port[i]->settings.vlan = (struct vsw_vlan_port){.mode = VSW_VLAN_TRANSPARENT,
								    .vlan = VSW_FWD_SHARED_DOMAIN};
	}
	lan_set_forwarding(&lan, UINT32_MAX);
	for (i = 0; i < N_GUESTS; i++) {
		pass(i, FAR_MAC, GUEST_MAC(i), 0);
		expect_uplinks(FAR_MAC, GUEST_MAC(i), 0);
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

static void
known_unicast_goes_to_that_guest(void **state)
{
	(void)state;
	pass(0, GUEST_MAC(2), GUEST_MAC(0), 0);
	expect(2, GUEST_MAC(2), GUEST_MAC(0), 0);
	lan_expect_nothing(&lan);
}

static void
unknown_unicast_goes_to_the_uplinks(void **state)
{
	(void)state;
	pass(1, FAR_MAC, GUEST_MAC(1), 0);
	expect_uplinks(FAR_MAC, GUEST_MAC(1), guest_tag(1));
	lan_expect_nothing(&lan);
}

static void
groups_go_to_guests_and_uplinks(void **state)
{
	static const uint64_t groups[] = {VSW_MAC_BROADCAST, MULTICAST};
	struct vsw_stats_row before, after;
	unsigned int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		lan_sum(&lan, &before);
		pass(1, groups[i], GUEST_MAC(1), 0);
		expect(0, groups[i], GUEST_MAC(1), 0);
		expect(2, groups[i], GUEST_MAC(1), 0);
		expect_uplinks(groups[i], GUEST_MAC(1), guest_tag(1));
		lan_expect_nothing(&lan);
		lan_sum(&lan, &after);
		assert_int_equal(after.copies - before.copies, 3);
		assert_int_equal(after.flooded - before.flooded, 1);
	}
}

/* With private guests, too. */
static void
own_address_is_dropped(void **state)
{
	(void)state;
	pass(1, GUEST_MAC(1), GUEST_MAC(1), 0);
	expect_drop(1, VSW_DROP_SAME_PORT);
}

static void
private_guests_send_to_uplinks_only(void **state)
{
	static const uint64_t das[] = {GUEST_MAC(2), FAR_MAC, VSW_MAC_BROADCAST, MULTICAST};
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(das) / sizeof(das[0]); i++) {
		pass(0, das[i], GUEST_MAC(0), 0);
		expect_uplinks(das[i], GUEST_MAC(0), guest_tag(0));
		lan_expect_nothing(&lan);
	}
}

static void
without_an_uplink_nothing_takes_it(void **state)
{
	(void)state;
	lan_set_forwarding(&lan, 0x7);
	pass(0, FAR_MAC, GUEST_MAC(0), 0);
	expect_drop(0, VSW_DROP_NO_MEMBER);
}

static void
guest_that_left_is_down(void **state)
{
	(void)state;
	lan_set_forwarding(&lan, 0x1d);
	pass(0, GUEST_MAC(1), GUEST_MAC(0), 0);
	expect_drop(0, VSW_DROP_PORT_DOWN);
	pass(UPLINK, VSW_MAC_BROADCAST, FAR_MAC, guest_tag(1));
	expect_drop(UPLINK, VSW_DROP_NO_MEMBER);
	pass(UPLINK, GUEST_MAC(1), FAR_MAC, guest_tag(1));
	expect_drop(UPLINK, VSW_DROP_FOREIGN_DA);
}

/* Of either uplink; nothing passes to the other one, known, unknown or group. */
static void
tag_and_address_select_the_guest(void **state)
{
	unsigned int uplink, i;

	(void)state;
	for (uplink = UPLINK; uplink < N_PORTS; uplink++) {
		for (i = 0; i < N_GUESTS; i++) {
			pass(uplink, GUEST_MAC(i), FAR_MAC, guest_tag(i) | 0x6000);
			expect(i, GUEST_MAC(i), FAR_MAC, 0);
			pass(uplink, VSW_MAC_BROADCAST, FAR_MAC, guest_tag(i));
			expect(i, VSW_MAC_BROADCAST, FAR_MAC, 0);
			pass(uplink, MULTICAST, FAR_MAC, guest_tag(i));
			expect(i, MULTICAST, FAR_MAC, 0);
			lan_expect_nothing(&lan);
		}
	}
}

static void
address_of_another_guest_is_foreign(void **state)
{
	(void)state;
	pass(UPLINK, GUEST_MAC(1), FAR_MAC, guest_tag(0));
	expect_drop(UPLINK, VSW_DROP_FOREIGN_DA);
}

static void
unknown_address_is_foreign(void **state)
{
	(void)state;
	pass(UPLINK, FAR_MAC, FAR_MAC + 1, guest_tag(0));
	expect_drop(UPLINK, VSW_DROP_FOREIGN_DA);
}

static void
uplink_requires_a_tag_of_a_guest(void **state)
{
	static const uint32_t tags[] = {0, C(0), C(1), C(999), C(1003), C(4095), LAN_S_TAG(1000)};
	const unsigned int n = sizeof(tags) / sizeof(tags[0]);
	unsigned int i;

	(void)state;
	for (i = 0; i < n; i++) {
		pass(UPLINK, GUEST_MAC(0), FAR_MAC, tags[i]);
		pass(UPLINK, VSW_MAC_BROADCAST, FAR_MAC, tags[i]);
	}
	assert_int_equal(lan_drops(&lan, UPLINK, VSW_DROP_VLAN_DENIED), 2 * n);
	lan_expect_nothing(&lan);
}

/* Or an address beyond an uplink could be made a guest's, and the other way round. */
static void
nothing_is_learned_from_uplinks(void **state)
{
	(void)state;
	pass(UPLINK, GUEST_MAC(0), FAR_MAC, guest_tag(0));
	expect(0, GUEST_MAC(0), FAR_MAC, 0);
	pass(UPLINK, GUEST_MAC(0), GUEST_MAC(1), guest_tag(0));
	expect(0, GUEST_MAC(0), GUEST_MAC(1), 0);
	known_unicast_goes_to_that_guest(state);
	pass(0, GUEST_MAC(1), GUEST_MAC(0), 0);
	expect(1, GUEST_MAC(1), GUEST_MAC(0), 0);
	unknown_unicast_goes_to_the_uplinks(state);
}

/* A tag that a guest puts on is no business of ours, not even if it looks like a guest's. */
static void
tags_of_guests_are_payload(void **state)
{
	static const uint32_t tags[] = {C(0x6000), C(1001), C(7), C(4095), LAN_S_TAG(1000)};
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
		pass(0, GUEST_MAC(2), GUEST_MAC(0), tags[i]);
		expect(2, GUEST_MAC(2), GUEST_MAC(0), tags[i]);
		pass(0, FAR_MAC, GUEST_MAC(0), tags[i]);
		lan_expect(&lan, UPLINK, bytes, build(FAR_MAC, GUEST_MAC(0), C(1000), tags[i]));
		lan_expect(&lan, OTHER_UPLINK, bytes, sizeof(bytes));
		lan_send(&lan, UPLINK, bytes, build(GUEST_MAC(2), FAR_MAC, C(1002), tags[i]));
		lan_run(&lan);
		expect(2, GUEST_MAC(2), FAR_MAC, tags[i]);
		lan_expect_nothing(&lan);
	}
}

/* --vlan-strip 0 concerns the tag that came from the network, and only that. */
static void
kept_tag_is_the_one_received(void **state)
{
	(void)state;
	pass(UPLINK, GUEST_MAC(2), FAR_MAC, guest_tag(2) | 0xa000);
	expect(2, GUEST_MAC(2), FAR_MAC, guest_tag(2) | 0xa000);
	pass(0, GUEST_MAC(2), GUEST_MAC(0), 0);
	expect(2, GUEST_MAC(2), GUEST_MAC(0), 0);
	groups_go_to_guests_and_uplinks(state);
}

static void
untagged_uplinks_go_by_address(void **state)
{
	unsigned int i;

	(void)state;
	pass(0, GUEST_MAC(2), GUEST_MAC(0), 0);
	expect(2, GUEST_MAC(2), GUEST_MAC(0), 0);
	pass(0, VSW_MAC_BROADCAST, GUEST_MAC(0), 0);
	for (i = 1; i < N_PORTS; i++)
		expect(i, VSW_MAC_BROADCAST, GUEST_MAC(0), 0);
	pass(UPLINK, GUEST_MAC(1), FAR_MAC, 0);
	expect(1, GUEST_MAC(1), FAR_MAC, 0);
	pass(UPLINK, GUEST_MAC(1), FAR_MAC, C(1002));
	expect(1, GUEST_MAC(1), FAR_MAC, C(1002));
	pass(UPLINK, VSW_MAC_BROADCAST, FAR_MAC, 0);
	for (i = 0; i < N_GUESTS; i++)
		expect(i, VSW_MAC_BROADCAST, FAR_MAC, 0);
	pass(UPLINK, FAR_MAC, FAR_MAC + 1, 0);
	expect_drop(UPLINK, VSW_DROP_FOREIGN_DA);
	lan_set_forwarding(&lan, 0x1d);
	pass(OTHER_UPLINK, GUEST_MAC(1), FAR_MAC, 0);
	expect_drop(OTHER_UPLINK, VSW_DROP_FOREIGN_DA);
}

/* Guests, private guests and uplinks; a blackhole is for everybody. */
static void
blackhole_takes_it(void **state)
{
	(void)state;
	assert_int_equal(vsw_fdb_add_static(lan.fdb, vsw_fdb_key(VSW_FWD_SHARED_DOMAIN, FAR_MAC),
					    VSW_FWD_BLACKHOLE, NULL),
			 0);
	pass(0, FAR_MAC, GUEST_MAC(0), 0);
	expect_drop(0, VSW_DROP_BLACKHOLE);
	pass(UPLINK, FAR_MAC, FAR_MAC + 1, guest_tag(0));
	expect_drop(UPLINK, VSW_DROP_BLACKHOLE);
}

/* Guests of one group do not see each other, and both see the uplinks. */
static void
group_of_guests_is_isolated(void **state)
{
	(void)state;
	lan.port[0]->settings.group = lan.port[2]->settings.group = 7;
	lan_set_forwarding(&lan, UINT32_MAX);
	pass(0, GUEST_MAC(2), GUEST_MAC(0), 0);
	expect_drop(0, VSW_DROP_ISOLATED);
	pass(0, VSW_MAC_BROADCAST, GUEST_MAC(0), 0);
	expect(1, VSW_MAC_BROADCAST, GUEST_MAC(0), 0);
	expect_uplinks(VSW_MAC_BROADCAST, GUEST_MAC(0), guest_tag(0));
	pass(UPLINK, GUEST_MAC(2), FAR_MAC, guest_tag(2));
	expect(2, GUEST_MAC(2), FAR_MAC, 0);
	lan_expect_nothing(&lan);
}

/* Two services side by side: the bridge's VLANs are not the domain of guests. */
static void
bridge_is_apart(void **state)
{
	(void)state;
	lan.port[2]->settings = lan.port[OTHER_UPLINK]->settings;
	lan.port[2]->settings.service = VSW_PORT_BRIDGE;
	lan_set_forwarding(&lan, UINT32_MAX);
	pass(2, VSW_MAC_BROADCAST, GUEST_MAC(0), guest_tag(0));
	expect_drop(2, VSW_DROP_NO_MEMBER);
	pass(1, GUEST_MAC(0), GUEST_MAC(1), 0);
	expect(0, GUEST_MAC(0), GUEST_MAC(1), 0);
	pass(1, VSW_MAC_BROADCAST, GUEST_MAC(1), 0);
	expect(0, VSW_MAC_BROADCAST, GUEST_MAC(1), 0);
	expect_uplinks(VSW_MAC_BROADCAST, GUEST_MAC(1), guest_tag(1));
	lan_expect_nothing(&lan);
}

#define TEST(name, setup) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(known_unicast_goes_to_that_guest, setup),
		TEST(unknown_unicast_goes_to_the_uplinks, setup),
		TEST(groups_go_to_guests_and_uplinks, setup),
		TEST(own_address_is_dropped, setup),
		TEST(own_address_is_dropped, setup_private),
		TEST(private_guests_send_to_uplinks_only, setup_private),
		TEST(without_an_uplink_nothing_takes_it, setup),
		TEST(without_an_uplink_nothing_takes_it, setup_private),
		TEST(guest_that_left_is_down, setup),
		TEST(tag_and_address_select_the_guest, setup),
		TEST(tag_and_address_select_the_guest, setup_private),
		TEST(address_of_another_guest_is_foreign, setup),
		TEST(unknown_address_is_foreign, setup),
		TEST(uplink_requires_a_tag_of_a_guest, setup),
		TEST(nothing_is_learned_from_uplinks, setup),
		TEST(tags_of_guests_are_payload, setup),
		TEST(kept_tag_is_the_one_received, setup_keep_tag),
		TEST(untagged_uplinks_go_by_address, setup_untagged),
		TEST(blackhole_takes_it, setup),
		TEST(blackhole_takes_it, setup_private),
		TEST(group_of_guests_is_isolated, setup),
		TEST(bridge_is_apart, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
