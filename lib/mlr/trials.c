/* SPDX-License-Identifier: BSD-3-Clause */
#include "trials.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CAPACITY_MIN 64

static int
make_room(struct mlr_trials *trials)
{
	size_t capacity = trials->capacity ? 2 * trials->capacity : CAPACITY_MIN;
	struct mlr_trial *trial;

	if (trials->n < trials->capacity)
		return 0;
	trial = realloc(trials->trial, capacity * sizeof(*trial));
	if (!trial)
		return -ENOMEM;
	trials->trial = trial;
	trials->capacity = capacity;
	return 0;
}

int
mlr_trials_add(struct mlr_trials *trials, const struct mlr_trial *trial)
{
	size_t i;

	if (make_room(trials))
		return -ENOMEM;
	for (i = trials->n; i > 0 && trials->trial[i - 1].at > trial->at; i--)
		trials->trial[i] = trials->trial[i - 1];
	trials->trial[i] = *trial;
	trials->n++;
	return 0;
}

void
mlr_trials_fini(struct mlr_trials *trials)
{
	free(trials->trial);
	memset(trials, 0, sizeof(*trials));
}

size_t
mlr_trials_next_load(const struct mlr_trials *trials, size_t i)
{
	int64_t at = trials->trial[i].at;

	while (i < trials->n && trials->trial[i].at == at)
		i++;
	return i;
}
