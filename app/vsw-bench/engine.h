/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The engine: lcores that send and receive for the length of a slice.
 *
 * Model: the ports are shared out over the lcores given. A slice runs all of them for a time at a
 * load, then they stand still, so that the main lcore can look around (placement, counters).
 *
 * Load. Closed: a port sends while fewer than N of its frames are under way; what is lost is found
 * by its number, or after ENGINE_GIVE_UP_US without a frame. Rate: an absolute schedule; a frame
 * that could not be sent within late_us of its time is never sent. It counts as unsent, or as
 * missed, and then not as intended, if it fell due while the lcore itself had lost its CPU. Max: as
 * many as the ring takes. Burst: likewise, until each port has sent N.
 *
 * Threads: all functions are the main lcore's, which works as one of the lcores, too.
 */
#ifndef ENGINE_H
#define ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "meter_stall.h"
#include "options.h"
#include "port.h"
#include "vsw_error.h"
#include "vsw_traffic.h"

#define ENGINE_GIVE_UP_US 50000 /* longer than a machine stands still */

struct engine;

/* What a slice has moved, all ports together. */
struct engine_slice {
	uint64_t ticks; /* its length */
	uint64_t intended;
	uint64_t sent;
	uint64_t unsent;
	uint64_t missed;      /* not offered, nor intended: the generator had no CPU */
	uint64_t received;    /* frames that count: VSW_JUDGE_RECEIVED and late ones */
	uint64_t lcore_ticks; /* of all lcores */
	uint64_t idle_ticks;  /* of these, in rounds without a frame */
	struct stall_meter stalls;
};

/* Ports and traffic are borrowed. Returns 0 or a negative errno with err. */
int engine_create(const struct options *options, struct vsw_traffic *traffic,
		  struct port *const *ports, struct engine **engine, struct vsw_error *err);
void engine_destroy(struct engine *engine);

/* Begin a round of the traffic: numbers and counts from 0. */
void engine_begin_round(struct engine *engine);

/* Send and receive for so long. Adds to *slice. */
void engine_run(struct engine *engine, const struct bench_load *load, uint64_t ticks,
		struct engine_slice *slice);

/* End what runs, soon, and all that is asked for later, at once. Safe in a signal handler. */
void engine_stop(struct engine *engine);

/* Who sends in engine_run(): bit p for port p. All, at first. */
void engine_set_senders(struct engine *engine, uint32_t mask);

/* Who receives, in all functions. All, at first. A port left out is a guest that does not look. */
void engine_set_receivers(struct engine *engine, uint32_t mask);

/*
 * Only receive, until the switch has taken all frames and nothing has come for idle_us, timeout_ms
 * at most: a switch may have lost its CPU for longer than idle_us.
 */
void engine_drain(struct engine *engine, uint32_t idle_us, uint32_t timeout_ms);

/*
 * Frames beside the traffic, `n` of them, `pps` a second (0: as the ring takes them), which the
 * judges count as learning. All ports receive meanwhile. -ETIMEDOUT if the switch takes none for
 * seconds, -EINTR after engine_stop().
 *
 * *took_pps is how fast the switch took them: it may be slower than asked. May be NULL.
 *
 * Learn: from each address of `port`, the first one to all, the others to the first address of the
 * port that it sends to.
 * Ask: from the first address of `port` to each of port `to`.
 */
int engine_learn(struct engine *engine, uint16_t port, uint32_t n, double pps, double *took_pps,
		 struct vsw_error *err);
int engine_ask(struct engine *engine, uint16_t port, uint16_t to, uint32_t n, double pps,
	       struct vsw_error *err);

/* Frames of a port that the switch has not taken from its ring. */
uint64_t engine_pending(const struct engine *engine, uint16_t port);

/* Frames that a port has got, of any kind. */
uint64_t engine_received(const struct engine *engine, uint16_t port);

#endif /* ENGINE_H */
