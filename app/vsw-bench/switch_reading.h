/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What our switch has counted, at one time or between two.
 *
 * Model: a reading is made of three replies of the control socket; the difference of two is a
 * reading, too. Ports are in the order of the generator's, by the names given, then come all
 * others; a port of the generator that is not named has no name and counts nothing here.
 *
 * Threads: pure functions. Limits: SWITCH_PORTS_MAX, SWITCH_LCORES_MAX.
 */
#ifndef SWITCH_READING_H
#define SWITCH_READING_H

#include <stdint.h>

#include <jansson.h>

#include "vsw_cmd.h"
#include "vsw_error.h"

#define SWITCH_PORTS_MAX 128
#define SWITCH_LCORES_MAX 64

struct switch_port_reading {
	char name[VSW_CMD_NAME_BYTES]; /* "": not a port of this switch */
	uint64_t rx;		       /* frames from the port */
	uint64_t tx;		       /* frames to the port */
	uint64_t drops;		       /* by all names */
	uint64_t flooded;
};

struct switch_lcore_reading {
	unsigned int lcore;
	uint64_t frames;
	uint64_t ticks;	     /* all time since its start */
	uint64_t busy_ticks; /* of this, in rounds that moved a frame */
	uint64_t rounds;
	uint64_t busy_rounds;
};

/* Over all ports, those that have gone included: rx + copies + segments = tx + drops. */
struct switch_books {
	uint64_t rx;
	uint64_t tx;
	uint64_t copies;   /* flood outputs beyond the first */
	uint64_t segments; /* segments of a frame beyond the first */
	uint64_t drops;
};

struct switch_reading {
	struct switch_books books;
	unsigned int n_ports;
	struct switch_port_reading port[SWITCH_PORTS_MAX];
	unsigned int n_lcores;
	struct switch_lcore_reading lcore[SWITCH_LCORES_MAX];
	json_t *drops; /* {name: frames}, owned; those that are not 0 */
};

/*
 * Make a reading of the replies to "show port stats all", "show drops" and "show lcores" (any may
 * be NULL: left out). names: of the generator's n ports, NULL or "" for those without. Returns 0,
 * or -EPROTO, -ERANGE or -ENOMEM with err filled and nothing to end.
 */
int switch_reading_parse(struct switch_reading *reading, const char *const *names, unsigned int n,
			 const json_t *stats, const json_t *drops, const json_t *lcores,
			 struct vsw_error *err);

/* A reading of all zeroes is accepted. */
void switch_reading_fini(struct switch_reading *reading);

/*
 * What was counted from before to after; initialises *diff. The ports are those of after: a new one
 * has counted from 0. EINVAL if a counter went back: it was cleared, or this is another switch.
 */
int switch_reading_diff(const struct switch_reading *before, const struct switch_reading *after,
			struct switch_reading *diff, struct vsw_error *err);

/*
 * {rx, tx, drops: {name: n}, frames, ticks, busy_ticks, busy_ticks_per_frame, busy_share,
 * frames_per_busy_round, lcores: [{lcore, frames, ticks, busy_ticks, rounds, busy_rounds}]}. The
 * quotients are over all lcores, null where there is nothing to divide by.
 */
json_t *switch_reading_json(const struct switch_reading *reading);

/* What the generator has counted on its port of the same index. */
struct switch_peer {
	uint64_t sent;	   /* given to the ring */
	uint64_t pending;  /* of these, not yet taken by the switch: the ring is full of them */
	uint64_t received; /* all, strange ones included */
	uint64_t unread;   /* lie in the ring, not yet taken by the generator */
};

/*
 * The closing sums of a difference, with generator and switch idle at both its ends:
 *
 *	sent = switch rx + pending			for each port that has a name
 *	switch rx + copies + segments = tx + drops	for the switch
 *	switch tx = received + unread			for each port that has a name
 *
 * A gap is a bug, not noise. Returns the string "ok", or an array of sentences, one for each gap.
 */
json_t *switch_reading_check(const struct switch_reading *diff, const struct switch_peer *peers,
			     unsigned int n);

#endif /* SWITCH_READING_H */
