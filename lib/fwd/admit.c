/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * admit: drop what no bridge forwards, and give each frame that goes on its VLAN and its two keys.
 * Source: IEEE 802.1Q-2018 clauses 6.9, 8.6.2, 8.6.3; what a tag means is lib/vlan's.
 */
#include <string.h>

#include <rte_branch_prediction.h>
#include <rte_byteorder.h>

#include "burst.h"
#include "vsw_fdb.h"
#include "vsw_mac.h"

#define ADMITTED VSW_DROP_N

static inline uint64_t
source(const uint8_t *head)
{
	uint64_t word;

	memcpy(&word, head + 4, sizeof(word));
	return rte_be_to_cpu_64(word) & 0xffffffffffffULL;
}

/* ADMITTED, or why not; sets the frame's two addresses where it has a header, and its VLAN. */
static inline enum vsw_drop
admit_frame(const struct vsw_fwd_port *port, struct vsw_frame *frame, uint64_t *da, uint64_t *sa)
{
	if (unlikely(frame->len_bytes < VSW_FRAME_MIN_BYTES))
		return VSW_DROP_RUNT;
	frame->vlan = vsw_vlan_admit(&port->vlan, frame->head, frame->len_bytes);
	frame->tag = frame->vlan.tag;
	if (unlikely(vsw_fwd_is_oversize(frame, port->max_bytes)))
		return VSW_DROP_OVERSIZE;
	*da = vsw_fwd_destination(frame->head);
	*sa = source(frame->head);
	if (unlikely(vsw_mac_is_group(*sa)))
		return VSW_DROP_SRC_GROUP;
	if (unlikely(*sa == 0))
		return VSW_DROP_SRC_ZERO;
	if (unlikely(vsw_mac_is_reserved(*da)))
		return VSW_DROP_RESERVED_DA;
	if (unlikely(frame->vlan.vid == 0))
		return VSW_DROP_VLAN_DENIED;
	return ADMITTED;
}

void
vsw_fwd_admit(struct vsw_burst *burst)
{
	const struct vsw_fwd_port *port = burst->port;
	uint32_t shortest = UINT32_MAX, longest = 0, tagged = 0;
	uint16_t i, n = 0, needs = 0;
	uint64_t rx_bytes = 0;

	for (i = 0; i < burst->n; i++) {
		struct vsw_frame *frame = &burst->frames.frame[i];
		uint64_t da = 0, sa = 0;
		enum vsw_drop verdict;
		uint16_t domain;

		rx_bytes += frame->len_bytes;
		verdict = admit_frame(port, frame, &da, &sa);
		if (unlikely(verdict != ADMITTED)) {
			burst->row->drop[verdict]++;
			continue;
		}
		domain = port->domain != 0 ? port->domain : frame->vlan.vid;
		burst->da_key[n] = vsw_fdb_key(domain, da);
		burst->sa_key[n] = vsw_fdb_key(domain, sa);
		burst->live[n++] = i;
		tagged |= frame->vlan.tag | frame->vlan.inner;
		shortest = RTE_MIN(shortest, frame->len_bytes);
		longest = RTE_MAX(longest, frame->len_bytes);
		needs |= frame->offload.needs;
	}
	burst->n_live = n;
	burst->plain = tagged == 0;
	burst->needs = needs;
	burst->shortest_bytes = shortest;
	burst->longest_bytes = longest;
	burst->row->rx_frames += burst->n;
	burst->row->rx_bytes += rx_bytes;
}
