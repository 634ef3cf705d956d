/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "vsw_out.h"

/* One line that ends in a newline. Takes value. */
static char *
dump(json_t *value)
{
	char *text = json_dumps(value, JSON_PRESERVE_ORDER | JSON_ENCODE_ANY);
	size_t n = text == NULL ? 0 : strlen(text);
	char *line = text == NULL ? NULL : realloc(text, n + 2);

	json_decref(value);
	if (line == NULL) {
		free(text);
		return NULL;
	}
	memcpy(line + n, "\n", 2);
	return line;
}

char *
vsw_out_json(const struct vsw_out *out)
{
	json_t *value;

	if (out->root == NULL)
		return dump(json_object());
	if (!out->is_message)
		return dump(json_incref(out->root));
	value = json_object();
	json_object_set(value, "message", out->root);
	return dump(value);
}

char *
vsw_out_error_json(const struct vsw_out *out, const struct vsw_error *err)
{
	const char *name = strerrorname_np(err->code);
	json_t *value = json_object();
	json_t *error = vsw_out_add_object(value, "error");

	vsw_out_add_text(error, "code", name == NULL ? "unknown" : name);
	vsw_out_add_text(error, "text", err->text);
	if (out->column > 0)
		vsw_out_add_uint(error, "column", out->column);
	return dump(value);
}
