/* SPDX-License-Identifier: BSD-3-Clause */
/* From the syntax string of a row to its slots. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "row.h"

#define WORD_BYTES "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+.?"
#define NAME_BYTES "abcdefghijklmnopqrstuvwxyz0123456789_-"

struct compiler {
	struct cmd_row *row;
	char *out;	/* the next free byte of row->texts */
	int group;	/* that is open, CMD_NO_GROUP */
	int last_group; /* that was opened */
	struct vsw_error *err;
};

static int __attribute__((format(printf, 2, 3))) refuse(struct compiler *c, const char *format, ...)
{
	char why[160];
	va_list ap;

	va_start(ap, format);
	vsnprintf(why, sizeof(why), format, ap);
	va_end(ap);
	return vsw_error_set(c->err, EINVAL, "command \"%.200s\": %s", c->row->cmd->syntax, why);
}

static const char *
keep(struct compiler *c, const char *text, size_t n)
{
	const char *kept = c->out;

	memcpy(c->out, text, n);
	c->out[n] = '\0';
	c->out += n + 1;
	return kept;
}

/* "<name:TYPE>" */
static int
compile_value(struct compiler *c, struct cmd_slot *slot, struct cmd_choice *choice)
{
	const char *name = choice->text + 1;
	size_t n = strspn(name, NAME_BYTES);
	size_t type_n;

	if (n == 0 || name[n] != ':')
		return refuse(c, "\"%s\" has no name of lower case letters", choice->text);
	type_n = strcspn(name + n + 1, ">");
	choice->type = cmd_type_find(name + n + 1, type_n);
	if (choice->type == NULL || strcmp(name + n + 1 + type_n, ">") != 0)
		return refuse(c, "\"%s\" is not of a known type", choice->text);
	if (slot->name != NULL)
		return refuse(c, "\"%s\" is the second value of a choice", choice->text);
	slot->name = keep(c, name, n);
	return 0;
}

static int
compile_choice(struct compiler *c, struct cmd_slot *slot, const char *text, size_t n)
{
	struct cmd_choice *choice = &c->row->choices[c->row->n_choices];
	struct cmd_choice made = {.text = keep(c, text, n)};
	int ret = 0;

	if (c->row->n_choices == CMD_ROW_CHOICES)
		return refuse(c, "\"%s\" is one choice too many", made.text);
	if (made.text[0] == '<')
		ret = compile_value(c, slot, &made);
	else if (n == 0 || made.text[strspn(made.text, WORD_BYTES)] != '\0')
		return refuse(c, "\"%s\" is not a word", made.text);
	else if (cmd_slot_has_word(slot, made.text))
		return refuse(c, "\"%s\" is there twice", made.text);
	if (ret < 0)
		return ret;
	*choice = made;
	c->row->n_choices++;
	slot->n_choices++;
	return 0;
}

/* A choice of words takes the name of the word before it. */
static int
name_choice_of_words(struct compiler *c, struct cmd_slot *slot)
{
	const struct cmd_slot *before = c->row->n_slots > 0 ? slot - 1 : NULL;

	if (slot->name != NULL || slot->n_choices < 2)
		return 0;
	if (before == NULL || before->n_choices != 1 || before->choices[0].type != NULL ||
	    before->group != slot->group)
		return refuse(c, "the choice of \"%s\" has no word before it to name it",
			      slot->choices[0].text);
	slot->name = before->choices[0].text;
	return 0;
}

/* A slot without its brackets and dots: "a", "a|b", "<x:T>", "a|<x:T>". */
static int
compile_slot(struct compiler *c, const char *text, size_t n, bool repeats)
{
	struct cmd_row *row = c->row;
	struct cmd_slot *slot = &row->slots[row->n_slots];
	const char *end = text + n;
	int ret;

	if (row->n_slots == CMD_ROW_SLOTS)
		return refuse(c, "\"%s\" is one slot too many", keep(c, text, n));
	*slot = (struct cmd_slot){
		.choices = &row->choices[row->n_choices], .group = c->group, .repeats = repeats};
	do {
		n = strcspn(text, "|");
		if (n > (size_t)(end - text))
			n = end - text;
		ret = compile_choice(c, slot, text, n);
		text += n + 1;
	} while (ret == 0 && text <= end);
	if (ret == 0)
		ret = name_choice_of_words(c, slot);
	if (ret == 0 && repeats && slot->name == NULL)
		ret = refuse(c, "only a value may repeat, not \"%s\"", slot->choices[0].text);
	row->n_slots++;
	return ret;
}

static int
open_group(struct compiler *c)
{
	if (c->group != CMD_NO_GROUP)
		return refuse(c, "a group in a group");
	if (c->last_group == VSW_CMD_GROUPS - 1)
		return refuse(c, "too many groups");
	c->group = ++c->last_group;
	return 0;
}

/* A piece between blanks: a slot, maybe with a bracket on either side. */
static int
compile_piece(struct compiler *c, const char *text, size_t n)
{
	bool closes = n > 0 && text[n - 1] == ']';
	bool repeats;
	int ret = 0;

	n -= closes;
	if (text[0] == '[') {
		ret = open_group(c);
		text++;
		n -= n > 0;
	}
	repeats = n > 3 && memcmp(text + n - 3, "...", 3) == 0;
	if (ret == 0)
		ret = compile_slot(c, text, n - (repeats ? 3 : 0), repeats);
	if (ret == 0 && closes) {
		if (c->group == CMD_NO_GROUP)
			return refuse(c, "']' without '['");
		c->group = CMD_NO_GROUP;
	}
	return ret;
}

static int
compile_pieces(struct compiler *c)
{
	const char *text = c->row->cmd->syntax;
	int ret = 0;
	size_t n;

	while (ret == 0 && *text != '\0') {
		if (c->row->n_slots > 0 && c->row->slots[c->row->n_slots - 1].repeats)
			return refuse(c, "what repeats must be last");
		n = strcspn(text, " ");
		ret = compile_piece(c, text, n);
		text += n;
		if (*text == ' ' && *++text == '\0')
			return refuse(c, "a blank at the end");
	}
	if (ret == 0 && c->group != CMD_NO_GROUP)
		return refuse(c, "'[' without ']'");
	if (ret == 0 && c->row->n_slots == 0)
		return refuse(c, "no words");
	return ret;
}

/* A group answers to the word it begins with, unless a value in it has that name already. */
static void
name_groups(struct cmd_row *row)
{
	unsigned int i;
	unsigned int k;

	for (i = 0; i < row->n_slots; i++) {
		struct cmd_slot *slot = &row->slots[i];

		if (slot->group == CMD_NO_GROUP || slot->name != NULL ||
		    (i > 0 && row->slots[i - 1].group == slot->group))
			continue;
		slot->name = slot->choices[0].text;
		for (k = i + 1; k < row->n_slots && row->slots[k].group == slot->group; k++) {
			if (row->slots[k].name != NULL &&
			    strcmp(row->slots[k].name, slot->choices[0].text) == 0)
				slot->name = NULL;
		}
	}
}

static int
check_names(struct compiler *c)
{
	const struct cmd_row *row = c->row;
	unsigned int i;
	unsigned int k;

	for (i = 0; i < row->n_slots; i++) {
		for (k = 0; k < i; k++) {
			if (row->slots[i].name != NULL && row->slots[k].name != NULL &&
			    strcmp(row->slots[i].name, row->slots[k].name) == 0)
				return refuse(c, "the name \"%s\" is there twice",
					      row->slots[i].name);
		}
	}
	return 0;
}

/* Two slots of one place that could take the same word: the row would not know which is meant. */
static int
check_place(struct compiler *c, unsigned int at)
{
	struct cmd_place place = {.slot = at};
	struct cmd_candidates next;
	unsigned int i;
	unsigned int k;

	cmd_row_candidates(c->row, place, &next);
	for (i = 0; i < next.n; i++) {
		for (k = 0; k < i; k++) {
			const struct cmd_slot *slot = &c->row->slots[next.slots[i]];

			if (cmd_slots_overlap(slot, &c->row->slots[next.slots[k]]))
				return refuse(c, "\"%s\" is ambiguous here", slot->choices[0].text);
		}
	}
	return 0;
}

static int
check_places(struct compiler *c)
{
	unsigned int at;
	int ret = 0;

	for (at = 0; ret == 0 && at < c->row->n_slots; at++)
		ret = check_place(c, at);
	return ret;
}

static int
compile(struct cmd_row *row, struct vsw_error *err)
{
	struct compiler c = {.row = row,
			     .out = row->texts,
			     .group = CMD_NO_GROUP,
			     .last_group = CMD_NO_GROUP,
			     .err = err};
	int ret = compile_pieces(&c);

	if (ret < 0)
		return ret;
	name_groups(row);
	ret = check_names(&c);
	return ret < 0 ? ret : check_places(&c);
}

int
cmd_row_init(struct cmd_row *row, const struct vsw_cmd *cmd, struct vsw_error *err)
{
	int ret;

	*row = (struct cmd_row){.cmd = cmd};
	row->slots = calloc(CMD_ROW_SLOTS, sizeof(*row->slots));
	row->choices = calloc(CMD_ROW_CHOICES, sizeof(*row->choices));
	/* Each piece is kept once, its name once more, and a piece that is refused once more. */
	row->texts = malloc(3 * strlen(cmd->syntax) + 3);
	if (row->slots == NULL || row->choices == NULL || row->texts == NULL)
		ret = vsw_error_set(err, ENOMEM, "no memory for the command table");
	else
		ret = compile(row, err);
	if (ret < 0)
		cmd_row_fini(row);
	return ret;
}

void
cmd_row_fini(struct cmd_row *row)
{
	free(row->slots);
	free(row->choices);
	free(row->texts);
}
