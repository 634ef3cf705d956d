/* SPDX-License-Identifier: BSD-3-Clause */
#include "args_value.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

int
args_value_number(const char *option, const char *text, uint64_t min, uint64_t max, uint64_t *value,
		  struct vsw_error *err)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 10);
	if (errno != 0 || *end != '\0' || *text < '0' || *text > '9' || *value < min ||
	    *value > max)
		return vsw_error_set(err, EINVAL, "%s %s: not a number from %llu to %llu", option,
				     text, (unsigned long long)min, (unsigned long long)max);
	return 0;
}

int
args_value_portmask(const char *text, uint64_t *mask, struct vsw_error *err)
{
	char *end;

	errno = 0;
	*mask = strtoull(text, &end, 16);
	if (errno != 0 || *end != '\0' || !isxdigit((unsigned char)*text) || *mask == 0)
		return vsw_error_set(
			err, EINVAL,
			"-p %s: not a mask of Ethernet devices, which is a hexadecimal "
			"number above 0: 1 or 0x1 for device 0, 3 for devices 0 and 1",
			text);
	return 0;
}

/* One "txdN@DEVICE" or "rxdN@DEVICE" at text. Returns what follows it, NULL if it is none. */
static const char *
skip_dma(const char *text)
{
	size_t n;

	if (strncmp(text, "txd", 3) != 0 && strncmp(text, "rxd", 3) != 0)
		return NULL;
	text += 3;
	n = strspn(text, "0123456789");
	if (n == 0 || text[n] != '@')
		return NULL;
	text += n + 1;
	n = strcspn(text, ",[]@");
	return n > 0 ? text + n : NULL;
}

int
args_value_dmas(const char *text, struct vsw_error *err)
{
	const char *rest = text;

	do {
		if (*rest != (rest == text ? '[' : ','))
			rest = NULL;
		else
			rest = skip_dma(rest + 1);
	} while (rest != NULL && *rest == ',');
	if (rest == NULL || strcmp(rest, "]") != 0)
		return vsw_error_set(err, EINVAL,
				     "--dmas %s: not a list [txdN@DEVICE,rxdN@DEVICE,...], where N "
				     "counts the --socket-file from 0",
				     text);
	return 0;
}
