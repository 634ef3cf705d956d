/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "vsw_cmd.h"

/* Wider than a line needs, so that what is printed can be pasted into a shell as well. */
static bool
is_plain(const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_-+./:,@%=";

	return word[0] != '\0' && word[strspn(word, plain)] == '\0';
}

char *
vsw_cmd_quote(const char *word, char *text)
{
	char *out = text;

	if (is_plain(word))
		return strcpy(text, word);
	*out++ = '\'';
	for (; *word != '\0'; word++) {
		if (*word == '\'')
			out = stpcpy(out, "'\\''");
		else
			*out++ = *word;
	}
	strcpy(out, "'");
	return text;
}
