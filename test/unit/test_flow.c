/* SPDX-License-Identifier: BSD-3-Clause */
/* Flows: what tells frames apart, and what does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "flow.h"

#define ROOM 128
#define N_FLOWS 4096
#define N_QUEUES 4

/* A frame that is written from its start. */
struct bytes {
	uint8_t at[ROOM];
	uint32_t n;
};

static void
add(struct bytes *bytes, const void *from, uint32_t n)
{
	memcpy(bytes->at + bytes->n, from, n);
	bytes->n += n;
}

#define ADD(bytes, ...)                                                                            \
	add((bytes), (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static void
add_macs(struct bytes *bytes, uint8_t source)
{
	ADD(bytes, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, source);
}

static void
add_ipv4(struct bytes *bytes, uint16_t fragment, uint8_t protocol, uint8_t host)
{
	ADD(bytes, 0x08, 0x00);
	ADD(bytes, 0x45, 0, 0, 40, 0, 0, fragment >> 8, fragment & 0xff, 64, protocol, 0, 0);
	ADD(bytes, 10, 0, 0, host, 10, 0, 0, 2);
}

static void
add_ipv6(struct bytes *bytes, uint8_t protocol, uint8_t host)
{
	uint8_t address[16] = {0xfd};

	ADD(bytes, 0x86, 0xdd);
	ADD(bytes, 0x60, 0, 0, 0, 0, 20, protocol, 64);
	address[15] = host;
	add(bytes, address, sizeof(address));
	address[15] = 2;
	add(bytes, address, sizeof(address));
}

static void
add_ports(struct bytes *bytes, uint16_t source, uint16_t destination)
{
	ADD(bytes, source >> 8, source & 0xff, destination >> 8, destination & 0xff, 1, 2, 3, 4);
}

static uint32_t
hash(const struct bytes *bytes)
{
	uint8_t exact[ROOM];
	struct vsw_frame frame = {.head = exact, .len_bytes = bytes->n};

	memcpy(exact, bytes->at, bytes->n);
	memset(exact + bytes->n, 0xa5, sizeof(exact) - bytes->n);
	return flow_hash(&frame);
}

static uint32_t
tcp4(uint8_t host, uint16_t port)
{
	struct bytes bytes = {0};

	add_macs(&bytes, 1);
	add_ipv4(&bytes, 0, 6, host);
	add_ports(&bytes, port, 80);
	return hash(&bytes);
}

static uint32_t
fragment4(uint16_t fragment, uint16_t port)
{
	struct bytes bytes = {0};

	add_macs(&bytes, 1);
	add_ipv4(&bytes, fragment, 17, 1);
	add_ports(&bytes, port, 80);
	return hash(&bytes);
}

static uint32_t
tcp6(uint8_t host, uint16_t port)
{
	struct bytes bytes = {0};

	add_macs(&bytes, 1);
	add_ipv6(&bytes, 6, host);
	add_ports(&bytes, port, 80);
	return hash(&bytes);
}

static void
addresses_and_ports_tell_flows_apart(void **state)
{
	(void)state;
	assert_int_equal(tcp4(1, 1000), tcp4(1, 1000));
	assert_int_not_equal(tcp4(1, 1000), tcp4(1, 1001));
	assert_int_not_equal(tcp4(1, 1000), tcp4(3, 1000));
	assert_int_equal(tcp6(1, 1000), tcp6(1, 1000));
	assert_int_not_equal(tcp6(1, 1000), tcp6(1, 1001));
	assert_int_not_equal(tcp6(1, 1000), tcp6(3, 1000));
}

static void
fragments_of_a_packet_stay_together(void **state)
{
	(void)state;
	assert_int_equal(fragment4(0x2000, 1000), fragment4(0x0010, 7));
}

static void
tags_do_not_matter(void **state)
{
	struct bytes bytes = {0};

	(void)state;
	add_macs(&bytes, 1);
	ADD(&bytes, 0x88, 0xa8, 0, 7, 0x81, 0, 0, 9);
	add_ipv4(&bytes, 0, 6, 1);
	add_ports(&bytes, 1000, 80);
	assert_int_equal(hash(&bytes), tcp4(1, 1000));
}

static void
other_frames_are_told_apart_by_mac(void **state)
{
	struct bytes bytes[2] = {0};
	uint8_t source;

	(void)state;
	for (source = 0; source < 2; source++) {
		add_macs(&bytes[source], source);
		ADD(&bytes[source], 0x88, 0xb5, 1, 2, 3);
	}
	assert_int_not_equal(hash(&bytes[0]), hash(&bytes[1]));
}

/* Whatever ends where: no byte behind the end counts. */
static void
only_bytes_of_the_frame_count(void **state)
{
	struct bytes whole = {0}, part;
	struct vsw_frame frame;
	uint8_t exact[ROOM];
	uint32_t hashes[2];
	int fill;

	(void)state;
	add_macs(&whole, 1);
	add_ipv4(&whole, 0, 6, 1);
	add_ports(&whole, 1000, 80);
	for (part = whole; part.n >= 14; part.n--) {
		for (fill = 0; fill < 2; fill++) {
			memset(exact, fill ? 0xff : 0, sizeof(exact));
			memcpy(exact, part.at, part.n);
			frame = (struct vsw_frame){.head = exact, .len_bytes = part.n};
			hashes[fill] = flow_hash(&frame);
		}
		assert_int_equal(hashes[0], hashes[1]);
	}
}

/* What comes back from a server: its flows differ in the last two bytes alone. */
static uint32_t
answer4(uint16_t port)
{
	struct bytes bytes = {0};

	add_macs(&bytes, 1);
	add_ipv4(&bytes, 0, 6, 1);
	add_ports(&bytes, 80, port);
	return hash(&bytes);
}

/* So many flows as a client opens one after the other; Linux gives it each second port. */
static void
assert_spread(const uint32_t *hashes, unsigned int n_hashes)
{
	unsigned int n[N_QUEUES] = {0}, i;

	for (i = 0; i < n_hashes; i++)
		n[hashes[i] % N_QUEUES]++;
	for (i = 0; i < N_QUEUES; i++)
		assert_in_range(n[i], n_hashes / N_QUEUES / 2, n_hashes / N_QUEUES * 2);
}

static void
flows_spread(void **state)
{
	static const unsigned int numbers[] = {64, N_FLOWS};
	uint32_t there[N_FLOWS], back[N_FLOWS];
	unsigned int i;

	(void)state;
	for (i = 0; i < N_FLOWS; i++) {
		there[i] = tcp4(1, 32768 + 2 * i);
		back[i] = answer4(32768 + 2 * i);
	}
	for (i = 0; i < 2; i++) {
		assert_spread(there, numbers[i]);
		assert_spread(back, numbers[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_and_ports_tell_flows_apart),
		cmocka_unit_test(fragments_of_a_packet_stay_together),
		cmocka_unit_test(tags_do_not_matter),
		cmocka_unit_test(other_frames_are_told_apart_by_mac),
		cmocka_unit_test(only_bytes_of_the_frame_count),
		cmocka_unit_test(flows_spread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
