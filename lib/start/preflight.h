/* SPDX-License-Identifier: BSD-3-Clause */
/* For the files of checks. */
#ifndef PREFLIGHT_H
#define PREFLIGHT_H

#include "vsw_start_preflight.h"

/* One more check, without a text yet; one beyond the last is lost. */
struct vsw_start_check *preflight_add(struct vsw_start_preflight *preflight, const char *name);

/* A file of one number; -1 if there is none. path is printf-formatted. */
long preflight_number(const char *path, ...) __attribute__((format(printf, 1, 2)));

#endif /* PREFLIGHT_H */
