/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Types of values: what TYPE in <name:TYPE> accepts. A new type is a new line in type.c.
 */
#ifndef CMD_TYPE_H
#define CMD_TYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cmd_number {
	CMD_NUMBER_NONE,
	CMD_NUMBER_UINT,
	CMD_NUMBER_MAC,
};

struct cmd_type {
	const char *name;
	const char *what; /* completes "... is not" */
	enum cmd_number number;
	bool (*parse)(const char *text, uint64_t *number);
};

/* The type whose name is the first n bytes of name, or NULL. */
const struct cmd_type *cmd_type_find(const char *name, size_t n);

#endif /* CMD_TYPE_H */
