/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Figures and their spread: number, least, median, greatest, mean and standard deviation.
 *
 * Threads: one.
 */
#ifndef SPREAD_H
#define SPREAD_H

#include <stddef.h>

#include <jansson.h>

struct spread {
	double *value;
	size_t n;
	size_t room;
};

/* Starts from {0}. Without memory a figure is left out. */
void spread_add(struct spread *spread, double value);
void spread_fini(struct spread *spread);

/* All 0 if there are none. */
double spread_min(const struct spread *spread);
double spread_median(struct spread *spread);
double spread_at(struct spread *spread, double share); /* what a share of them is not above */
double spread_max(const struct spread *spread);
double spread_mean(const struct spread *spread);
double spread_stdev(const struct spread *spread); /* of a sample */

/* {n, MEDIAN, min, max}: median is the member's name; null where there are none. */
json_t *spread_to_json(struct spread *spread, const char *median);

#endif /* SPREAD_H */
