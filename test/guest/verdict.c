/* SPDX-License-Identifier: BSD-3-Clause */
#include "verdict.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define BITS 64

static bool
grow(struct verdict *verdict, uint64_t words)
{
	uint64_t *seen;

	words += words / 2 + 1024;
	seen = realloc(verdict->seen, words * sizeof(*seen));
	if (seen == NULL)
		return false;
	memset(seen + verdict->seen_words, 0, (words - verdict->seen_words) * sizeof(*seen));
	verdict->seen = seen;
	verdict->seen_words = words;
	return true;
}

/* Set the bit of a number. Returns true if it was set before. */
static bool
test_and_set(struct verdict *verdict, uint64_t sequence)
{
	uint64_t bit = 1ULL << (sequence % BITS);
	uint64_t *word = &verdict->seen[sequence / BITS];
	bool was = *word & bit;

	*word |= bit;
	return was;
}

static void
note_time(struct verdict *verdict, uint64_t sent_ns, uint64_t now_ns)
{
	if (now_ns > sent_ns && now_ns - sent_ns > verdict->max_latency_ns)
		verdict->max_latency_ns = now_ns - sent_ns;
	if (verdict->last_ns != 0 && now_ns - verdict->last_ns > verdict->max_gap_ns) {
		verdict->max_gap_ns = now_ns - verdict->last_ns;
		verdict->gap_end_ns = now_ns;
	}
	verdict->last_ns = now_ns;
}

void
verdict_add(struct verdict *verdict, const struct probe *probe, int intact, uint64_t now_ns)
{
	uint64_t sequence = probe->sequence;

	if (!intact || sequence >= VERDICT_SEQUENCES_MAX ||
	    (sequence / BITS >= verdict->seen_words && !grow(verdict, sequence / BITS + 1))) {
		verdict->corrupted++;
		return;
	}
	if (test_and_set(verdict, sequence)) {
		verdict->duplicated++;
		return;
	}
	verdict->received++;
	if (sequence >= verdict->end)
		verdict->end = sequence + 1;
	else
		verdict->reordered++;
	note_time(verdict, probe->sent_ns, now_ns);
}

void
verdict_forget_gap(struct verdict *verdict)
{
	verdict->max_gap_ns = 0;
	verdict->gap_end_ns = 0;
}

void
verdict_clear(struct verdict *verdict)
{
	free(verdict->seen);
	memset(verdict, 0, sizeof(*verdict));
}

json_t *
verdict_to_json(const struct verdict *verdict, uint32_t id)
{
	json_t *object = json_object();

	json_object_set_new(object, "id", json_integer(id));
	json_object_set_new(object, "received", json_integer(verdict->received));
	json_object_set_new(object, "lost", json_integer(verdict->end - verdict->received));
	json_object_set_new(object, "duplicated", json_integer(verdict->duplicated));
	json_object_set_new(object, "reordered", json_integer(verdict->reordered));
	json_object_set_new(object, "corrupted", json_integer(verdict->corrupted));
	json_object_set_new(object, "max_latency_us", json_integer(verdict->max_latency_ns / 1000));
	json_object_set_new(object, "max_gap_us", json_integer(verdict->max_gap_ns / 1000));
	json_object_set_new(object, "gap_end_ns", json_integer(verdict->gap_end_ns));
	return object;
}
