/* SPDX-License-Identifier: BSD-3-Clause */
/* Options that make ports, as lines of the command table. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "vsw_cmd.h"

#define BASENAME_CLIENTS "64" /* the VLAN tags of the sample */

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

/*
 * "word off" for each offer that is switched off for all sockets, unless the socket has the key
 * itself.
 */
static bool
append_offers(const struct args *args, char **keys, unsigned int n_keys, char *line, size_t size)
{
	const struct {
		const char *word;
		bool on;
	} offers[] = {
		{"mergeable", args->mergeable},
		{"csum", args->tx_csum},
		{"tso", args->tso},
	};
	bool fits = true;
	unsigned int i;

	for (i = 0; i < sizeof(offers) / sizeof(offers[0]); i++) {
		if (!offers[i].on && find_key(keys, n_keys, offers[i].word) == NULL)
			fits = fits && append(line, size, offers[i].word) &&
			       append(line, size, "off");
	}
	return fits;
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
	fits = fits && append_offers(args, keys, n_keys, line, size);
	for (i = 0; i < n_keys; i++) {
		if (strncmp(keys[i], "name=", 5) != 0)
			fits = fits && append_key(line, size, keys[i]);
	}
	if (!fits || rest != NULL)
		return vsw_error_set(err, E2BIG, "--socket-file %.80s...: too long",
				     args->socket_file[n]);
	return 0;
}

/* As the guide's sockets, in the current directory and for as many guests as the sample took. */
int
args_basename_command(const struct args *args, char *line, size_t size, struct vsw_error *err)
{
	const char *name = args->dev_basename;
	char path[VSW_CMD_LINE_BYTES];
	bool fits;

	fits = (size_t)snprintf(path, sizeof(path), "./%s", name) < sizeof(path);
	line[0] = '\0';
	fits = fits && append(line, size, "port") && append(line, size, "add") &&
	       append(line, size, "vhost") && append(line, size, name) &&
	       append(line, size, "path") && append(line, size, path) &&
	       append(line, size, "clients") && append(line, size, BASENAME_CLIENTS);
	fits = fits && append_offers(args, NULL, 0, line, size);
	if (!fits)
		return vsw_error_set(err, E2BIG, "--dev-basename %.80s...: too long", name);
	return 0;
}
