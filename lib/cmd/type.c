/* SPDX-License-Identifier: BSD-3-Clause */
#include "type.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "vsw_cmd.h"
#include "vsw_mac.h"

#define DECIMAL "0123456789"
#define OCTAL "01234567"
#define NAME DECIMAL "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ._-"

#define MODE_MAX 07777 /* permissions with set-id and sticky bits */
#define VLAN_MIN 1     /* 802.1Q-2018 table 9-2: 0 is "no VLAN", 4095 is reserved */
#define VLAN_MAX 4094

/* strtoull() alone would take signs and blanks, too. */
static bool
parse_digits(const char *text, const char *digits, int radix, uint64_t *number)
{
	if (text[0] == '\0' || text[strspn(text, digits)] != '\0')
		return false;
	errno = 0;
	*number = strtoull(text, NULL, radix);
	return errno == 0;
}

static bool
parse_word(const char *text, uint64_t *number)
{
	*number = 0;
	return text[0] != '\0';
}

static bool
parse_name(const char *text, uint64_t *number)
{
	size_t n = strspn(text, NAME);

	*number = 0;
	return n > 0 && n < VSW_CMD_NAME_BYTES && text[n] == '\0';
}

static bool
parse_uint(const char *text, uint64_t *number)
{
	return parse_digits(text, DECIMAL, 10, number);
}

static bool
parse_octal(const char *text, uint64_t *number)
{
	return parse_digits(text, OCTAL, 8, number) && *number <= MODE_MAX;
}

static bool
parse_mac(const char *text, uint64_t *number)
{
	return vsw_mac_parse(text, number) == 0;
}

static bool
parse_vlan(const char *text, uint64_t *number)
{
	return parse_digits(text, DECIMAL, 10, number) && *number >= VLAN_MIN &&
	       *number <= VLAN_MAX;
}

static const struct cmd_type types[] = {
	{"WORD", "a word", CMD_NUMBER_NONE, parse_word},
	{"NAME", "a name (1..31 letters, digits, '.', '_', '-')", CMD_NUMBER_NONE, parse_name},
	{"PATH", "a path", CMD_NUMBER_NONE, parse_word},
	{"UINT", "a number (0..18446744073709551615)", CMD_NUMBER_UINT, parse_uint},
	{"OCTAL", "an octal number (0..7777)", CMD_NUMBER_UINT, parse_octal},
	{"MAC", "a MAC address (xx:xx:xx:xx:xx:xx)", CMD_NUMBER_MAC, parse_mac},
	{"VLAN", "a VLAN id (1..4094)", CMD_NUMBER_UINT, parse_vlan},
};

const struct cmd_type *
cmd_type_find(const char *name, size_t n)
{
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strlen(types[i].name) == n && memcmp(types[i].name, name, n) == 0)
			return &types[i];
	}
	return NULL;
}
