/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A trial: traffic at one load for one time, and what became of it. The procedure is that of
 * csit.md section 4.6: counters read with the switch idle, sending by schedule in slices, a drain,
 * counters again, closing sums.
 *
 * Between the slices the generator stands still for as long as a probe of the placement takes; a
 * trial's duration is the time in which it sent, `elapsed_s` all of it.
 *
 * Threads: the main lcore's.
 */
#ifndef TRIAL_H
#define TRIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "bench.h"
#include "vsw_judge.h"

struct trial_request {
	const char *kind; /* what it is for: a name in the result */
	struct bench_load load;
	double duration_s;
	uint32_t latency_every; /* record the time of one frame in so many; 0: none */
	bool whole;		/* one slice: nothing interrupts the traffic */
	bool floods;		/* the switch may forget addresses: frames may reach all ports */
	/* NULL, or called when the switch is idle and the traffic begins; 0, or -errno with err. */
	int (*begin)(void *arg, struct vsw_error *err);
	void *arg;
	uint32_t deaf; /* ports that do not read their rings until the end: bit p */
};

struct trial_slice {
	uint64_t start_ns; /* CLOCK_MONOTONIC, so that others can tell what they saw meanwhile */
	struct engine_slice moved;
	struct placement_reading before, after;
	enum placement_kind placement;
	double busy_ticks_per_frame; /* of the switch; 0: not known */
};

struct trial {
	struct trial_request request;
	double duration_s;
	double elapsed_s;
	struct engine_slice sum;
	struct vsw_judge_counts counts;
	uint64_t sent;	   /* all, by their numbers */
	double loss_ratio; /* (lost + unsent) / max(intended, sent) */
	double rate_pps;   /* received in time */
	enum placement_kind placement;
	unsigned int n_slices;
	struct trial_slice *slice;
	double runq_generator, runq_switch, steal; /* shares; below 0: not known */
	bool has_switch;
	struct switch_reading moved; /* by the switch, if has_switch */
	json_t *sums;		     /* NULL: not checked */
};

/*
 * Returns 0 or a negative errno with err: the switch has gone, or somebody interrupts. A trial is
 * ended with trial_fini(), whatever has been returned.
 */
int trial_run(struct bench *bench, const struct trial_request *request, struct trial *trial,
	      struct vsw_error *err);
void trial_fini(struct trial *trial);

/*
 * Run a trial and keep its JSON in the result; slices: with these, too. -EBADMSG, and why, if
 * frames were duplicated, reordered, corrupted or misdelivered, or a sum does not close: then
 * whatever the trial has found is worth nothing (csit.md section 4.6).
 */
int trial_record(struct bench *bench, const struct trial_request *request, bool slices,
		 struct trial *trial, struct vsw_error *err);

/* The rate received at the options' load, or at full speed if that is a rate, in a trial. */
int trial_find_capacity(struct bench *bench, double *pps, struct vsw_error *err);

/* A new object. */
json_t *trial_to_json(const struct bench *bench, const struct trial *trial, bool slices);

/* Percentiles of what the ports have recorded in this trial; NULL if nothing. */
json_t *trial_latency_to_json(const struct bench *bench, const struct trial *trial);

#endif /* TRIAL_H */
