/* SPDX-License-Identifier: BSD-3-Clause */
#include "dpdk_log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_log.h>

#include "vsw_log.h"

static FILE *stream;

/* The text between the first parentheses, or "dpdk". */
static void
find_source(const char *line, char *source, size_t size)
{
	const char *begin = strchr(line, '(');
	const char *end = begin != NULL ? strchr(begin, ')') : NULL;

	if (end == NULL || begin[1] != '/')
		snprintf(source, size, "dpdk");
	else
		snprintf(source, size, "%.*s", (int)(end - begin - 1), begin + 1);
}

static ssize_t
write_lines(void *cookie, const char *buffer, size_t size)
{
	char source[128], line[VSW_LOG_LINE_BYTES];
	const char *begin = buffer, *end = buffer + size;

	(void)cookie;
	while (begin < end) {
		size_t n = strcspn(begin, "\n");

		if (n > (size_t)(end - begin))
			n = end - begin;
		snprintf(line, sizeof(line), "%.*s", (int)n, begin);
		find_source(line, source, sizeof(source));
		if (n > 0)
			vsw_log_from(source, VSW_LOG_NOTICE, "%s", line);
		begin += n + 1;
	}
	return size;
}

void
dpdk_log_set_levels(void)
{
	rte_log_set_level_pattern("lib.vhost.*", RTE_LOG_WARNING);
}

/*
 * net_tap says in five lines of errors, each time, that the kernel has no multiq qdisc, which it
 * needs for rte_flow alone. Drivers come with EAL; a level that the user has set stays.
 */
static void
quieten_tap(void)
{
	int type = rte_log_register("pmd.net.tap");

	if (type >= 0 && rte_log_get_level(type) == RTE_LOG_NOTICE)
		rte_log_set_level(type, RTE_LOG_CRIT);
}

int
dpdk_log_open(void)
{
	const cookie_io_functions_t functions = {.write = write_lines};

	quieten_tap();
	stream = fopencookie(NULL, "w", functions);
	if (stream == NULL)
		return -ENOMEM;
	setvbuf(stream, NULL, _IOLBF, BUFSIZ);
	return rte_openlog_stream(stream);
}

void
dpdk_log_close(void)
{
	if (stream == NULL)
		return;
	rte_openlog_stream(NULL);
	fclose(stream);
	stream = NULL;
}
