/* SPDX-License-Identifier: BSD-3-Clause */
#include "vsw_error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int
vsw_error_set(struct vsw_error *err, int code, const char *format, ...)
{
	va_list ap;

	if (err == NULL)
		return -code;
	err->code = code;
	va_start(ap, format);
	vsnprintf(err->text, sizeof(err->text), format, ap);
	va_end(ap);
	return -code;
}

int
vsw_error_prefix(struct vsw_error *err, const char *format, ...)
{
	char text[VSW_ERROR_TEXT_BYTES];
	va_list ap;
	int n;

	if (err == NULL)
		return 0;
	va_start(ap, format);
	n = vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < sizeof(text))
		snprintf(text + n, sizeof(text) - n, ": %s", err->text);
	memcpy(err->text, text, sizeof(text));
	return -err->code;
}
