/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A row of the command table, compiled: slots in order, and the steps from one to the next.
 *
 * A place is where a reader of the row stands. From it, candidates are the slots that may take the
 * next word: one, or, at a run of groups, the first slot of each group that was not used yet and
 * the slot after the run.
 */
#ifndef CMD_ROW_H
#define CMD_ROW_H

#include <stdbool.h>
#include <stdint.h>

#include "type.h"
#include "vsw_cmd.h"

#define CMD_ROW_SLOTS 64
#define CMD_ROW_CHOICES 128
#define CMD_NO_GROUP (-1)

struct cmd_choice {
	const char *text;	     /* as in the syntax: a word, or "<name:TYPE>" */
	const struct cmd_type *type; /* NULL: a word */
};

struct cmd_slot {
	const struct cmd_choice *choices;
	unsigned int n_choices;
	const char *name; /* of what is taken here; NULL: none */
	int group;	  /* number in the row, CMD_NO_GROUP */
	bool repeats;
};

struct cmd_row {
	const struct vsw_cmd *cmd;
	struct cmd_slot *slots;
	unsigned int n_slots;
	struct cmd_choice *choices;
	unsigned int n_choices;
	char *texts; /* what the pointers above point to */
};

struct cmd_place {
	uint16_t row;
	uint16_t slot; /* the next one; n_slots: behind the last */
	uint32_t used; /* groups, a bit for each */
};

struct cmd_candidates {
	uint16_t slots[VSW_CMD_GROUPS + 1];
	unsigned int n;
	bool end; /* the command may end here */
};

/* Compile cmd. Returns 0 or a negative errno with err filled; then there is nothing to fini. */
int cmd_row_init(struct cmd_row *row, const struct vsw_cmd *cmd, struct vsw_error *err);
void cmd_row_fini(struct cmd_row *row);

void cmd_row_candidates(const struct cmd_row *row, struct cmd_place place,
			struct cmd_candidates *candidates);

/* The place behind slot, one of the candidates of place. */
struct cmd_place cmd_row_advance(const struct cmd_row *row, struct cmd_place place,
				 unsigned int slot);

/* True if slot has this word. */
bool cmd_slot_has_word(const struct cmd_slot *slot, const char *word);

/* The value of slot, NULL if it has words only. */
const struct cmd_choice *cmd_slot_value(const struct cmd_slot *slot);

/*
 * True if one word could be meant for either slot. Any two values count as such; a word wins over a
 * value, so those two do not.
 */
bool cmd_slots_overlap(const struct cmd_slot *a, const struct cmd_slot *b);

#endif /* CMD_ROW_H */
