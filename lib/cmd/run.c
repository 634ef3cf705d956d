/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <string.h>

#include "args.h"
#include "explain.h"
#include "line.h"
#include "vsw_cmd.h"
#include "walk.h"

/* Find the row of a line that is not empty. */
static int
match(struct cmd_walk *walk, struct cmd_line *line, const struct cmd_row **row,
      unsigned int *column, struct vsw_error *err)
{
	unsigned int ways;
	unsigned int i;

	for (i = 0; i < line->n; i++) {
		ways = cmd_walk_step(walk, &line->words[i]);
		if (ways != 1) {
			*column = line->words[i].column;
			return cmd_explain_word(walk, &line->words[i], ways, err);
		}
	}
	*row = cmd_walk_end(walk);
	if (*row == NULL) {
		*column = line->end_column;
		return cmd_explain_end(walk, &line->words[line->n - 1], err);
	}
	return 0;
}

static int
parse(const struct vsw_cmd_table *table, struct cmd_line *line, const struct cmd_row **row,
      unsigned int *column, struct vsw_error *err)
{
	struct cmd_walk walk;
	int ret = cmd_walk_init(&walk, table, err);

	if (ret < 0)
		return ret;
	ret = match(&walk, line, row, column, err);
	cmd_walk_fini(&walk);
	return ret;
}

/* A handler that fails must say why; one that forgets still gets a sentence. */
static int
call(const struct vsw_cmd *cmd, void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out,
     struct vsw_error *err)
{
	int ret;

	if (err != NULL)
		err->code = 0;
	ret = cmd->handler(ctx, args, out, err);
	if (ret < 0 && err != NULL && err->code == 0)
		vsw_error_set(err, -ret, "%s", strerror(-ret));
	return ret;
}

int
vsw_cmd_run(const struct vsw_cmd_table *table, const char *line, void *ctx, struct vsw_out *out,
	    struct vsw_error *err)
{
	const struct cmd_row *row = NULL;
	struct vsw_cmd_args args;
	struct cmd_line split;
	int ret;

	out->column = 0;
	ret = cmd_line_split(&split, line, &out->column, err);
	if (ret < 0 || split.n == 0)
		return ret;
	ret = parse(table, &split, &row, &out->column, err);
	if (ret < 0)
		return ret;
	cmd_args_fill(&args, row, &split);
	return call(row->cmd, ctx, &args, out, err);
}
