/* SPDX-License-Identifier: BSD-3-Clause */
#include "explain.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "vsw_cmd_near.h"

#define EXPECTED 256   /* different choices that are looked at */
#define NEAR_SHOWN 3   /* of several that are equally near */
#define SHOWN_BYTES 64 /* of a word that was found */
#define LIST_BYTES 300 /* of the choices that are shown; leaves room for the rest of a sentence */

struct expected {
	const char *choices[EXPECTED];
	unsigned int n;
	const struct cmd_type *type; /* of the first value among them */
	bool end;
};

/* A sentence that grows and may be cut, but never overflows. */
struct sentence {
	char text[VSW_ERROR_TEXT_BYTES];
	size_t n;
};

static void __attribute__((format(printf, 2, 3)))
say(struct sentence *sentence, const char *format, ...)
{
	size_t room = sizeof(sentence->text) - sentence->n;
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(sentence->text + sentence->n, room, format, ap);
	va_end(ap);
	if (n > 0)
		sentence->n += (size_t)n < room ? (size_t)n : room - 1;
}

static void
say_word(struct sentence *sentence, const char *word)
{
	size_t n = strnlen(word, SHOWN_BYTES);

	/* Do not cut a character of UTF-8. */
	while (word[n] != '\0' && n > 0 && (word[n] & 0xc0) == 0x80)
		n--;
	say(sentence, "\"%.*s%s\"", (int)n, word, word[n] == '\0' ? "" : "...");
}

static void
note_choice(void *arg, const struct cmd_row *row, const struct cmd_choice *choice)
{
	struct expected *expected = arg;
	unsigned int i;

	(void)row;
	if (choice == NULL) {
		expected->end = true;
		return;
	}
	if (choice->type != NULL && expected->type == NULL)
		expected->type = choice->type;
	for (i = 0; i < expected->n; i++) {
		if (strcmp(expected->choices[i], choice->text) == 0)
			return;
	}
	if (expected->n < EXPECTED)
		expected->choices[expected->n++] = choice->text;
}

static void
expect(const struct cmd_walk *walk, struct expected *expected)
{
	expected->n = 0;
	expected->type = NULL;
	expected->end = false;
	cmd_walk_next(walk, note_choice, expected);
}

static void
say_expected(struct sentence *sentence, const struct expected *expected)
{
	size_t start = sentence->n;
	unsigned int i;

	if (expected->n == 0) {
		say(sentence, "expected the end of the command");
		return;
	}
	say(sentence, expected->n == 1 ? "expected " : "expected one of: ");
	for (i = 0; i < expected->n && sentence->n - start < LIST_BYTES; i++)
		say(sentence, "%s%s", i == 0 ? "" : ", ", expected->choices[i]);
	if (i < expected->n)
		say(sentence, " and %u more", expected->n - i);
}

static void
say_near(struct sentence *sentence, const struct expected *expected, const char *word)
{
	unsigned int best = VSW_CMD_NOT_NEAR;
	unsigned int said = 0;
	unsigned int i;

	for (i = 0; i < expected->n; i++) {
		unsigned int edits = vsw_cmd_near(word, expected->choices[i]);

		best = edits < best ? edits : best;
	}
	if (best == VSW_CMD_NOT_NEAR)
		return;
	for (i = 0; i < expected->n && said < NEAR_SHOWN; i++) {
		if (vsw_cmd_near(word, expected->choices[i]) == best)
			say(sentence, "%s\"%s\"", said++ == 0 ? "; did you mean " : " or ",
			    expected->choices[i]);
	}
	say(sentence, "?");
}

static void
say_beginnings(struct sentence *sentence, const struct expected *expected, const char *word)
{
	size_t start = sentence->n;
	unsigned int said = 0;
	unsigned int i;

	for (i = 0; i < expected->n && sentence->n - start < LIST_BYTES; i++) {
		if (strncmp(expected->choices[i], word, strlen(word)) == 0)
			say(sentence, "%s%s", said++ == 0 ? "" : ", ", expected->choices[i]);
	}
}

/* True if word begins a group that the line has used already. */
static bool
is_repeated(const struct cmd_walk *walk, const char *word)
{
	unsigned int i;
	unsigned int k;

	for (i = 0; i < walk->n; i++) {
		const struct cmd_row *row = &walk->table->rows[walk->places[i].row];

		for (k = 0; k < row->n_slots; k++) {
			const struct cmd_slot *slot = &row->slots[k];
			bool first = k == 0 || row->slots[k - 1].group != slot->group;

			if (slot->group != CMD_NO_GROUP && first &&
			    walk->places[i].used & 1u << slot->group &&
			    cmd_slot_has_word(slot, word))
				return true;
		}
	}
	return false;
}

static void
say_found(struct sentence *sentence, const struct cmd_walk *walk, const struct expected *expected,
	  const char *word)
{
	bool repeated = is_repeated(walk, word);

	if (!repeated && expected->type == NULL)
		say(sentence, expected->n == 0 ? "unexpected word " : "unknown word ");
	say_word(sentence, word);
	if (repeated)
		say(sentence, " is there twice");
	else if (expected->type != NULL)
		say(sentence, " is not %s", expected->type->what);
}

int
cmd_explain_word(const struct cmd_walk *walk, const struct cmd_word *word, unsigned int ways,
		 struct vsw_error *err)
{
	struct sentence sentence = {.n = 0};
	struct expected expected;

	expect(walk, &expected);
	say(&sentence, "column %u: ", word->column);
	if (ways > 1) {
		say_word(&sentence, word->text);
		say(&sentence, " is ambiguous; it begins ");
		say_beginnings(&sentence, &expected, word->text);
		return vsw_error_set(err, EINVAL, "%s", sentence.text);
	}
	say_found(&sentence, walk, &expected, word->text);
	/* That a value of a wrong kind was not a value needs no second mention. */
	if (expected.type == NULL || expected.n > 1) {
		say(&sentence, "; ");
		say_expected(&sentence, &expected);
	}
	say_near(&sentence, &expected, word->text);
	return vsw_error_set(err, EINVAL, "%s", sentence.text);
}

int
cmd_explain_end(const struct cmd_walk *walk, const struct cmd_word *last, struct vsw_error *err)
{
	struct sentence sentence = {.n = 0};
	struct expected expected;

	expect(walk, &expected);
	say(&sentence, "incomplete command: ");
	say_expected(&sentence, &expected);
	say(&sentence, " after ");
	say_word(&sentence, last->text);
	return vsw_error_set(err, EINVAL, "%s", sentence.text);
}
