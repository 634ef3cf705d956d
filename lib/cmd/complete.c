/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "line.h"
#include "vsw_cmd.h"
#include "walk.h"

#define OFFERS 256 /* different ones that are made */

struct completion {
	const char *beginning; /* of the word to complete */
	void (*offer)(void *arg, const char *word, const char *help);
	void *arg;
	const char *offers[OFFERS];
	unsigned int n;
};

static bool
fits(const struct cmd_choice *choice, const char *beginning)
{
	uint64_t number;

	if (choice->type == NULL)
		return strncmp(choice->text, beginning, strlen(beginning)) == 0;
	/* What begins a value need not be one: "02:" is not yet a MAC address. */
	return choice->type->number == CMD_NUMBER_MAC || beginning[0] == '\0' ||
	       choice->type->parse(beginning, &number);
}

static void
offer_choice(void *arg, const struct cmd_row *row, const struct cmd_choice *choice)
{
	struct completion *completion = arg;
	unsigned int i;

	if (choice == NULL || completion->n == OFFERS || !fits(choice, completion->beginning))
		return;
	for (i = 0; i < completion->n; i++) {
		if (strcmp(completion->offers[i], choice->text) == 0)
			return;
	}
	completion->offers[completion->n++] = choice->text;
	completion->offer(completion->arg, choice->text, row->cmd->help);
}

static void
complete(struct cmd_walk *walk, struct cmd_line *line, struct completion *completion)
{
	unsigned int i;

	for (i = 0; i < line->n; i++) {
		if (cmd_walk_step(walk, &line->words[i]) != 1)
			return;
	}
	cmd_walk_next(walk, offer_choice, completion);
}

unsigned int
vsw_cmd_complete(const struct vsw_cmd_table *table, const char *line,
		 void (*offer)(void *arg, const char *word, const char *help), void *arg)
{
	struct completion completion = {.beginning = "", .offer = offer, .arg = arg};
	struct cmd_line split;
	struct cmd_walk walk;
	unsigned int column;

	if (cmd_line_split(&split, line, &column, NULL) < 0 || split.has_comment)
		return 0;
	if (split.ends_in_word)
		completion.beginning = split.words[--split.n].text;
	if (cmd_walk_init(&walk, table, NULL) < 0)
		return 0;
	complete(&walk, &split, &completion);
	cmd_walk_fini(&walk);
	return completion.n;
}
