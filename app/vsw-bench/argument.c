/* SPDX-License-Identifier: BSD-3-Clause */
#include "argument.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int
refuse_number(const char *name, const char *text, uint64_t min, uint64_t max, struct vsw_error *err)
{
	return vsw_error_set(err, EINVAL, "--%s %s: not a number from %llu to %llu", name, text,
			     (unsigned long long)min, (unsigned long long)max);
}

int
argument_next(const char *name, const char **text, uint64_t min, uint64_t max, uint64_t *value,
	      struct vsw_error *err)
{
	char *end;

	errno = 0;
	*value = strtoull(*text, &end, 10);
	if (errno != 0 || (*end != '\0' && *end != ',') || **text < '0' || **text > '9' ||
	    *value < min || *value > max)
		return refuse_number(name, *text, min, max, err);
	*text = *end == ',' ? end + 1 : end;
	return 0;
}

int
argument_number(const char *name, const char *text, uint64_t min, uint64_t max, uint64_t *value,
		struct vsw_error *err)
{
	if (strchr(text, ',') != NULL)
		return refuse_number(name, text, min, max, err);
	return argument_next(name, &text, min, max, value, err);
}

int
argument_real(const char *name, const char *text, double min, double max, double *value,
	      struct vsw_error *err)
{
	char *end;

	errno = 0;
	*value = strtod(text, &end);
	if (errno != 0 || end == text || *end != '\0' || !(*value >= min) || !(*value <= max))
		return vsw_error_set(err, EINVAL, "--%s %s: not a number from %g to %g", name, text,
				     min, max);
	return 0;
}

int
argument_bool(const char *name, const char *text, bool *value, struct vsw_error *err)
{
	uint64_t number;
	int ret = argument_number(name, text, 0, 1, &number, err);

	*value = number;
	return ret;
}

int
argument_name(const char *name, const char *text, const char *const *names, unsigned int n,
	      unsigned int *index, struct vsw_error *err)
{
	for (*index = 0; *index < n; (*index)++) {
		if (strcmp(text, names[*index]) == 0)
			return 0;
	}
	return vsw_error_set(err, EINVAL, "--%s %s: unknown; %s --help lists them", name, text,
			     program_invocation_short_name);
}
