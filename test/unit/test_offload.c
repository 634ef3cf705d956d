/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lib/offload: what a guest may ask for. Every field of its header in all corners, over frames of
 * all kinds, against an oracle that knows how the frames were made and does not read them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "offload_frames.h"
#include "vsw_offload.h"

#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))
#define CORNERS_MAX 32

#define CSUM VSW_OFFLOAD_CSUM
#define TSO4 VSW_OFFLOAD_TSO4
#define TSO6 VSW_OFFLOAD_TSO6

static const struct recipe recipes[] = {
	{.name = "tcp4", .payload = 300},
	{.name = "tcp4, no payload"},
	{.name = "tcp4, one byte", .payload = 1},
	{.name = "tcp4, longest", .payload = 65495},
	{.name = "tcp4, ip options, tag", .tags = 1, .ip_options = 10, .payload = 300},
	{.name = "tcp4, two tags, tcp options", .tags = 2, .tcp_words = 15, .payload = 300},
	{.name = "tcp4, three tags", .tags = 3, .payload = 300},
	{.name = "tcp4, first fragment", .fragment = 0x2000, .payload = 300},
	{.name = "tcp4, later fragment", .fragment = 0x0001, .payload = 300},
	{.name = "tcp4, do not fragment", .fragment = 0x4000, .payload = 300},
	{.name = "tcp4, padded", .ip_length = -1, .payload = 300},
	{.name = "tcp4, cut off", .ip_length = 1, .payload = 300},
	{.name = "tcp4, short data offset", .tcp_words = 4, .payload = 300},
	{.name = "tcp4, version 5", .version = 5, .payload = 300},
	{.name = "tcp4 said to be 6", .ethertype = 0x86dd, .payload = 300},
	{.name = "udp4", .protocol = 17, .payload = 300},
	{.name = "icmp", .protocol = 1, .payload = 300},
	{.name = "arp", .ethertype = 0x0806, .payload = 20},
	{.name = "garbage, tag", .tags = 1, .ethertype = 0x88b5, .payload = 300},
	{.name = "tcp6", .version = 6, .payload = 300},
	{.name = "tcp6, longest", .version = 6, .payload = 65483},
	{.name = "tcp6, too long", .version = 6, .payload = 65484},
	{.name = "tcp6, options, two tags",
	 .version = 6,
	 .tags = 2,
	 .ip_options = 2,
	 .payload = 300},
	{.name = "tcp6, long options", .version = 6, .ip_options = 30, .payload = 300},
	{.name = "tcp6, headers too long",
	 .version = 6,
	 .ip_options = 20,
	 .tcp_words = 15,
	 .payload = 300},
	{.name = "tcp6, routed", .version = 6, .routing = 1, .payload = 300},
	{.name = "tcp6, to be routed", .version = 6, .routing = 2, .payload = 300},
	{.name = "tcp6, fragment header", .version = 6, .fragment = 1, .payload = 300},
	{.name = "tcp6, padded", .version = 6, .ip_length = -1, .payload = 300},
	{.name = "udp6, tag", .version = 6, .tags = 1, .protocol = 17, .payload = 300},
};

/* What the oracle goes by, from the recipe. */
static bool
is_ip(const struct recipe *recipe)
{
	return recipe->ethertype == 0 && recipe->tags <= 2;
}

static bool
is_tcp(const struct recipe *recipe)
{
	return is_ip(recipe) && recipe->protocol == 0;
}

/* True if the fields name a checksum that the frame can have. */
static bool
may_csum(const struct recipe *recipe, const struct built *frame, uint32_t start, uint32_t offset)
{
	uint32_t visible = frame->len < 256 ? frame->len : 256;
	uint32_t l2 = 14 + 4u * (recipe->tags > 2 ? 2 : recipe->tags);

	if (start + offset + 2 > visible)
		return false;
	if (recipe->ethertype == 0x86dd) /* it is IPv4 */
		return false;
	if (!is_ip(recipe))
		return start >= l2;
	if (recipe->version == 5 || recipe->fragment % 0x4000 != 0)
		return false;
	if (start < frame->transport)
		return false;
	if (recipe->protocol == 17)
		return start == frame->transport ? offset == 6 : start >= frame->transport + 8u;
	if (recipe->protocol == 0)
		return start == frame->transport ? offset == 16 : start >= frame->transport + 20u;
	return true;
}

static bool
may_cut(const struct recipe *recipe, const struct built *frame, const struct virtio_net_hdr *hdr)
{
	uint8_t version = hdr->gso_type == 1 ? 4 : 6;

	return is_tcp(recipe) && (recipe->version == 6 ? 6 : 4) == version && frame->len <= 65557 &&
	       recipe->ip_length == 0 && recipe->routing != 2 && recipe->tcp_words != 4 &&
	       recipe->payload > 0 && frame->payload <= 256 &&
	       hdr->csum_start == frame->transport && hdr->csum_offset == 16 &&
	       hdr->gso_size >= 64 && hdr->hdr_len <= frame->len;
}

static bool
oracle(const struct recipe *recipe, const struct built *frame, const struct virtio_net_hdr *hdr,
       uint16_t allowed, struct vsw_offload *offload)
{
	bool csum = hdr->flags & 1;

	memset(offload, 0, sizeof(*offload));
	if (allowed == 0 || (!csum && hdr->gso_type == 0))
		return true;
	if (!csum || !may_csum(recipe, frame, hdr->csum_start, hdr->csum_offset))
		return false;
	if (hdr->gso_type != 0 && hdr->gso_type != 1 && hdr->gso_type != 4)
		return false;
	if (hdr->gso_type == 1 && ((allowed & TSO4) == 0 || !may_cut(recipe, frame, hdr)))
		return false;
	if (hdr->gso_type == 4 && ((allowed & TSO6) == 0 || !may_cut(recipe, frame, hdr)))
		return false;
	offload->needs = CSUM;
	offload->csum_start = hdr->csum_start;
	offload->csum_offset = hdr->csum_offset;
	if (hdr->gso_type == 0 || hdr->gso_size >= recipe->payload)
		return true;
	offload->needs |= hdr->gso_type == 1 ? TSO4 : TSO6;
	offload->gso_bytes = hdr->gso_size;
	offload->hdr_bytes = frame->payload;
	offload->ip_start = frame->ip;
	return true;
}

/* Copies of their exact sizes, so that ASan sees what is read beyond. */
static bool
admit(const struct virtio_net_hdr *hdr, uint16_t allowed, const struct built *frame,
      struct vsw_offload *offload)
{
	static uint8_t *head;
	static uint32_t head_bytes;
	uint32_t n = frame->len < VSW_OFFLOAD_HEAD_BYTES ? frame->len : VSW_OFFLOAD_HEAD_BYTES;

	if (head_bytes != n) {
		free(head);
		head = malloc(n);
		head_bytes = n;
	}
	memcpy(head, frame->bytes, n);
	memset(offload, 0xa5, sizeof(*offload));
	return vsw_offload_admit(hdr, allowed, head, n, frame->len, offload);
}

static void
check(const struct recipe *recipe, const struct built *frame, const struct virtio_net_hdr *hdr,
      uint16_t allowed)
{
	struct vsw_offload want, got;
	bool legal = oracle(recipe, frame, hdr, allowed, &want);

	if (admit(hdr, allowed, frame, &got) == legal &&
	    (!legal || memcmp(&got, &want, sizeof(got)) == 0))
		return;
	fail_msg("%s, %u bytes, allowed %u: flags %u type %u hdr_len %u size %u start %u offset %u",
		 recipe->name, frame->len, allowed, hdr->flags, hdr->gso_type, hdr->hdr_len,
		 hdr->gso_size, hdr->csum_start, hdr->csum_offset);
}

struct corners {
	unsigned int n;
	uint16_t value[CORNERS_MAX];
};

static void
add(struct corners *corners, uint32_t value)
{
	corners->value[corners->n++] = (uint16_t)value;
}

static void
add_common(struct corners *corners, uint32_t len)
{
	static const uint16_t values[] = {0, 1, 13, 14, 65535};
	unsigned int i;

	for (i = 0; i < N_ELEMENTS(values); i++)
		add(corners, values[i]);
	add(corners, len - 1);
	add(corners, len);
}

static void
find_corners(const struct recipe *recipe, const struct built *frame, struct corners *start,
	     struct corners *offset, struct corners *size, struct corners *hdr_len)
{
	start->n = offset->n = size->n = hdr_len->n = 0;
	add_common(start, frame->len);
	add_common(offset, frame->len);
	add_common(size, frame->len);
	add_common(hdr_len, frame->len);
	add(start, frame->ip);
	add(start, frame->transport - 1u);
	add(start, frame->transport);
	add(start, frame->transport + 7u);
	add(start, frame->transport + 8u);
	add(start, frame->transport + 20u);
	add(start, 254);
	add(offset, 6);
	add(offset, 16);
	add(offset, 254u - frame->transport);
	add(offset, 255u - frame->transport);
	add(size, 63);
	add(size, 64);
	add(size, recipe->payload);
	add(size, recipe->payload - 1);
	add(hdr_len, frame->len + 1);
	add(hdr_len, frame->payload);
}

static void
check_sizes(const struct recipe *recipe, const struct built *frame, struct virtio_net_hdr *hdr,
	    const struct corners *size, const struct corners *hdr_len)
{
	static const uint16_t allowed[] = {0, CSUM, CSUM | TSO4, CSUM | TSO6, CSUM | TSO4 | TSO6};
	unsigned int i, k, l;

	for (i = 0; i < size->n; i++) {
		for (k = 0; k < hdr_len->n; k++) {
			hdr->gso_size = size->value[i];
			hdr->hdr_len = hdr_len->value[k];
			for (l = 0; l < N_ELEMENTS(allowed); l++)
				check(recipe, frame, hdr, allowed[l]);
		}
	}
}

static void
check_fields(const struct recipe *recipe, const struct built *frame, uint8_t flags, uint8_t type)
{
	struct virtio_net_hdr hdr = {.flags = flags, .gso_type = type};
	struct corners start, offset, size, hdr_len;
	unsigned int i, k;

	find_corners(recipe, frame, &start, &offset, &size, &hdr_len);
	for (i = 0; i < start.n; i++) {
		for (k = 0; k < offset.n; k++) {
			hdr.csum_start = start.value[i];
			hdr.csum_offset = offset.value[k];
			check_sizes(recipe, frame, &hdr, &size, &hdr_len);
		}
	}
}

/* Flags: NEEDS_CSUM alone is looked at; DATA_VALID and RSC_INFO are not for drivers. */
static void
every_corner_is_judged_right(void **state)
{
	static const uint8_t flags[] = {0, 1, 2, 0xff};
	static const uint8_t types[] = {0, 1, 3, 4, 5, 0x81, 0xff};
	static struct built frame;
	unsigned int i, k, l;

	(void)state;
	for (i = 0; i < N_ELEMENTS(recipes); i++) {
		build(&frame, &recipes[i]);
		for (k = 0; k < N_ELEMENTS(flags); k++) {
			for (l = 0; l < N_ELEMENTS(types); l++)
				check_fields(&recipes[i], &frame, flags[k], types[l]);
		}
	}
}

/* Whatever the lengths in the headers, and wherever the frame ends. */
static void
cut_off_frames_are_judged_right(void **state)
{
	static struct built frame;
	struct virtio_net_hdr hdr = {.flags = 1};
	struct vsw_offload offload;
	unsigned int i;
	uint32_t len;

	(void)state;
	for (i = 0; i < N_ELEMENTS(recipes); i++) {
		build(&frame, &recipes[i]);
		for (len = 0; len < 300; len++) {
			frame.len = len;
			hdr.gso_type = VIRTIO_NET_HDR_GSO_NONE;
			/* A field at the front: all headers behind it are read to judge it. */
			hdr.csum_start = frame.ip;
			hdr.csum_offset = 0;
			if (admit(&hdr, CSUM, &frame, &offload))
				assert_true(!is_ip(&recipes[i]) && frame.ip + 2u <= len);
			hdr.csum_start = frame.transport;
			hdr.csum_offset = 16;
			if (admit(&hdr, CSUM, &frame, &offload))
				assert_true(frame.transport + 18u <= len);
			hdr.gso_type = recipes[i].version == 6 ? 4 : 1;
			hdr.gso_size = 64;
			assert_false(admit(&hdr, CSUM | TSO4 | TSO6, &frame, &offload) &&
				     recipes[i].payload >= 300);
		}
	}
}

/* The partial checksum of an inner header, as of a guest's own VXLAN. */
static void
inner_checksums_pass(void **state)
{
	static struct built frame;
	const struct recipe vxlan = {.vxlan = true, .payload = 200};
	struct virtio_net_hdr hdr = {.flags = 1, .csum_offset = 16};
	struct vsw_offload offload;

	(void)state;
	build(&frame, &vxlan);
	hdr.csum_start = frame.payload + 8 + 14 + 20;
	assert_true(admit(&hdr, CSUM, &frame, &offload));
	assert_int_equal(offload.needs, CSUM);
	assert_int_equal(offload.csum_start, hdr.csum_start);
	/* Cutting what is inside a tunnel is not offered. */
	hdr.gso_type = VIRTIO_NET_HDR_GSO_TCPV4;
	hdr.gso_size = 64;
	assert_false(admit(&hdr, CSUM | TSO4, &frame, &offload));
}

/* Linux tells the length of its linear part, more than the headers. */
static void
header_length_is_a_hint(void **state)
{
	static struct built frame;
	const struct recipe tcp = {.payload = 3000};
	struct virtio_net_hdr hdr = {.flags = 1,
				     .gso_type = 1,
				     .gso_size = 1448,
				     .hdr_len = 200,
				     .csum_start = 34,
				     .csum_offset = 16};
	struct vsw_offload offload;

	(void)state;
	build(&frame, &tcp);
	assert_true(admit(&hdr, CSUM | TSO4, &frame, &offload));
	assert_int_equal(offload.hdr_bytes, 54);
	hdr.hdr_len = 0;
	assert_true(admit(&hdr, CSUM | TSO4, &frame, &offload));
	assert_int_equal(offload.hdr_bytes, 54);
}

/* What is described is what was asked for, and would be admitted again. */
static void
description_is_the_request(void **state)
{
	static struct built frame;
	const struct recipe tcp = {.version = 6, .tags = 1, .payload = 3000};
	struct virtio_net_hdr hdr = {.flags = 1,
				     .gso_type = 4,
				     .gso_size = 1428,
				     .hdr_len = 78,
				     .csum_start = 58,
				     .csum_offset = 16};
	struct vsw_offload offload, again;
	struct virtio_net_hdr described;

	(void)state;
	build(&frame, &tcp);
	assert_true(admit(&hdr, CSUM | TSO6, &frame, &offload));
	vsw_offload_describe(&offload, &described);
	assert_memory_equal(&described, &hdr, sizeof(hdr));
	assert_true(admit(&described, CSUM | TSO6, &frame, &again));
	assert_memory_equal(&again, &offload, sizeof(again));
	hdr.flags = 0;
	hdr.gso_type = 0;
	assert_true(admit(&hdr, CSUM, &frame, &offload));
	vsw_offload_describe(&offload, &described);
	assert_memory_equal(&described, (&(struct virtio_net_hdr){0}), sizeof(hdr));
}

static void
features_become_offloads(void **state)
{
	const uint64_t csum = 1ULL << VIRTIO_NET_F_CSUM, tso4 = 1ULL << VIRTIO_NET_F_HOST_TSO4,
		       tso6 = 1ULL << VIRTIO_NET_F_HOST_TSO6;
	const uint64_t guest_csum = 1ULL << VIRTIO_NET_F_GUEST_CSUM,
		       guest_tso4 = 1ULL << VIRTIO_NET_F_GUEST_TSO4,
		       guest_tso6 = 1ULL << VIRTIO_NET_F_GUEST_TSO6;

	(void)state;
	assert_int_equal(vsw_offload_sent_by(0), 0);
	assert_int_equal(vsw_offload_sent_by(tso4 | tso6 | guest_csum), 0);
	assert_int_equal(vsw_offload_sent_by(csum), CSUM);
	assert_int_equal(vsw_offload_sent_by(csum | tso4), CSUM | TSO4);
	assert_int_equal(vsw_offload_sent_by(csum | tso6), CSUM | TSO6);
	assert_int_equal(vsw_offload_taken_by(csum | tso4 | tso6 | guest_tso4), 0);
	assert_int_equal(vsw_offload_taken_by(guest_csum), CSUM);
	assert_int_equal(vsw_offload_taken_by(guest_csum | guest_tso4), CSUM | TSO4);
	assert_int_equal(vsw_offload_taken_by(guest_csum | guest_tso6), CSUM | TSO6);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_corner_is_judged_right),
		cmocka_unit_test(cut_off_frames_are_judged_right),
		cmocka_unit_test(inner_checksums_pass),
		cmocka_unit_test(header_length_is_a_hint),
		cmocka_unit_test(description_is_the_request),
		cmocka_unit_test(features_become_offloads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
