/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/traffic: the frames, byte by byte, and the order they come in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "vsw_traffic_hot.h"

#define BYTES 2048U
#define NOW 0x123456789abcdULL

struct bed {
	struct vsw_traffic_config config;
	struct vsw_traffic *traffic;
	uint8_t frame[BYTES];
	uint32_t length;
};

static void
open_bed(struct bed *bed)
{
	assert_int_equal(vsw_traffic_create(&bed->config, &bed->traffic, NULL), 0);
}

static void
write_next(struct bed *bed, uint32_t port)
{
	struct vsw_sender *sender = vsw_traffic_sender(bed->traffic, port, 0);

	vsw_sender_fill(sender, bed->frame, sizeof(bed->frame));
	bed->length = vsw_traffic_write(sender, bed->frame, NOW);
}

static uint64_t
mac_at(const uint8_t *bytes)
{
	uint64_t mac = 0;
	uint32_t i;

	for (i = 0; i < 6; i++)
		mac = mac << 8 | bytes[i];
	return mac;
}

static uint32_t
sum_words(const uint8_t *bytes, uint32_t n)
{
	uint32_t sum = 0, i;

	for (i = 0; i < n; i += 2)
		sum += bytes[i] << 8 | bytes[i + 1];
	return (sum & 0xffff) + (sum >> 16);
}

static void
assert_packet(const uint8_t *ip, uint32_t bytes, uint32_t from, uint32_t to, uint32_t flow)
{
	const uint8_t source[] = {10, from, 0, flow + 1}, destination[] = {10, to, 0, flow + 1};

	assert_int_equal(ip[0], 0x45);
	assert_int_equal(ip[2] << 8 | ip[3], bytes);
	assert_int_equal(ip[9], 61);
	assert_memory_equal(ip + 12, source, sizeof(source));
	assert_memory_equal(ip + 16, destination, sizeof(destination));
	assert_int_equal(sum_words(ip, 20), 0xffff);
}

static void
writes_an_untagged_frame(void **state)
{
	struct bed bed;

	(void)state;
	vsw_traffic_default(&bed.config);
	open_bed(&bed);
	write_next(&bed, 1);
	assert_int_equal(bed.length, 60);
	assert_int_equal(mac_at(bed.frame), vsw_traffic_mac(0, 0));
	assert_int_equal(mac_at(bed.frame + 6), vsw_traffic_mac(1, 0));
	assert_int_equal(bed.frame[12] << 8 | bed.frame[13], 0x0800);
	assert_packet(bed.frame + 14, 46, 1, 0, 0);
	vsw_traffic_destroy(bed.traffic);
}

static void
writes_a_tagged_frame_as_long(void **state)
{
	const uint8_t tag[] = {0x81, 0x00, 0x0a, 0xbc, 0x08, 0x00};
	struct bed bed;

	(void)state;
	vsw_traffic_default(&bed.config);
	bed.config.vlan[0] = 0xabc;
	open_bed(&bed);
	write_next(&bed, 0);
	assert_int_equal(bed.length, 60);
	assert_memory_equal(bed.frame + 12, tag, sizeof(tag));
	assert_packet(bed.frame + 18, 42, 0, 1, 0);
	write_next(&bed, 1);
	assert_packet(bed.frame + 14, 46, 1, 0, 0);
	vsw_traffic_destroy(bed.traffic);
}

/* The checksum holds for the longest packet between the highest ports, too. */
static void
writes_all_flows(void **state)
{
	struct bed bed;
	uint8_t *frame = malloc(VSW_TRAFFIC_SIZE_MAX);
	uint32_t i;

	(void)state;
	vsw_traffic_default(&bed.config);
	bed.config.n_ports = 16;
	bed.config.n_flows = 254;
	vsw_traffic_connect(&bed.config, VSW_TRAFFIC_PAIRS);
	vsw_traffic_one_size(&bed.config, VSW_TRAFFIC_SIZE_MAX);
	open_bed(&bed);
	for (i = 0; i < 300; i++) {
		assert_int_equal(vsw_traffic_write(vsw_traffic_sender(bed.traffic, 15, 0), frame,
						   NOW),
				 VSW_TRAFFIC_SIZE_MAX - 4);
		assert_packet(frame + 14, VSW_TRAFFIC_SIZE_MAX - 18, 15, 14, i % 254);
	}
	vsw_traffic_destroy(bed.traffic);
	free(frame);
}

/* n_macs turns use every address of every port on both ends, once for each destination port. */
static void
hits_all_macs(uint32_t n_ports, uint32_t n_macs, uint32_t seed)
{
	uint8_t *to = calloc(n_ports, n_macs), *from = calloc(n_ports, n_macs);
	uint32_t turn, lane, port, mac;
	struct bed bed;

	vsw_traffic_default(&bed.config);
	bed.config.n_ports = n_ports;
	bed.config.n_macs = n_macs;
	bed.config.n_flows = 3;
	bed.config.seed = seed;
	vsw_traffic_connect(&bed.config, VSW_TRAFFIC_MESH);
	open_bed(&bed);
	for (turn = 0; turn < n_macs; turn++) {
		for (lane = 0; lane < n_ports - 1; lane++) {
			bed.length = vsw_traffic_write(vsw_traffic_sender(bed.traffic, 0, 0),
						       bed.frame, NOW);
			port = bed.frame[1];
			mac = mac_at(bed.frame) & 0xffffff;
			assert_int_equal(mac_at(bed.frame), vsw_traffic_mac(port, mac));
			assert_true(port != 0 && port < n_ports && mac < n_macs);
			to[port * n_macs + mac]++;
			mac = mac_at(bed.frame + 6) & 0xffffff;
			assert_int_equal(mac_at(bed.frame + 6), vsw_traffic_mac(0, mac));
			from[port * n_macs + mac]++;
		}
	}
	for (mac = 0; mac < n_macs; mac++) {
		for (port = 1; port < n_ports; port++) {
			assert_int_equal(to[port * n_macs + mac], 1);
			assert_int_equal(from[port * n_macs + mac], 1);
		}
	}
	vsw_traffic_destroy(bed.traffic);
	free(to);
	free(from);
}

static void
hits_every_mac(void **state)
{
	(void)state;
	hits_all_macs(2, 1, 7);
	hits_all_macs(2, 2, 7);
	hits_all_macs(5, 1000, 0);
	hits_all_macs(4, 999, 1);
	hits_all_macs(16, 720, 2);
	hits_all_macs(2, 1000000, 0);
	hits_all_macs(2, 1000000, 3);
}

static void
mixes_sizes_as_csit(void **state)
{
	uint32_t i, n64 = 0, n570 = 0, n1518 = 0;
	struct bed bed;

	(void)state;
	vsw_traffic_default(&bed.config);
	vsw_traffic_imix(&bed.config);
	assert_true(vsw_traffic_mean_size(&bed.config) > 353.8 &&
		    vsw_traffic_mean_size(&bed.config) < 353.9);
	open_bed(&bed);
	assert_int_equal(vsw_sender_frame_max(vsw_traffic_sender(bed.traffic, 0, 0)), 1514);
	for (i = 1; i <= 96; i++) {
		write_next(&bed, 0);
		n64 += bed.length == 60;
		n570 += bed.length == 566;
		n1518 += bed.length == 1514;
		if (i % 12 != 0)
			continue;
		/* In each dozen what is due to a dozen. */
		assert_int_equal(n64, 7 * i / 12);
		assert_int_equal(n570, 4 * i / 12);
		assert_int_equal(n1518, i / 12);
	}
	vsw_traffic_destroy(bed.traffic);
}

static void
connects_ports(void **state)
{
	struct vsw_traffic_config config;
	uint32_t n, i;

	(void)state;
	vsw_traffic_default(&config);
	for (n = 2; n <= VSW_PROBE_PORTS_MAX; n++) {
		config.n_ports = n;
		vsw_traffic_connect(&config, VSW_TRAFFIC_PAIRS);
		for (i = 0; i < n; i++)
			assert_int_equal(config.to[i], (i ^ 1) < n ? 1 << (i ^ 1) : 0);
		vsw_traffic_connect(&config, VSW_TRAFFIC_MESH);
		for (i = 0; i < n; i++)
			assert_int_equal(config.to[i] | 1 << i, (1 << n) - 1);
		for (i = 0; i < n; i++)
			assert_int_equal(config.to[i] & 1 << i, 0);
	}
}

/* Streams of all ports go on in step, so that the end of a round is the same for all. */
static void
takes_ports_in_turn(void **state)
{
	struct bed bed;
	uint32_t i;

	(void)state;
	vsw_traffic_default(&bed.config);
	bed.config.n_ports = 4;
	bed.config.to[0] = 0xc;
	bed.config.to[1] = 0;
	open_bed(&bed);
	for (i = 0; i < 6; i++) {
		write_next(&bed, 0);
		assert_int_equal(bed.frame[1], 2 + i % 2);
	}
	assert_int_equal(vsw_traffic_sent(bed.traffic), 6);
	assert_int_equal(vsw_sender_sent(vsw_traffic_sender(bed.traffic, 1, 0)), 0);
	vsw_traffic_destroy(bed.traffic);
}

static void
writes_frames_to_learn(void **state)
{
	struct vsw_sender *sender;
	struct bed bed;

	(void)state;
	vsw_traffic_default(&bed.config);
	bed.config.n_macs = 1000000;
	bed.config.vlan[1] = 7;
	open_bed(&bed);
	sender = vsw_traffic_sender(bed.traffic, 1, 0);
	assert_int_equal(vsw_traffic_learn(sender, 999999, VSW_TRAFFIC_BROADCAST, bed.frame, NOW),
			 60);
	assert_int_equal(mac_at(bed.frame), 0xffffffffffffULL);
	assert_int_equal(mac_at(bed.frame + 6), vsw_traffic_mac(1, 999999));
	assert_int_equal(bed.frame[15], 7);
	vsw_traffic_learn(sender, 65537, 0, bed.frame, NOW);
	assert_int_equal(mac_at(bed.frame), vsw_traffic_mac(0, 0));
	assert_int_equal(mac_at(bed.frame + 6), vsw_traffic_mac(1, 65537));
	vsw_traffic_ask(sender, 0, 65537, bed.frame, NOW);
	assert_int_equal(mac_at(bed.frame), vsw_traffic_mac(0, 65537));
	assert_int_equal(mac_at(bed.frame + 6), vsw_traffic_mac(1, 0));
	assert_int_equal(vsw_traffic_sent(bed.traffic), 0);
	vsw_traffic_destroy(bed.traffic);
}

static void
writes_frames_to_flood(void **state)
{
	struct bed bed;

	(void)state;
	vsw_traffic_default(&bed.config);
	open_bed(&bed);
	assert_int_equal(vsw_traffic_flood(vsw_traffic_sender(bed.traffic, 1, 0), 0x1234, bed.frame,
					   NOW),
			 60);
	assert_int_equal(mac_at(bed.frame), vsw_traffic_mac(0xff, 0x1234));
	assert_int_equal(mac_at(bed.frame + 6), vsw_traffic_mac(1, 0));
	assert_packet(bed.frame + 14, 46, 1, 0xff, 0);
	vsw_traffic_destroy(bed.traffic);
}

static void
assert_refused(const struct vsw_traffic_config *config, const char *text)
{
	struct vsw_traffic *traffic;
	struct vsw_error err;

	assert_true(vsw_traffic_create(config, &traffic, &err) < 0);
	assert_string_equal(err.text, text);
}

static void
refuses_what_it_cannot_send(void **state)
{
	struct vsw_traffic_config good, config;

	(void)state;
	vsw_traffic_default(&good);
	config = good;
	config.n_ports = 17;
	assert_refused(&config, "number of ports 17 is out of range; give 2 to 16");
	config = good;
	config.n_macs = 1000001;
	assert_refused(&config, "number of MACs 1000001 is out of range; give 1 to 1000000");
	config = good;
	config.n_flows = 255;
	assert_refused(&config, "number of flows 255 is out of range; give 1 to 254");
	config = good;
	config.size[0] = 63;
	assert_refused(&config, "frame size 63 is out of range; give 64 to 9216");
	config = good;
	config.vlan[1] = 4095;
	assert_refused(&config, "port 1: VLAN 4095 is out of range; give 1 to 4094");
	config = good;
	config.to[1] = 2;
	assert_refused(&config,
		       "port 1 cannot send to all of ports 0x2; give other ports, below 2");
	config = good;
	config.check_every = 12;
	assert_refused(&config, "check interval 12 is no power of 2; give 1, 2, 4 ...");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_an_untagged_frame),
		cmocka_unit_test(writes_a_tagged_frame_as_long),
		cmocka_unit_test(writes_all_flows),
		cmocka_unit_test(hits_every_mac),
		cmocka_unit_test(mixes_sizes_as_csit),
		cmocka_unit_test(connects_ports),
		cmocka_unit_test(takes_ports_in_turn),
		cmocka_unit_test(writes_frames_to_learn),
		cmocka_unit_test(writes_frames_to_flood),
		cmocka_unit_test(refuses_what_it_cannot_send),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
