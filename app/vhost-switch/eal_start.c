/* SPDX-License-Identifier: BSD-3-Clause */
#include "eal_start.h"

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
#define PAGES_PATH "/sys/kernel/mm/hugepages/hugepages-2048kB/"
#define PAGES_ADVISED 512 /* 1 GiB: the switch and a few virtio-user front ends */

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

static long
read_pages(const char *name)
{
	char path[128];
	long pages = 0;
	FILE *file;

	snprintf(path, sizeof(path), PAGES_PATH "%s", name);
	file = fopen(path, "re");
	if (file == NULL)
		return 0;
	if (fscanf(file, "%ld", &pages) != 1)
		pages = 0;
	fclose(file);
	return pages;
}

static int
explain_core(const char *line, struct vsw_error *err)
{
	long n = sysconf(_SC_NPROCESSORS_CONF);

	return vsw_error_set(err, EINVAL, "%s: this machine has %ld CPUs, 0 to %ld; choose with -l",
			     line, n, n - 1);
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
			     "EAL: %s; options of vhost-switch itself stand after '--': see --help",
			     line);
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
explain_mount(const char *line, struct vsw_error *err)
{
	(void)line;
	return vsw_error_set(
		err, ENOENT,
		"%ld hugepages of 2 MiB are free, but no hugetlbfs is mounted; run "
		"'mkdir -p /dev/hugepages && mount -t hugetlbfs none /dev/hugepages', or "
		"start with --in-memory",
		read_pages("free_hugepages"));
}

static int
explain_hugepages(const char *line, struct vsw_error *err)
{
	long total = read_pages("nr_hugepages"), n_free = read_pages("free_hugepages");

	(void)line;
	return vsw_error_set(
		err, ENOMEM,
		"not enough hugepages: %ld of %ld pages of 2 MiB are free; run 'echo %ld > "
		"/proc/sys/vm/nr_hugepages' as root, or start with --no-huge",
		n_free, total, total - n_free + PAGES_ADVISED);
}

static int
explain_memory(const char *line, struct vsw_error *err)
{
	return vsw_error_set(err, ENOMEM, "%s; ask for less with -m, or supply more hugepages",
			     line);
}

static int
explain_no_memory(const char *line, struct vsw_error *err)
{
	(void)line;
	return vsw_error_set(
		err, ENOMEM,
		"EAL gets no memory: ask for less with -m; where it uses hugepages, this user "
		"needs write access to the hugetlbfs mount, or --in-memory");
}

static int
explain_other(const char *line, struct vsw_error *err)
{
	return vsw_error_set(err, rte_errno != 0 ? rte_errno : EINVAL, "EAL does not start: %s",
			     line);
}

/* The first that occurs in EAL's lines is the cause: EAL 22.11 words them so. */
static const struct {
	const char *text;
	int (*explain)(const char *line, struct vsw_error *err);
} causes[] = {
	{"unrecognized option", explain_option},
	{"invalid option", explain_option},
	{"is not compatible with", explain_other},
	{"invalid core list syntax", explain_core_syntax},
	{" unavailable\n", explain_core},
	{"another primary process", explain_prefix},
	{"no mounted hugetlbfs", explain_mount},
	{"Not enough memory available", explain_memory},
	{"Cannot get hugepage information", explain_hugepages},
	{"services array", explain_no_memory},
	{"FATAL: ", explain_other},
	{"rror", explain_other},
};

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
explain(const char *text, struct vsw_error *err)
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
	return explain_other(rte_strerror(rte_errno), err);
}

int
eal_start(int argc, char **argv, struct vsw_error *err)
{
	char text[CAPTURE_BYTES] = "";
	struct capture capture;
	bool captured;
	int ret;

	captured = capture_begin(&capture);
	ret = rte_eal_init(argc, argv);
	if (captured)
		capture_end(&capture, text);
	if (ret >= 0)
		return ret;
	return explain(text, err);
}
