/* SPDX-License-Identifier: BSD-3-Clause */
#include "spread.h"

#include <math.h>
#include <stdlib.h>

#define ROOM_FIRST 64

void
spread_add(struct spread *spread, double value)
{
	if (spread->n == spread->room) {
		size_t room = spread->room > 0 ? 2 * spread->room : ROOM_FIRST;
		double *grown = realloc(spread->value, room * sizeof(*grown));

		if (grown == NULL)
			return;
		spread->value = grown;
		spread->room = room;
	}
	spread->value[spread->n++] = value;
}

void
spread_fini(struct spread *spread)
{
	free(spread->value);
	*spread = (struct spread){0};
}

double
spread_min(const struct spread *spread)
{
	double min = spread->n > 0 ? spread->value[0] : 0;
	size_t i;

	for (i = 1; i < spread->n; i++)
		min = fmin(min, spread->value[i]);
	return min;
}

double
spread_max(const struct spread *spread)
{
	double max = spread->n > 0 ? spread->value[0] : 0;
	size_t i;

	for (i = 1; i < spread->n; i++)
		max = fmax(max, spread->value[i]);
	return max;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double
spread_median(struct spread *spread)
{
	size_t half = spread->n / 2;

	if (spread->n == 0)
		return 0;
	qsort(spread->value, spread->n, sizeof(*spread->value), compare);
	if (spread->n % 2 == 1)
		return spread->value[half];
	return (spread->value[half - 1] + spread->value[half]) / 2;
}

double
spread_at(struct spread *spread, double share)
{
	if (spread->n == 0)
		return 0;
	qsort(spread->value, spread->n, sizeof(*spread->value), compare);
	return spread->value[(size_t)(share * (spread->n - 1))];
}

double
spread_mean(const struct spread *spread)
{
	double sum = 0;
	size_t i;

	for (i = 0; i < spread->n; i++)
		sum += spread->value[i];
	return spread->n > 0 ? sum / spread->n : 0;
}

double
spread_stdev(const struct spread *spread)
{
	double mean = spread_mean(spread), sum = 0;
	size_t i;

	for (i = 0; i < spread->n; i++)
		sum += (spread->value[i] - mean) * (spread->value[i] - mean);
	return spread->n > 1 ? sqrt(sum / (spread->n - 1)) : 0;
}

json_t *
spread_to_json(struct spread *spread, const char *median)
{
	if (spread->n == 0)
		return json_pack("{si sn sn sn}", "n", 0, median, "min", "max");
	return json_pack("{si sf sf sf}", "n", (int)spread->n, median, spread_median(spread), "min",
			 spread_min(spread), "max", spread_max(spread));
}
