/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a command line asks EAL for, read before EAL reads it.
 *
 * Only what decides whether a start can succeed; syntax is EAL's business: what is not understood
 * here counts as not given.
 *
 * Threads: pure functions.
 */
#ifndef VSW_START_ARGS_H
#define VSW_START_ARGS_H

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>

#define VSW_START_LCORES_MAX 128 /* RTE_MAX_LCORE of DPDK 22.11 */
#define VSW_START_NODES_MAX 32
#define VSW_START_NO_HUGE_MB 64 /* EAL's memory with --no-huge and without -m */

struct vsw_start_lcore {
	unsigned int lcore_id;
	cpu_set_t cpus; /* that it may run on: one, unless --lcores says otherwise */
};

struct vsw_start_args {
	struct vsw_start_lcore lcore[VSW_START_LCORES_MAX];
	unsigned int n_lcores;
	bool cores_given;		       /* else the CPUs of the process */
	uint64_t memory_mb;		       /* of -m; 0: not given */
	uint64_t node_mb[VSW_START_NODES_MAX]; /* of --socket-mem */
	unsigned int n_nodes;		       /* 0: not given */
	const char *huge_dir;		       /* NULL: not given */
	bool no_huge;
	bool in_memory;
	bool legacy_mem;
	bool no_shconf;
};

/* The words before "--". Texts are borrowed from argv. */
void vsw_start_args_read(int argc, char *const *argv, struct vsw_start_args *args);

/* "0-3,5", as the kernel writes it too; false if it is something else. */
bool vsw_start_args_read_list(const char *text, cpu_set_t *set);

#endif /* VSW_START_ARGS_H */
