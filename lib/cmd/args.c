/* SPDX-License-Identifier: BSD-3-Clause */
#include "args.h"

#include <string.h>

/* The slot of place that has taken word. */
static unsigned int
taker(const struct cmd_row *row, struct cmd_place place, const struct cmd_word *word)
{
	struct cmd_candidates next;
	unsigned int i;

	cmd_row_candidates(row, place, &next);
	for (i = 0; i + 1 < next.n; i++) {
		const struct cmd_slot *slot = &row->slots[next.slots[i]];

		if (word->is_value ? cmd_slot_value(slot) != NULL
				   : cmd_slot_has_word(slot, word->text))
			break;
	}
	return next.slots[i];
}

static void
add_arg(struct vsw_cmd_args *args, const struct cmd_slot *slot, const struct cmd_word *word)
{
	struct cmd_arg *arg = &args->args[args->n++];
	const struct cmd_type *type = word->is_value ? cmd_slot_value(slot)->type : NULL;

	*arg = (struct cmd_arg){.name = slot->name, .text = word->text};
	if (type != NULL && type->parse(word->text, &arg->number))
		arg->kind = type->number;
}

void
cmd_args_fill(struct vsw_cmd_args *args, const struct cmd_row *row, const struct cmd_line *line)
{
	struct cmd_place place = {.slot = 0};
	unsigned int slot;
	unsigned int i;

	args->n = 0;
	for (i = 0; i < line->n; i++) {
		slot = taker(row, place, &line->words[i]);
		if (row->slots[slot].name != NULL)
			add_arg(args, &row->slots[slot], &line->words[i]);
		place = cmd_row_advance(row, place, slot);
	}
}

static const struct cmd_arg *
find(const struct vsw_cmd_args *args, const char *name, unsigned int skip)
{
	unsigned int i;

	for (i = 0; i < args->n; i++) {
		if (strcmp(args->args[i].name, name) == 0 && skip-- == 0)
			return &args->args[i];
	}
	return NULL;
}

bool
vsw_cmd_args_has(const struct vsw_cmd_args *args, const char *name)
{
	return find(args, name, 0) != NULL;
}

const char *
vsw_cmd_args_text_at(const struct vsw_cmd_args *args, const char *name, unsigned int i)
{
	const struct cmd_arg *arg = find(args, name, i);

	return arg == NULL ? NULL : arg->text;
}

const char *
vsw_cmd_args_text(const struct vsw_cmd_args *args, const char *name)
{
	return vsw_cmd_args_text_at(args, name, 0);
}

unsigned int
vsw_cmd_args_count(const struct vsw_cmd_args *args, const char *name)
{
	unsigned int count = 0;
	unsigned int i;

	for (i = 0; i < args->n; i++)
		count += strcmp(args->args[i].name, name) == 0;
	return count;
}

static uint64_t
find_number(const struct vsw_cmd_args *args, const char *name, enum cmd_number kind,
	    uint64_t absent)
{
	const struct cmd_arg *arg = find(args, name, 0);

	return arg == NULL || arg->kind != kind ? absent : arg->number;
}

uint64_t
vsw_cmd_args_uint(const struct vsw_cmd_args *args, const char *name, uint64_t absent)
{
	return find_number(args, name, CMD_NUMBER_UINT, absent);
}

uint64_t
vsw_cmd_args_mac(const struct vsw_cmd_args *args, const char *name, uint64_t absent)
{
	return find_number(args, name, CMD_NUMBER_MAC, absent);
}

bool
vsw_cmd_args_on(const struct vsw_cmd_args *args, const char *name, bool absent)
{
	const struct cmd_arg *arg = find(args, name, 0);

	return arg == NULL ? absent : strcmp(arg->text, "on") == 0;
}
