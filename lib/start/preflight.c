/* SPDX-License-Identifier: BSD-3-Clause */
#include "preflight.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vsw_log.h"

static const char *const state_names[] = {
	[VSW_START_OK] = "ok",
	[VSW_START_WARNING] = "warning",
	[VSW_START_PROBLEM] = "PROBLEM",
};

struct vsw_start_check *
preflight_add(struct vsw_start_preflight *preflight, const char *name)
{
	struct vsw_start_check *check;

	check = &preflight->check[preflight->n];
	if (preflight->n + 1 < VSW_START_CHECKS_MAX)
		preflight->n++;
	*check = (struct vsw_start_check){.name = name};
	return check;
}

long
preflight_number(const char *path, ...)
{
	char text[256];
	long number;
	va_list ap;
	FILE *file;

	va_start(ap, path);
	vsnprintf(text, sizeof(text), path, ap);
	va_end(ap);
	file = fopen(text, "re");
	if (file == NULL)
		return -1;
	if (fscanf(file, "%ld", &number) != 1)
		number = -1;
	fclose(file);
	return number;
}

int
vsw_start_preflight_explain(const struct vsw_start_preflight *preflight, struct vsw_error *err)
{
	unsigned int i;

	for (i = 0; i < preflight->n; i++) {
		const struct vsw_start_check *check = &preflight->check[i];

		if (check->state == VSW_START_PROBLEM)
			return vsw_error_set(err, EINVAL, "%s; %s", check->found, check->remedy);
	}
	return 0;
}

void
vsw_start_preflight_warn(const struct vsw_start_preflight *preflight)
{
	unsigned int i;

	for (i = 0; i < preflight->n; i++) {
		const struct vsw_start_check *check = &preflight->check[i];

		if (check->state == VSW_START_WARNING)
			vsw_log(VSW_LOG_WARNING, "%s; %s", check->found, check->remedy);
	}
}

bool
vsw_start_preflight_print(const struct vsw_start_preflight *preflight)
{
	bool good = true;
	unsigned int i;

	printf("%-13s  %-7s  %s\n", "check", "state", "found, and what to do");
	for (i = 0; i < preflight->n; i++) {
		const struct vsw_start_check *check = &preflight->check[i];

		printf("%-13s  %-7s  %s\n", check->name, state_names[check->state], check->found);
		if (check->state != VSW_START_OK)
			printf("%-13s  %-7s  -> %s\n", "", "", check->remedy);
		good &= check->state != VSW_START_PROBLEM;
	}
	return good;
}
