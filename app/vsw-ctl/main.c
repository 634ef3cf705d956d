/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * vsw-ctl: console lines to a running switch.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "options.h"
#include "vsw_cmd.h"
#include "vsw_ctl_client.h"
#include "vsw_sockpath.h"

enum exit_status {
	EXIT_OK,
	EXIT_COMMAND_FAILED,
	EXIT_USAGE,
	EXIT_NO_CONNECTION,
};

static enum exit_status
complain(enum exit_status status, const struct vsw_error *err)
{
	fprintf(stderr, "vsw-ctl: %s\n", err->text);
	return status;
}

/* Run line number (0: the only one). Errors go to stderr, in JSON to stdout. */
static enum exit_status
run_line(struct vsw_ctl_client *client, const char *line, bool json, unsigned int number)
{
	struct vsw_error err;
	struct vsw_ctl_reply reply;
	int fd = STDOUT_FILENO;

	if (vsw_ctl_client_request(client, line, json, &reply, &err) < 0)
		return complain(EXIT_NO_CONNECTION, &err);
	if (reply.code != 0 && !json) {
		fd = STDERR_FILENO;
		fputs("vsw-ctl: ", stderr);
		if (number > 0)
			fprintf(stderr, "line %u: ", number);
	}
	if (vsw_ctl_client_copy_body(client, &reply, fd, &err) < 0)
		return complain(EXIT_NO_CONNECTION, &err);
	return reply.code == 0 ? EXIT_OK : EXIT_COMMAND_FAILED;
}

/* The line whose words these are, to be freed. */
static char *
join_words(char **words, int n)
{
	size_t size = 1;
	char *line;
	char *end;
	int i;

	for (i = 0; i < n; i++)
		size += VSW_CMD_QUOTED_BYTES(strlen(words[i])) + 1;
	line = malloc(size);
	if (line == NULL)
		return NULL;
	end = line;
	*end = '\0';
	for (i = 0; i < n; i++) {
		if (i > 0)
			*end++ = ' ';
		vsw_cmd_quote(words[i], end);
		end += strlen(end);
	}
	return line;
}

static enum exit_status
run_words(struct vsw_ctl_client *client, const struct options *options)
{
	enum exit_status status;
	struct vsw_error err;
	char *line;

	line = options->n_words == 1 ? strdup(options->words[0])
				     : join_words(options->words, options->n_words);
	if (line == NULL) {
		vsw_error_set(&err, ENOMEM, "no memory for the command");
		return complain(EXIT_COMMAND_FAILED, &err);
	}
	if (strchr(line, '\n') != NULL) {
		vsw_error_set(&err, EINVAL, "a command is one line: it has a newline in it");
		status = complain(EXIT_USAGE, &err);
	} else {
		status = run_line(client, line, options->json, 0);
	}
	free(line);
	return status;
}

/* A NUL would end the line early, and a part of a command may be another command. */
static enum exit_status
refuse_line(unsigned int number)
{
	struct vsw_error err;

	vsw_error_set(&err, EINVAL, "line %u: it has a NUL in it", number);
	return complain(EXIT_COMMAND_FAILED, &err);
}

static enum exit_status
run_input(struct vsw_ctl_client *client, const struct options *options)
{
	bool interactive = isatty(STDIN_FILENO);
	enum exit_status worst = EXIT_OK;
	unsigned int number = 0;
	enum exit_status status;
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	while ((n = getline(&line, &size, stdin)) > 0) {
		number++;
		if (line[n - 1] == '\n')
			line[--n] = '\0';
		if (strlen(line) == (size_t)n)
			status = run_line(client, line, options->json, interactive ? 0 : number);
		else
			status = refuse_line(number);
		worst = status > worst ? status : worst;
		if (status == EXIT_NO_CONNECTION || (status != EXIT_OK && !interactive))
			break;
	}
	free(line);
	return worst;
}

int
main(int argc, char **argv)
{
	char default_path[VSW_SOCKPATH_BYTES];
	enum exit_status status;
	struct options options;
	struct vsw_ctl_client client;
	struct vsw_error err;

	switch (options_parse(&options, argc, argv)) {
	case OPTIONS_DONE:
		return EXIT_OK;
	case OPTIONS_WRONG:
		return EXIT_USAGE;
	case OPTIONS_RUN:
		break;
	}
	if (options.path == NULL) {
		if (vsw_sockpath_default_ctl(default_path, &err) < 0)
			return complain(EXIT_USAGE, &err);
		options.path = default_path;
	}
	if (vsw_ctl_client_init(&client, options.path, &err) < 0)
		return complain(EXIT_NO_CONNECTION, &err);
	status = options.n_words > 0 ? run_words(&client, &options) : run_input(&client, &options);
	vsw_ctl_client_fini(&client);
	return status;
}
