/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Notes: one line at start for each option that is accepted but does nothing (any more, or yet),
 * so that the command lines of all editions of DPDK's vhost guide start the switch.
 */
#ifndef ARGS_NOTES_H
#define ARGS_NOTES_H

#include <stdbool.h>
#include <stdint.h>

struct args_note {
	const char *option; /* with "--" */
	bool obsolete;	    /* otherwise the option means something, to args.c */
	bool has_value;
	const char *text; /* what is so instead */
};

#define ARGS_NOTES_N 10
extern const struct args_note args_notes[ARGS_NOTES_N];

/* Set the bit of an option, which has a note. */
void args_notes_add(uint32_t *notes, const char *option);

/* Log the notes whose bits are set. */
void args_notes_log(uint32_t notes);

#endif /* ARGS_NOTES_H */
