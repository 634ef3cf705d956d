/* SPDX-License-Identifier: BSD-3-Clause */
/* A file of /proc or /sys, read at once. */
#ifndef TEXT_FILE_H
#define TEXT_FILE_H

#include <stddef.h>

/*
 * Read up to size - 1 bytes and end them with a NUL; a newline at their end is cut off. Returns
 * their number or a negative errno, with "" in text.
 */
int text_file_read(char *text, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif /* TEXT_FILE_H */
