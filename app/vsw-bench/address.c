/* SPDX-License-Identifier: BSD-3-Clause */
#include "address.h"

#include <rte_common.h>

#include "vsw_judge.h"

#define OWNER 0
#define ASKER 1
#define ASK_PPS 200000.0 /* slow enough that no ring is ever full, also with a stall of 1 ms */
#define ASK_TIMES 3	 /* a machine that stands still longer loses frames */
#define IDLE_US 10000
#define IDLE_MAX_MS 5000

int
address_flush(struct bench *bench, struct vsw_error *err)
{
	return bench->link != NULL ? switch_link_run(bench->link, "fdb flush", NULL, err) : 0;
}

/* Frames beside the traffic that a port has got in this round. */
static uint64_t
count_aside(struct bench *bench, uint16_t port)
{
	struct vsw_judge_counts counts;

	vsw_judge_get_counts(vsw_traffic_judge(bench->traffic, port), &counts);
	return counts.learning;
}

/* Each port that listens gets what is flooded; what nobody got is unknown, or was lost. */
static int
ask(struct bench *bench, uint32_t n, uint64_t *flooded, uint64_t *missed, struct vsw_error *err)
{
	uint64_t known;
	uint16_t port;
	int ret;

	engine_begin_round(bench->engine);
	ret = engine_ask(bench->engine, ASKER, OWNER, n, ASK_PPS, err);
	engine_drain(bench->engine, IDLE_US, IDLE_MAX_MS);
	known = count_aside(bench, OWNER);
	*missed = known < n ? n - known : 0;
	*flooded = 0;
	for (port = ASKER + 1; port < bench->options->n_ports; port++)
		*flooded = RTE_MAX(*flooded, count_aside(bench, port));
	return ret;
}

int
address_try(struct bench *bench, uint32_t n, double pps, struct address_trial *trial,
	    struct vsw_error *err)
{
	uint64_t flooded = 0, missed = 0;
	unsigned int time;
	int ret;

	/* Who asks must be known itself, or the owner's frames are flooded for its sake. */
	ret = engine_learn(bench->engine, ASKER, 1, 0, NULL, err);
	engine_drain(bench->engine, IDLE_US, IDLE_MAX_MS);
	if (ret == 0)
		ret = engine_learn(bench->engine, OWNER, n, pps, &trial->took_pps, err);
	engine_drain(bench->engine, IDLE_US, IDLE_MAX_MS);
	for (time = 0; ret == 0 && time < ASK_TIMES; time++) {
		ret = ask(bench, n, &flooded, &missed, err);
		if (flooded > 0 || missed == 0)
			break;
	}
	trial->unknown = RTE_MAX(flooded, missed);
	return ret < 0 ? ret : bench_check(bench, err);
}
