/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The judge of a port: what became of the frames sent to it, and what else came.
 *
 * Model. For each stream the next number expected and a bitmap of the VSW_JUDGE_WINDOW numbers
 * before it. A number that is passed over is lost until it comes; when it comes it is reordered.
 * Once more, it is duplicated. Behind the window a late frame and a duplicate look alike: such a
 * frame is `old`, and what it may have been stays lost.
 *
 * Every frame that comes adds to exactly one of received, duplicated, corrupted, misdelivered,
 * flooded, learning, stale, old and strange. At the end of a round, after vsw_traffic_settle(),
 * over all ports
 *
 *	sent = received + lost
 *
 * so a frame that was corrupted, or came to another port only, is lost, too.
 *
 * Threads: one user; counts may be read by others with what they were a moment ago.
 */
#ifndef VSW_JUDGE_H
#define VSW_JUDGE_H

#include <stdint.h>

#define VSW_JUDGE_WINDOW 64U

struct vsw_judge;
struct vsw_latency;

struct vsw_judge_counts {
	uint64_t received; /* intact, for this port, for the first time */
	uint64_t lost;	   /* of the streams to this port */
	uint64_t duplicated;
	uint64_t reordered;    /* of received: behind a later frame of the stream */
	uint64_t corrupted;    /* header, or payload or addresses where they are looked at */
	uint64_t misdelivered; /* for another port */
	uint64_t flooded;      /* of vsw_traffic_flood() */
	uint64_t learning;     /* of vsw_traffic_learn() */
	uint64_t stale;	       /* of a former round */
	uint64_t old;
	uint64_t strange; /* no probe */
};

void vsw_judge_get_counts(const struct vsw_judge *judge, struct vsw_judge_counts *counts);

/* Add b to a. */
void vsw_judge_add_counts(struct vsw_judge_counts *a, const struct vsw_judge_counts *b);

/*
 * Record the time under way of one frame in `every` (power of 2, 1 .. 65536) from now on; NULL:
 * none. The latency is the caller's.
 */
void vsw_judge_measure(struct vsw_judge *judge, struct vsw_latency *latency, uint32_t every);

#endif /* VSW_JUDGE_H */
