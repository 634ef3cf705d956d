/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A walk: a line read against all rows of a table at once, word by word.
 *
 * It holds a place for each row that fits so far. A word that fits none leaves the walk where it
 * is, so that what was expected there can be asked for: errors and completion are the same walk.
 */
#ifndef CMD_WALK_H
#define CMD_WALK_H

#include "line.h"
#include "table.h"

struct cmd_walk {
	const struct vsw_cmd_table *table;
	struct cmd_place *places; /* one for each row that is still in */
	unsigned int n;
};

/* Stand at the beginning of all rows. Returns 0 or -ENOMEM with err filled. */
int cmd_walk_init(struct cmd_walk *walk, const struct vsw_cmd_table *table, struct vsw_error *err);
void cmd_walk_fini(struct cmd_walk *walk);

/*
 * Take word, and note in it how it was taken. Returns the number of ways to take it: 1 is success,
 * 0 is none, more is a beginning of several words.
 */
unsigned int cmd_walk_step(struct cmd_walk *walk, struct cmd_word *word);

/* The row whose command is complete here, or NULL. */
const struct cmd_row *cmd_walk_end(const struct cmd_walk *walk);

/* Call visit for each choice that may come next, and once with NULL if the command may end here. */
void cmd_walk_next(const struct cmd_walk *walk,
		   void (*visit)(void *arg, const struct cmd_row *row,
				 const struct cmd_choice *choice),
		   void *arg);

#endif /* CMD_WALK_H */
