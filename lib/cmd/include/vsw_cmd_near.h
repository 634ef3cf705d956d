/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Near matches: which of the words that were expected did a typist mean?
 *
 * Threads: pure functions.
 */
#ifndef VSW_CMD_NEAR_H
#define VSW_CMD_NEAR_H

/* What vsw_cmd_near() says of words that are not near: above any distance it measures. */
#define VSW_CMD_NOT_NEAR 1000u

/*
 * The number of letters to insert, remove, change or swap with their neighbour to turn a into b, or
 * VSW_CMD_NOT_NEAR if that is too many to call it a slip: more than 2, or more than 1 in a word of
 * up to 3 letters. Source: optimal string alignment distance.
 */
unsigned int vsw_cmd_near(const char *a, const char *b);

#endif /* VSW_CMD_NEAR_H */
