/* SPDX-License-Identifier: BSD-3-Clause */
#include "args.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#define FDB_SIZE_DEFAULT 65536
#define FDB_SIZE_MAX (4u << 20)

enum option_id {
	OPT_SOCKET_FILE = 256,
	OPT_CLIENT,
	OPT_MERGEABLE,
	OPT_FDB_SIZE,
	OPT_CTL_SOCKET,
	OPT_CMDLINE_FILE,
};

static const struct option options[] = {
	{"socket-file", required_argument, NULL, OPT_SOCKET_FILE},
	{"client", no_argument, NULL, OPT_CLIENT},
	{"mergeable", required_argument, NULL, OPT_MERGEABLE},
	{"fdb-size", required_argument, NULL, OPT_FDB_SIZE},
	{"ctl-socket", required_argument, NULL, OPT_CTL_SOCKET},
	{"cmdline-file", required_argument, NULL, OPT_CMDLINE_FILE},
	{NULL, 0, NULL, 0},
};

static int
parse_number(const char *option, const char *text, uint64_t min, uint64_t max, uint64_t *value,
	     struct vsw_error *err)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 10);
	if (errno != 0 || *end != '\0' || *text < '0' || *text > '9' || *value < min ||
	    *value > max)
		return vsw_error_set(err, EINVAL, "%s %s: not a number from %llu to %llu", option,
				     text, (unsigned long long)min, (unsigned long long)max);
	return 0;
}

static int
add_socket(struct args *args, const char *text, struct vsw_error *err)
{
	if (args->n_sockets == ARGS_SOCKETS_MAX)
		return vsw_error_set(
			err, EINVAL,
			"--socket-file may stand %d times; add further ports in a --cmdline-file",
			ARGS_SOCKETS_MAX);
	args->socket_file[args->n_sockets++] = text;
	return 0;
}

static int
take_option(struct args *args, int id, const char *value, struct vsw_error *err)
{
	uint64_t number;
	int ret = 0;

	switch (id) {
	case OPT_SOCKET_FILE:
		ret = add_socket(args, value, err);
		break;
	case OPT_CLIENT:
		args->client = true;
		break;
	case OPT_MERGEABLE:
		ret = parse_number("--mergeable", value, 0, 1, &number, err);
		args->mergeable = ret == 0 && number == 1;
		break;
	case OPT_FDB_SIZE:
		ret = parse_number("--fdb-size", value, 1, FDB_SIZE_MAX, &number, err);
		args->fdb_size = ret == 0 ? number : 0;
		break;
	case OPT_CTL_SOCKET:
		args->ctl_path = strcmp(value, "none") == 0 ? NULL : value;
		break;
	case OPT_CMDLINE_FILE:
		args->cmdline_file = value;
		break;
	}
	return ret;
}

int
args_parse(int argc, char **argv, struct args *args, struct vsw_error *err)
{
	int id, ret = 0;

	*args = (struct args){
		.mergeable = true,
		.fdb_size = FDB_SIZE_DEFAULT,
	};
	/* Where there is no place for the default, there is no control socket unless asked for. */
	if (vsw_sockpath_default_ctl(args->ctl_default, NULL) == 0)
		args->ctl_path = args->ctl_default;
	optind = 1;
	opterr = 0;
	while (ret == 0 && (id = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (id == ':')
			return vsw_error_set(err, EINVAL, "option %s needs a value; see --help",
					     argv[optind - 1]);
		if (id == '?')
			return vsw_error_set(
				err, EINVAL,
				"unknown option %s (EAL's stand before '--'); see --help",
				argv[optind - 1]);
		ret = take_option(args, id, optarg, err);
	}
	if (ret == 0 && optind < argc)
		return vsw_error_set(err, EINVAL,
				     "what is \"%s\" for? Options begin with '--'; see --help",
				     argv[optind]);
	return ret;
}
