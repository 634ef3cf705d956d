/* SPDX-License-Identifier: BSD-3-Clause */
#include "vsw_start_args.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_MAX (CPU_SETSIZE - 1)

/* "N" or "N-M" at *text, which moves behind it. */
static bool
read_range(const char **text, cpu_set_t *set)
{
	unsigned long first, last, i;
	char *end;

	if (!isdigit((unsigned char)**text))
		return false;
	first = last = strtoul(*text, &end, 10);
	if (*end == '-' && isdigit((unsigned char)end[1]))
		last = strtoul(end + 1, &end, 10);
	*text = end;
	if (first > NUMBER_MAX || last > NUMBER_MAX)
		return false;
	for (i = first < last ? first : last; i <= (first < last ? last : first); i++)
		CPU_SET(i, set);
	return true;
}

/* Ranges, separated by commas, up to the first character that is neither. */
static bool
read_ranges(const char **text, cpu_set_t *set)
{
	CPU_ZERO(set);
	while (read_range(text, set)) {
		if (**text != ',')
			return true;
		++*text;
	}
	return false;
}

bool
vsw_start_args_read_list(const char *text, cpu_set_t *set)
{
	return read_ranges(&text, set) && text[strspn(text, " \n")] == '\0';
}

/* One set of --lcores: a range, or a list in brackets. */
static bool
read_set(const char **text, cpu_set_t *set, bool *group)
{
	CPU_ZERO(set);
	*group = **text == '(';
	if (!*group)
		return read_range(text, set);
	++*text;
	return read_ranges(text, set) && *(*text)++ == ')';
}

static void
add_lcore(struct vsw_start_args *args, unsigned int lcore_id, const cpu_set_t *cpus)
{
	struct vsw_start_lcore *lcore;

	if (args->n_lcores == VSW_START_LCORES_MAX)
		return;
	lcore = &args->lcore[args->n_lcores++];
	lcore->lcore_id = lcore_id;
	CPU_ZERO(&lcore->cpus);
	if (cpus != NULL)
		lcore->cpus = *cpus;
	else
		CPU_SET(lcore_id, &lcore->cpus);
}

/* cpus NULL: each lcore on the CPU of its number. */
static void
add_lcores(struct vsw_start_args *args, const cpu_set_t *lcores, const cpu_set_t *cpus)
{
	unsigned int i;

	for (i = 0; i <= NUMBER_MAX; i++) {
		if (CPU_ISSET(i, lcores))
			add_lcore(args, i, cpus);
	}
}

/* "0@2,(1,2)@(3-5),6-8,(9,10)": DPDK's Linux guide, 'Lcore-related options'. */
static bool
read_lcores(struct vsw_start_args *args, const char *text)
{
	cpu_set_t lcores, cpus;
	bool group, ignored;

	do {
		if (!read_set(&text, &lcores, &group))
			return false;
		if (*text == '@') {
			text++;
			if (!read_set(&text, &cpus, &ignored))
				return false;
			add_lcores(args, &lcores, &cpus);
		} else {
			add_lcores(args, &lcores, group ? &lcores : NULL);
		}
	} while (*text++ == ',');
	return text[-1] == '\0';
}

static bool
read_mask(struct vsw_start_args *args, const char *text)
{
	size_t i, length;
	unsigned int bit;
	char digit[2] = "";

	text += strncasecmp(text, "0x", 2) == 0 ? 2 : 0;
	length = strlen(text);
	if (length == 0 || strspn(text, "0123456789abcdefABCDEF") != length)
		return false;
	for (i = 0; i < length; i++) {
		digit[0] = text[length - 1 - i];
		for (bit = 0; bit < 4; bit++) {
			if (strtoul(digit, NULL, 16) & 1UL << bit)
				add_lcore(args, 4 * i + bit, NULL);
		}
	}
	return true;
}

static void
take_cores(struct vsw_start_args *args, char option, const char *text)
{
	cpu_set_t lcores;

	args->n_lcores = 0;
	args->cores_given = true;
	if (option == 'l' && vsw_start_args_read_list(text, &lcores))
		add_lcores(args, &lcores, NULL);
	else if ((option == 'c' && read_mask(args, text)) ||
		 (option == '@' && read_lcores(args, text)))
		return;
	else
		args->n_lcores = 0;
}

static void
take_socket_mem(struct vsw_start_args *args, const char *text)
{
	char *end;

	for (args->n_nodes = 0; args->n_nodes < VSW_START_NODES_MAX; text = end + 1) {
		args->node_mb[args->n_nodes++] = strtoull(text, &end, 10);
		if (*end != ',')
			break;
	}
}

/* The value of "NAME VALUE" or "NAME=VALUE" (short: "-lVALUE"), or NULL if this is not NAME. */
static const char *
value_of(char *const *word, const char *name)
{
	size_t length = strlen(name);

	if (strncmp(*word, name, length) != 0)
		return NULL;
	if ((*word)[length] == '\0')
		return word[1];
	if (name[1] == '-')
		return (*word)[length] == '=' ? *word + length + 1 : NULL;
	return *word + length;
}

static void
take_word(struct vsw_start_args *args, char *const *word)
{
	const char *value;

	if ((value = value_of(word, "-l")) != NULL)
		take_cores(args, 'l', value);
	else if ((value = value_of(word, "-c")) != NULL)
		take_cores(args, 'c', value);
	else if ((value = value_of(word, "--lcores")) != NULL)
		take_cores(args, '@', value);
	else if ((value = value_of(word, "-m")) != NULL)
		args->memory_mb = strtoull(value, NULL, 10);
	else if ((value = value_of(word, "--socket-mem")) != NULL)
		take_socket_mem(args, value);
	else if ((value = value_of(word, "--huge-dir")) != NULL)
		args->huge_dir = value;
	args->no_huge |= strcmp(*word, "--no-huge") == 0;
	args->in_memory |= strcmp(*word, "--in-memory") == 0;
	args->legacy_mem |= strcmp(*word, "--legacy-mem") == 0;
	args->no_shconf |= strcmp(*word, "--no-shconf") == 0;
}

void
vsw_start_args_read(int argc, char *const *argv, struct vsw_start_args *args)
{
	cpu_set_t cpus;
	int i;

	memset(args, 0, sizeof(*args));
	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		take_word(args, argv + i);
	if (!args->cores_given && sched_getaffinity(0, sizeof(cpus), &cpus) == 0)
		add_lcores(args, &cpus, NULL);
}
