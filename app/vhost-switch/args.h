/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Our options, those after "--": all that DPDK's vhost sample has or had, and a few more.
 *
 * Options that make ports become lines of the command table ("port add vhost ..."), so that the
 * command line, a file and the control socket share one grammar and one check.
 *
 * Threads: main, before any other is started.
 */
#ifndef ARGS_H
#define ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vsw_error.h"
#include "vsw_sockpath.h"

#define ARGS_SOCKETS_MAX 256
#define ARGS_RX_RETRY_MAX_US 1000 /* no lcore waits longer in any call: DESIGN.md section 3 */
#define ARGS_FDB_SIZE_DEFAULT 65536
#define ARGS_FDB_SIZE_MAX (4u << 20)

struct args {
	uint64_t portmask; /* bit n: ethdev n is an uplink; 0: no -p */
	bool promiscuous;
	unsigned int vm2vm; /* as the guide: 0 uplink, 1 software, 2 NIC */
	uint32_t vlan_base; /* 0: no uplink encapsulation */
	bool vlan_strip;
	const char *socket_file[ARGS_SOCKETS_MAX]; /* PATH[,key[=value]...], as given */
	unsigned int n_sockets;
	const char *dev_basename; /* NULL: none */
	bool client;
	bool mergeable;
	bool tx_csum;
	bool tso;	       /* without effect where checksums are off */
	uint32_t stats_s;      /* 0: off */
	uint32_t rx_retry_num; /* 0: no retries; times the delay at most ARGS_RX_RETRY_MAX_US */
	uint32_t rx_retry_delay_us;
	const char *dmas;	  /* NULL: none; else of correct syntax */
	uint32_t total_num_mbufs; /* at least so many; 0: as many as the switch needs */
	uint32_t fdb_size;
	uint32_t idle_sleep_us; /* 0: never sleep */
	const char *ctl_path;	/* NULL: none */
	char ctl_default[VSW_SOCKPATH_BYTES];
	const char *cmdline_file; /* NULL: none */
	uint32_t notes;		  /* for args_notes_log() */
};

/* --help or --version anywhere before "--", or first of ours: print and return true. */
bool args_answer(int argc, char **argv);

/* argv[0] is not looked at. Texts are borrowed from argv. Returns 0 or -EINVAL with err set. */
int args_parse(int argc, char **argv, struct args *args, struct vsw_error *err);

/*
 * The command line that makes port number n of a --socket-file, into line. Errors: EINVAL for an
 * unknown key, E2BIG.
 */
int args_socket_command(const struct args *args, unsigned int n, char *line, size_t size,
			struct vsw_error *err);

/* The same for the ports of --dev-basename, which is given. Errors: E2BIG. */
int args_basename_command(const struct args *args, char *line, size_t size, struct vsw_error *err);

#endif /* ARGS_H */
