/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One measurement: everything that a mode works with.
 *
 * Threads: the main lcore's.
 */
#ifndef BENCH_H
#define BENCH_H

#include <time.h>

#include <jansson.h>

#include "engine.h"
#include "meter_jitter.h"
#include "meter_placement.h"
#include "meter_runq.h"
#include "options.h"
#include "port.h"
#include "progress.h"
#include "switch_link.h"
#include "vsw_latency.h"
#include "vsw_mlr.h"
#include "vsw_traffic.h"

struct bench {
	const struct options *options;
	const struct vsw_mlr_profile *profile;
	uint64_t tsc_hz;
	time_t started;
	struct vsw_traffic *traffic;
	double mean_size_bytes; /* of its frames, with FCS */
	struct port *port[OPTIONS_PORTS_MAX];
	struct engine *engine;
	struct vsw_latency *latency[OPTIONS_PORTS_MAX]; /* of the frames a port gets */
	struct placement *placement;			/* NULL: not probed */
	struct switch_link *link;			/* NULL: not our switch */
	struct runq generator;
	struct runq switch_thread;		/* fd < 0: not given */
	unsigned int cpu[2 * OPTIONS_CPUS_MAX]; /* those of the generator, then of the switch */
	unsigned int n_cpus;
	struct jitter jitter[2 * OPTIONS_CPUS_MAX]; /* of cpu[] */
	struct progress progress;
	json_t *trials;	 /* array: what the result shows */
	json_t *results; /* object: a member for each thing found */
};

/*
 * Connect all ports and meters. Returns 0, or a negative errno with err. Ended by bench_fini() in
 * any case, so that the result can say what there was.
 */
int bench_init(struct bench *bench, const struct options *options, struct vsw_error *err);
void bench_fini(struct bench *bench);

/*
 * Have the switch learn all addresses: each sends, twice (RFC 2889 section 5.7). With a control
 * socket, -ENOSPC if it has not learnt them all.
 */
int bench_learn(struct bench *bench, struct vsw_error *err);

/* 0, or why no frame will pass any more. */
int bench_check(struct bench *bench, struct vsw_error *err);

/* The length of a trial in seconds, and their number: of the options, or of the profile. */
double bench_trial_s(const struct bench *bench);
unsigned int bench_n_trials(const struct bench *bench);

/* -EINTR with err if somebody wants the measurement to end: SIGINT or SIGTERM has come. */
int bench_check_interrupt(struct vsw_error *err);

#endif /* BENCH_H */
