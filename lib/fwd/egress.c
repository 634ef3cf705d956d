/* SPDX-License-Identifier: BSD-3-Clause */
/* egress: send what was listed for each port; what a port does not take is dropped by name. */
#include "burst.h"

static void
send_output(struct vsw_fwd_output *output, unsigned int lcore)
{
	struct vsw_port_hot *port = output->port;
	struct vsw_stats_row *row = &port->rows[lcore];
	enum vsw_drop why = VSW_DROP_PORT_DOWN;
	uint64_t bytes = 0;
	uint16_t i, sent;

	sent = port->tx(port, lcore, output->frame, output->n, &why);
	for (i = 0; i < sent; i++)
		bytes += output->frame[i]->len_bytes;
	row->tx_frames += sent;
	row->tx_bytes += bytes;
	row->drop[why] += output->n - sent;
	output->n = 0;
}

void
vsw_fwd_egress(struct vsw_fwd_lcore *lcore)
{
	uint16_t i;

	for (i = 0; i < lcore->n_used; i++)
		send_output(&lcore->output[lcore->used[i]], lcore->lcore);
	lcore->n_used = 0;
}
