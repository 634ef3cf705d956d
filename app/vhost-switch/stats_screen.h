/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The statistics screen of DPDK's vhost sample, on stdout: --stats.
 *
 * As in the sample, TX is what the guest transmitted and RX what was for the guest; successful is
 * what the switch forwarded, or put into the guest's ring. The counts are those of
 * "show port stats", which a clear sets back.
 *
 * Threads: control thread.
 */
#ifndef STATS_SCREEN_H
#define STATS_SCREEN_H

/*
 * Print the counts of all vhost ports, on a cleared screen if stdout is a terminal. A reader that
 * does not keep up loses the rest of the screen; it is waited for 10 ms at most.
 */
void stats_screen_print(void);

#endif /* STATS_SCREEN_H */
