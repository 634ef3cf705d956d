/* SPDX-License-Identifier: BSD-3-Clause */
/* The switch itself: version, help, end. */
#include <rte_version.h>

#include "commands.h"
#include "version.h"

static int
show_version(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out, struct vsw_error *err)
{
	json_t *object = vsw_out_object(out);

	(void)ctx;
	(void)args;
	(void)err;
	vsw_out_add_text(object, "version", VERSION_TEXT);
	vsw_out_add_text(object, "dpdk", rte_version());
	return 0;
}

static int
help(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out, struct vsw_error *err)
{
	const struct vsw_switch *vsw = ctx;
	const char *words[VSW_CMD_WORDS];
	unsigned int i, n = vsw_cmd_args_count(args, "topic");

	for (i = 0; i < n; i++)
		words[i] = vsw_cmd_args_text_at(args, "topic", i);
	return vsw_cmd_help(vsw->commands, words, n, out, err);
}

static int
quit(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out, struct vsw_error *err)
{
	(void)args;
	(void)out;
	(void)err;
	switch_stop(ctx);
	return 0;
}

static const struct vsw_cmd rows[] = {
	{"show version", "show the versions of switch and DPDK", show_version},
	{"help [<topic:WORD>...]", "list the commands that begin with these words", help},
	{"quit", "stop forwarding and end", quit},
};

const struct command_group cmd_system_group = COMMAND_GROUP(rows);
