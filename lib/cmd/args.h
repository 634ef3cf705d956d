/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The named parts of a line that fits a row.
 */
#ifndef CMD_ARGS_H
#define CMD_ARGS_H

#include "line.h"
#include "row.h"

struct cmd_arg {
	const char *name;
	const char *text;
	enum cmd_number kind; /* of number */
	uint64_t number;
};

struct vsw_cmd_args {
	struct cmd_arg args[VSW_CMD_WORDS];
	unsigned int n;
};

/* Fill args from a line that a walk has matched with row. */
void cmd_args_fill(struct vsw_cmd_args *args, const struct cmd_row *row,
		   const struct cmd_line *line);

#endif /* CMD_ARGS_H */
