/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A command table that has every form of the grammar, for tests and the fuzzer. The file that
 * includes it defines record(), the handler of all rows.
 */
#ifndef CMD_ROWS_H
#define CMD_ROWS_H

#include "vsw_cmd.h"

static int record(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out,
		  struct vsw_error *err);

static const struct vsw_cmd cmd_rows[] = {
	{"port add vhost <name:NAME> path <path:PATH> [client] [mergeable on|off] "
	 "[lcore <lcore:UINT>] [queues <queues:UINT>] [mode <mode:OCTAL>] [owner <owner:WORD>] "
	 "[group <group:WORD>] [vlan <vlan:VLAN>]",
	 "add a vhost-user port", record},
	{"port del <port:NAME>", "remove a port", record},
	{"show port stats <port:NAME>|all", "show counters", record},
	{"show port info <port:NAME>", "show a port", record},
	{"show fdb", "show the MAC table", record},
	{"show running-config", "show what is configured as commands", record},
	{"set fdb ageing <seconds:UINT>", "set the age of entries that are dropped", record},
	{"set port <port:NAME> pvid <vlan:VLAN>|none", "set the VLAN of untagged frames", record},
	{"fdb add <mac:MAC> port <port:NAME> [vlan <vlan:VLAN>]", "add a static entry", record},
	{"fdb flush [port <port:NAME>] [vlan <vlan:VLAN>] [mac <mac:MAC>]", "remove entries",
	 record},
	{"capture [snap <snap:UINT>] to <path:PATH> [port <port:NAME>] [limit <limit:UINT>|none]",
	 "write frames to a file", record},
	{"help [<topic:WORD>...]", "list commands", record},
	{"echo <words:WORD>...", "say words", record},
	{"quit", "end", record},
};

#define CMD_ROWS (sizeof(cmd_rows) / sizeof(cmd_rows[0]))

#endif /* CMD_ROWS_H */
