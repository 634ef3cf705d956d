/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sentences about a line that fits no row: where, what was found, what was expected, near matches.
 */
#ifndef CMD_EXPLAIN_H
#define CMD_EXPLAIN_H

#include "walk.h"

/* The walk does not take word, in ways ways (see cmd_walk_step()). Fills err, returns -EINVAL. */
int cmd_explain_word(const struct cmd_walk *walk, const struct cmd_word *word, unsigned int ways,
		     struct vsw_error *err);

/* The line ends behind last although no command does. Fills err, returns -EINVAL. */
int cmd_explain_end(const struct cmd_walk *walk, const struct cmd_word *last,
		    struct vsw_error *err);

#endif /* CMD_EXPLAIN_H */
