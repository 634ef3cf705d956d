/* SPDX-License-Identifier: BSD-3-Clause */
#include "vsw_start.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_eal.h>
#include <rte_errno.h>

#define CAPTURE_BYTES 65536

/* stdout and stderr, diverted into a file in memory. */
struct capture {
	int file;
	int out;
	int err;
};

static bool
capture_begin(struct capture *capture)
{
	fflush(NULL);
	capture->file = memfd_create("eal-start", MFD_CLOEXEC);
	capture->out = dup(STDOUT_FILENO);
	capture->err = dup(STDERR_FILENO);
	if (capture->file < 0 || capture->out < 0 || capture->err < 0)
		return false;
	dup2(capture->file, STDOUT_FILENO);
	dup2(capture->file, STDERR_FILENO);
	return true;
}

/* text gets the last CAPTURE_BYTES - 1 bytes at most. */
static void
capture_end(struct capture *capture, char *text)
{
	off_t size;
	ssize_t n;

	fflush(NULL);
	dup2(capture->out, STDOUT_FILENO);
	dup2(capture->err, STDERR_FILENO);
	close(capture->out);
	close(capture->err);
	size = lseek(capture->file, 0, SEEK_END);
	n = pread(capture->file, text, CAPTURE_BYTES - 1,
		  size > CAPTURE_BYTES - 1 ? size - (CAPTURE_BYTES - 1) : 0);
	text[n > 0 ? n : 0] = '\0';
	close(capture->file);
}

static int
explain_core_syntax(const char *line, struct vsw_error *err)
{
	return vsw_error_set(err, EINVAL, "%s; give CPUs as in '-l 0-1' or '-l 0,1'", line);
}

static int
explain_option(const char *line, struct vsw_error *err)
{
	return vsw_error_set(err, EINVAL,
			     "EAL: %s; options of %s itself stand after '--': see --help", line,
			     program_invocation_short_name);
}

static int
explain_prefix(const char *line, struct vsw_error *err)
{
	(void)line;
	return vsw_error_set(err, EBUSY,
			     "another DPDK process uses this file prefix; choose one with "
			     "--file-prefix NAME, or start with --in-memory");
}

static int
explain_other(const char *line, struct vsw_error *err)
{
	return vsw_error_set(err, rte_errno != 0 ? rte_errno : EINVAL, "EAL does not start: %s",
			     line);
}

/*
 * The first that occurs in EAL's lines is the cause: EAL 22.11 words them so. All others are a
 * matter of CPUs or memory: there the preflight has the numbers.
 */
static const struct {
	const char *text;
	int (*explain)(const char *line, struct vsw_error *err);
} causes[] = {
	{"unrecognized option", explain_option},
	{"invalid option", explain_option},
	{"is not compatible with", explain_other},
	{"invalid core list syntax", explain_core_syntax},
	{"another primary process", explain_prefix},
};

/* Where the preflight has found nothing: the line that tells most. */
static const char *const telling[] = {"Not enough memory", "FATAL: ", "rror"};

/* The line of text around hit, without "EAL: " or the program's name. */
static void
copy_line(const char *text, const char *hit, char *line, size_t size)
{
	const char *begin = hit, *space;

	while (begin > text && begin[-1] != '\n')
		begin--;
	space = strstr(begin, ": ");
	if (space != NULL && space < hit && memchr(begin, ' ', space - begin) == NULL)
		begin = space + 2;
	snprintf(line, size, "%.*s", (int)strcspn(begin, "\n"), begin);
}

static int
explain(const char *text, const struct vsw_start_preflight *preflight, struct vsw_error *err)
{
	char line[256];
	const char *hit;
	size_t i;

	for (i = 0; i < RTE_DIM(causes); i++) {
		hit = strstr(text, causes[i].text);
		if (hit == NULL)
			continue;
		copy_line(text, hit, line, sizeof(line));
		return causes[i].explain(line, err);
	}
	if (vsw_start_preflight_explain(preflight, err) < 0)
		return -err->code;
	for (i = 0; i < RTE_DIM(telling); i++) {
		hit = strstr(text, telling[i]);
		if (hit == NULL)
			continue;
		copy_line(text, hit, line, sizeof(line));
		return explain_other(line, err);
	}
	return explain_other(rte_strerror(rte_errno), err);
}

int
vsw_start_eal(int argc, char **argv, const struct vsw_start_preflight *preflight,
	      struct vsw_error *err)
{
	char text[CAPTURE_BYTES] = "";
	struct capture capture;
	bool captured;
	int ret;

	if (preflight->cpus_denied)
		return vsw_start_preflight_explain(preflight, err);
	captured = capture_begin(&capture);
	ret = rte_eal_init(argc, argv);
	if (captured)
		capture_end(&capture, text);
	if (ret >= 0)
		return ret;
	return explain(text, preflight, err);
}
