/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a measurement is at: one line on the terminal, written over again and again.
 *
 * It is shown where standard error is a terminal, nowhere else: what calls vsw-bench, and what
 * keeps its words, sees nothing of it. Nothing of it is kept.
 *
 * Threads: the main lcore's, while no lcore sends: a terminal may take its time.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#define PROGRESS_NOTE_BYTES 80

struct progress {
	bool is_on;
	uint64_t begin_ns;
	uint64_t shown_ns;
	const char *kind; /* of the trial */
	unsigned int n_trials;
	char note[PROGRESS_NOTE_BYTES];
};

/* What a trial has moved in its last slice, and lost since it began. */
struct progress_slice {
	double offered_pps;
	double seen_pps;
	double loss_ratio;
	const char *placement;
};

void progress_init(struct progress *progress);

/* Something else than a trial goes on, which may take longer. printf-formatted, as the note. */
void progress_say(struct progress *progress, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* What is known so far: stays behind all that is shown of trials. */
void progress_note(struct progress *progress, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* A trial begins; kind is borrowed. Its slices show when it is a while since the last one. */
void progress_trial(struct progress *progress, const char *kind, double duration_s);
void progress_slice(struct progress *progress, const struct progress_slice *slice);

/* Leave an empty line for what comes now. */
void progress_clear(struct progress *progress);

#endif /* PROGRESS_H */
