/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Start DPDK's EAL, and say in one sentence why it does not start.
 *
 * EAL explains a failed start with several lines, on stdout and stderr, the cause among them. They
 * are held back while it starts; on failure the cause is looked up in them, or it is what the
 * preflight has found, with numbers and a remedy; only when neither knows, EAL's line is given.
 *
 * Threads: main, before any other thread of ours.
 */
#ifndef VSW_START_H
#define VSW_START_H

#include "vsw_error.h"
#include "vsw_start_preflight.h"

/* As rte_eal_init(): the number of arguments that EAL took, or a negative errno with err set. */
int vsw_start_eal(int argc, char **argv, const struct vsw_start_preflight *preflight,
		  struct vsw_error *err);

#endif /* VSW_START_H */
