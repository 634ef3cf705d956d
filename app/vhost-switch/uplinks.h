/* SPDX-License-Identifier: BSD-3-Clause */
/* The uplinks of -p: Ethernet devices that EAL has found, made ports. Main, before lcores start. */
#ifndef UPLINKS_H
#define UPLINKS_H

#include "args.h"
#include "switch.h"

/*
 * Every bit of the mask is a device, and one that can do what --vm2vm asks. Returns 0 or a negative
 * errno with err set.
 */
int uplinks_check(const struct args *args, struct vsw_error *err);

/* Make port uplinkN of each device N. */
int uplinks_add(struct vsw_switch *vsw, const struct args *args, struct vsw_error *err);

#endif /* UPLINKS_H */
