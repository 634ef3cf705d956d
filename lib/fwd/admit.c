/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * admit: drop what no bridge forwards, and give each frame that goes on its VLAN and its two keys.
 *
 * An access port admits untagged and priority-tagged frames (VID 0) into its VLAN; the priority tag
 * is taken off, as access ports send untagged. Source: IEEE 802.1Q-2018 clauses 6.9, 8.6.2, 8.6.3.
 */
#include <rte_branch_prediction.h>
#include <rte_byteorder.h>

#include "burst.h"
#include "vsw_fdb.h"
#include "vsw_frame_hot.h"
#include "vsw_mac.h"

#define ETHERTYPE_CTAG 0x8100 /* IEEE 802.1Q-2018 table 9-1 */
#define ETHERTYPE_STAG 0x88a8
#define VID_MASK 0x0fff

#define ADMITTED VSW_DROP_N

static inline uint64_t
destination(const uint8_t *head)
{
	uint64_t word;

	memcpy(&word, head, sizeof(word));
	return rte_be_to_cpu_64(word) >> 16;
}

static inline uint64_t
source(const uint8_t *head)
{
	uint64_t word;

	memcpy(&word, head + 4, sizeof(word));
	return rte_be_to_cpu_64(word) & 0xffffffffffffULL;
}

static inline uint16_t
be16_at(const uint8_t *bytes)
{
	return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

/* ADMITTED, or why not. Takes a priority tag off. */
static enum vsw_drop
admit_tagged(struct vsw_frame *frame, uint16_t ethertype)
{
	if (ethertype == ETHERTYPE_STAG || frame->len_bytes < VSW_FRAME_MIN_BYTES + 4)
		return VSW_DROP_VLAN_DENIED;
	if ((be16_at(frame->head + 14) & VID_MASK) != 0)
		return VSW_DROP_VLAN_DENIED;
	/* What is left must be untagged, or a second tag would pass as the first one. */
	ethertype = be16_at(frame->head + 16);
	if (ethertype == ETHERTYPE_CTAG || ethertype == ETHERTYPE_STAG)
		return VSW_DROP_VLAN_DENIED;
	vsw_frame_strip_tag(frame);
	return ADMITTED;
}

/* ADMITTED, or why not; sets the frame's two addresses where it has a header. */
static inline enum vsw_drop
admit_frame(struct vsw_frame *frame, uint64_t *da, uint64_t *sa)
{
	uint16_t ethertype;

	if (unlikely(frame->len_bytes < VSW_FRAME_MIN_BYTES))
		return VSW_DROP_RUNT;
	if (unlikely(frame->len_bytes > VSW_FRAME_MAX_BYTES))
		return VSW_DROP_OVERSIZE;
	*da = destination(frame->head);
	*sa = source(frame->head);
	if (unlikely(vsw_mac_is_group(*sa)))
		return VSW_DROP_SRC_GROUP;
	if (unlikely(*sa == 0))
		return VSW_DROP_SRC_ZERO;
	if (unlikely(vsw_mac_is_reserved(*da)))
		return VSW_DROP_RESERVED_DA;
	ethertype = be16_at(frame->head + 12);
	if (unlikely(ethertype == ETHERTYPE_CTAG || ethertype == ETHERTYPE_STAG))
		return admit_tagged(frame, ethertype);
	return ADMITTED;
}

void
vsw_fwd_admit(struct vsw_burst *burst)
{
	uint16_t vlan = burst->port->vlan;
	uint64_t rx_bytes = 0;
	uint16_t i, n = 0;

	for (i = 0; i < burst->n; i++) {
		struct vsw_frame *frame = &burst->frame[i];
		uint64_t da = 0, sa = 0;
		enum vsw_drop verdict;

		rx_bytes += frame->len_bytes;
		verdict = admit_frame(frame, &da, &sa);
		frame->vlan = vlan;
		burst->da_key[n] = vsw_fdb_key(vlan, da);
		burst->sa_key[n] = vsw_fdb_key(vlan, sa);
		burst->live[n] = i;
		if (likely(verdict == ADMITTED))
			n++;
		else
			burst->row->drop[verdict]++;
	}
	burst->n_live = n;
	burst->row->rx_frames += burst->n;
	burst->row->rx_bytes += rx_bytes;
}
