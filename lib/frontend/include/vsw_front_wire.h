/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The simplest device there can be: what one front sends, the other one gets, and the other way
 * round. It shows what a front costs when the switch costs next to nothing.
 *
 * Both fronts are of this process and were made without a path, with the same kind of rings. Frames
 * are copied, nothing in them is looked at. When the one front has no buffers to receive into, the
 * other one's frames wait. As a switch that polls, it asks for no kicks.
 *
 * Threads: a wire is one thread's; the fronts are used by others at the same time. Pure C.
 */
#ifndef VSW_FRONT_WIRE_H
#define VSW_FRONT_WIRE_H

#include "vsw_front.h"

struct vsw_front_wire;

/* Borrows both fronts. Returns 0, -EINVAL if they do not fit each other, or -ENOMEM. */
int vsw_front_wire_create(struct vsw_front *a, struct vsw_front *b, struct vsw_front_wire **wire,
			  struct vsw_error *err);
void vsw_front_wire_destroy(struct vsw_front_wire *wire);

/* A burst of each queue, both ways. Returns the number of frames. */
uint32_t vsw_front_wire_move(struct vsw_front_wire *wire);

#endif /* VSW_FRONT_WIRE_H */
