/* SPDX-License-Identifier: BSD-3-Clause */
/* The loop of a forwarding lcore: it polls until the switch stops. */
#ifndef LCORE_H
#define LCORE_H

#include <rte_launch.h>

struct vsw_switch;

/*
 * The loop for this configuration: one that never leaves its CPU, or one that sleeps when it has
 * been idle (lcore_idle.h). Its argument is a struct vsw_lcore.
 */
lcore_function_t *lcore_loop(const struct vsw_switch *vsw);

#endif /* LCORE_H */
