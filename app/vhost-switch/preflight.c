/* SPDX-License-Identifier: BSD-3-Clause */
#include "preflight.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vsw_log.h"

static const char *const state_names[] = {
	[PREFLIGHT_OK] = "ok",
	[PREFLIGHT_WARNING] = "warning",
	[PREFLIGHT_PROBLEM] = "PROBLEM",
};

bool
preflight_is_asked(int argc, char *const *argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--preflight") == 0)
			return true;
	}
	return false;
}

struct preflight_check *
preflight_add(struct preflight *preflight, const char *name)
{
	struct preflight_check *check;

	check = &preflight->check[preflight->n];
	if (preflight->n + 1 < PREFLIGHT_CHECKS_MAX)
		preflight->n++;
	*check = (struct preflight_check){.name = name};
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
preflight_explain(const struct preflight *preflight, struct vsw_error *err)
{
	unsigned int i;

	for (i = 0; i < preflight->n; i++) {
		const struct preflight_check *check = &preflight->check[i];

		if (check->state == PREFLIGHT_PROBLEM)
			return vsw_error_set(err, EINVAL, "%s; %s", check->found, check->remedy);
	}
	return 0;
}

void
preflight_warn(const struct preflight *preflight)
{
	unsigned int i;

	for (i = 0; i < preflight->n; i++) {
		const struct preflight_check *check = &preflight->check[i];

		if (check->state == PREFLIGHT_WARNING)
			vsw_log(VSW_LOG_WARNING, "%s; %s", check->found, check->remedy);
	}
}

bool
preflight_print(const struct preflight *preflight)
{
	bool good = true;
	unsigned int i;

	printf("%-13s  %-7s  %s\n", "check", "state", "found, and what to do");
	for (i = 0; i < preflight->n; i++) {
		const struct preflight_check *check = &preflight->check[i];

		printf("%-13s  %-7s  %s\n", check->name, state_names[check->state], check->found);
		if (check->state != PREFLIGHT_OK)
			printf("%-13s  %-7s  -> %s\n", "", "", check->remedy);
		good &= check->state != PREFLIGHT_PROBLEM;
	}
	return good;
}
