/* SPDX-License-Identifier: BSD-3-Clause */
#include "args.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "args_notes.h"
#include "args_value.h"
#include "vsw_cmd_near.h"

#define IDLE_SLEEP_MAX_US 1000
#define RX_RETRY_NUM_DEFAULT 4
#define RX_RETRY_DELAY_DEFAULT_US 15
#define VLAN_BASE_DEFAULT 1000
#define VLAN_BASE_MAX 3000 /* with the ordinal of a port, VSW_PORT_MAX, still a VLAN */

enum option_id {
	CLIENT,
	CMDLINE_FILE,
	CTL_SOCKET,
	DEV_BASENAME,
	DMAS,
	FDB_SIZE,
	IDLE_SLEEP,
	MERGEABLE,
	PREFLIGHT,
	RX_RETRY,
	RX_RETRY_DELAY,
	RX_RETRY_NUM,
	SOCKET_FILE,
	STATS,
	TOTAL_NUM_MBUFS,
	TSO,
	TX_CSUM,
	VLAN_BASE,
	VLAN_STRIP,
	VM2VM,
	KNOWN_N,
	ALL_N = KNOWN_N + ARGS_NOTES_N, /* then the obsolete ones, each by its note */
};

/* What getopt_long() returns for a long option: above all letters. */
#define LONG(id) (256 + (id))

static const struct known {
	const char *name; /* with "--" */
	int has_arg;
	uint32_t min, max; /* max > 0: the value is a number */
} known[KNOWN_N] = {
	[CLIENT] = {"--client", no_argument, 0, 0},
	[CMDLINE_FILE] = {"--cmdline-file", required_argument, 0, 0},
	[CTL_SOCKET] = {"--ctl-socket", required_argument, 0, 0},
	[DEV_BASENAME] = {"--dev-basename", required_argument, 0, 0},
	[DMAS] = {"--dmas", required_argument, 0, 0},
	[FDB_SIZE] = {"--fdb-size", required_argument, 1, ARGS_FDB_SIZE_MAX},
	[IDLE_SLEEP] = {"--idle-sleep", required_argument, 0, IDLE_SLEEP_MAX_US},
	[MERGEABLE] = {"--mergeable", required_argument, 0, 1},
	[PREFLIGHT] = {"--preflight", no_argument, 0, 0}, /* main answers it before EAL starts */
	[RX_RETRY] = {"--rx-retry", required_argument, 0, 1},
	[RX_RETRY_DELAY] = {"--rx-retry-delay", required_argument, 0, ARGS_RX_RETRY_MAX_US},
	[RX_RETRY_NUM] = {"--rx-retry-num", required_argument, 0, ARGS_RX_RETRY_MAX_US},
	[SOCKET_FILE] = {"--socket-file", required_argument, 0, 0},
	[STATS] = {"--stats", required_argument, 0, INT32_MAX},
	[TOTAL_NUM_MBUFS] = {"--total-num-mbufs", required_argument, 0, INT32_MAX},
	[TSO] = {"--tso", required_argument, 0, 1},
	[TX_CSUM] = {"--tx-csum", required_argument, 0, 1},
	[VLAN_BASE] = {"--vlan-base", required_argument, 0, VLAN_BASE_MAX},
	[VLAN_STRIP] = {"--vlan-strip", required_argument, 0, 1},
	[VM2VM] = {"--vm2vm", required_argument, 0, 2},
};

struct parse {
	struct args *args;
	struct option options[ALL_N + 1]; /* for getopt_long() */
	unsigned int n_options;
	const char *uplink_option; /* NULL, or one that was given and needs -p */
	bool tso_given;
	bool rx_retry;
};

static void
fill_options(struct parse *parse)
{
	struct option *option = parse->options;
	unsigned int i;

	for (i = 0; i < KNOWN_N; i++)
		*option++ = (struct option){known[i].name + 2, known[i].has_arg, NULL, LONG(i)};
	for (i = 0; i < ARGS_NOTES_N; i++) {
		if (args_notes[i].obsolete)
			*option++ = (struct option){args_notes[i].option + 2,
						    args_notes[i].has_value, NULL,
						    LONG(KNOWN_N + i)};
	}
	parse->n_options = option - parse->options;
}

static void
take_number(struct parse *parse, enum option_id id, uint32_t number)
{
	struct args *args = parse->args;

	switch (id) {
	case FDB_SIZE:
		args->fdb_size = number;
		break;
	case IDLE_SLEEP:
		args->idle_sleep_us = number;
		break;
	case MERGEABLE:
		args->mergeable = number;
		break;
	case RX_RETRY:
		parse->rx_retry = number;
		break;
	case RX_RETRY_DELAY:
		args->rx_retry_delay_us = number;
		break;
	case RX_RETRY_NUM:
		args->rx_retry_num = number;
		break;
	case STATS:
		args->stats_s = number;
		break;
	case TOTAL_NUM_MBUFS:
		args->total_num_mbufs = number;
		break;
	case TSO:
		args->tso = number;
		parse->tso_given = true;
		break;
	case TX_CSUM:
		args->tx_csum = number;
		break;
	case VLAN_BASE:
		args->vlan_base = number;
		break;
	case VLAN_STRIP:
		args->vlan_strip = number;
		break;
	case VM2VM:
		args->vm2vm = number;
		break;
	default:
		break;
	}
	if (id == VLAN_BASE || id == VLAN_STRIP || id == VM2VM)
		parse->uplink_option = known[id].name;
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
take_text(struct args *args, enum option_id id, const char *value, struct vsw_error *err)
{
	switch (id) {
	case CLIENT:
		args->client = true;
		break;
	case CMDLINE_FILE:
		args->cmdline_file = value;
		break;
	case CTL_SOCKET:
		args->ctl_path = strcmp(value, "none") == 0 ? NULL : value;
		break;
	case DEV_BASENAME:
		if (args->dev_basename != NULL)
			return vsw_error_set(err, EINVAL,
					     "--dev-basename %s: it was given before, as %s; give "
					     "further sockets with --socket-file",
					     value, args->dev_basename);
		args->dev_basename = value;
		break;
	case DMAS:
		args->dmas = value;
		args_notes_add(&args->notes, known[id].name);
		return args_value_dmas(value, err);
	case SOCKET_FILE:
		return add_socket(args, value, err);
	default:
		break;
	}
	return 0;
}

static int
take_option(struct parse *parse, int id, const char *value, struct vsw_error *err)
{
	struct args *args = parse->args;
	const struct known *option;
	uint64_t number;
	int ret;

	if (id == 'p')
		return args_value_portmask(value, &args->portmask, err);
	if (id == 'P') {
		args->promiscuous = true;
		parse->uplink_option = "-P";
		return 0;
	}
	id -= LONG(0);
	if (id >= KNOWN_N) {
		args->notes |= 1u << (id - KNOWN_N);
		return 0;
	}
	option = &known[id];
	if (option->max == 0)
		return take_text(args, id, value, err);
	ret = args_value_number(option->name, value, option->min, option->max, &number, err);
	if (ret == 0)
		take_number(parse, id, number);
	return ret;
}

/* The option that name is near to, or NULL. */
static const char *
find_near(const struct parse *parse, const char *name)
{
	unsigned int i, edits, best = VSW_CMD_NOT_NEAR;
	const char *found = NULL;

	for (i = 0; i < parse->n_options; i++) {
		edits = vsw_cmd_near(name, parse->options[i].name);
		if (edits < best) {
			best = edits;
			found = parse->options[i].name;
		}
	}
	return found;
}

/* Explain why getopt_long() has returned '?' or ':' for a word. */
static int
refuse(const struct parse *parse, int why, char *word, struct vsw_error *err)
{
	const char *near;

	if (why == ':')
		return vsw_error_set(err, EINVAL, "option %s needs a value; see --help", word);
	word[strcspn(word, "=")] = '\0';
	if (optopt >= LONG(0))
		return vsw_error_set(err, EINVAL, "option %s takes no value; see --help", word);
	near = find_near(parse, word + strspn(word, "-"));
	if (near != NULL)
		return vsw_error_set(err, EINVAL, "unknown option %s; did you mean --%s?", word,
				     near);
	return vsw_error_set(err, EINVAL, "unknown option %s (EAL's stand before '--'); see --help",
			     word);
}

/* Options that concern each other. */
static int
check_together(const struct parse *parse, struct vsw_error *err)
{
	struct args *args = parse->args;
	uint32_t wait_us;

	if (args->portmask == 0 && parse->uplink_option != NULL)
		return vsw_error_set(err, EINVAL,
				     "%s is for Ethernet uplinks, and there are none without -p; "
				     "see --help",
				     parse->uplink_option);
	if (args->dev_basename != NULL && args->client)
		return vsw_error_set(err, EINVAL,
				     "--dev-basename %s cannot be a --client: several front ends "
				     "connect to it; use --socket-file PATH for each",
				     args->dev_basename);
	if (parse->tso_given && args->tso && !args->tx_csum)
		args_notes_add(&args->notes, known[TSO].name);
	if (!parse->rx_retry)
		args->rx_retry_num = 0;
	wait_us = args->rx_retry_num * args->rx_retry_delay_us;
	if (wait_us > ARGS_RX_RETRY_MAX_US)
		return vsw_error_set(err, EINVAL,
				     "--rx-retry-num %u times --rx-retry-delay %u is %u us, but no "
				     "lcore waits longer than %u us; lower one of them",
				     args->rx_retry_num, args->rx_retry_delay_us, wait_us,
				     ARGS_RX_RETRY_MAX_US);
	return 0;
}

static int
parse_words(struct parse *parse, int argc, char **argv, struct vsw_error *err)
{
	int id, ret = 0;
	char *word;

	optind = 0; /* forget what EAL has parsed: getopt(3) */
	opterr = 0;
	while (ret == 0) {
		word = argv[optind > 0 ? optind : 1];
		id = getopt_long(argc, argv, "+:p:P", parse->options, NULL);
		if (id == -1)
			break;
		ret = id == '?' || id == ':' ? refuse(parse, id, word, err)
					     : take_option(parse, id, optarg, err);
	}
	if (ret == 0 && optind < argc)
		return vsw_error_set(err, EINVAL,
				     "what is \"%s\" for? Options begin with '--'; see --help",
				     argv[optind]);
	return ret;
}

int
args_parse(int argc, char **argv, struct args *args, struct vsw_error *err)
{
	struct parse parse = {.args = args, .rx_retry = true};
	int ret;

	*args = (struct args){
		.vm2vm = 1,
		.vlan_base = VLAN_BASE_DEFAULT,
		.vlan_strip = true,
		.mergeable = true,
		.tx_csum = true,
		.tso = true,
		.rx_retry_num = RX_RETRY_NUM_DEFAULT,
		.rx_retry_delay_us = RX_RETRY_DELAY_DEFAULT_US,
		.fdb_size = ARGS_FDB_SIZE_DEFAULT,
	};
	/* Where there is no place for the default, there is no control socket unless asked for. */
	if (vsw_sockpath_default_ctl(args->ctl_default, NULL) == 0)
		args->ctl_path = args->ctl_default;
	fill_options(&parse);
	ret = parse_words(&parse, argc, argv, err);
	return ret == 0 ? check_together(&parse, err) : ret;
}
