/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The command table: one grammar for console, command file, control socket and manual.
 *
 * Model: a command is a row {syntax, help, handler}. A table compiles rows once and refuses those
 * that are malformed or that could be taken for one another; a line is matched against all rows
 * word by word, and the handler of the row that fits gets the values under their names.
 *
 * The syntax of a row is a list of slots separated by blanks:
 *
 *	word		that word
 *	<name:TYPE>	a value of the type, see below
 *	a|b|<name:TYPE>	one of these, no blanks around '|'; at most one of them is a value
 *	[slot ...]	a group that may be left out; neighbouring groups may come in any order,
 *			each at most once; groups do not nest
 *	<name:TYPE>...	one or more values up to the end of the line; the last slot of a row
 *
 *	WORD	any word that is not empty	NAME	1 to 31 of a-z A-Z 0-9 . _ -
 *	PATH	any word that is not empty	UINT	0 .. 2^64 - 1, decimal
 *	OCTAL	0 .. 07777, octal		MAC	xx:xx:xx:xx:xx:xx
 *	VLAN	1 .. 4094
 *
 * Names. A value, and a choice that holds a value, has the name of the value: in
 * "show port stats <port:NAME>|all" it is "port", and its text may be "all". A choice of words has
 * the name of the word before it: in "[mergeable on|off]" it is "mergeable" with the text "on" or
 * "off". A group that begins with a word has that word as a name, too ("[client]"), without a value
 * of its own. Words outside groups have no name. No two values of a row share a name.
 *
 * A line is a list of words separated by blanks. "double" and 'single' quotes and the backslash
 * work as in a shell: nothing is special in single quotes; in double quotes the backslash quotes
 * itself and '"', and stands for itself before anything else. '#' at the start of a word begins a
 * comment. An empty line is a command that does nothing. Words are case sensitive.
 *
 * Which word is what: a word that is written in a row wins; else a value that accepts the word;
 * else the word in full of which it is an unambiguous beginning ("sh po st all").
 *
 * Errors are one sentence: where (the column, from 1), what was found, what was expected there,
 * near matches. The column alone is in vsw_out_column().
 *
 * Threads: a table does not change once it is filled and may then be read by any thread; a handler
 * runs in the thread that calls vsw_cmd_run(). Never on the packet path.
 *
 * Limits: VSW_CMD_LINE_BYTES, VSW_CMD_WORDS, VSW_CMD_GROUPS groups in a row.
 * It does not edit lines, keep a history, substitute variables or undo what a failed line has done.
 */
#ifndef VSW_CMD_H
#define VSW_CMD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vsw_error.h"
#include "vsw_out.h"

#define VSW_CMD_LINE_BYTES 4096 /* without the newline and the final NUL */
#define VSW_CMD_WORDS 256	/* in a line */
#define VSW_CMD_GROUPS 32	/* in a row */
#define VSW_CMD_NAME_BYTES 32	/* a NAME and its final NUL */

struct vsw_cmd_args;
struct vsw_cmd_table;

struct vsw_cmd {
	const char *syntax;
	const char *help; /* one line, imperative, no full stop */
	/*
	 * Does the command. ctx is the caller's of vsw_cmd_run(). args and the texts in it live
	 * until the handler returns. Returns 0, or a negative errno with err filled.
	 */
	int (*handler)(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out,
		       struct vsw_error *err);
};

/*
 * Compile n rows (0 is fine), which must outlive the table. Returns the table, or NULL with err
 * filled: EINVAL for a row that is malformed or ambiguous with an earlier one, ENOMEM.
 */
struct vsw_cmd_table *vsw_cmd_table_create(const struct vsw_cmd *rows, unsigned int n,
					   struct vsw_error *err);

/* Add more rows, as create does; for tables whose rows lie in several files. */
int vsw_cmd_table_add(struct vsw_cmd_table *table, const struct vsw_cmd *rows, unsigned int n,
		      struct vsw_error *err);

/* table may be NULL. */
void vsw_cmd_table_destroy(struct vsw_cmd_table *table);

/*
 * Parse a line and call the handler of its row. Returns what the handler returns, or -EINVAL with
 * err and the column of out filled. out is initialised by the caller.
 */
int vsw_cmd_run(const struct vsw_cmd_table *table, const char *line, void *ctx, struct vsw_out *out,
		struct vsw_error *err);

/*
 * Run every line of a file and stop at the first that fails; its sentence begins with "PATH:LINE:
 * ". done (or NULL) is called after each line that has succeeded, with the output of that line.
 * A last line without newline counts. Returns 0, the error of the line, or that of reading the
 * file.
 */
int vsw_cmd_run_file(const struct vsw_cmd_table *table, const char *path, void *ctx,
		     void (*done)(void *ctx, const struct vsw_out *out), struct vsw_error *err);

/*
 * List the rows that begin with the given words (all rows if n is 0), in the order of the table:
 * an array of objects with "syntax" and "help". -ENOENT if there is none.
 */
int vsw_cmd_help(const struct vsw_cmd_table *table, const char *const *words, unsigned int n,
		 struct vsw_out *out, struct vsw_error *err);

/*
 * Offer what may stand at the end of an unfinished line: calls offer with each candidate, a word or
 * the "<name:TYPE>" of a value, in the order of the table, once each. A line that ends in a blank
 * asks for the next word, else for the ways to finish the last one. help belongs to the first row
 * that has the candidate. The end of the command is not a candidate. Returns the number of offers.
 */
unsigned int vsw_cmd_complete(const struct vsw_cmd_table *table, const char *line,
			      void (*offer)(void *arg, const char *word, const char *help),
			      void *arg);

/*
 * Write word so that a line reads it back as one word, quoted only if it must be. text holds
 * VSW_CMD_QUOTED_BYTES(strlen(word)). Control characters stay: no line accepts them. Returns text.
 */
#define VSW_CMD_QUOTED_BYTES(n) (4 * (n) + 3)
char *vsw_cmd_quote(const char *word, char *text);

/*
 * What the line says, for handlers. A name that the row does not know counts as not given, so that
 * rows may share a handler.
 */

/* True if the value, choice or group of this name was given. */
bool vsw_cmd_args_has(const struct vsw_cmd_args *args, const char *name);

/* The (first) text of this name; the word itself for a group without a value; NULL if not given. */
const char *vsw_cmd_args_text(const struct vsw_cmd_args *args, const char *name);

/* How many values of this name were given: more than 1 only for <name:TYPE>... */
unsigned int vsw_cmd_args_count(const struct vsw_cmd_args *args, const char *name);

/* The text of value i, NULL if there are fewer. */
const char *vsw_cmd_args_text_at(const struct vsw_cmd_args *args, const char *name, unsigned int i);

/* The number of a UINT, OCTAL or VLAN; absent if it was not given or a word was chosen instead. */
uint64_t vsw_cmd_args_uint(const struct vsw_cmd_args *args, const char *name, uint64_t absent);

/* The address of a MAC, as in vsw_mac.h; absent as above. */
uint64_t vsw_cmd_args_mac(const struct vsw_cmd_args *args, const char *name, uint64_t absent);

/* True for the text "on", false for any other; absent if it was not given. */
bool vsw_cmd_args_on(const struct vsw_cmd_args *args, const char *name, bool absent);

#endif /* VSW_CMD_H */
