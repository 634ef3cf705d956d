/* SPDX-License-Identifier: BSD-3-Clause */
#include "utf8.h"

#include <stdbool.h>

struct form {
	unsigned char first_min;
	unsigned char first_max;
	unsigned char second_min;
	unsigned char second_max;
	unsigned char bytes;
};

/* The narrow ranges leave out overlong forms, surrogates and what lies above U+10FFFF. */
static const struct form forms[] = {
	{0x01, 0x7f, 0, 0, 1},	     {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
	{0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
	{0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
};

static bool
is_continued(const unsigned char *text, const struct form *form)
{
	unsigned int i;

	if (form->bytes > 1 && (text[1] < form->second_min || text[1] > form->second_max))
		return false;
	for (i = 2; i < form->bytes; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return false;
	}
	return true;
}

size_t
cmd_utf8_char(const char *text)
{
	const unsigned char *bytes = (const unsigned char *)text;
	unsigned int i;

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (bytes[0] >= forms[i].first_min && bytes[0] <= forms[i].first_max)
			return is_continued(bytes, &forms[i]) ? forms[i].bytes : 0;
	}
	return 0;
}

size_t
cmd_utf8_columns(const char *text)
{
	size_t columns = 0;

	for (; *text != '\0'; text++)
		columns += (*text & 0xc0) != 0x80;
	return columns;
}
