/* SPDX-License-Identifier: BSD-3-Clause */
#include "commands.h"

int
commands_create(struct vsw_cmd_table **table, struct vsw_error *err)
{
	static const struct command_group *const groups[] = {
		&cmd_port_group,   &cmd_port_set_group, &cmd_eth_group,
		&cmd_vhost_group,  &cmd_fdb_group,	&cmd_drops_group,
		&cmd_lcores_group, &cmd_memory_group,	&cmd_system_group,
	};
	unsigned int i;

	*table = vsw_cmd_table_create(NULL, 0, err);
	if (*table == NULL)
		return -err->code;
	for (i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		if (vsw_cmd_table_add(*table, groups[i]->rows, groups[i]->n, err) < 0) {
			vsw_cmd_table_destroy(*table);
			return -err->code;
		}
	}
	return 0;
}
