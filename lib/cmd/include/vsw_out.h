/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The output of a command: typed values, rendered as text or JSON.
 *
 * Model: a handler fills one tree of jansson values, or one plain message, and never prints. Who
 * called the command renders the tree. Members keep the order in which they were added.
 *
 * As text, an object is a list of "key: value" lines with the values aligned; an array of objects
 * is a table whose columns are the keys in the order of their first appearance, numbers to the
 * right; an array of plain values is one line for each, or "a, b, c" as a member; an object or a
 * table as a member is indented under its key; objects of an array that have such members, or that
 * would make a table wider than 132 columns, follow one another after an empty line. What is empty
 * is "none", null and a missing cell are "-", booleans "yes" and "no", reals have three decimals,
 * underscores in keys are blanks.
 *
 * As JSON, the tree itself on one line, or {"message": "..."}; {} if nothing was set.
 *
 * Texts may come from users and guests: whatever is not printable is shown as \n, \t or \xNN in
 * text, and bytes that are not UTF-8 are \xNN in both. Add texts with the functions below:
 * jansson's own refuse such bytes.
 *
 * Threads: an output belongs to its caller. Limits: memory only; a value for which there is no
 * memory is missing. Keys are our own words, never a user's, except where an object is a map.
 * It does not page, colour or translate.
 */
#ifndef VSW_OUT_H
#define VSW_OUT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "vsw_error.h"

struct vsw_out {
	json_t *root;	     /* NULL: nothing set */
	bool is_message;     /* root is a plain message */
	unsigned int column; /* of the error in the command line, from 1; 0: none */
};

void vsw_out_init(struct vsw_out *out);
void vsw_out_fini(struct vsw_out *out);

/*
 * Begin the tree: drop what is there and return a new, empty root, which out owns. Parts of the
 * tree are borrowed by whoever fills them.
 */
json_t *vsw_out_object(struct vsw_out *out);
json_t *vsw_out_array(struct vsw_out *out);

/* Drop what is there and set a plain message, printf-formatted; it may have several lines. */
void vsw_out_message(struct vsw_out *out, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Add a member to an object. A number above INT64_MAX becomes INT64_MAX. */
void vsw_out_add_uint(json_t *object, const char *key, uint64_t value);
void vsw_out_add_int(json_t *object, const char *key, int64_t value);
void vsw_out_add_real(json_t *object, const char *key, double value);
void vsw_out_add_bool(json_t *object, const char *key, bool value);
void vsw_out_add_null(json_t *object, const char *key);
void vsw_out_add_text(json_t *object, const char *key, const char *text);
void vsw_out_add_format(json_t *object, const char *key, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void vsw_out_add_mac(json_t *object, const char *key, uint64_t mac);

/* Add an empty object or array to an object and return it. */
json_t *vsw_out_add_object(json_t *object, const char *key);
json_t *vsw_out_add_array(json_t *object, const char *key);

/* Append to an array. */
json_t *vsw_out_append_object(json_t *array);
void vsw_out_append_text(json_t *array, const char *text);
void vsw_out_append_uint(json_t *array, uint64_t value);

/* The column of the error of vsw_cmd_run(), from 1; 0 if it is not about a column. */
unsigned int vsw_out_column(const struct vsw_out *out);

/*
 * Render. The text ends with a newline unless it is empty. The caller frees it. NULL: no memory.
 */
char *vsw_out_text(const struct vsw_out *out);
char *vsw_out_json(const struct vsw_out *out);

/* {"error": {"code": "EINVAL", "text": "...", "column": 6}}; the column only if out has one. */
char *vsw_out_error_json(const struct vsw_out *out, const struct vsw_error *err);

#endif /* VSW_OUT_H */
