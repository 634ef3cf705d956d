/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The control thread: an event loop that owns every change of configuration and life cycle.
 *
 * It answers the control socket, applies link changes of ports, keeps the FDB's clock and ages it,
 * samples rates, logs the guests that come, prints statistics, writes the log, and on SIGINT or
 * SIGTERM stops the switch. It runs on the CPUs of the process that no lcore polls on, on any of
 * them where there is none.
 */
#ifndef CONTROL_H
#define CONTROL_H

#include "switch.h"

struct control;

/*
 * Before EAL starts: SIGINT and SIGTERM wait for the control thread, SIGPIPE is ignored, and the
 * CPUs of the process are remembered, because EAL pins the threads that it finds.
 */
void control_prepare(void);

/*
 * Make the events, among them the control socket if ctl_path is not NULL. vsw->base is set.
 * Returns NULL with err set.
 */
struct control *control_create(struct vsw_switch *vsw, const char *ctl_path, struct vsw_error *err);

int control_start(struct control *control, struct vsw_error *err);

/* Wait for the thread, which ends with the switch. */
void control_join(struct control *control);

/* NULL accepted; the thread has ended. */
void control_destroy(struct control *control);

#endif /* CONTROL_H */
