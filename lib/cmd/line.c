/* SPDX-License-Identifier: BSD-3-Clause */
#include "line.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* Reads the line, writes the words. */
struct splitter {
	const char *in;
	unsigned int column; /* of *in */
	char *out;
	struct vsw_error *err;
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* A byte that continues a UTF-8 sequence has no column of its own. */
static char
take(struct splitter *s)
{
	char c = *s->in++;

	if ((*s->in & 0xc0) != 0x80)
		s->column++;
	return c;
}

static int
take_escaped(struct splitter *s)
{
	if (*s->in == '\0')
		return vsw_error_set(s->err, EINVAL, "column %u: nothing follows the backslash",
				     --s->column);
	*s->out++ = take(s);
	return 0;
}

static int
take_quoted(struct splitter *s, char quote)
{
	unsigned int column = s->column - 1;
	char c;

	while (*s->in != quote) {
		if (*s->in == '\0') {
			s->column = column;
			return vsw_error_set(s->err, EINVAL,
					     "column %u: the %s quote is not closed", column,
					     quote == '"' ? "double" : "single");
		}
		c = take(s);
		if (quote == '"' && c == '\\' && (*s->in == '"' || *s->in == '\\'))
			c = take(s);
		*s->out++ = c;
	}
	take(s);
	return 0;
}

static int
take_word(struct splitter *s)
{
	int ret = 0;
	char c;

	while (ret == 0 && *s->in != '\0' && !is_blank(*s->in)) {
		c = take(s);
		if (c == '\\')
			ret = take_escaped(s);
		else if (c == '"' || c == '\'')
			ret = take_quoted(s, c);
		else
			*s->out++ = c;
	}
	*s->out++ = '\0';
	return ret;
}

static int
check_bytes(const char *text, unsigned int *column, struct vsw_error *err)
{
	size_t n = strnlen(text, VSW_CMD_LINE_BYTES + 1);
	struct splitter s = {.in = text, .column = 1};

	*column = 0;
	if (n > VSW_CMD_LINE_BYTES)
		return vsw_error_set(err, EINVAL, "the line is longer than %d bytes",
				     VSW_CMD_LINE_BYTES);
	while (*s.in != '\0') {
		unsigned char c = *s.in;

		if ((c < ' ' && c != '\t') || c == 0x7f) {
			*column = s.column;
			return vsw_error_set(err, EINVAL,
					     "column %u: control character 0x%02x: remove it",
					     s.column, c);
		}
		take(&s);
	}
	return 0;
}

static int
add_word(struct cmd_line *line, struct splitter *s)
{
	if (line->n == VSW_CMD_WORDS)
		return vsw_error_set(s->err, EINVAL, "column %u: more than %d words", s->column,
				     VSW_CMD_WORDS);
	line->words[line->n++] = (struct cmd_word){.text = s->out, .column = s->column};
	return take_word(s);
}

int
cmd_line_split(struct cmd_line *line, const char *text, unsigned int *column, struct vsw_error *err)
{
	struct splitter s = {.in = text, .column = 1, .out = line->text, .err = err};
	int ret;

	line->n = 0;
	line->ends_in_word = false;
	ret = check_bytes(text, column, err);
	if (ret < 0)
		return ret;
	while (*s.in != '\0' && *s.in != '#') {
		line->ends_in_word = !is_blank(*s.in);
		if (line->ends_in_word)
			ret = add_word(line, &s);
		else
			take(&s);
		if (ret < 0) {
			*column = s.column;
			return ret;
		}
	}
	line->has_comment = *s.in == '#';
	line->end_column = s.column;
	return 0;
}
