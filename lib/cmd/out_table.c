/* SPDX-License-Identifier: BSD-3-Clause */
#include "out_table.h"

#include <stdlib.h>
#include <string.h>

#include "out_plain.h"
#include "utf8.h"

#define GAP 2	   /* blanks between columns */
#define WIDEST 132 /* columns of text; wider tables are not shown as such */

struct column {
	const char *key;
	size_t width;
	bool is_text; /* to the left; numbers go to the right */
};

struct table {
	struct column *columns;
	unsigned int n;
	struct cmd_text scratch; /* to measure cells */
};

static bool
is_row(json_t *object)
{
	const char *key;
	json_t *value;

	if (!json_is_object(object))
		return false;
	json_object_foreach(object, key, value) {
		if (!cmd_out_is_plain(value))
			return false;
	}
	return json_object_size(object) > 0;
}

/* The width of what was just written to the scratch text. */
static size_t
take_width(struct cmd_text *scratch)
{
	size_t width = scratch->bytes == NULL ? 0 : cmd_utf8_columns(scratch->bytes);

	cmd_text_cut(scratch, 0);
	return width;
}

static struct column *
add_column(struct table *table, const char *key)
{
	struct column *grown;

	grown = realloc(table->columns, (table->n + 1) * sizeof(*grown));
	if (grown == NULL) {
		table->scratch.failed = true;
		return NULL;
	}
	table->columns = grown;
	cmd_out_add_key(&table->scratch, key);
	grown[table->n] = (struct column){.key = key, .width = take_width(&table->scratch)};
	return &grown[table->n++];
}

/* Rows mostly have the same keys in the same order: look at the expected place first. */
static struct column *
find_column(struct table *table, const char *key, unsigned int hint)
{
	unsigned int i;

	if (hint < table->n && strcmp(table->columns[hint].key, key) == 0)
		return &table->columns[hint];
	for (i = 0; i < table->n; i++) {
		if (strcmp(table->columns[i].key, key) == 0)
			return &table->columns[i];
	}
	return add_column(table, key);
}

static void
measure_row(struct table *table, json_t *object)
{
	unsigned int i = 0;
	struct column *column;
	const char *key;
	json_t *value;
	size_t width;

	json_object_foreach(object, key, value) {
		column = find_column(table, key, i++);
		if (column == NULL)
			return;
		cmd_out_add_plain(&table->scratch, value);
		width = take_width(&table->scratch);
		if (width > column->width)
			column->width = width;
		if (!json_is_number(value) && !json_is_null(value))
			column->is_text = true;
	}
}

static void
measure(struct table *table, const json_t *array)
{
	size_t i;

	for (i = 0; i < json_array_size(array); i++)
		measure_row(table, json_array_get(array, i));
}

static size_t
table_width(const struct table *table)
{
	size_t width = 0;
	unsigned int i;

	for (i = 0; i < table->n; i++)
		width += table->columns[i].width + GAP;
	return width;
}

bool
cmd_out_is_table(const json_t *array)
{
	struct table table = {.n = 0};
	bool fits;
	size_t i;

	for (i = 0; i < json_array_size(array); i++) {
		if (!is_row(json_array_get(array, i)))
			return false;
	}
	measure(&table, array);
	fits = table_width(&table) <= WIDEST + GAP;
	cmd_text_fini(&table.scratch);
	free(table.columns);
	return json_array_size(array) > 0 && fits;
}

/* Pad the cell that begins at byte start; a line has no blanks at its end. */
static void
add_cell(struct cmd_text *text, struct table *table, unsigned int i, const struct cmd_text *cell)
{
	const struct column *column = &table->columns[i];
	size_t columns = cell->n == 0 ? 0 : cmd_utf8_columns(cell->bytes);
	size_t pad = column->width - columns;

	if (!column->is_text)
		cmd_text_add_blanks(text, pad);
	if (cell->n > 0)
		cmd_text_add(text, cell->bytes, cell->n);
	if (i + 1 == table->n)
		cmd_text_add_string(text, "\n");
	else
		cmd_text_add_blanks(text, (column->is_text ? pad : 0) + GAP);
}

/* object is NULL for the heading. */
static void
add_row(struct cmd_text *text, struct table *table, const json_t *object, unsigned int indent)
{
	unsigned int i;

	cmd_text_add_blanks(text, indent);
	for (i = 0; i < table->n; i++) {
		const char *key = table->columns[i].key;

		if (object == NULL)
			cmd_out_add_key(&table->scratch, key);
		else
			cmd_out_add_plain(&table->scratch, json_object_get(object, key));
		add_cell(text, table, i, &table->scratch);
		cmd_text_cut(&table->scratch, 0);
	}
}

void
cmd_out_add_table(struct cmd_text *text, const json_t *array, unsigned int indent)
{
	struct table table = {.n = 0};
	size_t i;

	measure(&table, array);
	if (!table.scratch.failed)
		add_row(text, &table, NULL, indent);
	for (i = 0; i < json_array_size(array) && !table.scratch.failed; i++)
		add_row(text, &table, json_array_get(array, i), indent);
	text->failed |= table.scratch.failed;
	cmd_text_fini(&table.scratch);
	free(table.columns);
}
