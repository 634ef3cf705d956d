/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The values of options.
 *
 * All return 0 or -EINVAL with err, which calls the option --NAME. Threads: any.
 */
#ifndef ARGUMENT_H
#define ARGUMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "vsw_error.h"

int argument_number(const char *name, const char *text, uint64_t min, uint64_t max, uint64_t *value,
		    struct vsw_error *err);

/* Likewise the number before a comma; *text moves behind the comma, or to the end. */
int argument_next(const char *name, const char **text, uint64_t min, uint64_t max, uint64_t *value,
		  struct vsw_error *err);

int argument_real(const char *name, const char *text, double min, double max, double *value,
		  struct vsw_error *err);
int argument_bool(const char *name, const char *text, bool *value, struct vsw_error *err);

/* The index of text among n names. */
int argument_name(const char *name, const char *text, const char *const *names, unsigned int n,
		  unsigned int *index, struct vsw_error *err);

#endif /* ARGUMENT_H */
