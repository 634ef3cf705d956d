/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Our options, those after "--".
 *
 * Options that make ports become lines of the command table ("port add vhost ..."), so that the
 * command line, a file and the control socket share one grammar and one check.
 */
#ifndef ARGS_H
#define ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vsw_error.h"
#include "vsw_sockpath.h"

#define ARGS_SOCKETS_MAX 256

struct args {
	const char *socket_file[ARGS_SOCKETS_MAX]; /* PATH[,key[=value]...], as given */
	unsigned int n_sockets;
	bool client;
	bool mergeable;
	uint32_t fdb_size;
	const char *ctl_path; /* NULL: none */
	char ctl_default[VSW_SOCKPATH_BYTES];
	const char *cmdline_file; /* NULL: none */
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

#endif /* ARGS_H */
