/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Fuzzing the command table. The first byte says what the rest is: a line to run and to complete,
 * the syntax of a row, or a word that must survive quoting.
 */
#include <stdlib.h>
#include <string.h>

#include "cmd_rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* The word that quoting must preserve; NULL: any will do. */
static const char *quoted;
static unsigned int calls;

/* Everything that a handler could read is read. */
static int
record(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out, struct vsw_error *err)
{
	const char *words = vsw_cmd_args_text(args, "words");
	json_t *object = vsw_out_object(out);

	(void)ctx;
	(void)err;
	calls++;
	vsw_out_add_uint(object, "vlan", vsw_cmd_args_uint(args, "vlan", 0));
	vsw_out_add_mac(object, "mac", vsw_cmd_args_mac(args, "mac", 0));
	if (vsw_cmd_args_has(args, "path"))
		vsw_out_add_text(object, "path", vsw_cmd_args_text(args, "path"));
	if (words != NULL)
		vsw_out_add_text(object, "words", words);
	if (quoted != NULL && (words == NULL || strcmp(words, quoted) != 0))
		abort();
	return 0;
}

static void
offer(void *arg, const char *word, const char *help)
{
	(void)arg;
	if (word[0] == '\0' || help == NULL)
		abort();
}

static void
render(const struct vsw_out *out, const struct vsw_error *err)
{
	char *text = vsw_out_text(out);
	char *json = vsw_out_json(out);
	char *error = vsw_out_error_json(out, err);
	json_t *value = json_loads(json, 0, NULL);
	json_t *error_value = json_loads(error, 0, NULL);

	if (text == NULL || value == NULL || error_value == NULL)
		abort();
	json_decref(value);
	json_decref(error_value);
	free(text);
	free(json);
	free(error);
}

static void
fuzz_line(const struct vsw_cmd_table *table, const char *line)
{
	struct vsw_error err = {.code = 0};
	struct vsw_out out;

	vsw_out_init(&out);
	if (vsw_cmd_run(table, line, NULL, &out, &err) < 0 && err.text[0] == '\0')
		abort();
	render(&out, &err);
	vsw_out_fini(&out);
	vsw_cmd_complete(table, line, offer, NULL);
}

static void
fuzz_row(char *syntax)
{
	struct vsw_cmd rows[2] = {{"show <a:WORD> [b] [c <d:UINT>]", "help", record},
				  {syntax, "help", record}};
	struct vsw_cmd_table *table;
	struct vsw_error err;
	char *line;

	/* Behind a newline there may be a line to try the row with. */
	line = strchr(syntax, '\n');
	if (line != NULL)
		*line++ = '\0';
	table = vsw_cmd_table_create(rows, 2, &err);
	if (table != NULL)
		fuzz_line(table, line == NULL ? syntax : line);
	vsw_cmd_table_destroy(table);
}

static void
fuzz_word(const struct vsw_cmd_table *table, const char *word)
{
	static char line[VSW_CMD_QUOTED_BYTES(VSW_CMD_LINE_BYTES) + 8] = "echo ";
	struct vsw_error err;
	struct vsw_out out;
	size_t n = strlen(word);
	size_t i;

	for (i = 0; i < n; i++) {
		if (((unsigned char)word[i] < ' ' && word[i] != '\t') || word[i] == 0x7f)
			return;
	}
	if (n == 0 || n > VSW_CMD_LINE_BYTES)
		return;
	vsw_cmd_quote(word, line + strlen("echo "));
	quoted = word;
	calls = 0;
	vsw_out_init(&out);
	if (strlen(line) <= VSW_CMD_LINE_BYTES &&
	    (vsw_cmd_run(table, line, NULL, &out, &err) < 0 || calls != 1))
		abort();
	vsw_out_fini(&out);
	quoted = NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct vsw_cmd_table *table;
	char *text;

	if (table == NULL)
		table = vsw_cmd_table_create(cmd_rows, CMD_ROWS, NULL);
	if (n == 0)
		return 0;
	text = malloc(n);
	memcpy(text, data + 1, n - 1);
	text[n - 1] = '\0';
	switch (data[0] % 3) {
	case 0:
		fuzz_line(table, text);
		break;
	case 1:
		fuzz_row(text);
		break;
	default:
		fuzz_word(table, text);
	}
	free(text);
	return 0;
}
