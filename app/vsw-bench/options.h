/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The options of one measurement, as given on the command line behind "--".
 *
 * Threads: parsed once by main, read-only afterwards. Texts are borrowed from argv.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <jansson.h>

#include "vsw_error.h"

#define OPTIONS_PORTS_MAX 16
#define OPTIONS_QUEUES_MAX 8
#define OPTIONS_CPUS_MAX 16

enum bench_mode {
	MODE_MRR,
	MODE_SEARCH,
	MODE_LATENCY,
	MODE_SOAK,
	MODE_LOSSCURVE,
	MODE_BACKTOBACK,
	MODE_CACHING,
	MODE_LEARNING,
	MODE_HOL,
	MODE_RECONF,
	MODE_SELFTEST,
	MODE_FACTS,
	MODE_N,
};

enum bench_driver {
	DRIVER_OWN, /* lib/frontend */
	DRIVER_PMD, /* DPDK's virtio-user, or any other ethdev */
};

enum load_kind {
	LOAD_CLOSED, /* value: frames in flight for each port */
	LOAD_RATE,   /* value: frames a second, of all ports together */
	LOAD_MAX,    /* as fast as the rings take them */
	LOAD_BURST,  /* likewise, but each port only `value` frames; not for the command line */
};

struct bench_load {
	enum load_kind kind;
	double value;
};

struct port_option {
	const char *path; /* of a socket; NULL: an ethdev */
	bool server;	  /* we listen, the switch connects */
	uint16_t ethdev_id;
	uint16_t vlan; /* its frames carry this tag; 0: none */
};

struct options {
	struct port_option port[OPTIONS_PORTS_MAX];
	uint16_t n_ports;
	enum bench_driver driver;
	bool packed;
	bool mergeable;
	bool in_order;
	bool vectorized;
	uint16_t ring_size;
	uint16_t n_queues;
	uint32_t size_bytes; /* with FCS; 0: IMIX */
	uint32_t n_macs;
	uint32_t n_flows;
	bool mesh;
	bool foreign_macs; /* the switch may write MAC addresses of its own */
	enum bench_mode mode;
	const char *profile;
	struct bench_load load;
	double trial_s;	       /* 0: of the profile */
	unsigned int n_trials; /* 0: of the profile */
	uint32_t slice_ms;
	uint32_t late_us;
	uint16_t burst;
	uint64_t seed;
	uint32_t near_ticks; /* round trips up to this are near; 0: 155 ns */
	double min_load_pps;
	double max_load_pps;  /* 0: line rate of 10 Gbit/s Ethernet in each direction */
	double connect_s;     /* patience with the switch at the beginning */
	double search_s;      /* the most that a search may take */
	double jitter_s;      /* < 0: by the mode */
	double wait_near_s;   /* wait so long, idle, for a near placement before each trial */
	const char *ctl_path; /* NULL: not our switch */
	const char *change;   /* --mode reconf: the command line that is timed */
	const char *undo;
	pid_t switch_pid;
	int switch_cpu[OPTIONS_CPUS_MAX];
	unsigned int n_switch_cpus;
	const char *result_path; /* NULL: stdout */
};

/* Parse argv[1..argc-1]. Returns 0 or -EINVAL with err; --help and unknown options exit. */
int options_parse(int argc, char **argv, struct options *options, struct vsw_error *err);

/* Whether they go together: 0 or -EINVAL with err. */
int options_check(const struct options *options, struct vsw_error *err);

const char *options_mode_name(enum bench_mode mode);
const char *options_load_name(enum load_kind kind);

/* A new object: all options as they are in effect. */
json_t *options_to_json(const struct options *options);

#endif /* OPTIONS_H */
