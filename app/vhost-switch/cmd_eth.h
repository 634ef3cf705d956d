/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef CMD_ETH_H
#define CMD_ETH_H

#include "commands.h"

/* Add what `show port info` says of an Ethernet or host port. */
void cmd_eth_show_info(const struct vsw_port *port, json_t *object);

#endif /* CMD_ETH_H */
