/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What DPDK's libraries log, passed through our log: bounded, and rate-limited for each socket.
 *
 * A line of librte_vhost that names a socket, "VHOST_CONFIG: (PATH) text", counts on that socket's
 * rate; all others share one. Levels are DPDK's (--log-level); librte_vhost's default is raised to
 * warning, because what it reports at info is said by our own lines.
 *
 * Threads: open and close by main; the lines come from any thread, lcores included, and never wait.
 */
#ifndef DPDK_LOG_H
#define DPDK_LOG_H

/* Before EAL starts, so that --log-level can change the level set here. */
void dpdk_log_set_levels(void);

int dpdk_log_open(void);
void dpdk_log_close(void);

#endif /* DPDK_LOG_H */
