/* SPDX-License-Identifier: BSD-3-Clause */
#include "vsw_mac.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
vsw_mac_parse(const char *text, uint64_t *mac)
{
	uint64_t value = 0;
	int octet;

	if (strlen(text) != VSW_MAC_TEXT_BYTES - 1)
		return -EINVAL;
	for (octet = 0; octet < 6; octet++, text += 3) {
		char digits[3] = {text[0], text[1], '\0'};

		if (!isxdigit((unsigned char)text[0]) || !isxdigit((unsigned char)text[1]))
			return -EINVAL;
		if (octet < 5 && text[2] != ':' && text[2] != '-')
			return -EINVAL;
		value = value << 8 | strtoul(digits, NULL, 16);
	}
	*mac = value;
	return 0;
}

char *
vsw_mac_format(uint64_t mac, char *text)
{
	snprintf(text, VSW_MAC_TEXT_BYTES, "%02x:%02x:%02x:%02x:%02x:%02x",
		 (unsigned int)(mac >> 40 & 0xff), (unsigned int)(mac >> 32 & 0xff),
		 (unsigned int)(mac >> 24 & 0xff), (unsigned int)(mac >> 16 & 0xff),
		 (unsigned int)(mac >> 8 & 0xff), (unsigned int)(mac & 0xff));
	return text;
}
