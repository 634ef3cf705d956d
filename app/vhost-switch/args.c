/* SPDX-License-Identifier: BSD-3-Clause */
#include "args.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "version.h"
#include "vsw_cmd.h"

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

/* Append words to a command line, quoted; false when it is full. */
static bool
append(char *line, size_t size, const char *word)
{
	size_t used = strlen(line);
	char *quoted = malloc(VSW_CMD_QUOTED_BYTES(strlen(word)));
	bool fits = false;

	if (quoted != NULL) {
		vsw_cmd_quote(word, quoted);
		fits = used + 1 + strlen(quoted) < size;
		if (fits)
			sprintf(line + used, "%s%s", used > 0 ? " " : "", quoted);
	}
	free(quoted);
	return fits;
}

/* "key=value" gives the words key and value, "key" the word key. name is kept apart. */
static bool
append_key(char *line, size_t size, char *key)
{
	char *value = strchr(key, '=');

	if (value != NULL)
		*value++ = '\0';
	return append(line, size, key) && (value == NULL || append(line, size, value));
}

/* The value of "key=value", "" of "key" alone, NULL if the key is not there. */
static const char *
find_key(char **keys, unsigned int n, const char *key)
{
	size_t length = strlen(key);
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (strncmp(keys[i], key, length) != 0)
			continue;
		if (keys[i][length] == '=')
			return keys[i] + length + 1;
		if (keys[i][length] == '\0')
			return "";
	}
	return NULL;
}

/* What a socket says for itself goes before what is said for all. */
int
args_socket_command(const struct args *args, unsigned int n, char *line, size_t size,
		    struct vsw_error *err)
{
	char text[VSW_CMD_LINE_BYTES], ordinal[VSW_CMD_NAME_BYTES], *keys[16], *path, *rest = text;
	unsigned int i, n_keys = 0;
	const char *name;
	bool fits;

	snprintf(text, sizeof(text), "%s", args->socket_file[n]);
	snprintf(ordinal, sizeof(ordinal), "vhost%u", n);
	path = strsep(&rest, ",");
	while (rest != NULL && n_keys < sizeof(keys) / sizeof(keys[0]))
		keys[n_keys++] = strsep(&rest, ",");
	name = find_key(keys, n_keys, "name");
	line[0] = '\0';
	fits = append(line, size, "port") && append(line, size, "add") &&
	       append(line, size, "vhost") && append(line, size, name != NULL ? name : ordinal) &&
	       append(line, size, "path") && append(line, size, path);
	if (args->client && find_key(keys, n_keys, "client") == NULL)
		fits = fits && append(line, size, "client");
	if (!args->mergeable && find_key(keys, n_keys, "mergeable") == NULL)
		fits = fits && append(line, size, "mergeable") && append(line, size, "off");
	for (i = 0; i < n_keys; i++) {
		if (strncmp(keys[i], "name=", 5) != 0)
			fits = fits && append_key(line, size, keys[i]);
	}
	if (!fits || rest != NULL)
		return vsw_error_set(err, E2BIG, "--socket-file %.80s...: too long",
				     args->socket_file[n]);
	return 0;
}
