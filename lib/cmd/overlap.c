/* SPDX-License-Identifier: BSD-3-Clause */
#include "overlap.h"

#include <string.h>

#define PLACES (CMD_ROW_SLOTS + 1)

struct pair {
	uint16_t a;
	uint16_t b;
};

/* Both rows are walked in step, over all pairs of places that one line can reach. */
struct search {
	const struct cmd_row *a;
	const struct cmd_row *b;
	bool seen[PLACES][PLACES];
	struct pair pending[PLACES * PLACES];
	unsigned int n;
};

static void
visit(struct search *search, struct cmd_place a, struct cmd_place b)
{
	if (search->seen[a.slot][b.slot])
		return;
	search->seen[a.slot][b.slot] = true;
	search->pending[search->n++] = (struct pair){.a = a.slot, .b = b.slot};
}

/* True if a line may end at this pair. */
static bool
expand(struct search *search, struct pair at)
{
	struct cmd_place place_a = {.slot = at.a};
	struct cmd_place place_b = {.slot = at.b};
	struct cmd_candidates from_a;
	struct cmd_candidates from_b;
	unsigned int i;
	unsigned int k;

	cmd_row_candidates(search->a, place_a, &from_a);
	cmd_row_candidates(search->b, place_b, &from_b);
	for (i = 0; i < from_a.n; i++) {
		for (k = 0; k < from_b.n; k++) {
			unsigned int a = from_a.slots[i];
			unsigned int b = from_b.slots[k];

			if (cmd_slots_overlap(&search->a->slots[a], &search->b->slots[b]))
				visit(search, cmd_row_advance(search->a, place_a, a),
				      cmd_row_advance(search->b, place_b, b));
		}
	}
	return from_a.end && from_b.end;
}

bool
cmd_rows_overlap(const struct cmd_row *a, const struct cmd_row *b)
{
	struct search search;
	struct cmd_place start = {.slot = 0};

	search.a = a;
	search.b = b;
	search.n = 0;
	memset(search.seen, 0, sizeof(search.seen));
	visit(&search, start, start);
	while (search.n > 0) {
		if (expand(&search, search.pending[--search.n]))
			return true;
	}
	return false;
}
