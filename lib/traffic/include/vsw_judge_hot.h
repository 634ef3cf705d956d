/* SPDX-License-Identifier: BSD-3-Clause */
/* Judge the frames of a port, one by one. */
#ifndef VSW_JUDGE_HOT_H
#define VSW_JUDGE_HOT_H

#include <stddef.h>
#include <string.h>

#include "vsw_judge.h"
#include "vsw_probe.h"

enum vsw_judge_verdict {
	VSW_JUDGE_RECEIVED,
	VSW_JUDGE_REORDERED, /* received, late */
	VSW_JUDGE_DUPLICATED,
	VSW_JUDGE_CORRUPTED,
	VSW_JUDGE_MISDELIVERED,
	VSW_JUDGE_FLOODED,
	VSW_JUDGE_LEARNING,
	VSW_JUDGE_STALE,
	VSW_JUDGE_OLD,
	VSW_JUDGE_STRANGE,
};

struct vsw_stream {
	uint64_t seen; /* bit i: number next - 1 - i has come */
	uint32_t next;
	uint32_t unused;
};

/* One more than there are flow numbers, so that neighbours do not share a set of the cache. */
#define VSW_JUDGE_STRIDE 257U
#define VSW_JUDGE_STREAMS (VSW_PROBE_PORTS_MAX * VSW_JUDGE_STRIDE)

/* What the id of a frame in order has in common with others of the port: all but source, flow. */
#define VSW_JUDGE_ID_MASK (~(0xfULL << 32 | 0xffULL << 48))

struct vsw_judge {
	uint64_t id;		   /* under VSW_JUDGE_ID_MASK */
	struct vsw_stream *stream; /* [source * VSW_JUDGE_STRIDE + flow] */
	uint32_t sample_mask;	   /* a frame is looked at closer if check & mask is 0 */
	uint32_t check_mask;	   /* then, for its payload and addresses */
	uint32_t latency_mask;	   /* then, for its time under way */
	uint32_t port;
	struct vsw_judge_counts counts;
	struct vsw_latency *latency;
	const uint8_t *payload;
	uint32_t n_macs;
	uint32_t foreign_macs;
};

/* A frame whose probe is no probe for this port in this round. */
enum vsw_judge_verdict vsw_judge_odd(struct vsw_judge *judge, const uint8_t *probe);

/* Returns 0 if the frame is corrupted. Records its time under way if that is due. */
int vsw_judge_look(struct vsw_judge *judge, const uint8_t *frame, uint32_t len, uint64_t now_tsc);

/* A frame of the stream that is not the one expected. */
enum vsw_judge_verdict vsw_judge_order(struct vsw_judge *judge, struct vsw_stream *stream,
				       uint32_t sequence);

/* Returns the probe behind 0 or 1 tags; NULL if the frame has none for its types or length. */
static inline const uint8_t *
vsw_judge_find(const uint8_t *frame, uint32_t len)
{
	uint32_t offset = VSW_PROBE_ETHER_BYTES;
	uint16_t type;

	if (len < VSW_PROBE_FRAME_MIN)
		return NULL;
	memcpy(&type, frame + offset - 2, sizeof(type));
	if (type == VSW_PROBE_TYPE_TAG) {
		offset += VSW_PROBE_TAG_BYTES;
		if (len < VSW_PROBE_FRAME_MIN + VSW_PROBE_TAG_BYTES)
			return NULL;
		memcpy(&type, frame + offset - 2, sizeof(type));
	}
	return type == VSW_PROBE_TYPE_IP ? frame + offset + VSW_PROBE_IP_BYTES : NULL;
}

/* Judge a frame of len bytes that came at now_tsc, behind 0 or 1 tags. Any bytes are allowed. */
static inline enum vsw_judge_verdict
vsw_judge_frame(struct vsw_judge *judge, const uint8_t *frame, uint32_t len, uint64_t now_tsc)
{
	const uint8_t *probe = vsw_judge_find(frame, len);
	struct vsw_stream *stream;
	uint32_t sequence;
	uint16_t check;
	uint64_t id;

	if (__builtin_expect(probe == NULL, 0)) {
		judge->counts.strange++;
		return VSW_JUDGE_STRANGE;
	}
	memcpy(&id, probe + VSW_PROBE_ID_OFFSET, sizeof(id));
	memcpy(&sequence, probe + VSW_PROBE_SEQUENCE_OFFSET, sizeof(sequence));
	memcpy(&check, probe + VSW_PROBE_CHECK_OFFSET, sizeof(check));
	if (__builtin_expect((id & VSW_JUDGE_ID_MASK) != judge->id ||
				     check != vsw_probe_check(id, sequence),
			     0))
		return vsw_judge_odd(judge, probe);
	if ((check & judge->sample_mask) == 0 && !vsw_judge_look(judge, frame, len, now_tsc)) {
		judge->counts.corrupted++;
		return VSW_JUDGE_CORRUPTED;
	}
	stream = &judge->stream[vsw_probe_source(id) * VSW_JUDGE_STRIDE + vsw_probe_flow(id)];
	if (__builtin_expect(sequence != stream->next, 0))
		return vsw_judge_order(judge, stream, sequence);
	stream->next = sequence + 1;
	stream->seen = stream->seen << 1 | 1;
	judge->counts.received++;
	return VSW_JUDGE_RECEIVED;
}

#endif /* VSW_JUDGE_HOT_H */
