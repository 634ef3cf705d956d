/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a switch holds that it must not come to hold more of: memory, file descriptors, frames.
 *
 * Threads: one.
 */
#ifndef LEAK_H
#define LEAK_H

#include <stdint.h>
#include <sys/types.h>

#include <jansson.h>

#include "switch_link.h"

struct leak_reading {
	int64_t resident_kb; /* each -1 if it is not known */
	int64_t descriptors;
	int64_t frames; /* not free */
};

/* pid 0 and link NULL: not known. While no frames are sent. */
void leak_read(pid_t pid, struct switch_link *link, struct leak_reading *reading);

/* {resident_kb: [before, after], descriptors: ..., frames: ...}, null for what is not known. */
json_t *leak_to_json(const struct leak_reading *before, const struct leak_reading *after);

#endif /* LEAK_H */
