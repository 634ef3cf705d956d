/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A text that grows. When memory runs out it stays as it is and remembers that.
 */
#ifndef CMD_TEXT_H
#define CMD_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct cmd_text {
	char *bytes; /* NUL-terminated once something was added */
	size_t n;
	size_t size;
	bool failed;
};

void cmd_text_add(struct cmd_text *text, const char *bytes, size_t n);
void cmd_text_add_string(struct cmd_text *text, const char *string);
void cmd_text_add_blanks(struct cmd_text *text, size_t n);
void cmd_text_add_format(struct cmd_text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Keep the first n bytes. */
void cmd_text_cut(struct cmd_text *text, size_t n);

/* Hand the bytes to the caller, who frees them: "" if nothing was added, NULL if memory ran out. */
char *cmd_text_take(struct cmd_text *text);

void cmd_text_fini(struct cmd_text *text);

#endif /* CMD_TEXT_H */
