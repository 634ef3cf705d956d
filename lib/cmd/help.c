/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <string.h>

#include "table.h"
#include "vsw_cmd.h"

static bool
slot_begins_with(const struct cmd_slot *slot, const char *word)
{
	unsigned int i;

	if (cmd_slot_value(slot) != NULL)
		return true;
	for (i = 0; i < slot->n_choices; i++) {
		if (strncmp(slot->choices[i].text, word, strlen(word)) == 0)
			return true;
	}
	return false;
}

static bool
row_begins_with(const struct cmd_row *row, const char *const *words, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (i == row->n_slots || row->slots[i].group != CMD_NO_GROUP ||
		    !slot_begins_with(&row->slots[i], words[i]))
			return false;
	}
	return true;
}

int
vsw_cmd_help(const struct vsw_cmd_table *table, const char *const *words, unsigned int n,
	     struct vsw_out *out, struct vsw_error *err)
{
	json_t *list = vsw_out_array(out);
	unsigned int i;
	json_t *entry;

	for (i = 0; i < table->n_rows; i++) {
		if (!row_begins_with(&table->rows[i], words, n))
			continue;
		entry = vsw_out_append_object(list);
		vsw_out_add_text(entry, "syntax", table->rows[i].cmd->syntax);
		vsw_out_add_text(entry, "help", table->rows[i].cmd->help);
	}
	if (n > 0 && json_array_size(list) == 0)
		return vsw_error_set(err, ENOENT,
				     "no command begins with \"%.64s%s\"; help alone lists all",
				     words[0], n > 1 ? " ..." : "");
	return 0;
}
