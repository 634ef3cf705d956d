/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The compiled rows of a command table.
 */
#ifndef CMD_TABLE_H
#define CMD_TABLE_H

#include "row.h"

struct vsw_cmd_table {
	struct cmd_row *rows;
	unsigned int n_rows;
};

#endif /* CMD_TABLE_H */
