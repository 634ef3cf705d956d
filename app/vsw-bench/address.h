/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whether a switch knows addresses, found out from outside (RFC 2889 sections 5.7 and 5.8): port 0
 * has the addresses, port 1 asks for them, and what any further port gets was flooded.
 *
 * Threads: the main lcore's.
 */
#ifndef ADDRESS_H
#define ADDRESS_H

#include "bench.h"

/* Have the switch forget all, if it has a control socket. */
int address_flush(struct bench *bench, struct vsw_error *err);

struct address_trial {
	double took_pps;  /* at which the switch took the frames from new addresses */
	uint64_t unknown; /* addresses: asked for, and flooded or never got */
};

/* Port 0 sends from n addresses at this rate (0: as fast as it can), then port 1 asks for each. */
int address_try(struct bench *bench, uint32_t n, double pps, struct address_trial *trial,
		struct vsw_error *err);

#endif /* ADDRESS_H */
