/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Near matches: which of the words that were expected did a typist mean?
 */
#ifndef CMD_NEAR_H
#define CMD_NEAR_H

/* What cmd_near() says of words that are not near: above any distance it measures. */
#define CMD_NOT_NEAR 1000u

/*
 * The number of letters to insert, remove, change or swap with their neighbour to turn a into b, or
 * CMD_NOT_NEAR if that is too many to call it a slip: more than 2, or more than 1 in a word of up
 * to 3 letters. Source: optimal string alignment distance.
 */
unsigned int cmd_near(const char *a, const char *b);

#endif /* CMD_NEAR_H */
