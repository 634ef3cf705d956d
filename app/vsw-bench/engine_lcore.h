/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What an lcore of the engine works with, for the files of the engine.
 *
 * Threads: engine_lcore_run() is the lcore's, while a slice runs; all else is the main lcore's,
 * while none does.
 */
#ifndef ENGINE_LCORE_H
#define ENGINE_LCORE_H

#include <rte_common.h>

#include "engine.h"

/* rw by the lcore of the port while a slice runs. */
struct engine_port {
	struct port *port;
	struct vsw_sender *sender[OPTIONS_QUEUES_MAX];
	struct vsw_judge *judge;
	const struct engine_port *peer; /* that its frames go to; NULL: several */
	uint16_t number;
	uint16_t n_queues;
	uint16_t tx_queue; /* next to send on */
	bool sends;
	bool receives;
	uint64_t handled;   /* of the schedule of this slice: sent or given up */
	uint64_t sent;	    /* in this round of the traffic */
	uint64_t forgiven;  /* of sent: given up by the closed loop */
	uint64_t heard_tsc; /* when its peer last got a frame */
	uint64_t settled;   /* of sent: what the peer had got, or missed, at that time */
	uint64_t got;	    /* frames of any kind, since the engine was made */
	uint64_t unsent;    /* in this slice */
	uint64_t missed;    /* likewise */
} __rte_cache_aligned;

struct engine_lcore {
	struct engine *engine;
	unsigned int lcore_id;
	uint16_t n_ports;
	struct engine_port *port[OPTIONS_PORTS_MAX];
	uint64_t idle_ticks;
	uint64_t ticks;
	struct stall_meter stalls;
} __rte_cache_aligned;

struct engine {
	struct engine_port port[OPTIONS_PORTS_MAX];
	struct engine_lcore lcore[OPTIONS_PORTS_MAX];
	uint16_t n_ports;
	uint16_t n_lcores;
	uint16_t burst;
	struct vsw_traffic *traffic;
	uint64_t tsc_hz;
	uint64_t late_ticks;
	uint64_t away_ticks; /* a round that took longer was interrupted */
	uint64_t give_up_ticks;
	/* Of the slice: */
	struct bench_load load;
	double frames_per_tick; /* of one port that sends at a rate */
	double owed;		/* of a frame, at the start of a slice */
	double rest;		/* and at its end */
	uint64_t planned;	/* frames of each port, if that is known before */
	uint64_t start_tsc;
	uint64_t end_tsc;
	volatile bool stopped; /* by a signal */
};

/* lcore_function_t: send and receive until the slice is over. arg: struct engine_lcore. */
int engine_lcore_run(void *arg);

/* Receive what has come for any port, up to a burst for each queue. Returns how many frames. */
uint32_t engine_lcore_receive(struct engine *engine);

#endif /* ENGINE_LCORE_H */
