/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What machine this is, as far as it matters for a figure (RFC 8204: report it with each result).
 *
 * Threads: any. It reads files of /proc and /sys; what is not there is null.
 */
#ifndef FACTS_H
#define FACTS_H

#include <stdint.h>

#include <jansson.h>

#define FACTS_FINGERPRINT_BYTES 13

/*
 * An object that the caller owns, NULL if memory is short: fingerprint, cpu {model, vendor, family,
 * number, stepping, microcode, cpus, smt, last_cache, numa_nodes}, tsc_hz, memory_kb, hypervisor,
 * kernel {release, boot_line, clock}, isolation {isolated, isolcpus, nohz_full, rcu_nocbs},
 * hugepages [{size_kb, total, free}], governor, dpdk, load_1min.
 */
json_t *facts(uint64_t tsc_hz);

/*
 * 12 hex digits of those facts that decide whether two figures may be compared: CPU, number of
 * CPUs, last cache, SMT, TSC, hypervisor, isolation, governor; neither names nor software nor what
 * changes from day to day. Machines of one kind share it.
 */
void facts_fingerprint(const json_t *facts, char text[FACTS_FINGERPRINT_BYTES]);

/*
 * The value of KEY=VALUE among the words of a kernel's boot line; "" for a KEY alone. The caller
 * frees it. NULL if it is not there.
 */
char *facts_boot_value(const char *line, const char *key);

#endif /* FACTS_H */
