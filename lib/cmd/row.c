/* SPDX-License-Identifier: BSD-3-Clause */
#include "row.h"

#include <string.h>

bool
cmd_slot_has_word(const struct cmd_slot *slot, const char *word)
{
	unsigned int i;

	for (i = 0; i < slot->n_choices; i++) {
		if (slot->choices[i].type == NULL && strcmp(slot->choices[i].text, word) == 0)
			return true;
	}
	return false;
}

const struct cmd_choice *
cmd_slot_value(const struct cmd_slot *slot)
{
	unsigned int i;

	for (i = 0; i < slot->n_choices; i++) {
		if (slot->choices[i].type != NULL)
			return &slot->choices[i];
	}
	return NULL;
}

bool
cmd_slots_overlap(const struct cmd_slot *a, const struct cmd_slot *b)
{
	unsigned int i;

	if (cmd_slot_value(a) != NULL && cmd_slot_value(b) != NULL)
		return true;
	for (i = 0; i < a->n_choices; i++) {
		if (a->choices[i].type == NULL && cmd_slot_has_word(b, a->choices[i].text))
			return true;
	}
	return false;
}

static bool
is_group_start(const struct cmd_row *row, unsigned int slot)
{
	return row->slots[slot].group != CMD_NO_GROUP &&
	       (slot == 0 || row->slots[slot - 1].group != row->slots[slot].group);
}

void
cmd_row_candidates(const struct cmd_row *row, struct cmd_place place,
		   struct cmd_candidates *candidates)
{
	unsigned int slot = place.slot;

	candidates->n = 0;
	candidates->end = false;
	if (slot == row->n_slots && row->slots[slot - 1].repeats) {
		candidates->slots[candidates->n++] = slot - 1;
		candidates->end = true;
		return;
	}
	if (slot < row->n_slots && !is_group_start(row, slot)) {
		candidates->slots[candidates->n++] = slot;
		return;
	}
	for (; slot < row->n_slots && row->slots[slot].group != CMD_NO_GROUP; slot++) {
		if (is_group_start(row, slot) && !(place.used & 1u << row->slots[slot].group))
			candidates->slots[candidates->n++] = slot;
	}
	candidates->end = slot == row->n_slots;
	if (slot < row->n_slots)
		candidates->slots[candidates->n++] = slot;
}

/* The first slot of the run of groups that slot belongs to. */
static unsigned int
run_start(const struct cmd_row *row, unsigned int slot)
{
	while (slot > 0 && row->slots[slot - 1].group != CMD_NO_GROUP)
		slot--;
	return slot;
}

struct cmd_place
cmd_row_advance(const struct cmd_row *row, struct cmd_place place, unsigned int slot)
{
	int group = row->slots[slot].group;
	unsigned int next = slot + 1;

	place.slot = next;
	if (group == CMD_NO_GROUP || row->slots[slot].repeats)
		return place;
	if (next == row->n_slots || row->slots[next].group != group) {
		place.used |= 1u << group;
		place.slot = run_start(row, slot);
	}
	return place;
}
