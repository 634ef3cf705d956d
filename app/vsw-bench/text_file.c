/* SPDX-License-Identifier: BSD-3-Clause */
#include "text_file.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int
text_file_read(char *text, size_t size, const char *format, ...)
{
	char path[256];
	FILE *file;
	va_list ap;
	size_t n;
	int ret;

	text[0] = '\0';
	va_start(ap, format);
	vsnprintf(path, sizeof(path), format, ap);
	va_end(ap);
	file = fopen(path, "re");
	if (file == NULL)
		return -errno;
	errno = 0;
	n = fread(text, 1, size - 1, file);
	ret = ferror(file) ? -errno : 0;
	fclose(file);
	if (ret < 0)
		n = 0;
	if (n > 0 && text[n - 1] == '\n')
		n--;
	text[n] = '\0';
	return ret < 0 ? ret : (int)n;
}
