/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the switch needs of a machine, looked at before EAL starts.
 *
 * Threads: main, before any other thread of ours.
 */
#ifndef PREFLIGHT_LOOK_H
#define PREFLIGHT_LOOK_H

#include <stdbool.h>

#include "vsw_start_preflight.h"

/* Is --preflight among the words? */
bool preflight_is_asked(int argc, char *const *argv);

/* All checks for a command line whose last part is vhost-switch's. */
void preflight_look(int argc, char *const *argv, struct vsw_start_preflight *preflight);

#endif /* PREFLIGHT_LOOK_H */
