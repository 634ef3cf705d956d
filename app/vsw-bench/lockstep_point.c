/* SPDX-License-Identifier: BSD-3-Clause */
#include "lockstep_point.h"

#include <errno.h>
#include <string.h>

#include <rte_cycles.h>

#include "lockstep_stage.h"
#include "vsw_front.h"
#include "vsw_front_hot.h"
#include "vsw_judge_hot.h"
#include "vsw_traffic.h"
#include "vsw_traffic_hot.h"

#define BURST 32
/* What a guest has, so that frames do not lie closer together than they do there. */
#define BUFFER_MIN_BYTES 2048
#define TIMEOUT_MS 5000
#define WARM_SLICES 4
#define CLOCK_ADDITIONS 4096
#define P10 0.1

struct bench {
	const struct point_config *config;
	struct stage *stage;
	struct vsw_traffic *traffic;
	struct vsw_front *front[STAGE_PORTS];
	struct vsw_sender *sender[STAGE_PORTS];
	struct vsw_judge *judge[STAGE_PORTS];
};

/* Of one slice. */
struct ticks {
	uint64_t generator, stage, sink;
};

static int
make_traffic(struct bench *bench, struct vsw_error *err)
{
	struct vsw_traffic_config config;
	unsigned int i;
	int ret;

	vsw_traffic_default(&config);
	vsw_traffic_one_size(&config, bench->config->size_bytes);
	config.n_macs = bench->config->n_macs;
	ret = vsw_traffic_create(&config, &bench->traffic, err);
	for (i = 0; ret == 0 && i < STAGE_PORTS; i++) {
		bench->sender[i] = vsw_traffic_sender(bench->traffic, i, 0);
		bench->judge[i] = vsw_traffic_judge(bench->traffic, i);
	}
	return ret;
}

static void
fill_buffers(struct bench *bench, unsigned int port, uint32_t frame_bytes)
{
	uint16_t i;

	for (i = 0; i < bench->config->ring_size; i++)
		vsw_sender_fill(bench->sender[port], vsw_front_tx_buffer(bench->front[port], 0, i),
				frame_bytes);
}

static int
connect_front(struct bench *bench, unsigned int port, struct vsw_error *err)
{
	uint32_t frame_bytes = vsw_sender_frame_max(bench->sender[port]);
	const struct vsw_front_config config = {
		.path = stage_socket(bench->stage, port),
		.packed = bench->config->packed,
		.mergeable = bench->config->mergeable,
		.hugepages = true,
		.ring_size = bench->config->ring_size,
		.n_pairs = 1,
		.buffer_bytes = frame_bytes > BUFFER_MIN_BYTES ? frame_bytes : BUFFER_MIN_BYTES,
		.timeout_ms = TIMEOUT_MS,
	};
	int ret;

	ret = vsw_front_create(&config, &bench->front[port], err);
	if (ret == 0)
		fill_buffers(bench, port, frame_bytes);
	return ret;
}

static int
set_up(struct bench *bench, struct vsw_error *err)
{
	const struct stage_config config = {
		.directory = bench->config->directory,
		.packed = bench->config->packed,
		.mergeable = bench->config->mergeable,
		.n_macs = bench->config->n_macs,
	};
	unsigned int i;
	int ret;

	ret = make_traffic(bench, err);
	if (ret == 0)
		ret = stage_create(&config, &bench->stage, err);
	for (i = 0; ret == 0 && i < STAGE_PORTS; i++)
		ret = connect_front(bench, i, err);
	return ret == 0 ? stage_start(bench->stage, TIMEOUT_MS, err) : ret;
}

static void
tear_down(struct bench *bench)
{
	unsigned int i;

	for (i = 0; i < STAGE_PORTS; i++) {
		if (bench->front[i] != NULL)
			vsw_front_destroy(bench->front[i]);
	}
	stage_destroy(bench->stage);
	vsw_traffic_destroy(bench->traffic);
}

static void
generate(struct bench *bench)
{
	uint32_t len_bytes[BURST], port;
	uint8_t *frame[BURST];
	uint16_t n, i;

	for (port = 0; port < STAGE_PORTS; port++) {
		n = vsw_front_tx_get(bench->front[port], 0, frame, BURST);
		for (i = 0; i < n; i++)
			len_bytes[i] = vsw_traffic_write(bench->sender[port], frame[i], 0);
		vsw_front_tx_put(bench->front[port], 0, len_bytes, n);
	}
}

static void
sink(struct bench *bench)
{
	struct vsw_front_frame frame[BURST];
	uint32_t port;
	uint16_t n, i;

	for (port = 0; port < STAGE_PORTS; port++) {
		while ((n = vsw_front_rx_get(bench->front[port], 0, frame, BURST)) > 0) {
			for (i = 0; i < n; i++)
				vsw_judge_frame(bench->judge[port], frame[i].data,
						frame[i].len_bytes, 0);
			vsw_front_rx_put(bench->front[port], 0);
		}
	}
}

/* Each address of port `port` sends; the switch floods what it does not know yet. */
static void
learn_port(struct bench *bench, unsigned int port)
{
	uint32_t n_macs = bench->config->n_macs, done = 0, len_bytes[BURST];
	uint8_t *frame[BURST];
	uint16_t n, i;

	while (done < n_macs) {
		n = vsw_front_tx_get(bench->front[port], 0, frame,
				     n_macs - done < BURST ? n_macs - done : BURST);
		for (i = 0; i < n; i++)
			len_bytes[i] = vsw_traffic_learn(bench->sender[port], done + i,
							 VSW_TRAFFIC_BROADCAST, frame[i], 0);
		vsw_front_tx_put(bench->front[port], 0, len_bytes, n);
		stage_run(bench->stage, 0);
		sink(bench);
		done += n;
	}
}

static int
learn(struct bench *bench, struct vsw_error *err)
{
	struct vsw_stats_row sum;
	unsigned int port;

	for (port = 0; port < STAGE_PORTS; port++)
		learn_port(bench, port);
	/* Learning frames are short: what they left in the buffers is no payload. */
	for (port = 0; port < STAGE_PORTS; port++)
		fill_buffers(bench, port, vsw_sender_frame_max(bench->sender[port]));
	stage_sum(bench->stage, &sum);
	if (sum.learned == STAGE_PORTS * bench->config->n_macs)
		return 0;
	return vsw_error_set(err, ENOSPC, "the switch has learnt %llu of %u addresses",
			     (unsigned long long)sum.learned, STAGE_PORTS * bench->config->n_macs);
}

static uint64_t
run_slice(struct bench *bench, struct ticks *ticks)
{
	const uint32_t plant_ticks = bench->config->plant_ticks;
	uint64_t n = 0, t0, t1, t2;

	memset(ticks, 0, sizeof(*ticks));
	t0 = rte_rdtsc_precise();
	while (n < bench->config->slice_frames) {
		generate(bench);
		t1 = rte_rdtsc_precise();
		n += stage_run(bench->stage, plant_ticks);
		t2 = rte_rdtsc_precise();
		sink(bench);
		ticks->generator += t1 - t0;
		ticks->stage += t2 - t1;
		t0 = rte_rdtsc_precise();
		ticks->sink += t0 - t2;
	}
	return n;
}

/* How fast the core's own clock is just now. */
static double
clock_ticks(void)
{
	uint64_t begun = rte_rdtsc_precise(), x = begun, i;

	for (i = 0; i < CLOCK_ADDITIONS; i++) {
		x += begun;
		__asm__ volatile("" : "+r"(x));
	}
	return (double)(rte_rdtsc_precise() - begun) / CLOCK_ADDITIONS;
}

/* All that was sent has come, and the switch has counted it. */
static int
check_books(struct bench *bench, struct vsw_error *err)
{
	uint64_t sent = vsw_traffic_sent(bench->traffic);
	struct vsw_judge_counts counts;
	struct vsw_stats_row sum;

	vsw_traffic_settle(bench->traffic);
	vsw_traffic_get_counts(bench->traffic, &counts);
	if (counts.received != sent || counts.reordered != 0)
		return vsw_error_set(err, EIO,
				     "of %llu frames %llu came through, %llu of them out of order: "
				     "the switch does not work",
				     (unsigned long long)sent, (unsigned long long)counts.received,
				     (unsigned long long)counts.reordered);
	stage_sum(bench->stage, &sum);
	if (sum.rx_frames + sum.copies == sum.tx_frames && vsw_stats_drops(&sum) == 0)
		return 0;
	return vsw_error_set(err, EIO,
			     "the switch has counted %llu frames in and %llu out: its books are "
			     "wrong",
			     (unsigned long long)sum.rx_frames, (unsigned long long)sum.tx_frames);
}

static int
measure(struct bench *bench, const volatile bool *interrupted, struct point *point,
	struct vsw_error *err)
{
	struct ticks ticks;
	uint32_t i;
	uint64_t n;

	vsw_traffic_begin(bench->traffic);
	for (i = 0; i < WARM_SLICES + bench->config->n_slices; i++) {
		if (*interrupted)
			return vsw_error_set(err, EINTR, "interrupted");
		n = run_slice(bench, &ticks);
		if (i < WARM_SLICES)
			continue;
		spread_add(&point->stage, (double)ticks.stage / n);
		spread_add(&point->generator, (double)ticks.generator / n);
		spread_add(&point->sink, (double)ticks.sink / n);
		spread_add(&point->clock, clock_ticks());
		point->n_frames += n;
	}
	return check_books(bench, err);
}

int
point_measure(const struct point_config *config, const volatile bool *interrupted,
	      struct point *point, struct vsw_error *err)
{
	struct bench bench = {.config = config};
	int ret;

	ret = set_up(&bench, err);
	if (ret == 0)
		ret = learn(&bench, err);
	if (ret == 0)
		ret = measure(&bench, interrupted, point, err);
	tear_down(&bench);
	return ret;
}

void
point_fini(struct point *point)
{
	spread_fini(&point->stage);
	spread_fini(&point->generator);
	spread_fini(&point->sink);
	spread_fini(&point->clock);
}

json_t *
point_to_json(const struct point_config *config, struct point *point)
{
	json_t *ticks = spread_to_json(&point->stage, "median");

	if (point->stage.n > 0)
		json_object_set_new(ticks, "p10", json_real(spread_at(&point->stage, P10)));
	return json_pack("{si si sb sb si si sI so so so so}", "size", config->size_bytes, "macs",
			 config->n_macs, "packed", config->packed, "mergeable", config->mergeable,
			 "ring_size", config->ring_size, "plant_ticks", config->plant_ticks,
			 "frames", (json_int_t)point->n_frames, "ticks_per_frame", ticks,
			 "generator_ticks_per_frame", spread_to_json(&point->generator, "median"),
			 "sink_ticks_per_frame", spread_to_json(&point->sink, "median"),
			 "ticks_per_addition", spread_to_json(&point->clock, "median"));
}
