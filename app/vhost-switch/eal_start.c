/* SPDX-License-Identifier: BSD-3-Clause */
#include "eal_start.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_errno.h>

#define CAPTURE_BYTES 65536
#define PAGES_PATH "/sys/kernel/mm/hugepages/hugepages-2048kB/"

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
explain_hugepages(const char *text, struct vsw_error *err)
{
	long total = read_pages("nr_hugepages"), free_pages = read_pages("free_hugepages");

	if (strstr(text, "no mounted hugetlbfs") != NULL && free_pages > 0)
		return vsw_error_set(
			err, ENOENT,
			"%ld hugepages of 2 MiB are free, but no hugetlbfs is mounted; run "
			"'mkdir -p /dev/hugepages && mount -t hugetlbfs none /dev/hugepages', or "
			"start with --in-memory",
			free_pages);
	return vsw_error_set(err, ENOMEM,
			     "not enough hugepages: %ld of %ld pages of 2 MiB are free, 64 are "
			     "needed; run 'echo %ld > /proc/sys/vm/nr_hugepages' as root, or start "
			     "with --no-huge",
			     free_pages, total, total - free_pages + 512);
}

/* A line that contains what, without its "EAL: ", in line; false if there is none. */
static bool
find_line(const char *text, const char *what, char *line, size_t size)
{
	const char *hit = strstr(text, what);
	const char *begin;

	if (hit == NULL)
		return false;
	for (begin = hit; begin > text && begin[-1] != '\n'; begin--)
		;
	if (strncmp(begin, "EAL: ", 5) == 0)
		begin += 5;
	snprintf(line, size, "%.*s", (int)strcspn(begin, "\n"), begin);
	return true;
}

static int
explain(const char *text, int code, struct vsw_error *err)
{
	char line[256];

	if (find_line(text, " unavailable", line, sizeof(line)))
		return vsw_error_set(err, EINVAL,
				     "%s: this machine has %ld CPUs, 0 to %ld; name others with -l",
				     line, sysconf(_SC_NPROCESSORS_CONF),
				     sysconf(_SC_NPROCESSORS_CONF) - 1);
	if (find_line(text, "invalid core", line, sizeof(line)))
		return vsw_error_set(err, EINVAL, "%s; give CPUs as in '-l 0-1' or '-l 0,1'", line);
	if (find_line(text, "unrecognized option", line, sizeof(line)) ||
	    find_line(text, "invalid option", line, sizeof(line)))
		return vsw_error_set(
			err, EINVAL,
			"EAL: %s; options of vhost-switch itself stand after '--': see --help",
			line);
	if (find_line(text, "another primary process", line, sizeof(line)))
		return vsw_error_set(err, EBUSY,
				     "another DPDK process uses this file prefix; choose one "
				     "with --file-prefix NAME, or start with --in-memory");
	if (strstr(text, "hugepage") != NULL || strstr(text, "hugetlbfs") != NULL)
		return explain_hugepages(text, err);
	if (find_line(text, "services array", line, sizeof(line)))
		return vsw_error_set(err, ENOMEM,
				     "EAL has no memory: the size given with -m is not to be had");
	if (find_line(text, "not compatible", line, sizeof(line)) ||
	    find_line(text, "FATAL: ", line, sizeof(line)) ||
	    find_line(text, "rror", line, sizeof(line)))
		return vsw_error_set(err, code, "EAL does not start: %s", line);
	return vsw_error_set(err, code, "EAL does not start: %s", rte_strerror(code));
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
	return explain(text, rte_errno != 0 ? rte_errno : EINVAL, err);
}
