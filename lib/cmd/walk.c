/* SPDX-License-Identifier: BSD-3-Clause */
#include "walk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The ways a word could be taken at the places of a walk. */
struct options {
	const char *text;
	bool is_word;	   /* of the grammar, in full */
	bool is_value;	   /* that some value accepts */
	const char *first; /* word that text begins */
	unsigned int n;	   /* different words that text begins */
};

int
cmd_walk_init(struct cmd_walk *walk, const struct vsw_cmd_table *table, struct vsw_error *err)
{
	unsigned int i;

	walk->table = table;
	walk->n = table->n_rows;
	walk->places = calloc(table->n_rows + 1, sizeof(*walk->places));
	if (walk->places == NULL)
		return vsw_error_set(err, ENOMEM, "no memory to read the command");
	for (i = 0; i < walk->n; i++)
		walk->places[i].row = i;
	return 0;
}

void
cmd_walk_fini(struct cmd_walk *walk)
{
	free(walk->places);
}

static void
visit_slot(const struct cmd_row *row, const struct cmd_slot *slot,
	   void (*visit)(void *arg, const struct cmd_row *row, const struct cmd_choice *choice),
	   void *arg)
{
	unsigned int i;

	for (i = 0; i < slot->n_choices; i++)
		visit(arg, row, &slot->choices[i]);
}

void
cmd_walk_next(const struct cmd_walk *walk,
	      void (*visit)(void *arg, const struct cmd_row *row, const struct cmd_choice *choice),
	      void *arg)
{
	const struct cmd_row *row;
	struct cmd_candidates next;
	bool end = false;
	unsigned int i;
	unsigned int k;

	for (i = 0; i < walk->n; i++) {
		row = &walk->table->rows[walk->places[i].row];
		cmd_row_candidates(row, walk->places[i], &next);
		for (k = 0; k < next.n; k++)
			visit_slot(row, &row->slots[next.slots[k]], visit, arg);
		end |= next.end;
	}
	if (end)
		visit(arg, NULL, NULL);
}

static void
add_option(void *arg, const struct cmd_row *row, const struct cmd_choice *choice)
{
	struct options *options = arg;
	uint64_t number;

	(void)row;
	if (choice == NULL)
		return;
	if (choice->type != NULL) {
		options->is_value |= choice->type->parse(options->text, &number);
		return;
	}
	options->is_word |= strcmp(choice->text, options->text) == 0;
	if (options->text[0] == '\0' ||
	    strncmp(choice->text, options->text, strlen(options->text)) != 0)
		return;
	if (options->n == 0)
		options->first = choice->text;
	if (options->n == 0 || strcmp(options->first, choice->text) != 0)
		options->n++;
}

static bool
slot_takes(const struct cmd_slot *slot, const struct cmd_word *word)
{
	const struct cmd_choice *value = cmd_slot_value(slot);
	uint64_t number;

	if (!word->is_value)
		return cmd_slot_has_word(slot, word->text);
	return value != NULL && value->type->parse(word->text, &number);
}

/* Move place behind the word; false if its row does not take it. */
static bool
move(const struct cmd_walk *walk, struct cmd_place *place, const struct cmd_word *word)
{
	const struct cmd_row *row = &walk->table->rows[place->row];
	struct cmd_candidates next;
	unsigned int i;

	cmd_row_candidates(row, *place, &next);
	for (i = 0; i < next.n; i++) {
		if (slot_takes(&row->slots[next.slots[i]], word)) {
			*place = cmd_row_advance(row, *place, next.slots[i]);
			return true;
		}
	}
	return false;
}

unsigned int
cmd_walk_step(struct cmd_walk *walk, struct cmd_word *word)
{
	struct options options = {.text = word->text};
	unsigned int kept = 0;
	unsigned int i;

	cmd_walk_next(walk, add_option, &options);
	word->is_value = options.is_value && !options.is_word;
	if (!options.is_word && !options.is_value) {
		if (options.n != 1)
			return options.n;
		word->text = options.first;
	}
	for (i = 0; i < walk->n; i++) {
		struct cmd_place place = walk->places[i];

		if (move(walk, &place, word))
			walk->places[kept++] = place;
	}
	walk->n = kept;
	return 1;
}

const struct cmd_row *
cmd_walk_end(const struct cmd_walk *walk)
{
	struct cmd_candidates next;
	unsigned int i;

	for (i = 0; i < walk->n; i++) {
		const struct cmd_row *row = &walk->table->rows[walk->places[i].row];

		cmd_row_candidates(row, walk->places[i], &next);
		if (next.end)
			return row;
	}
	return NULL;
}
