/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The running switch: what main makes, the control thread changes and the lcores use.
 *
 * Threads: each member names its owner. Before the lcores and the control thread start, and after
 * they have ended, everything is main's.
 */
#ifndef SWITCH_H
#define SWITCH_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_common.h>
#include <rte_lcore.h>

#include "lcore_time.h"
#include "vsw_error.h"
#include "vsw_port.h"

struct event_base;
struct rte_mempool;
struct vsw_cmd_table;
struct vsw_fdb;
struct vsw_fwd_lcore;
struct vsw_fwd_plan;
struct vsw_rcu;

struct vsw_lcore {
	struct vsw_switch *vsw;
	struct vsw_fwd_lcore *fwd;
	unsigned int index;				    /* ours: 0 .. n_lcores - 1 */
	unsigned int lcore_id;				    /* EAL's */
	struct vsw_lcore_time time __rte_cache_aligned;	    /* lcore: rw; control: r, relaxed */
	struct vsw_lcore_time baseline __rte_cache_aligned; /* control: of `clear lcores` */
};

struct vsw_switch {
	struct vsw_fwd_plan *plan; /* control: publishes; lcores: read once per round */
	bool plan_failed;	   /* control: the newest plan found no memory */
	bool stop;		   /* control: sets once; lcores: read once per round */
	struct vsw_rcu *rcu;
	struct vsw_fdb *fdb;
	void *fdb_memory;
	uint32_t fdb_ageing_s;	 /* control: as set */
	uint32_t fdb_port_limit; /* control: as set */
	/* Set before ports are made, then constant: the switch of DPDK's guide (shared.h). */
	bool promiscuous;    /* Ethernet ports, also while they are stopped: -P */
	bool shared;	     /* one domain for all guests: -p */
	bool private_guests; /* guests meet beyond the uplinks only: vm2vm 0 */
	bool vlan_strip;     /* guests do not see the tags of the uplinks */
	uint16_t vlan_base;  /* of the guests' tags on uplinks; 0: none */
	struct rte_mempool *pool;
	uint32_t idle_sleep_us; /* constant; 0: lcores never sleep */
	unsigned int n_lcores;
	struct vsw_lcore *lcores;
	struct vsw_stats_row gone;  /* control: what deleted ports had counted, for the books */
	uint32_t rx_retry_num;	    /* main; 0: no retries */
	uint32_t rx_retry_delay_us; /* main */
	uint32_t stats_s;	    /* main: seconds between statistics screens; 0: none */
	int notify_fd; /* any thread writes, control reads: a port's link may have changed */
	struct event_base *base; /* control */
	struct vsw_cmd_table *commands;
};

/*
 * Make a switch without ports on all of EAL's lcores. fdb_size is the number of dynamic entries,
 * mbufs_min how many frame buffers there shall be if the switch itself needs fewer. Returns 0 or a
 * negative errno with err set and nothing left behind.
 */
int switch_init(struct vsw_switch *vsw, uint32_t fdb_size, uint32_t mbufs_min,
		struct vsw_error *err);

/* MiB of EAL's memory that such a switch takes, with room for some tens of ports. */
uint32_t switch_memory_mb(unsigned int n_lcores, uint32_t fdb_size, uint32_t mbufs_min);

/* The lcores have stopped; ports that are left are destroyed. */
void switch_fini(struct vsw_switch *vsw);

/* The index of an EAL lcore, or -EINVAL with the lcores there are in err. */
int switch_lcore_index(const struct vsw_switch *vsw, unsigned int lcore_id, struct vsw_error *err);

/* Ask the lcores and the control thread to end. Control thread. */
void switch_stop(struct vsw_switch *vsw);

/* A monotonic clock. */
uint64_t switch_now_ns(void);

#endif /* SWITCH_H */
