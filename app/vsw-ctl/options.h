/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The command line of vsw-ctl.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>

enum options_action {
	OPTIONS_RUN,
	OPTIONS_DONE, /* --help or --version was printed */
	OPTIONS_WRONG,
};

struct options {
	const char *path; /* NULL: the default */
	bool json;
	char **words; /* of the command */
	int n_words;  /* 0: commands come from standard input */
};

/* Prints what is wrong, the help and the version itself. */
enum options_action options_parse(struct options *options, int argc, char **argv);

#endif /* OPTIONS_H */
