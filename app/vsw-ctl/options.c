/* SPDX-License-Identifier: BSD-3-Clause */
#include "options.h"

#include <getopt.h>
#include <stdio.h>

static const char help[] =
	"Usage: vsw-ctl [-s PATH] [-j] [COMMAND...]\n"
	"Send a command to a running vhost-switch and print its output.\n"
	"\n"
	"  -s, --socket PATH  control socket; default: /run/vhost-switch.ctl for root,\n"
	"                     else $XDG_RUNTIME_DIR/vhost-switch.ctl\n"
	"  -j, --json         print JSON, errors included\n"
	"  -h, --help         print this text\n"
	"  -V, --version      print the version\n"
	"\n"
	"A COMMAND of one argument is a line of the console as it is; of several, each is a\n"
	"word of the line, blanks and all. Without COMMAND, lines are read from standard\n"
	"input, up to the first that fails unless that is a terminal.\n"
	"The command \"help\" lists all commands.\n"
	"\n"
	"Exit status: 0 ok, 1 the command failed, 2 wrong usage, 3 no connection.\n";

enum options_action
options_parse(struct options *options, int argc, char **argv)
{
	static const struct option names[] = {
		{"socket", required_argument, NULL, 's'},
		{"json", no_argument, NULL, 'j'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{NULL, 0, NULL, 0},
	};
	int c;

	*options = (struct options){.path = NULL};
	/* '+': what follows the first word of the command belongs to it. */
	while ((c = getopt_long(argc, argv, "+s:jhV", names, NULL)) != -1) {
		switch (c) {
		case 's':
			options->path = optarg;
			break;
		case 'j':
			options->json = true;
			break;
		case 'h':
			fputs(help, stdout);
			return OPTIONS_DONE;
		case 'V':
			puts("vsw-ctl " VSW_VERSION);
			return OPTIONS_DONE;
		default:
			fputs("Try: vsw-ctl --help\n", stderr);
			return OPTIONS_WRONG;
		}
	}
	options->words = argv + optind;
	options->n_words = argc - optind;
	return OPTIONS_RUN;
}
