/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The service connect: what one port receives leaves by its peer, as by a wire. Nothing is learned
 * or looked up, and what a bridge keeps to itself (reserved addresses, odd sources) passes; not so
 * PAUSE, which is between two neighbours of one link.
 */
#include "burst.h"
#include "vsw_mac.h"

#define ADMITTED VSW_DROP_N

/* ADMITTED, or why not. */
static enum vsw_drop
admit_any(const struct vsw_fwd_port *port, struct vsw_frame *frame)
{
	if (frame->len_bytes < VSW_FRAME_MIN_BYTES)
		return VSW_DROP_RUNT;
	frame->vlan = vsw_vlan_admit(&port->vlan, frame->head, frame->len_bytes);
	frame->tag = frame->vlan.tag;
	if (vsw_fwd_is_oversize(frame, port->max_bytes))
		return VSW_DROP_OVERSIZE;
	if (vsw_mac_is_pause(vsw_fwd_destination(frame->head)))
		return VSW_DROP_RESERVED_DA;
	return port->peer->hot != NULL ? ADMITTED : VSW_DROP_PORT_DOWN;
}

void
vsw_fwd_connect(struct vsw_burst *burst, struct vsw_fwd_lcore *lcore,
		const struct vsw_fwd_plan *plan)
{
	uint16_t i;

	(void)plan;
	burst->plain = false;
	burst->needs = 0;
	burst->row->rx_frames += burst->n;
	for (i = 0; i < burst->n; i++) {
		struct vsw_frame *frame = &burst->frames.frame[i];
		enum vsw_drop verdict = admit_any(burst->port, frame);

		burst->row->rx_bytes += frame->len_bytes;
		burst->needs |= frame->offload.needs;
		if (verdict == ADMITTED)
			vsw_fwd_output(lcore, burst->port->peer, frame);
		else
			burst->row->drop[verdict]++;
	}
}
