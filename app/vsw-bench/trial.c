/* SPDX-License-Identifier: BSD-3-Clause */
#include "trial.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <rte_cycles.h>

#include "meter_steal.h"

#define DRAIN_IDLE_US 10000 /* csit.md section 4.6 */
#define DRAIN_MAX_MS 2000
#define IDLE_MAX_MS 2000
#define NEAR_POLL_US 20000

/* What is read before and after. */
struct sight {
	struct switch_reading counters;
	bool has_counters;
	struct runq_reading generator, switch_thread;
	bool has_switch_thread;
	struct steal_reading steal;
	uint64_t got[OPTIONS_PORTS_MAX];
	uint64_t pending[OPTIONS_PORTS_MAX];
};

static int
look(struct bench *bench, struct sight *seen, struct vsw_error *err)
{
	uint16_t i;
	int ret = 0;

	if (bench->link != NULL)
		ret = switch_link_wait_idle(bench->link, IDLE_MAX_MS, err);
	/* What an idle switch has sent lies in the rings. */
	engine_drain(bench->engine, DRAIN_IDLE_US, DRAIN_MAX_MS);
	for (i = 0; i < bench->options->n_ports; i++) {
		seen->got[i] = engine_received(bench->engine, i);
		seen->pending[i] = engine_pending(bench->engine, i);
	}
	runq_read(&bench->generator, &seen->generator, NULL);
	seen->has_switch_thread = bench->switch_thread.fd >= 0 &&
				  runq_read(&bench->switch_thread, &seen->switch_thread, NULL) == 0;
	steal_read(bench->cpu, bench->n_cpus, &seen->steal, NULL);
	seen->has_counters = false;
	if (ret < 0 || bench->link == NULL)
		return ret;
	ret = switch_link_read(bench->link, &seen->counters, err);
	seen->has_counters = ret == 0;
	return ret;
}

static struct placement_reading
probe(struct bench *bench)
{
	return placement_probe(bench->placement);
}

static enum placement_kind
kind_of(const struct bench *bench, struct placement_reading reading)
{
	return bench->placement != NULL ? placement_kind(bench->placement, reading)
					: PLACEMENT_UNKNOWN;
}

/* Idle, so that the host finds a reason to put the CPUs together. */
static void
wait_near(struct bench *bench)
{
	double left_us = bench->options->wait_near_s * 1e6;

	if (bench->placement != NULL && left_us > 0)
		progress_say(&bench->progress, "waiting up to %g s for near placement",
			     bench->options->wait_near_s);
	while (bench->placement != NULL && left_us > 0 && bench_check_interrupt(NULL) == 0 &&
	       kind_of(bench, probe(bench)) != PLACEMENT_NEAR) {
		usleep(NEAR_POLL_US);
		left_us -= NEAR_POLL_US;
	}
}

static void
add_slice(struct engine_slice *sum, const struct engine_slice *slice)
{
	sum->ticks += slice->ticks;
	sum->intended += slice->intended;
	sum->sent += slice->sent;
	sum->unsent += slice->unsent;
	sum->missed += slice->missed;
	sum->received += slice->received;
	sum->lcore_ticks += slice->lcore_ticks;
	sum->idle_ticks += slice->idle_ticks;
	stall_add(&sum->stalls, &slice->stalls);
}

struct lcore_time {
	uint64_t frames;
	uint64_t busy_ticks;
};

static struct lcore_time
look_at_lcores(struct bench *bench)
{
	struct lcore_time time = {0};
	struct switch_reading reading;
	unsigned int i;

	if (bench->link == NULL || switch_link_read_lcores(bench->link, &reading, NULL) < 0)
		return time;
	for (i = 0; i < reading.n_lcores; i++) {
		time.frames += reading.lcore[i].frames;
		time.busy_ticks += reading.lcore[i].busy_ticks;
	}
	switch_reading_fini(&reading);
	return time;
}

static double
busy_ticks_per_frame(struct lcore_time before, struct lcore_time after)
{
	if (after.frames <= before.frames) /* none, or a reading has failed */
		return 0;
	return (double)(after.busy_ticks - before.busy_ticks) / (after.frames - before.frames);
}

static double
slice_length_s(const struct bench *bench, const struct trial *trial)
{
	return trial->request.whole ? trial->request.duration_s : bench->options->slice_ms / 1e3;
}

static uint64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * UINT64_C(1000000000) + now.tv_nsec;
}

static void
sum_counts(struct bench *bench, struct vsw_judge_counts *sum)
{
	struct vsw_judge_counts counts;
	uint16_t i;

	for (i = 0; i < bench->options->n_ports; i++) {
		vsw_judge_get_counts(vsw_traffic_judge(bench->traffic, i), &counts);
		vsw_judge_add_counts(sum, &counts);
	}
}

/* Of what was offered. */
static double
loss_ratio(const struct engine_slice *sum, uint64_t sent, uint64_t lost)
{
	uint64_t whole = sum->intended > sent ? sum->intended : sent;

	return whole > 0 ? fmin(1, (double)(lost + sum->unsent) / whole) : 0;
}

/* What the slice has moved; what is lost shows by the numbers of those that came later. */
static void
show_slice(struct bench *bench, const struct trial *trial, const struct trial_slice *slice)
{
	const struct engine_slice *moved = &slice->moved, *sum = &trial->sum;
	double offered = fmax(moved->intended, moved->sent), hz = bench->tsc_hz;
	struct vsw_judge_counts counts = {0};

	if (!bench->progress.is_on)
		return;
	sum_counts(bench, &counts);
	progress_slice(&bench->progress,
		       &(struct progress_slice){
			       .offered_pps = offered * hz / moved->ticks,
			       .seen_pps = moved->received * hz / moved->ticks,
			       .loss_ratio = loss_ratio(sum, sum->sent, counts.lost),
			       .placement = placement_name(slice->placement),
		       });
}

static int
run_slices(struct bench *bench, struct trial *trial, struct vsw_error *err)
{
	struct lcore_time time = look_at_lcores(bench), then;
	double left_s = trial->request.duration_s, slice_s = slice_length_s(bench, trial);
	struct placement_reading reading = probe(bench);
	unsigned int i;

	trial->placement = PLACEMENT_UNKNOWN;
	for (i = 0; i < trial->n_slices; i++, left_s -= slice_s) {
		struct trial_slice *slice = &trial->slice[i];
		double length_s = fmin(left_s, slice_s);

		slice->before = reading;
		slice->start_ns = now_ns();
		stall_init(&slice->moved.stalls, bench->tsc_hz, rte_rdtsc());
		engine_run(bench->engine, &trial->request.load, length_s * bench->tsc_hz,
			   &slice->moved);
		slice->after = reading = probe(bench);
		then = time;
		time = look_at_lcores(bench);
		slice->busy_ticks_per_frame = busy_ticks_per_frame(then, time);
		slice->placement =
			placement_join(kind_of(bench, slice->before), kind_of(bench, slice->after));
		trial->placement = i == 0 ? slice->placement
					  : placement_join(trial->placement, slice->placement);
		add_slice(&trial->sum, &slice->moved);
		trial->duration_s += length_s;
		show_slice(bench, trial, slice);
		if (bench_check_interrupt(err) < 0)
			return -EINTR;
		if (slice->moved.received == 0 && bench_check(bench, err) < 0)
			return -err->code;
	}
	return 0;
}

static void
measure_latency(struct bench *bench, uint32_t every)
{
	uint16_t i;

	for (i = 0; i < bench->options->n_ports; i++) {
		vsw_latency_clear(bench->latency[i]);
		vsw_judge_measure(vsw_traffic_judge(bench->traffic, i),
				  every > 0 ? bench->latency[i] : NULL, every > 0 ? every : 1);
	}
}

static void
count(struct bench *bench, struct trial *trial)
{
	vsw_traffic_settle(bench->traffic);
	sum_counts(bench, &trial->counts);
	trial->sent = vsw_traffic_sent(bench->traffic);
	trial->loss_ratio = loss_ratio(&trial->sum, trial->sent, trial->counts.lost);
	trial->rate_pps = trial->sum.received * (double)bench->tsc_hz / trial->sum.ticks;
}

static void
check_sums(struct bench *bench, struct trial *trial, const struct sight *before,
	   const struct sight *after)
{
	struct switch_peer peers[OPTIONS_PORTS_MAX] = {0};
	uint16_t i;

	for (i = 0; i < bench->options->n_ports; i++) {
		peers[i].sent = vsw_traffic_sent_by(bench->traffic, i) + before->pending[i];
		peers[i].pending = after->pending[i];
		peers[i].received = after->got[i] - before->got[i];
	}
	trial->sums = switch_reading_check(&trial->moved, peers, bench->options->n_ports);
}

static int
compare(struct bench *bench, struct trial *trial, const struct sight *before,
	const struct sight *after, struct vsw_error *err)
{
	int ret;

	trial->runq_generator = runq_share(&before->generator, &after->generator);
	if (before->has_switch_thread && after->has_switch_thread)
		trial->runq_switch = runq_share(&before->switch_thread, &after->switch_thread);
	trial->steal = steal_share(&before->steal, &after->steal);
	if (!before->has_counters || !after->has_counters)
		return 0;
	ret = switch_reading_diff(&before->counters, &after->counters, &trial->moved, err);
	trial->has_switch = ret == 0;
	if (ret == 0)
		check_sums(bench, trial, before, after);
	return ret;
}

static int
prepare(struct bench *bench, const struct trial_request *request, struct trial *trial,
	struct vsw_error *err)
{
	memset(trial, 0, sizeof(*trial));
	trial->request = *request;
	trial->runq_generator = trial->runq_switch = trial->steal = -1;
	trial->n_slices = ceil(request->duration_s / slice_length_s(bench, trial) - 1e-9);
	trial->slice = calloc(trial->n_slices, sizeof(*trial->slice));
	if (trial->slice == NULL)
		return vsw_error_set(err, ENOMEM, "no memory for %u slices", trial->n_slices);
	stall_init(&trial->sum.stalls, bench->tsc_hz, rte_rdtsc());
	if (request->load.kind == LOAD_RATE &&
	    request->load.value * request->duration_s < bench->options->n_ports)
		return vsw_error_set(err, EINVAL,
				     "%g frames a second are less than one for each port in %g s; "
				     "give longer trials or a greater load",
				     request->load.value, request->duration_s);
	return bench_check(bench, err);
}

int
trial_run(struct bench *bench, const struct trial_request *request, struct trial *trial,
	  struct vsw_error *err)
{
	struct sight before = {0}, after = {0};
	uint64_t begin;
	int ret;

	ret = prepare(bench, request, trial, err);
	if (ret < 0)
		return ret;
	wait_near(bench);
	progress_trial(&bench->progress, request->kind, request->duration_s);
	begin = rte_rdtsc();
	ret = look(bench, &before, err);
	if (ret == 0) {
		engine_begin_round(bench->engine);
		measure_latency(bench, request->latency_every);
		engine_set_receivers(bench->engine, ~request->deaf);
		if (request->begin != NULL)
			ret = request->begin(request->arg, err);
		if (ret == 0)
			ret = run_slices(bench, trial, err);
		engine_set_receivers(bench->engine, UINT32_MAX);
	}
	if (ret == 0) {
		ret = look(bench, &after, err);
		count(bench, trial);
	}
	if (ret == 0)
		ret = compare(bench, trial, &before, &after, err);
	if (ret == 0)
		ret = bench_check(bench, err);
	trial->elapsed_s = (double)(rte_rdtsc() - begin) / bench->tsc_hz;
	if (before.has_counters)
		switch_reading_fini(&before.counters);
	if (after.has_counters)
		switch_reading_fini(&after.counters);
	return ret;
}

int
trial_find_capacity(struct bench *bench, double *pps, struct vsw_error *err)
{
	static const struct bench_load closed = {.kind = LOAD_CLOSED, .value = 512};
	const struct bench_load *asked = &bench->options->load;
	const struct trial_request request = {
		.kind = "capacity",
		.load = asked->kind == LOAD_RATE ? closed : *asked,
		.duration_s = bench_trial_s(bench),
	};
	struct trial trial;
	int ret;

	ret = trial_record(bench, &request, true, &trial, err);
	*pps = trial.rate_pps;
	if (ret == 0 && *pps == 0)
		ret = vsw_error_set(err, ENOLINK, "the switch has forwarded no frame");
	trial_fini(&trial);
	return ret;
}

void
trial_fini(struct trial *trial)
{
	free(trial->slice);
	trial->slice = NULL;
	json_decref(trial->sums);
	trial->sums = NULL;
	if (trial->has_switch)
		switch_reading_fini(&trial->moved);
	trial->has_switch = false;
}
