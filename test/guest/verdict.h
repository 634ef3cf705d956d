/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What became of one stream, as seen by one receiver.
 *
 * Model: a bitmap over all sequence numbers, so duplicates are found however late they come. A
 * probe that is behind the highest number seen, and no duplicate, is reordered. Numbers missing
 * below the highest are lost; how many are missing above it only the sender knows.
 *
 * Threads: none of its own; one caller.
 */
#ifndef VERDICT_H
#define VERDICT_H

#include <stdint.h>

#include <jansson.h>

#include "probe.h"

#define VERDICT_SEQUENCES_MAX (1u << 28)

struct verdict {
	uint64_t received; /* each number once */
	uint64_t duplicated;
	uint64_t reordered;
	uint64_t corrupted;
	uint64_t end; /* highest number seen + 1 */
	uint64_t max_latency_ns;
	uint64_t max_gap_ns;
	uint64_t gap_end_ns; /* CLOCK_MONOTONIC, of the probe that ended the longest gap */
	uint64_t last_ns;
	uint64_t *seen;
	uint64_t seen_words;
};

/* Enter a probe that came at now_ns; `intact` as probe_read() has found. */
void verdict_add(struct verdict *verdict, const struct probe *probe, int intact, uint64_t now_ns);

/* Look for the longest gap from now on; the counts stay. */
void verdict_forget_gap(struct verdict *verdict);

/* Forget everything; a zeroed verdict is valid. */
void verdict_clear(struct verdict *verdict);

/* A new object for the report. */
json_t *verdict_to_json(const struct verdict *verdict, uint32_t id);

#endif /* VERDICT_H */
