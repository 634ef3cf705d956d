/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Overlap: can two rows both accept one line?
 */
#ifndef CMD_OVERLAP_H
#define CMD_OVERLAP_H

#include "row.h"

/*
 * True if a and b could, word by word as cmd_slots_overlap() has it. Groups count as repeatable,
 * which can only err towards true.
 */
bool cmd_rows_overlap(const struct cmd_row *a, const struct cmd_row *b);

#endif /* CMD_OVERLAP_H */
