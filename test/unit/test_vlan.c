/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lib/vlan: a table of what each mode admits, and every VID in every mode against a model that
 * keeps to the words of vsw_vlan.h.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "vsw_vlan.h"

#define C(tci) ((uint32_t)VSW_VLAN_TPID_C << 16 | (tci))
#define S(tci) ((uint32_t)VSW_VLAN_TPID_S << 16 | (tci))
#define FRAME_BYTES 60U
#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

/* Modes, with their VLANs: single ones and natives are 10, trunks have 20-29 besides. */
enum {
	ACCESS,
	TRUNK,
	NATIVE,
	NATIVE_TAGGED,
	SERVICE,
	SERVICE_NATIVE,
	TUNNEL,
	TRANSPARENT,
	KEEP_TAG,
	N_MODES,
};

static struct vsw_vlan_port ports[N_MODES];

static void
set_trunk(struct vsw_vlan_port *port, uint16_t native, bool native_tagged, uint16_t tpid)
{
	assert_int_equal(vsw_vlan_set_trunk(port, "20-29", native, native_tagged, tpid, NULL), 0);
}

static int
setup(void **state)
{
	(void)state;
	assert_int_equal(vsw_vlan_set_single(&ports[ACCESS], VSW_VLAN_ACCESS, 10, NULL), 0);
	assert_int_equal(vsw_vlan_set_single(&ports[TUNNEL], VSW_VLAN_TUNNEL, 10, NULL), 0);
	set_trunk(&ports[TRUNK], 0, false, VSW_VLAN_TPID_C);
	set_trunk(&ports[NATIVE], 10, false, VSW_VLAN_TPID_C);
	set_trunk(&ports[NATIVE_TAGGED], 10, true, VSW_VLAN_TPID_C);
	set_trunk(&ports[SERVICE], 0, false, VSW_VLAN_TPID_S);
	set_trunk(&ports[SERVICE_NATIVE], 10, false, VSW_VLAN_TPID_S);
	ports[TRANSPARENT] = (struct vsw_vlan_port){.mode = VSW_VLAN_TRANSPARENT, .vlan = 10};
	ports[KEEP_TAG] = ports[TRANSPARENT];
	ports[KEEP_TAG].keep_tag = true;
	return 0;
}

static void
put_be32(uint8_t *to, uint32_t word)
{
	to[0] = word >> 24;
	to[1] = word >> 16;
	to[2] = word >> 8;
	to[3] = word;
}

/* Of a frame with up to two tags, outer one first; 0 is none. Only n bytes of it are there. */
static struct vsw_vlan_view
admit(const struct vsw_vlan_port *port, uint32_t outer, uint32_t inner, uint32_t n)
{
	uint8_t bytes[FRAME_BYTES] = {0x02, 0, 0, 0, 0, 1, 0x02, 0, 0, 0, 0, 2, 0x08, 0x00};
	struct vsw_vlan_view view;
	uint8_t *exact;

	if (inner != 0) {
		put_be32(bytes + 12, inner);
		put_be32(bytes + 16, 0x08000000);
	}
	if (outer != 0) {
		memmove(bytes + 16, bytes + 12, 8);
		put_be32(bytes + 12, outer);
	}
	/* Sanitizers see a read beyond the end of the frame. */
	exact = malloc(n);
	assert_non_null(exact);
	memcpy(exact, bytes, n);
	view = vsw_vlan_admit(port, exact, n);
	free(exact);
	return view;
}

/* vid 0: not admitted. */
struct verdict {
	uint16_t vid;
	bool is_ours;
	bool inner;
};

static void
expect(const struct vsw_vlan_port *port, uint32_t outer, uint32_t inner, uint32_t n,
       struct verdict want)
{
	struct vsw_vlan_view view = admit(port, outer, inner, n);

	assert_int_equal(view.vid, want.vid);
	if (want.vid == 0)
		return;
	assert_int_equal(view.tag, want.is_ours ? outer : VSW_VLAN_NO_TAG);
	assert_int_equal(view.inner, want.inner);
}

#define REFUSED                                                                                    \
	{                                                                                          \
		0, false, false                                                                    \
	}
#define BARE(vid)                                                                                  \
	{                                                                                          \
		vid, false, false                                                                  \
	}
#define TAGGED(vid)                                                                                \
	{                                                                                          \
		vid, true, false                                                                   \
	}
#define DOUBLE(vid)                                                                                \
	{                                                                                          \
		vid, true, true                                                                    \
	}
#define PAYLOAD(vid)                                                                               \
	{                                                                                          \
		vid, false, true                                                                   \
	}

/* Tunnel and transparent ports take every tag for payload, and have no column. */
static const struct {
	uint32_t outer, inner, n;
	struct verdict want[TUNNEL]; /* access, trunk, native, native-tagged, service, and native */
} admissions[] = {
	{0, 0, 60, {BARE(10), REFUSED, BARE(10), BARE(10), REFUSED, BARE(10)}},
	{0, 0, 14, {BARE(10), REFUSED, BARE(10), BARE(10), REFUSED, BARE(10)}},
	/* priority tags */
	{C(0), 0, 60, {TAGGED(10), REFUSED, TAGGED(10), TAGGED(10), REFUSED, PAYLOAD(10)}},
	{C(0xf000), 0, 60, {TAGGED(10), REFUSED, TAGGED(10), TAGGED(10), REFUSED, PAYLOAD(10)}},
	{S(0xf000), 0, 60, {REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, TAGGED(10)}},
	{C(0xe000), C(20), 60, {REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, PAYLOAD(10)}},
	{C(0), S(20), 60, {REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, PAYLOAD(10)}},
	{S(0), C(20), 60, {REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED}},
	/* members and others; an access port wants no tag of its own VLAN either */
	{C(10), 0, 60, {REFUSED, REFUSED, TAGGED(10), TAGGED(10), REFUSED, PAYLOAD(10)}},
	{C(20), 0, 60, {REFUSED, TAGGED(20), TAGGED(20), TAGGED(20), REFUSED, PAYLOAD(10)}},
	{C(0x501d), 0, 60, {REFUSED, TAGGED(29), TAGGED(29), TAGGED(29), REFUSED, PAYLOAD(10)}},
	{C(30), 0, 60, {REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, PAYLOAD(10)}},
	{C(4095), 0, 60, {REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, PAYLOAD(10)}},
	{S(10), 0, 60, {REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, TAGGED(10)}},
	{S(20), 0, 60, {REFUSED, REFUSED, REFUSED, REFUSED, TAGGED(20), TAGGED(20)}},
	{S(4095), 0, 60, {REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED}},
	/* two tags */
	{C(20), C(10), 60, {REFUSED, DOUBLE(20), DOUBLE(20), DOUBLE(20), REFUSED, PAYLOAD(10)}},
	{C(20), S(10), 60, {REFUSED, DOUBLE(20), DOUBLE(20), DOUBLE(20), REFUSED, PAYLOAD(10)}},
	{C(10), C(20), 60, {REFUSED, REFUSED, DOUBLE(10), DOUBLE(10), REFUSED, PAYLOAD(10)}},
	{S(20), C(10), 60, {REFUSED, REFUSED, REFUSED, REFUSED, DOUBLE(20), DOUBLE(20)}},
	{S(20), S(10), 60, {REFUSED, REFUSED, REFUSED, REFUSED, DOUBLE(20), DOUBLE(20)}},
	{S(10), C(20), 60, {REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, DOUBLE(10)}},
	/* the frame ends in its tag, and just behind it */
	{C(20), 0, 14, {REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, PAYLOAD(10)}},
	{C(20), 0, 17, {REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, PAYLOAD(10)}},
	{C(20), 0, 18, {REFUSED, TAGGED(20), TAGGED(20), TAGGED(20), REFUSED, PAYLOAD(10)}},
	{C(20), C(10), 18, {REFUSED, DOUBLE(20), DOUBLE(20), DOUBLE(20), REFUSED, PAYLOAD(10)}},
	{S(20), 0, 17, {REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED}},
	{S(20), 0, 18, {REFUSED, REFUSED, REFUSED, REFUSED, TAGGED(20), TAGGED(20)}},
};

static void
each_mode_admits_its_own(void **state)
{
	const struct verdict payload = PAYLOAD(10), bare = BARE(10);
	unsigned int i, mode;

	(void)state;
	for (i = 0; i < N_ELEMENTS(admissions); i++) {
		uint32_t outer = admissions[i].outer, inner = admissions[i].inner;

		for (mode = 0; mode < N_MODES; mode++) {
			const struct verdict *want = outer != 0 ? &payload : &bare;

			if (mode < TUNNEL)
				want = &admissions[i].want[mode];
			expect(&ports[mode], outer, inner, admissions[i].n, *want);
		}
	}
}

/* The words of vsw_vlan.h, with lists as they are typed. */
static bool
model_has(unsigned int mode, uint16_t vid)
{
	bool listed = vid >= 20 && vid <= 29;

	switch (mode) {
	case TRUNK:
	case SERVICE:
		return listed;
	case NATIVE:
	case NATIVE_TAGGED:
	case SERVICE_NATIVE:
		return listed || vid == 10;
	case TRANSPARENT:
	case KEEP_TAG:
		return true;
	default:
		return vid == 10;
	}
}

static bool
model_is_payload(unsigned int mode, uint32_t tag)
{
	if (mode == SERVICE || mode == SERVICE_NATIVE)
		return tag >> 16 == VSW_VLAN_TPID_C;
	return mode >= TUNNEL;
}

/* The VLAN of a frame, 0 for none. */
static uint16_t
model_vlan(unsigned int mode, uint32_t outer, uint32_t inner)
{
	uint16_t port_vlan = mode == TRUNK || mode == SERVICE ? 0 : 10;
	uint32_t ours = mode == SERVICE || mode == SERVICE_NATIVE ? VSW_VLAN_TPID_S
								  : VSW_VLAN_TPID_C;
	uint16_t vid = outer & 0xfff;

	if (outer == 0 || model_is_payload(mode, outer))
		return port_vlan;
	if (outer >> 16 != ours)
		return 0;
	if (vid == 0)
		return inner == 0 ? port_vlan : 0;
	return mode != ACCESS && model_has(mode, vid) ? vid : 0;
}

/* The tags a frame of a VLAN leaves with; false if it must not leave. */
static bool
model_leaves(unsigned int to, uint16_t vid, const struct vsw_vlan_view *view, bool payload_tag,
	     uint32_t *tag)
{
	uint32_t tpid = to == SERVICE || to == SERVICE_NATIVE ? VSW_VLAN_TPID_S : VSW_VLAN_TPID_C;
	bool bare = to == ACCESS || ((to == NATIVE || to == SERVICE_NATIVE) && vid == 10);

	*tag = 0;
	if (!model_has(to, vid) || (bare && payload_tag))
		return false;
	if (to == KEEP_TAG)
		*tag = view->tag;
	else if (!bare && to < TUNNEL)
		*tag = tpid << 16 | (view->tag & 0xf000) | vid;
	return true;
}

static void
check_egress(const struct vsw_vlan_view *view, bool payload_tag)
{
	unsigned int to;

	for (to = 0; to < N_MODES; to++) {
		uint32_t tag = vsw_vlan_egress(&ports[to], *view), want;
		bool leaves = model_leaves(to, view->vid, view, payload_tag, &want);

		assert_int_equal(tag, leaves ? want : VSW_VLAN_DENY);
		assert_int_equal(vsw_vlan_is_member(&ports[to], view->vid),
				 model_has(to, view->vid));
		/* Nothing leaves its VLAN, and no tag of a sender is taken for ours. */
		if (tag != VSW_VLAN_DENY && to < TUNNEL) {
			assert_true(model_has(to, view->vid));
			assert_true(tag != VSW_VLAN_NO_TAG || !payload_tag);
		}
	}
}

static void
every_vid_crosses_as_the_model_says(void **state)
{
	static const uint32_t inners[] = {0, C(10), S(4095)};
	static const uint16_t tpids[] = {VSW_VLAN_TPID_C, VSW_VLAN_TPID_S};
	unsigned int mode, i, vid, n_admitted = 0;

	(void)state;
	for (i = 0; i < N_MODES * 6 * 4096; i++) {
		uint32_t inner = inners[i % 3], outer = (uint32_t)tpids[i / 3 % 2] << 16;
		struct vsw_vlan_view view;

		mode = i / 6 % N_MODES;
		vid = i / 6 / N_MODES;
		outer |= (vid * 7 & 0xf) << 12 | vid;
		view = admit(&ports[mode], outer, inner, FRAME_BYTES);
		assert_int_equal(view.vid, model_vlan(mode, outer, inner));
		if (view.vid == 0)
			continue;
		n_admitted++;
		assert_int_equal(view.tag, model_is_payload(mode, outer) ? 0 : outer);
		check_egress(&view, inner != 0 || view.tag == 0);
	}
	for (mode = 0; mode < N_MODES; mode++) {
		struct vsw_vlan_view view = admit(&ports[mode], 0, 0, FRAME_BYTES);

		assert_int_equal(view.vid, model_vlan(mode, 0, 0));
		if (view.vid != 0)
			check_egress(&view, false);
	}
	assert_true(n_admitted > 4096);
}

/* What "port set NAME vlan" makes of words. */
static int
set_words(struct vsw_vlan_port *port, const char *words)
{
	static char list[VSW_VLAN_TEXT_MAX_BYTES], copy[VSW_VLAN_TEXT_MAX_BYTES];
	uint16_t native = 0, tpid = VSW_VLAN_TPID_C;
	bool native_tagged = false;
	char *word, *rest;

	strcpy(copy, words);
	word = strtok_r(copy, " ", &rest);
	strcpy(list, strtok_r(NULL, " ", &rest));
	if (strcmp(word, "trunk") != 0)
		return vsw_vlan_set_single(
			port, strcmp(word, "tunnel") == 0 ? VSW_VLAN_TUNNEL : VSW_VLAN_ACCESS,
			atoi(list), NULL);
	while ((word = strtok_r(NULL, " ", &rest)) != NULL) {
		if (strcmp(word, "dot1ad") == 0) {
			tpid = VSW_VLAN_TPID_S;
			continue;
		}
		native_tagged = strcmp(word, "native-tagged") == 0;
		assert_true(native_tagged || strcmp(word, "native") == 0);
		native = atoi(strtok_r(NULL, " ", &rest));
	}
	return vsw_vlan_set_trunk(port, list, native, native_tagged, tpid, NULL);
}

static void
expect_round_trip(const char *words)
{
	static char text[VSW_VLAN_TEXT_MAX_BYTES];
	struct vsw_vlan_port port, again;

	memset(&port, 0xee, sizeof(port));
	memset(&again, 0x11, sizeof(again));
	assert_int_equal(set_words(&port, words), 0);
	vsw_vlan_describe(&port, text, sizeof(text));
	assert_string_equal(text, words);
	assert_int_equal(set_words(&again, text), 0);
	assert_int_equal(port.mode, again.mode);
	assert_int_equal(port.vlan, again.vlan);
	assert_int_equal(port.tpid, again.tpid);
	assert_int_equal(port.native_tagged, again.native_tagged);
	assert_int_equal(port.keep_tag, 0);
	assert_memory_equal(port.allowed, again.allowed, sizeof(port.allowed));
}

static void
what_is_set_can_be_shown_and_set_again(void **state)
{
	static const char *const words[] = {
		"access 1",
		"access 4094",
		"tunnel 100",
		"trunk 1",
		"trunk 4094",
		"trunk 1-4094",
		"trunk 1-10,20,30-31",
		"trunk 63-64,127-128,4030-4032",
		"trunk 1,3 native 3",
		"trunk 1-3 native-tagged 2",
		"trunk 100-200 dot1ad",
		"trunk 100-200 native 150 dot1ad",
		"trunk 2-4094 native-tagged 4094 dot1ad",
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < N_ELEMENTS(words); i++)
		expect_round_trip(words[i]);
}

/* The longest text there is: pairs with one VLAN between them. */
static void
long_lists_are_shown_whole_or_cut(void **state)
{
	static char words[VSW_VLAN_TEXT_MAX_BYTES];
	static const char end[] = ",... native-tagged 4093 dot1ad";
	char text[VSW_VLAN_TEXT_BYTES];
	size_t used = sprintf(words, "trunk 1-2"), size;
	struct vsw_vlan_port port;
	unsigned int vid;

	(void)state;
	for (vid = 4; vid < VSW_VLAN_VID_MAX; vid += 3)
		used += sprintf(words + used, ",%u-%u", vid, vid + 1);
	strcpy(words + used, " native-tagged 4093 dot1ad");
	expect_round_trip(words);
	assert_int_equal(set_words(&port, words), 0);
	for (size = VSW_VLAN_TEXT_MIN_BYTES; size <= sizeof(text); size++) {
		vsw_vlan_describe(&port, text, size);
		assert_true(strlen(text) < size && strlen(text) + 12 > size);
		used = strlen(text) - strlen(end);
		assert_string_equal(text + used, end);
		assert_memory_equal(text, words, used);
	}
}

static void
spellings_of_lists(void **state)
{
	static const char *const pairs[][2] = {
		{"all", "trunk 1-4094"},  {"1,2,3", "trunk 1-3"}, {"20,10", "trunk 10,20"},
		{"1-5,3-9", "trunk 1-9"}, {"7-7,7", "trunk 7"},	  {"007", "trunk 7"},
	};
	struct vsw_vlan_port port;
	char text[VSW_VLAN_TEXT_BYTES];
	unsigned int i;

	(void)state;
	for (i = 0; i < N_ELEMENTS(pairs); i++) {
		assert_int_equal(
			vsw_vlan_set_trunk(&port, pairs[i][0], 0, false, VSW_VLAN_TPID_C, NULL), 0);
		vsw_vlan_describe(&port, text, sizeof(text));
		assert_string_equal(text, pairs[i][1]);
	}
}

/* One sentence, and the port as it was. */
static void
expect_refused(int ret, const struct vsw_error *err, const struct vsw_vlan_port *port)
{
	struct vsw_vlan_port untouched;

	memset(&untouched, 0xa5, sizeof(untouched));
	assert_int_equal(ret, -EINVAL);
	assert_int_equal(err->code, EINVAL);
	assert_true(strlen(err->text) > 10);
	assert_null(strchr(err->text, '\n'));
	assert_memory_equal(port, &untouched, sizeof(untouched));
}

static void
bad_settings_change_nothing(void **state)
{
	static const char *const lists[] = {
		"",	 "0",	 "4095",  "5-1",   "1,",
		",1",	 "1--2", "a",	  "1 2",   "99999999999999999999",
		"-1",	 "+1",	 "1-",	  "-",	   "1,,2",
		"1-2-3", "1;2",	 " 1",	  "1 ",	   "4094-4096",
		"0-5",	 "ALL",	 "all,1", "1,all", "0x10",
		"1.5",
	};
	static const uint16_t vids[] = {0, 4095, 4096, 65535};
	struct vsw_vlan_port port;
	struct vsw_error err;
	unsigned int i;
	int ret;

	(void)state;
	memset(&port, 0xa5, sizeof(port));
	for (i = 0; i < N_ELEMENTS(lists); i++) {
		err = (struct vsw_error){0};
		ret = vsw_vlan_set_trunk(&port, lists[i], 0, false, VSW_VLAN_TPID_C, &err);
		expect_refused(ret, &err, &port);
	}
	for (i = 0; i < N_ELEMENTS(vids); i++) {
		err = (struct vsw_error){0};
		ret = vsw_vlan_set_single(&port, VSW_VLAN_TUNNEL, vids[i], &err);
		expect_refused(ret, &err, &port);
		if (vids[i] == 0) /* no native VLAN */
			continue;
		err = (struct vsw_error){0};
		ret = vsw_vlan_set_trunk(&port, "1-5", vids[i], false, VSW_VLAN_TPID_C, &err);
		expect_refused(ret, &err, &port);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_mode_admits_its_own),
		cmocka_unit_test(every_vid_crosses_as_the_model_says),
		cmocka_unit_test(what_is_set_can_be_shown_and_set_again),
		cmocka_unit_test(long_lists_are_shown_whole_or_cut),
		cmocka_unit_test(spellings_of_lists),
		cmocka_unit_test(bad_settings_change_nothing),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
