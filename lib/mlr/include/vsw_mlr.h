/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * MLRsearch (RFC 9971): the load up to which a device loses no more than a given share of packets.
 *
 * Model: a search has one or more goals (NDR: no loss; PDR: at most 0.5 %). It asks for one trial
 * after the other, each a load and a duration; the caller runs the trial and reports what came of
 * it; all goals learn from every trial. The search ends when each goal has a load that passed and
 * one that failed, no further apart than the goal's width.
 *
 *	while ((more = vsw_mlr_next(mlr, &trial, &err)) > 0) {
 *		counts = run(trial.load_pps, trial.duration_s);
 *		vsw_mlr_report(mlr, &counts, &err);
 *	}
 *	vsw_mlr_result(mlr, goal, &result);
 *
 * The next load depends on nothing but the reports: the loads, their order and the results are
 * those of CSIT's Python package for the same counts. The terms are those of RFC 9971.
 *
 * Loads are whatever the caller means by them (here the sum over both directions), in packets per
 * second. Threads: a search belongs to its caller. It has no clock and does no I/O: the time limit
 * is held against the durations reported.
 */
#ifndef VSW_MLR_H
#define VSW_MLR_H

#include <stdbool.h>
#include <stdint.h>

#include "vsw_error.h"

#define VSW_MLR_GOALS_MAX 8
#define VSW_MLR_PRECEDING_MAX 8

/* CSIT's values of what goals have in common. */
#define VSW_MLR_MIN_LOAD_PPS 9001.0
#define VSW_MLR_WARMUP_S 1.0
#define VSW_MLR_TIME_LIMIT_S 1200.0

#define VSW_MLR_NDR_LOSS_RATIO 0.0
#define VSW_MLR_PDR_LOSS_RATIO 0.005

struct vsw_mlr_goal {
	double loss_ratio;	/* a trial that loses a larger share is a high-loss trial; 0..<1 */
	double exceed_ratio;	/* share of the duration sum that may be high-loss trials; 0..<1 */
	double relative_width;	/* largest (upper - lower) / upper of a result; 1e-6..<1 */
	double initial_trial_s; /* shortest trial used, > 0 */
	double final_trial_s;	/* longest trial used, >= initial_trial_s */
	double duration_sum_s;	/* of trials that decide about a load, >= final_trial_s */
	/*
	 * Coarser, shorter targets to reach first, at most VSW_MLR_PRECEDING_MAX. None only if
	 * initial_trial_s is duration_sum_s.
	 */
	uint32_t preceding_targets;
	uint32_t expansion; /* factor from step to step while a bound is missing, 2..1000 */
	bool fail_fast;	    /* the search fails if even the lowest load is an upper bound */
};

struct vsw_mlr_config {
	const struct vsw_mlr_goal *goals; /* copied */
	uint32_t n_goals;		  /* 1..VSW_MLR_GOALS_MAX */
	double min_load_pps;		  /* > 0 */
	double max_load_pps;		  /* > min_load_pps */
	double warmup_s;		  /* a first trial at max_load_pps, forgotten; 0: none */
	double time_limit_s;		  /* sum of the durations reported; > 0 */
};

/* A trial wanted. */
struct vsw_mlr_trial {
	double load_pps;
	double duration_s;
	bool warmup;
};

/*
 * What came of it. A trial in which frames were duplicated, reordered, corrupted or misdelivered is
 * reported with forwarded = 0.
 */
struct vsw_mlr_counts {
	double duration_s;  /* with overheads, > 0 */
	uint64_t intended;  /* packets: load * duration, as the generator rounds it */
	uint64_t sent;	    /* those not sent count as lost */
	uint64_t forwarded; /* received where they should be */
};

struct vsw_mlr_result {
	/*
	 * What the device forwards at lower_pps, given exceed_ratio: lower_pps less the loss there,
	 * so equal to it for a loss_ratio of 0. 0: no lower bound.
	 */
	double conditional_pps;
	double lower_pps; /* the relevant lower bound; 0: none */
	double upper_pps; /* the relevant upper bound; 0: none, max_load_pps passes */
	bool complete;	  /* false: the bounds so far, which shorter trials may have found */
};

struct vsw_mlr;

/*
 * Start a search, for the caller to destroy. -EINVAL with the sentence that says what is wrong with
 * a goal or a load, -ENOMEM.
 */
int vsw_mlr_create(const struct vsw_mlr_config *config, struct vsw_mlr **mlr,
		   struct vsw_error *err);

/* NULL is accepted. */
void vsw_mlr_destroy(struct vsw_mlr *mlr);

/*
 * The next trial: the same one until it is reported. Returns 1: trial is wanted; 0: the search has
 * ended, at its goals or at the time limit (see vsw_mlr_result.complete); -ERANGE: the lowest load
 * is an upper bound of a goal that fails fast.
 */
int vsw_mlr_next(struct vsw_mlr *mlr, struct vsw_mlr_trial *trial, struct vsw_error *err);

/*
 * Report on the trial that vsw_mlr_next() asked for. -EINVAL if none is wanted or its duration is
 * not positive (the search is as before), -ENOMEM.
 */
int vsw_mlr_report(struct vsw_mlr *mlr, const struct vsw_mlr_counts *counts, struct vsw_error *err);

/* What is known about goals[goal], at any time. */
void vsw_mlr_result(const struct vsw_mlr *mlr, uint32_t goal, struct vsw_mlr_result *result);

/* The share of packets lost or not sent; those too many count as lost. 0 if none was intended. */
double vsw_mlr_loss_ratio(const struct vsw_mlr_counts *counts);

/* How much a search may cost: csit.md 4.5 has what each profile finds, in what time. */
struct vsw_mlr_profile {
	const char *name;
	double initial_trial_s;
	double final_trial_s;
	double duration_sum_s;
	double exceed_ratio;
	double relative_width;
};

/* smoke, ci, nightly, report (CSIT's own values) or rfc2544; else NULL. */
const struct vsw_mlr_profile *vsw_mlr_profile(const char *name);

/* All of them, ended by one whose name is NULL. */
const struct vsw_mlr_profile *vsw_mlr_profiles(void);

/*
 * The goal of a profile for loss_ratio. trial_s replaces the length of its trials, if it is not 0
 * (shorter ones find a load between the stalls of a shared machine); a profile that decides by one
 * trial (rfc2544) then decides by one of that length. vsw_mlr_create() checks the outcome.
 */
struct vsw_mlr_goal vsw_mlr_profile_goal(const struct vsw_mlr_profile *profile, double loss_ratio,
					 double trial_s);

#endif /* VSW_MLR_H */
