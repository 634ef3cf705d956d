/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tables: arrays of objects with plain members.
 */
#ifndef CMD_OUT_TABLE_H
#define CMD_OUT_TABLE_H

#include <jansson.h>
#include <stdbool.h>

#include "text.h"

/* True if array can be a table that is not too wide to read. */
bool cmd_out_is_table(const json_t *array);

/* Add a heading row and a row for each object, indented. */
void cmd_out_add_table(struct cmd_text *text, const json_t *array, unsigned int indent);

#endif /* CMD_OUT_TABLE_H */
