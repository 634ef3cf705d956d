/* SPDX-License-Identifier: BSD-3-Clause */
#include "table.h"

#include <errno.h>
#include <stdlib.h>

#include "overlap.h"

static int
check_overlap(const struct vsw_cmd_table *table, const struct cmd_row *row, struct vsw_error *err)
{
	unsigned int i;

	for (i = 0; i < table->n_rows; i++) {
		if (cmd_rows_overlap(&table->rows[i], row))
			return vsw_error_set(err, EINVAL,
					     "command \"%.200s\": ambiguous with \"%.200s\"",
					     row->cmd->syntax, table->rows[i].cmd->syntax);
	}
	return 0;
}

static int
add_row(struct vsw_cmd_table *table, const struct vsw_cmd *cmd, struct vsw_error *err)
{
	struct cmd_row row;
	int ret = cmd_row_init(&row, cmd, err);

	if (ret < 0)
		return ret;
	ret = check_overlap(table, &row, err);
	if (ret < 0) {
		cmd_row_fini(&row);
		return ret;
	}
	table->rows[table->n_rows++] = row;
	return 0;
}

int
vsw_cmd_table_add(struct vsw_cmd_table *table, const struct vsw_cmd *rows, unsigned int n,
		  struct vsw_error *err)
{
	struct cmd_row *grown;
	unsigned int i;
	int ret = 0;

	if (n == 0)
		return 0;
	if (table->n_rows + n > UINT16_MAX)
		return vsw_error_set(err, E2BIG, "more than %d commands", UINT16_MAX);
	grown = realloc(table->rows, (table->n_rows + n) * sizeof(*grown));
	if (grown == NULL)
		return vsw_error_set(err, ENOMEM, "no memory for the command table");
	table->rows = grown;
	for (i = 0; ret == 0 && i < n; i++)
		ret = add_row(table, &rows[i], err);
	return ret;
}

struct vsw_cmd_table *
vsw_cmd_table_create(const struct vsw_cmd *rows, unsigned int n, struct vsw_error *err)
{
	struct vsw_cmd_table *table = calloc(1, sizeof(*table));

	if (table == NULL) {
		vsw_error_set(err, ENOMEM, "no memory for the command table");
		return NULL;
	}
	if (vsw_cmd_table_add(table, rows, n, err) < 0) {
		vsw_cmd_table_destroy(table);
		return NULL;
	}
	return table;
}

void
vsw_cmd_table_destroy(struct vsw_cmd_table *table)
{
	unsigned int i;

	if (table == NULL)
		return;
	for (i = 0; i < table->n_rows; i++)
		cmd_row_fini(&table->rows[i]);
	free(table->rows);
	free(table);
}
