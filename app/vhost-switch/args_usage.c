/* SPDX-License-Identifier: BSD-3-Clause */
/* What --help and --version print. */
#include <stdio.h>
#include <string.h>

#include "args.h"
#include "version.h"

static const char usage[] =
	"Usage: vhost-switch [EAL options] -- [options]\n"
	"\n"
	"  --socket-file PATH[,KEY=VALUE...]\n"
	"                       a vhost-user port on this socket; repeat it for more ports, which are\n"
	"                       named vhost0, vhost1, ... Keys are those of the command\n"
	"                       'port add vhost': name, client, mergeable, packed, lcore, mode,\n"
	"                       owner, group, vlan\n"
	"  --client             connect to all these sockets instead of listening on them\n"
	"  --mergeable 0|1      offer mergeable receive buffers (default 1)\n"
	"  --fdb-size N         learn up to N MAC addresses (default 65536, at most 4194304)\n"
	"  --ctl-socket PATH    control socket for vsw-ctl; 'none' for none (default %s)\n"
	"  --cmdline-file FILE  run the commands of FILE, as vsw-ctl would\n"
	"\n"
	"EAL options most used: -l CORES, --no-pci, --in-memory, --no-huge, -m MiB,\n"
	"--file-prefix NAME; see the DPDK Linux guide, 'EAL parameters'.\n"
	"Commands: 'vsw-ctl help' on a running switch.\n";

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
