/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The modes: what is found out, each by its own trials. A mode adds its trials and its member of
 * the results; what it has found before it fails stays in them.
 *
 * Each returns 0 or a negative errno with err. Threads: the main lcore's.
 */
#ifndef MODE_H
#define MODE_H

#include "bench.h"

int mode_mrr(struct bench *bench, struct vsw_error *err);     /* maximum receive rate */
int mode_search(struct bench *bench, struct vsw_error *err);  /* NDR and PDR */
int mode_latency(struct bench *bench, struct vsw_error *err); /* at shares of the capacity */
int mode_soak(struct bench *bench, struct vsw_error *err);
int mode_losscurve(struct bench *bench, struct vsw_error *err);	 /* RFC 2544 section 26.3 */
int mode_backtoback(struct bench *bench, struct vsw_error *err); /* RFC 2544 section 26.4 */
int mode_caching(struct bench *bench, struct vsw_error *err);	 /* RFC 2889 section 5.7 */
int mode_learning(struct bench *bench, struct vsw_error *err);	 /* RFC 2889 section 5.8 */
int mode_hol(struct bench *bench, struct vsw_error *err);	 /* RFC 2889 section 5.5 */
int mode_selftest(struct bench *bench, struct vsw_error *err);	 /* of the generator */
int mode_reconf(struct bench *bench, struct vsw_error *err);	 /* csit.md section 4.8 */

/* mode_search(), and the load that it found for PDR; 0 if it found none. */
int mode_search_pdr(struct bench *bench, double *pdr_pps, struct vsw_error *err);

#endif /* MODE_H */
