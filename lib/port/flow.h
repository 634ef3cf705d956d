/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A number for the flow that a frame belongs to: addresses and, of TCP and UDP, ports. Frames of
 * one flow have one number; fragments, of which only the first has ports, are told apart by
 * addresses alone.
 *
 * Threads: a pure function.
 */
#ifndef FLOW_H
#define FLOW_H

#include <stdint.h>

#include "vsw_frame.h"

/* Of a frame of at least 14 bytes. */
uint32_t flow_hash(const struct vsw_frame *frame);

#endif /* FLOW_H */
