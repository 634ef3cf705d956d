/* SPDX-License-Identifier: BSD-3-Clause */
#include "args_notes.h"

#include <string.h>

#include "vsw_log.h"

/* Source: the options of DPDK's examples/vhost/main.c from 1.7 to 22.11, by its history. */
const struct args_note args_notes[ARGS_NOTES_N] = {
	{"--tso", false, true, "segmentation offload needs checksum offload; give --tx-csum 1"},
	{"--dmas", false, true, "frames are copied by the lcores (-l); DMA channels are not used"},
	{"--dma-type", true, true, "--dmas alone names DMA channels, and the lcores copy (-l)"},
	{"--zero-copy", true, true, "the lcores copy frames; give more of them with -l"},
	{"--dequeue-zero-copy", true, false, "the lcores copy frames; give more of them with -l"},
	{"--rx-desc-num", true, true, "the guest sets its ring, in QEMU with rx_queue_size=1024"},
	{"--tx-desc-num", true, true, "the guest sets its ring, in QEMU with tx_queue_size=1024"},
	{"--dev-index", true, true, "--socket-file PATH names the socket of each port in full"},
	{"--nb-devices", true, true,
	 "each --socket-file is a port, and 'port add vhost' adds more"},
	{"--builtin-net-driver", true, false, "the switch always works on the rings itself"},
};

void
args_notes_add(uint32_t *notes, const char *option)
{
	unsigned int i;

	for (i = 0; i < ARGS_NOTES_N; i++) {
		if (strcmp(args_notes[i].option, option) == 0)
			*notes |= 1u << i;
	}
}

void
args_notes_log(uint32_t notes)
{
	unsigned int i;

	for (i = 0; i < ARGS_NOTES_N; i++) {
		if (notes >> i & 1)
			vsw_log(VSW_LOG_NOTICE, "%s %s: %s", args_notes[i].option,
				args_notes[i].obsolete ? "is obsolete" : "has no effect",
				args_notes[i].text);
	}
}
