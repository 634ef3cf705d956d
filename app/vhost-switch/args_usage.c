/* SPDX-License-Identifier: BSD-3-Clause */
/* What --help and --version print. */
#include <stdio.h>
#include <string.h>

#include "args.h"
#include "version.h"

static const char usage[] =
	"Usage: vhost-switch [EAL options] -- [options]\n"
	"\n"
	"Ports\n"
	"  --socket-file PATH[,KEY=VALUE...]\n"
	"                         a vhost-user port on this socket; repeat it for more ports, which\n"
	"                         are named vhost0, vhost1, ... Keys are those of the command\n"
	"                         'port add vhost': name, client, clients, mergeable, packed, csum,\n"
	"                         tso, lcore, mode, owner, group, vlan\n"
	"  --client               connect to all these sockets instead of listening on them\n"
	"  --dev-basename NAME    ports NAME-0, NAME-1, ... for up to 64 guests that connect to the\n"
	"                         one socket ./NAME\n"
	"  -p MASK                these Ethernet devices are uplinks: hexadecimal, bit n is EAL's\n"
	"                         device n (default: none)\n"
	"  -P                     let uplinks receive frames for any address; needs -p\n"
	"\n"
	"Forwarding\n"
	"  --vm2vm 0|1|2          frames from guest to guest go to the uplink (0), by software (1),\n"
	"                         through the switch of the NIC (2) (default 1); needs -p\n"
	"  --vlan-base N          vhost port n, from 0, has VLAN N + n on the uplink; at most 3000,\n"
	"                         0 for none (default 1000); needs -p\n"
	"  --vlan-strip 0|1       remove that VLAN's tag for the guest (default 1); needs -p\n"
	"  --fdb-size N           learn up to N MAC addresses (default 65536, at most 4194304)\n"
	"  --total-num-mbufs N    have at least N frame buffers (default: as many as are needed)\n"
	"\n"
	"Guests\n"
	"  --mergeable 0|1        offer mergeable receive buffers (default 1)\n"
	"  --tx-csum 0|1          offer checksum offload to guests and from them (default 1)\n"
	"  --tso 0|1              offer segmentation offload too; needs checksums (default 1)\n"
	"  --rx-retry 0|1         try again when a guest's receive ring is full (default 1)\n"
	"  --rx-retry-num N       so many times (default 4)\n"
	"  --rx-retry-delay US    after so many microseconds each (default 15); together at most 1000\n"
	"  --dmas LIST            [txd0@DEVICE,rxd0@DEVICE,...]; accepted, lcores copy instead\n"
	"\n"
	"Console\n"
	"  --stats N              every N seconds print the statistics of all vhost ports: TX is what\n"
	"                         the guest transmitted, RX what was for it (default 0: never)\n"
	"  --idle-sleep US        let an idle lcore sleep up to US microseconds at a time, 1 to 1000, as\n"
	"                         a frame then may wait (default 0: poll without a pause)\n"
	"  --ctl-socket PATH      control socket for vsw-ctl; 'none' for none (default %s)\n"
	"  --preflight            print whether this command line can start, and what to do; exit 0 or 1\n"
	"  --cmdline-file FILE    run the commands of FILE, as vsw-ctl would (default: none)\n"
	"\n"
	"EAL options most used: -l CORES, --no-pci, --in-memory, --no-huge, -m MiB,\n"
	"--file-prefix NAME; see the DPDK Linux guide, 'EAL parameters'.\n"
	"Commands: 'vsw-ctl help' on a running switch. Obsolete options of DPDK's vhost sample are\n"
	"accepted, with a line that says what is so instead.\n";

bool
args_answer(int argc, char **argv)
{
	char path[VSW_SOCKPATH_BYTES];
	int i;

	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			if (vsw_sockpath_default_ctl(path, NULL) < 0)
				strcpy(path, "none");
			printf(usage, path);
			return true;
		}
		if (strcmp(argv[i], "--version") == 0) {
			printf("%s\n", VERSION_TEXT);
			return true;
		}
	}
	return false;
}
