/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Plain values: what fits into one line or one cell.
 */
#ifndef CMD_OUT_PLAIN_H
#define CMD_OUT_PLAIN_H

#include <jansson.h>
#include <stdbool.h>

#include "text.h"

/* True for a value without parts, for an array of such, and for what is empty. */
bool cmd_out_is_plain(const json_t *value);

/* Add a plain value; NULL and null are "-". */
void cmd_out_add_plain(struct cmd_text *text, const json_t *value);

/* Add a key, with blanks for underscores. */
void cmd_out_add_key(struct cmd_text *text, const char *key);

/*
 * Add a string so that it cannot steer a terminal: C0, DEL and C1 characters are escaped, but not
 * newlines if lines is true.
 */
void cmd_out_add_escaped(struct cmd_text *text, const char *string, bool lines);

#endif /* CMD_OUT_PLAIN_H */
