/* SPDX-License-Identifier: BSD-3-Clause */
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BYTES 256
#define FORMAT_BYTES 350 /* the longest double has 309 digits before the point */

/* Make room for n more bytes and the final NUL. */
static bool
reserve(struct cmd_text *text, size_t n)
{
	size_t size = text->size > 0 ? text->size : FIRST_BYTES;
	char *bytes;

	if (text->failed)
		return false;
	while (size < text->n + n + 1)
		size *= 2;
	if (size == text->size)
		return true;
	bytes = realloc(text->bytes, size);
	if (bytes == NULL) {
		text->failed = true;
		return false;
	}
	text->bytes = bytes;
	text->size = size;
	return true;
}

void
cmd_text_add(struct cmd_text *text, const char *bytes, size_t n)
{
	if (!reserve(text, n))
		return;
	memcpy(text->bytes + text->n, bytes, n);
	text->n += n;
	text->bytes[text->n] = '\0';
}

void
cmd_text_add_string(struct cmd_text *text, const char *string)
{
	cmd_text_add(text, string, strlen(string));
}

void
cmd_text_add_blanks(struct cmd_text *text, size_t n)
{
	if (!reserve(text, n))
		return;
	memset(text->bytes + text->n, ' ', n);
	text->n += n;
	text->bytes[text->n] = '\0';
}

void
cmd_text_add_format(struct cmd_text *text, const char *format, ...)
{
	char bytes[FORMAT_BYTES];
	va_list ap;

	va_start(ap, format);
	vsnprintf(bytes, sizeof(bytes), format, ap);
	va_end(ap);
	cmd_text_add_string(text, bytes);
}

void
cmd_text_cut(struct cmd_text *text, size_t n)
{
	if (n >= text->n)
		return;
	text->n = n;
	text->bytes[n] = '\0';
}

char *
cmd_text_take(struct cmd_text *text)
{
	char *bytes;

	cmd_text_add(text, "", 0);
	if (text->failed)
		cmd_text_fini(text);
	bytes = text->bytes;
	*text = (struct cmd_text){.bytes = NULL};
	return bytes;
}

void
cmd_text_fini(struct cmd_text *text)
{
	free(text->bytes);
	*text = (struct cmd_text){.bytes = NULL};
}
