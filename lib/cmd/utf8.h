/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * UTF-8, as far as output needs it. Source: The Unicode Standard 15.0, table 3-7.
 */
#ifndef CMD_UTF8_H
#define CMD_UTF8_H

#include <stddef.h>

/* The bytes of the well-formed character at text (a NUL-terminated string), 0 if there is none. */
size_t cmd_utf8_char(const char *text);

/* How many columns text takes: its characters, counted as one each. */
size_t cmd_utf8_columns(const char *text);

#endif /* CMD_UTF8_H */
