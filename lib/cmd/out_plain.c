/* SPDX-License-Identifier: BSD-3-Clause */
#include "out_plain.h"

#include <string.h>

#include "utf8.h"

/* U+0080 to U+009F, of which some terminals take one for ESC [. Two bytes in UTF-8. */
static bool
is_c1(const char *string)
{
	const unsigned char *bytes = (const unsigned char *)string;

	return bytes[0] == 0xc2 && bytes[1] >= 0x80 && bytes[1] < 0xa0;
}

static bool
is_control(unsigned char c)
{
	return c < ' ' || c == 0x7f;
}

void
cmd_out_add_escaped(struct cmd_text *text, const char *string, bool lines)
{
	for (; *string != '\0'; string++) {
		if (*string == '\n' && !lines)
			cmd_text_add_string(text, "\\n");
		else if (*string == '\t')
			cmd_text_add_string(text, "\\t");
		else if (is_control(*string) && *string != '\n')
			cmd_text_add_format(text, "\\x%02x", (unsigned char)*string);
		else if (is_c1(string))
			cmd_text_add_format(text, "\\x%02x", (unsigned char)*++string);
		else
			cmd_text_add(text, string, 1);
	}
}

static bool
is_single(const json_t *value)
{
	return json_array_size(value) == 0 && json_object_size(value) == 0;
}

bool
cmd_out_is_plain(const json_t *value)
{
	size_t i;

	if (!json_is_array(value))
		return is_single(value);
	for (i = 0; i < json_array_size(value); i++) {
		if (!is_single(json_array_get(value, i)))
			return false;
	}
	return true;
}

static void
add_single(struct cmd_text *text, const json_t *value)
{
	if (json_is_string(value))
		cmd_out_add_escaped(text, json_string_value(value), false);
	else if (json_is_integer(value))
		cmd_text_add_format(text, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_real(value))
		cmd_text_add_format(text, "%.3f", json_real_value(value));
	else if (json_is_boolean(value))
		cmd_text_add_string(text, json_is_true(value) ? "yes" : "no");
	else
		cmd_text_add_string(text, value == NULL || json_is_null(value) ? "-" : "none");
}

void
cmd_out_add_plain(struct cmd_text *text, const json_t *value)
{
	size_t i;

	if (json_array_size(value) == 0)
		add_single(text, value);
	for (i = 0; i < json_array_size(value); i++) {
		if (i > 0)
			cmd_text_add_string(text, ", ");
		add_single(text, json_array_get(value, i));
	}
}

void
cmd_out_add_key(struct cmd_text *text, const char *key)
{
	for (; *key != '\0'; key++)
		cmd_text_add(text, *key == '_' ? " " : key, 1);
}
