/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "vsw_cmd.h"

struct job {
	const struct vsw_cmd_table *table;
	void *ctx;
	void (*done)(void *ctx, const struct vsw_out *out);
	struct vsw_error *err;
};

static int
run_line(const struct job *job, char *line, size_t n)
{
	struct vsw_out out;
	int ret;

	if (line[n - 1] == '\n')
		line[--n] = '\0';
	if (strlen(line) != n)
		return vsw_error_set(job->err, EINVAL,
				     "column %zu: control character 0x00: remove it",
				     strlen(line) + 1);
	vsw_out_init(&out);
	ret = vsw_cmd_run(job->table, line, job->ctx, &out, job->err);
	if (ret == 0 && job->done != NULL)
		job->done(job->ctx, &out);
	vsw_out_fini(&out);
	return ret;
}

static int
run_lines(const struct job *job, FILE *file, const char *path)
{
	unsigned int number = 0;
	char *line = NULL;
	size_t size = 0;
	int ret = 0;
	ssize_t n;

	while (ret == 0 && (n = getline(&line, &size, file)) > 0) {
		number++;
		ret = run_line(job, line, n);
		if (ret < 0)
			vsw_error_prefix(job->err, "%.200s:%u", path, number);
	}
	if (ret == 0 && !feof(file))
		ret = vsw_error_set(job->err, errno, "cannot read %.200s: %s", path,
				    strerror(errno));
	free(line);
	return ret;
}

static FILE *
open_file(const char *path, struct vsw_error *err)
{
	FILE *file = fopen(path, "re");
	struct stat st;

	if (file == NULL) {
		vsw_error_set(err, errno, "cannot read %.200s: %s", path, strerror(errno));
		return NULL;
	}
	/* fopen() opens directories, and reading them fails with less to the point. */
	if (fstat(fileno(file), &st) == 0 && S_ISDIR(st.st_mode)) {
		vsw_error_set(err, EISDIR, "cannot read %.200s: it is a directory", path);
		fclose(file);
		return NULL;
	}
	return file;
}

int
vsw_cmd_run_file(const struct vsw_cmd_table *table, const char *path, void *ctx,
		 void (*done)(void *ctx, const struct vsw_out *out), struct vsw_error *err)
{
	struct job job = {.table = table, .ctx = ctx, .done = done, .err = err};
	struct vsw_error own;
	FILE *file;
	int ret;

	if (err == NULL)
		job.err = &own;
	file = open_file(path, job.err);
	if (file == NULL)
		return -job.err->code;
	ret = run_lines(&job, file, path);
	fclose(file);
	return ret;
}
