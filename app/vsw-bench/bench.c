/* SPDX-License-Identifier: BSD-3-Clause */
#include "bench.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_lcore.h>

#include "result.h"

#define LEARN_IDLE_US 10000
#define LEARN_MAX_MS 5000
#define JITTER_S 0.2
#define JITTER_SEARCH_S 2.0

static volatile sig_atomic_t interrupted;
static struct engine *volatile running; /* what a signal stops */

static void
interrupt(int number)
{
	interrupted = number;
	if (running != NULL)
		engine_stop(running);
}

int
bench_check_interrupt(struct vsw_error *err)
{
	if (interrupted == 0)
		return 0;
	return vsw_error_set(err, EINTR, "interrupted by %s",
			     interrupted == SIGINT ? "SIGINT" : "SIGTERM");
}

static void
catch_signals(void)
{
	struct sigaction action = {.sa_handler = interrupt};

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	signal(SIGPIPE, SIG_IGN); /* a switch that has gone is an error, not the end */
}

static int
create_traffic(struct bench *bench, struct vsw_error *err)
{
	const struct options *options = bench->options;
	struct vsw_traffic_config config;
	uint16_t i;

	vsw_traffic_default(&config);
	config.n_ports = options->n_ports;
	vsw_traffic_connect(&config, options->mesh ? VSW_TRAFFIC_MESH : VSW_TRAFFIC_PAIRS);
	if (options->mode == MODE_HOL) {
		memset(config.to, 0, sizeof(config.to));
		config.to[0] = 1u << 2 | 1u << 3;
		config.to[1] = 1u << 3;
	}
	for (i = 0; i < options->n_ports; i++)
		config.vlan[i] = options->port[i].vlan;
	config.n_macs = options->n_macs;
	config.n_flows = options->n_flows;
	config.n_queues = options->n_queues;
	config.seed = options->seed;
	config.foreign_macs = options->foreign_macs;
	if (options->size_bytes == 0)
		vsw_traffic_imix(&config);
	else
		vsw_traffic_one_size(&config, options->size_bytes);
	bench->mean_size_bytes = vsw_traffic_mean_size(&config);
	return vsw_traffic_create(&config, &bench->traffic, err);
}

static int
create_ports(struct bench *bench, struct vsw_error *err)
{
	const struct options *options = bench->options;
	uint16_t i;
	int ret = 0;

	for (i = 0; ret == 0 && i < options->n_ports; i++) {
		struct vsw_sender *sender = vsw_traffic_sender(bench->traffic, i, 0);
		struct port_config config = {
			.options = options,
			.number = i,
			.frame_max_bytes = vsw_sender_frame_max(sender),
			.timeout_ms = options->connect_s * 1000,
			.sender = sender,
		};

		progress_say(&bench->progress, "waiting for the switch on port %u", i);
		ret = port_create(&config, &bench->port[i], err);
		if (bench_check_interrupt(err) < 0)
			return -EINTR;
	}
	return ret;
}

static int
create_latency(struct bench *bench, struct vsw_error *err)
{
	uint16_t i;

	for (i = 0; i < bench->options->n_ports; i++) {
		bench->latency[i] = vsw_latency_create();
		if (bench->latency[i] == NULL)
			return vsw_error_set(err, ENOMEM, "no memory for histograms");
	}
	return 0;
}

/* An lcore on several CPUs is where the first of them is. */
static unsigned int
cpu_of(unsigned int lcore_id)
{
	rte_cpuset_t cpus = rte_lcore_cpuset(lcore_id);
	unsigned int cpu;

	for (cpu = 0; cpu < CPU_SETSIZE && !CPU_ISSET(cpu, &cpus); cpu++)
		;
	return cpu;
}

static void
list_cpus(struct bench *bench)
{
	unsigned int lcore_id, i;

	RTE_LCORE_FOREACH(lcore_id) {
		if (bench->n_cpus < OPTIONS_CPUS_MAX)
			bench->cpu[bench->n_cpus++] = cpu_of(lcore_id);
	}
	for (i = 0; i < bench->options->n_switch_cpus; i++)
		bench->cpu[bench->n_cpus++] = bench->options->switch_cpu[i];
}

static int
create_placement(struct bench *bench, struct vsw_error *err)
{
	const struct options *options = bench->options;
	struct placement_config config = {
		.cpus = bench->cpu + bench->n_cpus - options->n_switch_cpus,
		.n_cpus = options->n_switch_cpus,
		.near_ticks = options->near_ticks,
		.tsc_hz = bench->tsc_hz,
	};

	return options->n_switch_cpus > 0 ? placement_create(&config, &bench->placement, err) : 0;
}

static int
find_threads(struct bench *bench, struct vsw_error *err)
{
	const struct options *options = bench->options;
	pid_t tid;
	int ret;

	ret = runq_init(&bench->generator, 0, 0, err);
	if (ret < 0 || options->switch_pid == 0 || options->n_switch_cpus == 0)
		return ret;
	ret = runq_find(options->switch_pid, options->switch_cpu[0], &tid, err);
	return ret < 0 ? ret : runq_init(&bench->switch_thread, options->switch_pid, tid, err);
}

static int
create_link(struct bench *bench, struct vsw_error *err)
{
	const struct options *options = bench->options;
	const char *paths[OPTIONS_PORTS_MAX];
	uint16_t i;
	int ret;

	if (options->ctl_path == NULL)
		return 0;
	for (i = 0; i < options->n_ports; i++)
		paths[i] = options->port[i].path;
	ret = switch_link_create(options->ctl_path, &bench->link, err);
	return ret < 0 ? ret : switch_link_map(bench->link, paths, options->n_ports, err);
}

static int
measure_jitter(struct bench *bench, struct vsw_error *err)
{
	const struct options *options = bench->options;
	double seconds = options->jitter_s;

	if (seconds < 0)
		seconds = options->mode == MODE_SEARCH || options->mode == MODE_FACTS
				  ? JITTER_SEARCH_S
				  : JITTER_S;
	progress_say(&bench->progress, "looking for %g s how often the CPUs are taken away",
		     seconds);
	return jitter_measure(bench->cpu, bench->n_cpus, seconds, bench->tsc_hz, bench->jitter,
			      err);
}

int
bench_init(struct bench *bench, const struct options *options, struct vsw_error *err)
{
	int ret;

	memset(bench, 0, sizeof(*bench));
	bench->options = options;
	bench->tsc_hz = rte_get_tsc_hz();
	bench->started = time(NULL);
	progress_init(&bench->progress);
	bench->switch_thread.fd = bench->generator.fd = -1;
	bench->trials = json_array();
	bench->results = json_object();
	bench->profile = vsw_mlr_profile(options->profile);
	catch_signals();
	list_cpus(bench);
	ret = result_begin(bench, err);
	if (ret == 0 && options->n_ports > 0)
		ret = create_traffic(bench, err);
	if (ret == 0)
		ret = create_ports(bench, err);
	if (ret == 0 && options->n_ports > 0)
		ret = engine_create(options, bench->traffic, bench->port, &bench->engine, err);
	running = bench->engine;
	if (ret == 0)
		ret = create_latency(bench, err);
	if (ret == 0)
		ret = create_placement(bench, err);
	if (ret == 0)
		ret = find_threads(bench, err);
	if (ret == 0)
		ret = create_link(bench, err);
	if (ret == 0)
		ret = measure_jitter(bench, err);
	return ret;
}

void
bench_fini(struct bench *bench)
{
	uint16_t i;

	switch_link_destroy(bench->link);
	runq_fini(&bench->switch_thread);
	runq_fini(&bench->generator);
	placement_destroy(bench->placement);
	running = NULL;
	engine_destroy(bench->engine);
	for (i = 0; i < OPTIONS_PORTS_MAX; i++) {
		port_destroy(bench->port[i]);
		vsw_latency_destroy(bench->latency[i]);
	}
	vsw_traffic_destroy(bench->traffic);
	json_decref(bench->trials);
	json_decref(bench->results);
	memset(bench, 0, sizeof(*bench));
}

int
bench_check(struct bench *bench, struct vsw_error *err)
{
	uint16_t i;
	int ret;

	for (i = 0; i < bench->options->n_ports; i++) {
		ret = bench->port[i]->ops->check(bench->port[i], err);
		if (ret < 0) {
			const char *path = bench->options->port[i].path;

			return vsw_error_prefix(err, "port %u (%s)", i,
						path != NULL ? path : "ethdev");
		}
	}
	return 0;
}

/* A port whose front end has just come is polled a moment later: wait for what it has sent. */
static int
await_learnt(struct bench *bench, struct vsw_error *err)
{
	uint64_t wanted = (uint64_t)bench->options->n_macs * bench->options->n_ports, n = 0;
	uint64_t end = rte_rdtsc() + LEARN_MAX_MS * (bench->tsc_hz / 1000);
	int ret = 0;

	if (bench->link == NULL || !switch_link_learns(bench->link))
		return 0;
	while (ret == 0 && n < wanted && rte_rdtsc() < end) {
		engine_drain(bench->engine, LEARN_IDLE_US, LEARN_MAX_MS);
		ret = switch_link_addresses(bench->link, &n, err);
		if (ret == 0)
			ret = bench_check_interrupt(err);
	}
	if (ret == 0 && n < wanted)
		return vsw_error_set(err, ENOSPC,
				     "the switch has learnt %llu of %llu addresses; give it a "
				     "greater --fdb-size",
				     (unsigned long long)n, (unsigned long long)wanted);
	return ret;
}

int
bench_learn(struct bench *bench, struct vsw_error *err)
{
	unsigned int time;
	uint16_t i;
	int ret = 0;

	progress_say(&bench->progress, "having the switch learn %u addresses",
		     bench->options->n_macs * bench->options->n_ports);
	engine_begin_round(bench->engine);
	for (time = 0; time < 2; time++) {
		for (i = 0; ret == 0 && i < bench->options->n_ports; i++)
			ret = engine_learn(bench->engine, i, bench->options->n_macs, 0, NULL, err);
		engine_drain(bench->engine, LEARN_IDLE_US, LEARN_MAX_MS);
	}
	return ret < 0 ? ret : await_learnt(bench, err);
}

/* RFC 2544's profile is about one long trial; MRR has its own length: csit.md section 2. */
double
bench_trial_s(const struct bench *bench)
{
	if (bench->options->trial_s > 0)
		return bench->options->trial_s;
	return strcmp(bench->profile->name, "smoke") == 0 ? 0.2 : 1;
}

unsigned int
bench_n_trials(const struct bench *bench)
{
	if (bench->options->n_trials > 0)
		return bench->options->n_trials;
	if (strcmp(bench->profile->name, "smoke") == 0)
		return 2;
	return strcmp(bench->profile->name, "ci") == 0 ? 5 : 10;
}
