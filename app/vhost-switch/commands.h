/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The command table: the rows of each cmd_<noun>.c, gathered.
 *
 * The context of every handler is the struct vsw_switch. Handlers run in the control thread (in
 * main before it starts) and return 0 or a negative errno with the sentence for the user in err.
 */
#ifndef COMMANDS_H
#define COMMANDS_H

#include "switch.h"
#include "vsw_cmd.h"
#include "vsw_out.h"

/* The rows of one noun. */
struct command_group {
	const struct vsw_cmd *rows;
	unsigned int n;
};

extern const struct command_group cmd_port_group;
extern const struct command_group cmd_port_set_group;
extern const struct command_group cmd_eth_group;
extern const struct command_group cmd_vhost_group;
extern const struct command_group cmd_fdb_group;
extern const struct command_group cmd_drops_group;
extern const struct command_group cmd_lcores_group;
extern const struct command_group cmd_memory_group;
extern const struct command_group cmd_system_group;

#define COMMAND_GROUP(rows)                                                                        \
	{                                                                                          \
		rows, sizeof(rows) / sizeof((rows)[0])                                             \
	}

/* Returns 0 or -EINVAL, -ENOMEM with err set. */
int commands_create(struct vsw_cmd_table **table, struct vsw_error *err);

#endif /* COMMANDS_H */
