/* SPDX-License-Identifier: BSD-3-Clause */
/* The loop of a forwarding lcore. */
#ifndef LCORE_H
#define LCORE_H

/* Forward until the switch stops; arg is a struct vsw_lcore. For rte_eal_remote_launch(). */
int lcore_run(void *arg);

#endif /* LCORE_H */
