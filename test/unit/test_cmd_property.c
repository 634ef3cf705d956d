/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Property: a line made from the syntax of a row gives back the values it was made of.
 *
 * Lines are random: which groups, in which order, which choices, which values, how they are quoted.
 * The seed is printed; VSW_TEST_SEED=N repeats a run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "cmd_rows.h"

#define LINES 20000
#define LINE_BYTES 8192
#define PIECES 64
#define VALUES 16
#define VALUE_BYTES 40

struct value {
	char name[32];
	char text[VALUE_BYTES];
};

/* What a line says, in its order. */
struct made {
	char line[LINE_BYTES];
	struct value values[VALUES];
	unsigned int n;
	char before[VALUE_BYTES]; /* the word before the next slot */
	const char *syntax;
};

static unsigned int seed;
static struct made made;
static unsigned int checked;

static unsigned int
draw(unsigned int below)
{
	return (unsigned int)rand_r(&seed) / 7 % below;
}

static int
record(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out, struct vsw_error *err)
{
	unsigned int i;
	unsigned int k;

	(void)ctx;
	(void)out;
	(void)err;
	for (i = 0; i < made.n; i++) {
		unsigned int same_name = 0;
		const char *text;

		for (k = 0; k < i; k++)
			same_name += strcmp(made.values[k].name, made.values[i].name) == 0;
		text = vsw_cmd_args_text_at(args, made.values[i].name, same_name);
		if (text == NULL || strcmp(text, made.values[i].text) != 0)
			fail_msg("%s: %s", made.line, made.values[i].name);
	}
	checked++;
	return 0;
}

/* Write word as a line may have it: plain, in quotes of either kind, or with backslashes. */
static void
add_word(const char *word)
{
	char *end = made.line + strlen(made.line);
	unsigned int way = draw(4);

	if (end != made.line)
		*end++ = draw(4) == 0 ? '\t' : ' ';
	*end = '\0';
	if (way == 0) {
		for (; *word != '\0'; word++)
			end += sprintf(end, "\\%c", *word);
	} else if (way == 1) {
		*end++ = '"';
		for (; *word != '\0'; word++)
			end += sprintf(end, "%s%c", strchr("\"\\", *word) ? "\\" : "", *word);
		strcpy(end, "\"");
	} else {
		vsw_cmd_quote(word, end);
	}
}

static void
draw_value(const char *type, char *text)
{
	static const char any[] = "abc XYZ019'\"\\#|<>[]$;\t./-_=\xc3";
	unsigned int n = 1 + draw(30);
	unsigned int i;

	if (strncmp(type, "UINT", 4) == 0) {
		sprintf(text, "%u", draw(1u << 30));
	} else if (strncmp(type, "OCTAL", 5) == 0) {
		sprintf(text, "%04o", draw(010000));
	} else if (strncmp(type, "VLAN", 4) == 0) {
		sprintf(text, "%u", 1 + draw(4094));
	} else if (strncmp(type, "MAC", 3) == 0) {
		sprintf(text, "02:00:5e:%02x:%02X:%02x", draw(256), draw(256), draw(256));
	} else if (strncmp(type, "NAME", 4) == 0) {
		/* No word of the grammar begins like this. */
		sprintf(text, "Z%u.-_%u", draw(1000), draw(1000));
	} else {
		text[0] = 'Z';
		for (i = 1; i < n; i++)
			text[i] = any[draw(sizeof(any) - 1)];
		text[n] = '\0';
	}
}

static void
add_value(const char *name, size_t n, const char *text)
{
	struct value *value = &made.values[made.n++];

	assert_true(made.n < VALUES && n < sizeof(value->name) && strlen(text) < VALUE_BYTES);
	memcpy(value->name, name, n);
	value->name[n] = '\0';
	strcpy(value->text, text);
}

/* A slot without brackets: choose, note the value under its name, write it. */
static void
make_slot(char *slot)
{
	char *named = strchr(slot, '<');
	char *choices[PIECES];
	char text[VALUE_BYTES];
	unsigned int n = 0;
	char *choice;
	char *save;
	size_t name_bytes = named == NULL ? 0 : strcspn(named + 1, ":");
	char name[32] = "";

	if (named != NULL)
		memcpy(name, named + 1, name_bytes);
	else if (strchr(slot, '|') != NULL)
		strcpy(name, made.before);
	for (choice = strtok_r(slot, "|", &save); choice; choice = strtok_r(NULL, "|", &save))
		choices[n++] = choice;
	choice = choices[draw(n)];
	if (choice[0] == '<')
		draw_value(strchr(choice, ':') + 1, text);
	else
		strcpy(text, choice);
	if (name[0] != '\0')
		add_value(name, strlen(name), text);
	add_word(text);
	strcpy(made.before, text);
}

/* Slots "a <b:T> c|d", already without the brackets. */
static void
make_slots(const char *slots)
{
	char copy[512];
	char one[512];
	char *slot;
	char *save;
	unsigned int times;

	strcpy(copy, slots);
	for (slot = strtok_r(copy, " ", &save); slot; slot = strtok_r(NULL, " ", &save)) {
		times = strstr(slot, "...") == NULL ? 1 : 1 + draw(4);
		while (times-- > 0) {
			strcpy(one, slot);
			make_slot(one);
		}
	}
}

static void
make_run(char **groups, unsigned int n)
{
	unsigned int i;

	for (i = n; i > 1; i--) {
		unsigned int k = draw(i);
		char *swap = groups[k];

		groups[k] = groups[i - 1];
		groups[i - 1] = swap;
	}
	for (i = 0; i < n; i++) {
		if (draw(2) == 0)
			make_slots(groups[i]);
	}
}

static void
make_line(const char *syntax)
{
	char *groups[PIECES];
	unsigned int n = 0;
	char copy[512];
	char *at = copy;

	made = (struct made){.syntax = syntax};
	strcpy(copy, syntax);
	while (*at != '\0') {
		char *end = at + strcspn(at, *at == '[' ? "]" : "[");
		bool more = *end != '\0';
		bool group = *at == '[';

		if (group) {
			*end = '\0';
			groups[n++] = at + 1;
			at = more ? end + 1 : end;
			at += *at == ' ';
			if (*at == '[')
				continue;
		}
		make_run(groups, n);
		n = 0;
		if (group)
			continue;
		*end = '\0';
		make_slots(at);
		if (more)
			*(at = end) = '[';
		else
			at = end;
	}
	if (draw(8) == 0)
		strcat(made.line, " # the end");
}

static void
valid_lines_give_their_values_back(void **state)
{
	struct vsw_cmd_table *table = vsw_cmd_table_create(cmd_rows, CMD_ROWS, NULL);
	const char *given = getenv("VSW_TEST_SEED");
	struct vsw_error err;
	struct vsw_out out;
	int i;

	(void)state;
	seed = given != NULL ? strtoul(given, NULL, 0) : (unsigned int)time(NULL);
	print_message("seed: VSW_TEST_SEED=%u\n", seed);
	assert_non_null(table);
	vsw_out_init(&out);
	for (i = 0; i < LINES; i++) {
		make_line(cmd_rows[draw(CMD_ROWS)].syntax);
		err.text[0] = '\0';
		if (strlen(made.line) <= VSW_CMD_LINE_BYTES &&
		    vsw_cmd_run(table, made.line, NULL, &out, &err) < 0)
			fail_msg("%s\n%s\n%s", made.syntax, made.line, err.text);
	}
	vsw_out_fini(&out);
	vsw_cmd_table_destroy(table);
	assert_int_equal(checked, LINES);
}

/* Any words: quoted, joined and read, they are the same words. */
static void
quoting_is_undone_by_reading(void **state)
{
	static const struct vsw_cmd echo = {"echo <words:WORD>...", "say words", record};
	struct vsw_cmd_table *table = vsw_cmd_table_create(&echo, 1, NULL);
	char text[VALUE_BYTES];
	struct vsw_out out;
	unsigned int words;
	int i;

	(void)state;
	vsw_out_init(&out);
	checked = 0;
	for (i = 0; i < LINES; i++) {
		made = (struct made){.line = "echo", .syntax = echo.syntax};
		for (words = 1 + draw(VALUES - 2); words > 0; words--) {
			unsigned int n = 1 + draw(VALUE_BYTES - 2);

			text[n] = '\0';
			while (n > 0) {
				text[--n] = ' ' + draw(256 - ' ');
				if (text[n] == 0x7f)
					text[n] = '\'';
			}
			add_value("words", strlen("words"), text);
			strcat(made.line, " ");
			vsw_cmd_quote(text, made.line + strlen(made.line));
		}
		assert_int_equal(vsw_cmd_run(table, made.line, NULL, &out, NULL), 0);
	}
	assert_int_equal(checked, LINES);
	vsw_out_fini(&out);
	vsw_cmd_table_destroy(table);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(valid_lines_give_their_values_back),
		cmocka_unit_test(quoting_is_undone_by_reading),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
