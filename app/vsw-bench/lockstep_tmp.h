/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef LOCKSTEP_TMP_H
#define LOCKSTEP_TMP_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOCKSTEP_TMP_BYTES 96 /* leaves room for the name of a socket */

/* What mkstemp() and mkdtemp() want, in TMPDIR unless its name is too long for a socket's. */
static inline void
lockstep_tmp(char path[LOCKSTEP_TMP_BYTES])
{
	const char *tmp = getenv("TMPDIR");

	if (tmp == NULL || strlen(tmp) > LOCKSTEP_TMP_BYTES - sizeof("/vsw-lockstep-XXXXXX"))
		tmp = "/tmp";
	snprintf(path, LOCKSTEP_TMP_BYTES, "%s/vsw-lockstep-XXXXXX", tmp);
}

#endif /* LOCKSTEP_TMP_H */
