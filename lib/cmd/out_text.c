/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "out_plain.h"
#include "out_table.h"
#include "text.h"
#include "utf8.h"
#include "vsw_out.h"

#define INDENT 2

static void add_value(struct cmd_text *text, json_t *value, unsigned int indent);

/* Width of the keys whose values stand beside them. */
static size_t
keys_width(json_t *object)
{
	size_t width = 0;
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value) {
		if (cmd_out_is_plain(value) && cmd_utf8_columns(key) > width)
			width = cmd_utf8_columns(key);
	}
	return width;
}

static void
add_object(struct cmd_text *text, json_t *object, unsigned int indent)
{
	size_t width = keys_width(object);
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value) {
		cmd_text_add_blanks(text, indent);
		cmd_out_add_key(text, key);
		cmd_text_add_string(text, ":");
		if (cmd_out_is_plain(value)) {
			cmd_text_add_blanks(text, width - cmd_utf8_columns(key) + 1);
			cmd_out_add_plain(text, value);
			cmd_text_add_string(text, "\n");
		} else {
			cmd_text_add_string(text, "\n");
			add_value(text, value, indent + INDENT);
		}
	}
}

/* One value after the other, with an empty line between those that take several. */
static void
add_list(struct cmd_text *text, const json_t *array, unsigned int indent)
{
	size_t i;

	for (i = 0; i < json_array_size(array); i++) {
		json_t *value = json_array_get(array, i);

		if (i > 0 && !cmd_out_is_plain(value))
			cmd_text_add_string(text, "\n");
		add_value(text, value, indent);
	}
}

static void
add_value(struct cmd_text *text, json_t *value, unsigned int indent)
{
	if (json_object_size(value) > 0) {
		add_object(text, value, indent);
	} else if (cmd_out_is_table(value)) {
		cmd_out_add_table(text, value, indent);
	} else if (json_array_size(value) > 0) {
		add_list(text, value, indent);
	} else {
		cmd_text_add_blanks(text, indent);
		cmd_out_add_plain(text, value);
		cmd_text_add_string(text, "\n");
	}
}

static void
add_message(struct cmd_text *text, const char *message)
{
	size_t n = strlen(message);

	cmd_out_add_escaped(text, message, true);
	if (n > 0 && message[n - 1] != '\n')
		cmd_text_add_string(text, "\n");
}

char *
vsw_out_text(const struct vsw_out *out)
{
	struct cmd_text text = {.n = 0};

	if (out->root != NULL && out->is_message)
		add_message(&text, json_string_value(out->root));
	else if (out->root != NULL)
		add_value(&text, out->root, 0);
	return cmd_text_take(&text);
}
