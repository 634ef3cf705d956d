/* SPDX-License-Identifier: BSD-3-Clause */
#include "vsw_out.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "utf8.h"
#include "vsw_mac.h"

void
vsw_out_init(struct vsw_out *out)
{
	*out = (struct vsw_out){.root = NULL};
}

void
vsw_out_fini(struct vsw_out *out)
{
	json_decref(out->root);
	out->root = NULL;
}

static json_t *
set_root(struct vsw_out *out, json_t *root, bool is_message)
{
	json_decref(out->root);
	out->root = root;
	out->is_message = is_message;
	return root;
}

json_t *
vsw_out_object(struct vsw_out *out)
{
	return set_root(out, json_object(), false);
}

json_t *
vsw_out_array(struct vsw_out *out)
{
	return set_root(out, json_array(), false);
}

/* jansson refuses what is not UTF-8: those bytes become \xNN. NULL: no memory. */
static json_t *
make_text(const char *text)
{
	char *clean = malloc(4 * strlen(text) + 1);
	char *end = clean;
	json_t *value;

	if (clean == NULL)
		return NULL;
	while (*text != '\0') {
		size_t n = cmd_utf8_char(text);

		if (n == 0)
			end += sprintf(end, "\\x%02x", (unsigned char)*text++);
		else
			end = mempcpy(end, text, n);
		text += n;
	}
	*end = '\0';
	value = json_string(clean);
	free(clean);
	return value;
}

static json_t *__attribute__((format(printf, 1, 0))) make_format(const char *format, va_list ap)
{
	json_t *value;
	char *text;

	if (vasprintf(&text, format, ap) < 0)
		return NULL;
	value = make_text(text);
	free(text);
	return value;
}

void
vsw_out_message(struct vsw_out *out, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	set_root(out, make_format(format, ap), true);
	va_end(ap);
}

static json_t *
make_uint(uint64_t value)
{
	return json_integer(value > INT64_MAX ? INT64_MAX : (json_int_t)value);
}

void
vsw_out_add_uint(json_t *object, const char *key, uint64_t value)
{
	json_object_set_new(object, key, make_uint(value));
}

void
vsw_out_add_int(json_t *object, const char *key, int64_t value)
{
	json_object_set_new(object, key, json_integer(value));
}

void
vsw_out_add_real(json_t *object, const char *key, double value)
{
	json_object_set_new(object, key, json_real(value));
}

void
vsw_out_add_bool(json_t *object, const char *key, bool value)
{
	json_object_set_new(object, key, json_boolean(value));
}

void
vsw_out_add_null(json_t *object, const char *key)
{
	json_object_set_new(object, key, json_null());
}

void
vsw_out_add_text(json_t *object, const char *key, const char *text)
{
	json_object_set_new(object, key, make_text(text));
}

void
vsw_out_add_format(json_t *object, const char *key, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	json_object_set_new(object, key, make_format(format, ap));
	va_end(ap);
}

void
vsw_out_add_mac(json_t *object, const char *key, uint64_t mac)
{
	char text[VSW_MAC_TEXT_BYTES];

	vsw_out_add_text(object, key, vsw_mac_format(mac, text));
}

json_t *
vsw_out_add_object(json_t *object, const char *key)
{
	json_object_set_new(object, key, json_object());
	return json_object_get(object, key);
}

json_t *
vsw_out_add_array(json_t *object, const char *key)
{
	json_object_set_new(object, key, json_array());
	return json_object_get(object, key);
}

json_t *
vsw_out_append_object(json_t *array)
{
	json_t *object = json_object();

	/* On failure the array has dropped it. */
	return json_array_append_new(array, object) == 0 ? object : NULL;
}

void
vsw_out_append_text(json_t *array, const char *text)
{
	json_array_append_new(array, make_text(text));
}

void
vsw_out_append_uint(json_t *array, uint64_t value)
{
	json_array_append_new(array, make_uint(value));
}

unsigned int
vsw_out_column(const struct vsw_out *out)
{
	return out->column;
}
