/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The words of a command line, "[EAL options] -- [options]".
 *
 * Threads: main, before any other thread of ours.
 */
#ifndef WORDS_H
#define WORDS_H

#include <stdint.h>

#include "vsw_error.h"

/* The index of "--", or argc. */
int words_find_dashes(int argc, char **argv);

/*
 * Start EAL with n words of the user's, after those that a measurement always wants: no files that
 * outlive it, and memory that a virtio-user can share. need_mb: what is asked for where it does not
 * start for want of memory. Returns 0 or a negative errno with err.
 */
int words_start_eal(const char *name, int n, char **words, uint32_t need_mb, struct vsw_error *err);

#endif /* WORDS_H */
