/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A line, split into words.
 */
#ifndef CMD_LINE_H
#define CMD_LINE_H

#include <stdbool.h>

#include "vsw_cmd.h"

struct cmd_word {
	const char *text;    /* after a match: a word of the grammar in full */
	unsigned int column; /* in characters, from 1 */
	bool is_value;	     /* after a match: taken as a value, not as a word of the grammar */
};

struct cmd_line {
	struct cmd_word words[VSW_CMD_WORDS];
	unsigned int n;
	unsigned int end_column; /* behind the last character */
	bool ends_in_word;	 /* neither a blank nor a comment follows the last word */
	bool has_comment;
	char text[VSW_CMD_LINE_BYTES + 1]; /* the words without quotes */
};

/*
 * Split text into line. Returns 0, or -EINVAL with err and *column filled (0: not about a column).
 */
int cmd_line_split(struct cmd_line *line, const char *text, unsigned int *column,
		   struct vsw_error *err);

#endif /* CMD_LINE_H */
