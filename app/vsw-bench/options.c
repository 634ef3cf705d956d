/* SPDX-License-Identifier: BSD-3-Clause */
#include "options.h"

#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "argument.h"
#include "vsw_mlr.h"

#define SIZE_MIN_BYTES 64
#define SIZE_MAX_BYTES 9022
#define IN_FLIGHT_DEFAULT 512
#define SELFTEST_PORTS 2

static const char *const mode_names[MODE_N] = {
	[MODE_MRR] = "mrr",
	[MODE_SEARCH] = "search",
	[MODE_LATENCY] = "latency",
	[MODE_SOAK] = "soak",
	[MODE_LOSSCURVE] = "losscurve",
	[MODE_BACKTOBACK] = "backtoback",
	[MODE_CACHING] = "caching",
	[MODE_LEARNING] = "learning",
	[MODE_HOL] = "hol",
	[MODE_RECONF] = "reconf",
	[MODE_SELFTEST] = "selftest",
	[MODE_FACTS] = "facts",
};

static const char *const load_names[] = {
	[LOAD_CLOSED] = "closed",
	[LOAD_RATE] = "rate",
	[LOAD_MAX] = "max",
	[LOAD_BURST] = "burst",
};

enum option_key {
	KEY_SOCKET = 256,
	KEY_ETHDEV,
	KEY_VLAN,
	KEY_DRIVER,
	KEY_PACKED,
	KEY_MERGEABLE,
	KEY_IN_ORDER,
	KEY_VECTORIZED,
	KEY_RING_SIZE,
	KEY_QUEUES,
	KEY_SIZE,
	KEY_MACS,
	KEY_FLOWS,
	KEY_PATTERN,
	KEY_MODE,
	KEY_PROFILE,
	KEY_LOAD,
	KEY_TRIAL_S,
	KEY_TRIALS,
	KEY_SLICE_MS,
	KEY_LATE_US,
	KEY_BURST,
	KEY_SEED,
	KEY_FOREIGN_MACS,
	KEY_NEAR_TICKS,
	KEY_MIN_LOAD,
	KEY_MAX_LOAD,
	KEY_SEARCH,
	KEY_WAIT_NEAR,
	KEY_JITTER,
	KEY_CTL,
	KEY_CHANGE,
	KEY_UNDO,
	KEY_SWITCH_PID,
	KEY_SWITCH_CPU,
	KEY_CONNECT,
	KEY_RESULT,
};

static const struct argp_option known[] = {
	{0, 0, 0, 0, "Ports, in their order (2 to 16):", 1},
	{"socket", KEY_SOCKET, "PATH[,server]", 0,
	 "a vhost-user socket of the switch; server: we listen and the switch connects", 1},
	{"ethdev", KEY_ETHDEV, "ID", 0, "an Ethernet device of EAL", 1},
	{"vlan", KEY_VLAN, "PORT:VID", 0, "what this port sends carries the tag", 1},
	{"connect-s", KEY_CONNECT, "S", 0,
	 "wait up to S seconds for the switch to make the sockets, or to come (default 10)", 1},
	{0, 0, 0, 0, "The virtio driver's end:", 2},
	{"driver", KEY_DRIVER, "own|pmd", 0,
	 "our rings with prefilled buffers, or DPDK's virtio-user (default own)", 2},
	{"packed", KEY_PACKED, "0|1", 0, "packed rings (default 0)", 2},
	{"mergeable", KEY_MERGEABLE, "0|1", 0, "mergeable receive buffers (default 0)", 2},
	{"in-order", KEY_IN_ORDER, "0|1", 0, "VIRTIO_F_IN_ORDER (default 0)", 2},
	{"vectorized", KEY_VECTORIZED, "0|1", 0, "vectorized path of the pmd (default 0)", 2},
	{"ring-size", KEY_RING_SIZE, "N", 0, "entries of each ring (default 1024)", 2},
	{"queues", KEY_QUEUES, "N", 0, "queue pairs of each port (default 1)", 2},
	{0, 0, 0, 0, "Traffic:", 3},
	{"size", KEY_SIZE, "BYTES|imix", 0, "frame size with FCS (default 64)", 3},
	{"macs", KEY_MACS, "N", 0, "addresses behind each port, 1 to 1000000 (default 1)", 3},
	{"flows", KEY_FLOWS, "N", 0, "IPv4 flows a direction (default 254)", 3},
	{"pattern", KEY_PATTERN, "pairs|mesh", 0, "who sends to whom (default pairs)", 3},
	{"foreign-macs", KEY_FOREIGN_MACS, "0|1", 0,
	 "the switch may write MAC addresses of its own (default 0)", 3},
	{"seed", KEY_SEED, "N", 0, "of what is random (default 1)", 3},
	{0, 0, 0, 0, "Measurement:", 4},
	{"mode", KEY_MODE, "MODE", 0,
	 "mrr, search (NDR and PDR), latency, soak, losscurve, backtoback, caching, learning, "
	 "hol, reconf, selftest, facts (default mrr)",
	 4},
	{"profile", KEY_PROFILE, "NAME", 0, "smoke, ci, nightly, report, rfc2544 (default ci)", 4},
	{"load", KEY_LOAD, "closed[:N]|max|PPS", 0,
	 "N frames in flight for each port (default closed:512), as fast as possible, or a rate",
	 4},
	{"trial-s", KEY_TRIAL_S, "S", 0, "length of a trial (default: of the profile)", 4},
	{"trials", KEY_TRIALS, "N", 0, "number of trials (default: of the profile)", 4},
	{"slice-ms", KEY_SLICE_MS, "MS", 0, "placement is probed around each slice (default 100)",
	 4},
	{"late-us", KEY_LATE_US, "US", 0,
	 "a frame later than this is not sent, but counted as unsent (default 10)", 4},
	{"burst", KEY_BURST, "N", 0, "frames written at a time, up to 32 (default 32)", 4},
	{"min-load", KEY_MIN_LOAD, "PPS", 0, "least load of a search (default 9001)", 4},
	{"max-load", KEY_MAX_LOAD, "PPS", 0,
	 "greatest load of a search (default: line rate of 10GE in each direction)", 4},
	{"search-s", KEY_SEARCH, "S", 0,
	 "end a search after S seconds with what it has found until then (default 1200)", 4},
	{"change", KEY_CHANGE, "COMMAND", 0, "reconf: the change that is timed", 4},
	{"undo", KEY_UNDO, "COMMAND", 0, "reconf: what takes it back afterwards", 4},
	{0, 0, 0, 0, "The switch under test:", 5},
	{"ctl", KEY_CTL, "PATH", 0, "control socket of vhost-switch, for its counters", 5},
	{"switch-pid", KEY_SWITCH_PID, "PID", 0, "its process, for its time on the run queue", 5},
	{"switch-cpu", KEY_SWITCH_CPU, "CPU[,CPU...]", 0, "where it polls, for the placement", 5},
	{"near-ticks", KEY_NEAR_TICKS, "N", 0,
	 "core-to-core round trips up to N TSC ticks are near (default: 155 ns)", 5},
	{"wait-near", KEY_WAIT_NEAR, "S", 0,
	 "wait up to S seconds, idle, for near placement before a trial (default 0)", 5},
	{"jitter-s", KEY_JITTER, "S", 0,
	 "look for S seconds first how often the machine takes the CPUs away (default: 0.2; for "
	 "searches and facts 2)",
	 5},
	{0, 0, 0, 0, "Result:", 6},
	{"result", KEY_RESULT, "FILE", 0, "where the JSON goes (default: standard output)", 6},
	{0},
};

struct parse {
	struct options *options;
	struct vsw_error *err;
};

static struct port_option *
add_port(struct parse *parse, const char *name, const char *text)
{
	struct options *options = parse->options;

	if (options->n_ports == OPTIONS_PORTS_MAX) {
		vsw_error_set(parse->err, EINVAL, "--%s %s: more than %d ports", name, text,
			      OPTIONS_PORTS_MAX);
		return NULL;
	}
	return &options->port[options->n_ports++];
}

static int
take_socket(struct parse *parse, char *text)
{
	struct port_option *port = add_port(parse, "socket", text);
	char *key = strchr(text, ',');

	if (port == NULL)
		return -EINVAL;
	if (key != NULL && strcmp(key, ",server") != 0)
		return vsw_error_set(parse->err, EINVAL, "--socket %s: the only key is \"server\"",
				     text);
	port->server = key != NULL;
	if (key != NULL)
		*key = '\0';
	port->path = text;
	return 0;
}

static int
take_ethdev(struct parse *parse, const char *text)
{
	struct port_option *port = add_port(parse, "ethdev", text);
	uint64_t id;
	int ret;

	if (port == NULL)
		return -EINVAL;
	ret = argument_number("ethdev", text, 0, UINT16_MAX - 1, &id, parse->err);
	port->ethdev_id = id;
	return ret;
}

static int
take_vlan(struct parse *parse, const char *text)
{
	unsigned int port, vlan;
	char rest;

	if (sscanf(text, "%u:%u%c", &port, &vlan, &rest) != 2 || port >= OPTIONS_PORTS_MAX ||
	    vlan < 1 || vlan > 4094)
		return vsw_error_set(parse->err, EINVAL,
				     "--vlan %s: not PORT:VID with a port from 0 and a VLAN from "
				     "1 to 4094",
				     text);
	parse->options->port[port].vlan = vlan;
	return 0;
}

static int
take_load(const char *text, struct bench_load *load, struct vsw_error *err)
{
	uint64_t in_flight = IN_FLIGHT_DEFAULT;
	int ret = 0;

	if (strcmp(text, "max") == 0) {
		load->kind = LOAD_MAX;
		return 0;
	}
	if (strncmp(text, "closed", 6) == 0 && (text[6] == '\0' || text[6] == ':')) {
		if (text[6] == ':')
			ret = argument_number("load closed", text + 7, 1, 32768, &in_flight, err);
		load->kind = LOAD_CLOSED;
		load->value = in_flight;
		return ret;
	}
	load->kind = LOAD_RATE;
	return argument_real("load", text, 1, 1e9, &load->value, err);
}

static int
take_size(const char *text, uint32_t *size_bytes, struct vsw_error *err)
{
	uint64_t size = 0;
	int ret = 0;

	if (strcmp(text, "imix") != 0)
		ret = argument_number("size", text, SIZE_MIN_BYTES, SIZE_MAX_BYTES, &size, err);
	*size_bytes = size;
	return ret;
}

static int
take_cpus(const char *text, struct options *options, struct vsw_error *err)
{
	char *end;

	for (options->n_switch_cpus = 0; options->n_switch_cpus < OPTIONS_CPUS_MAX;) {
		options->switch_cpu[options->n_switch_cpus++] = strtol(text, &end, 10);
		if (end == text || (*end != ',' && *end != '\0'))
			break;
		if (*end == '\0')
			return 0;
		text = end + 1;
	}
	return vsw_error_set(err, EINVAL, "--switch-cpu %s: not a list of up to %d CPUs", text,
			     OPTIONS_CPUS_MAX);
}

#define NUMBER(name, member, min, max)                                                             \
	do {                                                                                       \
		ret = argument_number(name, text, min, max, &number, err);                         \
		if (ret == 0)                                                                      \
			options->member = number;                                                  \
	} while (0)

static int
take_ring(int key, const char *text, struct options *options, struct vsw_error *err)
{
	static const char *const drivers[] = {"own", "pmd"};
	unsigned int index = 0;
	uint64_t number;
	int ret;

	switch (key) {
	case KEY_DRIVER:
		ret = argument_name("driver", text, drivers, 2, &index, err);
		options->driver = index;
		return ret;
	case KEY_PACKED:
		return argument_bool("packed", text, &options->packed, err);
	case KEY_MERGEABLE:
		return argument_bool("mergeable", text, &options->mergeable, err);
	case KEY_IN_ORDER:
		return argument_bool("in-order", text, &options->in_order, err);
	case KEY_VECTORIZED:
		return argument_bool("vectorized", text, &options->vectorized, err);
	case KEY_RING_SIZE:
		NUMBER("ring-size", ring_size, 64, 32768);
		return ret;
	case KEY_QUEUES:
		NUMBER("queues", n_queues, 1, OPTIONS_QUEUES_MAX);
		return ret;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int
take_traffic(int key, const char *text, struct options *options, struct vsw_error *err)
{
	static const char *const patterns[] = {"pairs", "mesh"};
	unsigned int index = 0;
	uint64_t number;
	int ret;

	switch (key) {
	case KEY_SIZE:
		return take_size(text, &options->size_bytes, err);
	case KEY_MACS:
		NUMBER("macs", n_macs, 1, 1000000);
		return ret;
	case KEY_FLOWS:
		NUMBER("flows", n_flows, 1, 254);
		return ret;
	case KEY_PATTERN:
		ret = argument_name("pattern", text, patterns, 2, &index, err);
		options->mesh = index == 1;
		return ret;
	case KEY_FOREIGN_MACS:
		return argument_bool("foreign-macs", text, &options->foreign_macs, err);
	case KEY_SEED:
		NUMBER("seed", seed, 0, UINT64_MAX);
		return ret;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int
take_measurement(int key, char *text, struct options *options, struct vsw_error *err)
{
	unsigned int index = 0;
	uint64_t number;
	int ret;

	switch (key) {
	case KEY_MODE:
		ret = argument_name("mode", text, mode_names, MODE_N, &index, err);
		options->mode = index;
		return ret;
	case KEY_PROFILE:
		options->profile = text;
		return 0;
	case KEY_LOAD:
		return take_load(text, &options->load, err);
	case KEY_TRIAL_S:
		return argument_real("trial-s", text, 0.01, 86400, &options->trial_s, err);
	case KEY_TRIALS:
		NUMBER("trials", n_trials, 1, 1000000);
		return ret;
	case KEY_SLICE_MS:
		NUMBER("slice-ms", slice_ms, 1, 10000);
		return ret;
	case KEY_LATE_US:
		NUMBER("late-us", late_us, 1, 1000000);
		return ret;
	case KEY_BURST:
		NUMBER("burst", burst, 1, 32);
		return ret;
	case KEY_MIN_LOAD:
		return argument_real("min-load", text, 1, 1e9, &options->min_load_pps, err);
	case KEY_MAX_LOAD:
		return argument_real("max-load", text, 1, 1e9, &options->max_load_pps, err);
	case KEY_SEARCH:
		return argument_real("search-s", text, 1, 86400, &options->search_s, err);
	case KEY_CHANGE:
		options->change = text;
		return 0;
	case KEY_UNDO:
		options->undo = text;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int
take_switch(int key, const char *text, struct options *options, struct vsw_error *err)
{
	uint64_t number;
	int ret;

	switch (key) {
	case KEY_CTL:
		options->ctl_path = text;
		return 0;
	case KEY_SWITCH_PID:
		NUMBER("switch-pid", switch_pid, 1, INT32_MAX);
		return ret;
	case KEY_SWITCH_CPU:
		return take_cpus(text, options, err);
	case KEY_NEAR_TICKS:
		NUMBER("near-ticks", near_ticks, 1, 1000000);
		return ret;
	case KEY_WAIT_NEAR:
		return argument_real("wait-near", text, 0, 3600, &options->wait_near_s, err);
	case KEY_CONNECT:
		return argument_real("connect-s", text, 0.1, 3600, &options->connect_s, err);
	case KEY_JITTER:
		return argument_real("jitter-s", text, 0, 600, &options->jitter_s, err);
	case KEY_RESULT:
		options->result_path = text;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* Where no function of ours has said what is wrong, argp has not understood the word before. */
static error_t
refuse(struct parse *parse, const struct argp_state *state)
{
	if (parse->err->code == 0)
		vsw_error_set(
			parse->err, EINVAL,
			"%s: unknown, or without its value; vsw-bench --help lists the options",
			state->argv[state->next > 0 ? state->next - 1 : 0]);
	return 0;
}

static error_t
take(int key, char *text, struct argp_state *state)
{
	struct parse *parse = state->input;
	int ret;

	if (key == KEY_SOCKET)
		return -take_socket(parse, text);
	if (key == KEY_ETHDEV)
		return -take_ethdev(parse, text);
	if (key == KEY_VLAN)
		return -take_vlan(parse, text);
	if (key == ARGP_KEY_ERROR)
		return refuse(parse, state);
	if (key == ARGP_KEY_ARG)
		return -vsw_error_set(parse->err, EINVAL,
				      "\"%s\": not an option; vsw-bench --help lists them", text);
	ret = take_ring(key, text, parse->options, parse->err);
	if (ret == ARGP_ERR_UNKNOWN)
		ret = take_traffic(key, text, parse->options, parse->err);
	if (ret == ARGP_ERR_UNKNOWN)
		ret = take_measurement(key, text, parse->options, parse->err);
	if (ret == ARGP_ERR_UNKNOWN)
		ret = take_switch(key, text, parse->options, parse->err);
	return ret < 0 ? -ret : ret;
}

int
options_parse(int argc, char **argv, struct options *options, struct vsw_error *err)
{
	static const struct argp argp = {
		.options = known,
		.parser = take,
		.args_doc = "",
		.doc = "vsw-bench [EAL options] -- [options]: measure a switch through its ports."
		       "\vExit status: 0 measured, 1 not, for the reason on standard error.",
	};
	struct parse parse = {.options = options, .err = err};
	int ret;

	*options = (struct options){
		.ring_size = 1024,
		.n_queues = 1,
		.size_bytes = SIZE_MIN_BYTES,
		.n_macs = 1,
		.n_flows = 254,
		.profile = "ci",
		.load = {.kind = LOAD_CLOSED, .value = IN_FLIGHT_DEFAULT},
		.slice_ms = 100,
		.late_us = 10,
		.burst = 32,
		.seed = 1,
		.min_load_pps = 9001,
		.connect_s = 10,
		.search_s = VSW_MLR_TIME_LIMIT_S,
		.jitter_s = -1,
	};
	argp_err_exit_status = EXIT_FAILURE;
	*err = (struct vsw_error){.code = 0};
	ret = -argp_parse(&argp, argc, argv, ARGP_NO_ERRS, NULL, &parse);
	if (ret == 0)
		ret = options_check(options, err);
	if (options->mode == MODE_SELFTEST)
		options->n_ports = SELFTEST_PORTS;
	return ret;
}

const char *
options_mode_name(enum bench_mode mode)
{
	return mode_names[mode];
}

const char *
options_load_name(enum load_kind kind)
{
	return load_names[kind];
}
