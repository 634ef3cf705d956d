/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Commands: one line in, one line of JSON out.
 *
 *	send PORT HEX [COUNT]        put a frame on the wire
 *	recv PORT [MAX]              take the captured frames
 *	capture PORT on|off          keep frames that are no probes (at start: on)
 *	stream PORT id=N dst=MAC src=MAC len=BYTES pps=N count=N [vlan=TCI]
 *	                             len is without FCS: 60 for "64 B", 1514 for "1518 B";
 *	                             count=0: endless
 *	trip FROM TO GAP_US id=N dst=MAC src=MAC len=BYTES count=N
 *	                             the times that single frames take
 *	wait                         answers when all streams with a count have been sent
 *	stop                         end all streams
 *	report                       what was sent and received
 *	reset                        forget streams, verdicts and captures; port counters run on
 *	gaps                         look for the longest gap in each stream from now on
 *	link PORT
 *	quit
 *
 * An error is answered by {"error": "..."}. The end of standard input is as quit.
 *
 * Threads: one.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include <stdbool.h>
#include <stdint.h>

/* Carry out what has been read, after at most wait_us for more. Returns false to quit. */
bool command_poll(uint32_t wait_us);

#endif /* COMMAND_H */
