/* SPDX-License-Identifier: BSD-3-Clause */
/* What commands about ports share. */
#ifndef CMD_PORT_H
#define CMD_PORT_H

#include "commands.h"

#define CMD_PORT_VLAN_DEFAULT 1

/* The index of the lcore of "[lcore N]", or VSW_PORT_ANY_LCORE. Returns 0, or -EINVAL with err. */
int cmd_port_lcore(const struct vsw_switch *vsw, const struct vsw_cmd_args *args,
		   uint16_t *pinned_lcore, struct vsw_error *err);

/*
 * Call show for the port of "<port:NAME>|all", or for all but spare slots; each fills one object of
 * the list "ports".
 */
int cmd_port_each(struct vsw_switch *vsw, const struct vsw_cmd_args *args, struct vsw_out *out,
		  struct vsw_error *err,
		  void (*show)(struct vsw_switch *vsw, struct vsw_port *port, json_t *object));

#endif /* CMD_PORT_H */
