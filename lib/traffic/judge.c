/* SPDX-License-Identifier: BSD-3-Clause */
#include "judge.h"

#include "vsw_latency.h"

/* What Ethernet pads to, and what that is once a tag has come. */
#define PADDED_MAX 64U

void
vsw_judge_init(struct vsw_judge *judge, const struct vsw_traffic_config *config, uint32_t port,
	       struct vsw_stream *stream, const uint8_t *payload)
{
	memset(judge, 0, sizeof(*judge));
	judge->port = port;
	judge->stream = stream;
	judge->payload = payload;
	judge->n_macs = config->n_macs;
	judge->foreign_macs = config->foreign_macs;
	judge->check_mask = config->check_every - 1;
	vsw_judge_measure(judge, NULL, 1);
}

void
vsw_judge_begin(struct vsw_judge *judge, uint32_t round)
{
	uint32_t i;

	judge->id = vsw_probe_id(0, judge->port, 0, round);
	memset(&judge->counts, 0, sizeof(judge->counts));
	/* Nothing before number 0 is missing. */
	for (i = 0; i < VSW_JUDGE_STREAMS; i++)
		judge->stream[i] = (struct vsw_stream){.seen = UINT64_MAX};
}

/* The next n numbers have not come. */
static void
pass_over(struct vsw_stream *stream, uint32_t n)
{
	stream->seen = n < VSW_JUDGE_WINDOW ? stream->seen << n : 0;
	stream->next += n;
}

void
vsw_judge_settle(struct vsw_judge *judge, uint32_t source, uint32_t flow, uint32_t sent)
{
	struct vsw_stream *stream = &judge->stream[source * VSW_JUDGE_STRIDE + flow];
	int32_t missing = (int32_t)(sent - stream->next);

	if (missing <= 0)
		return;
	judge->counts.lost += (uint32_t)missing;
	pass_over(stream, (uint32_t)missing);
}

void
vsw_judge_measure(struct vsw_judge *judge, struct vsw_latency *latency, uint32_t every)
{
	judge->latency = latency;
	judge->latency_mask = every - 1;
	judge->sample_mask = judge->check_mask;
	/* Of two masks of low bits one holds the other. */
	if (latency != NULL)
		judge->sample_mask &= judge->latency_mask;
}

void
vsw_judge_get_counts(const struct vsw_judge *judge, struct vsw_judge_counts *counts)
{
	*counts = judge->counts;
}

void
vsw_judge_add_counts(struct vsw_judge_counts *a, const struct vsw_judge_counts *b)
{
	a->received += b->received;
	a->lost += b->lost;
	a->duplicated += b->duplicated;
	a->reordered += b->reordered;
	a->corrupted += b->corrupted;
	a->misdelivered += b->misdelivered;
	a->flooded += b->flooded;
	a->learning += b->learning;
	a->stale += b->stale;
	a->old += b->old;
	a->strange += b->strange;
}

static enum vsw_judge_verdict
name_odd(const struct vsw_judge *judge, uint64_t id, uint32_t sequence, uint16_t check)
{
	if ((uint32_t)id != VSW_PROBE_MAGIC)
		return VSW_JUDGE_STRANGE;
	if (check != vsw_probe_check(id, sequence))
		return VSW_JUDGE_CORRUPTED;
	if (vsw_probe_round(id) != vsw_probe_round(judge->id))
		return VSW_JUDGE_STALE;
	if (vsw_probe_destination(id) == VSW_PROBE_FLOOD)
		return VSW_JUDGE_FLOODED;
	if (vsw_probe_destination(id) == VSW_PROBE_LEARN)
		return VSW_JUDGE_LEARNING;
	if (vsw_probe_destination(id) != judge->port)
		return VSW_JUDGE_MISDELIVERED;
	return VSW_JUDGE_STRANGE; /* from a port that nobody has */
}

enum vsw_judge_verdict
vsw_judge_odd(struct vsw_judge *judge, const uint8_t *probe)
{
	struct vsw_judge_counts *counts = &judge->counts;
	uint64_t *const count[] = {
		[VSW_JUDGE_CORRUPTED] = &counts->corrupted,
		[VSW_JUDGE_MISDELIVERED] = &counts->misdelivered,
		[VSW_JUDGE_FLOODED] = &counts->flooded,
		[VSW_JUDGE_LEARNING] = &counts->learning,
		[VSW_JUDGE_STALE] = &counts->stale,
		[VSW_JUDGE_STRANGE] = &counts->strange,
	};
	enum vsw_judge_verdict verdict;
	uint32_t sequence;
	uint16_t check;
	uint64_t id;

	memcpy(&id, probe + VSW_PROBE_ID_OFFSET, sizeof(id));
	memcpy(&sequence, probe + VSW_PROBE_SEQUENCE_OFFSET, sizeof(sequence));
	memcpy(&check, probe + VSW_PROBE_CHECK_OFFSET, sizeof(check));
	verdict = name_odd(judge, id, sequence, check);
	(*count[verdict])++;
	return verdict;
}

/* Both addresses are of the probe's ports, and have one index. */
static int
macs_are_right(const struct vsw_judge *judge, const uint8_t *frame, uint64_t id)
{
	uint64_t to;
	uint32_t from;

	memcpy(&to, frame, sizeof(to));
	memcpy(&from, frame + sizeof(to), sizeof(from));
	return to == (vsw_probe_mac_prefix(vsw_probe_destination(id)) | (uint64_t)from << 16 |
		      vsw_probe_mac_prefix(vsw_probe_source(id)) << 48) &&
	       __builtin_bswap32(from) < judge->n_macs;
}

/* Bytes of the IPv4 packet by its header; 0 if the frame does not hold it or holds more. */
static uint32_t
packet_bytes(const uint8_t *ip, const uint8_t *frame, uint32_t len)
{
	uint32_t room = (uint32_t)(frame + len - ip), bytes = ip[2] << 8 | ip[3];

	if (bytes == room || (bytes < room && len <= PADDED_MAX))
		return bytes >= VSW_PROBE_IP_BYTES + VSW_PROBE_BYTES ? bytes : 0;
	return 0;
}

/* Every byte behind the Ethernet header and the tag, but the probe's. */
static int
packet_is_right(const struct vsw_judge *judge, const uint8_t *ip, uint32_t bytes, uint64_t id)
{
	uint8_t expected[VSW_PROBE_IP_BYTES];

	vsw_probe_write_ip(expected, vsw_probe_source(id), vsw_probe_destination(id),
			   vsw_probe_flow(id), bytes);
	return memcmp(ip, expected, sizeof(expected)) == 0 &&
	       memcmp(ip + VSW_PROBE_IP_BYTES + VSW_PROBE_BYTES, judge->payload,
		      bytes - VSW_PROBE_IP_BYTES - VSW_PROBE_BYTES) == 0;
}

static int
frame_is_right(const struct vsw_judge *judge, const uint8_t *frame, uint32_t len, uint64_t id)
{
	const uint8_t *ip = vsw_judge_find(frame, len) - VSW_PROBE_IP_BYTES;
	uint32_t bytes = packet_bytes(ip, frame, len);

	return bytes > 0 && bytes <= VSW_TRAFFIC_SIZE_MAX &&
	       packet_is_right(judge, ip, bytes, id) &&
	       (judge->foreign_macs || macs_are_right(judge, frame, id));
}

int
vsw_judge_look(struct vsw_judge *judge, const uint8_t *frame, uint32_t len, uint64_t now_tsc)
{
	const uint8_t *probe = vsw_judge_find(frame, len);
	uint64_t id, stamp;
	uint16_t check;

	memcpy(&id, probe + VSW_PROBE_ID_OFFSET, sizeof(id));
	memcpy(&check, probe + VSW_PROBE_CHECK_OFFSET, sizeof(check));
	memcpy(&stamp, probe + VSW_PROBE_STAMP_OFFSET, sizeof(stamp));
	if (stamp != vsw_probe_stamp(stamp))
		return 0;
	if ((check & judge->check_mask) == 0 && !frame_is_right(judge, frame, len, id))
		return 0;
	if (judge->latency != NULL && (check & judge->latency_mask) == 0)
		vsw_latency_record(judge->latency, (now_tsc - stamp) & VSW_PROBE_STAMP_MASK);
	return 1;
}

enum vsw_judge_verdict
vsw_judge_order(struct vsw_judge *judge, struct vsw_stream *stream, uint32_t sequence)
{
	int32_t ahead = (int32_t)(sequence - stream->next);
	uint32_t behind = stream->next - 1 - sequence;

	if (ahead >= 0) {
		pass_over(stream, (uint32_t)ahead + 1);
		stream->seen |= 1;
		judge->counts.lost += (uint32_t)ahead;
		judge->counts.received++;
		return VSW_JUDGE_RECEIVED;
	}
	if (behind >= VSW_JUDGE_WINDOW) {
		judge->counts.old++;
		return VSW_JUDGE_OLD;
	}
	if (stream->seen & 1ULL << behind) {
		judge->counts.duplicated++;
		return VSW_JUDGE_DUPLICATED;
	}
	stream->seen |= 1ULL << behind;
	judge->counts.lost--;
	judge->counts.received++;
	judge->counts.reordered++;
	return VSW_JUDGE_REORDERED;
}
