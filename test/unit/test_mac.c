/* SPDX-License-Identifier: BSD-3-Clause */
/* vsw_mac.h: what is read and written as a MAC address, and which addresses are special. */
#include "vsw_mac.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void
test_parse(void **state)
{
	static const struct {
		const char *text;
		uint64_t mac;
	} good[] = {
		{"02:00:00:00:00:01", 0x020000000001},
		{"ff:ff:ff:ff:ff:ff", VSW_MAC_BROADCAST},
		{"AA-bb-CC-dd-EE-0f", 0xaabbccddee0f},
	};
	uint64_t mac;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(vsw_mac_parse(good[i].text, &mac), 0);
		assert_int_equal(mac, good[i].mac);
	}
}

static void
test_parse_refuses(void **state)
{
	static const char *const bad[] = {
		"",
		"02:00:00:00:00",
		"02:00:00:00:00:1",
		"02:00:00:00:00:01:",
		"02:00:00:00:00:01 ",
		"02:00:00:00:00:0g",
		"02:00:00:00:00:g0",
		"02.00.00.00.00.01",
		"02:00:00:00:00.01",
		"0200:00:00:00:0001",
		"+2:00:00:00:00:01",
		" 2:00:00:00:00:01",
		"0x:00:00:00:00:01",
	};
	uint64_t mac = 7;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(vsw_mac_parse(bad[i], &mac), -EINVAL);
		assert_int_equal(mac, 7);
	}
}

static void
test_format(void **state)
{
	char text[VSW_MAC_TEXT_BYTES];
	uint64_t mac = 0;

	(void)state;
	assert_string_equal(vsw_mac_format(0x0180c200000f, text), "01:80:c2:00:00:0f");
	assert_string_equal(vsw_mac_format(0xfedcba987654, text), "fe:dc:ba:98:76:54");
	assert_int_equal(vsw_mac_parse(text, &mac), 0);
	assert_int_equal(mac, 0xfedcba987654);
}

static void
test_group(void **state)
{
	(void)state;
	assert_true(vsw_mac_is_group(VSW_MAC_BROADCAST));
	assert_true(vsw_mac_is_group(0x01005e000001));
	assert_false(vsw_mac_is_group(0x02ffffffffff));
}

static void
test_reserved(void **state)
{
	(void)state;
	assert_true(vsw_mac_is_reserved(0x0180c2000000));
	assert_true(vsw_mac_is_reserved(0x0180c200000f));
	assert_false(vsw_mac_is_reserved(0x0180c2000010));
	assert_false(vsw_mac_is_reserved(0x0180c1ffffff));
	assert_false(vsw_mac_is_reserved(VSW_MAC_BROADCAST));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),	 cmocka_unit_test(test_parse_refuses),
		cmocka_unit_test(test_format),	 cmocka_unit_test(test_group),
		cmocka_unit_test(test_reserved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
