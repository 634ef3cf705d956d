/* SPDX-License-Identifier: BSD-3-Clause */
#include "lockstep_runs.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lockstep_tmp.h"

#define WORDS_MORE 5

extern char **environ;

/* The same words, where the result goes to, and that it is one run. */
static char **
make_words(int argc, char **argv, char *path)
{
	char **words = calloc(argc + WORDS_MORE, sizeof(*words));
	bool dashes = false;
	int i;

	if (words == NULL)
		return NULL;
	for (i = 0; i < argc; i++) {
		words[i] = argv[i];
		dashes |= strcmp(argv[i], "--") == 0;
	}
	/* Without it all words are ours, but then there is no word for EAL either. */
	if (!dashes) {
		memmove(words + 2, words + 1, (argc - 1) * sizeof(*words));
		words[1] = "--";
		argc++;
	}
	words[argc++] = "--one-run";
	words[argc++] = "--result";
	words[argc] = path;
	return words;
}

/* Returns the wait status, or a negative errno. What interrupts us is passed on. */
static int
run_process(char **words, const volatile bool *interrupted)
{
	int ret, status;
	bool passed = false;
	pid_t pid;

	ret = posix_spawn(&pid, "/proc/self/exe", NULL, NULL, words, environ);
	if (ret != 0)
		return -ret;
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -errno;
		if (*interrupted && !passed)
			kill(pid, SIGTERM);
		passed |= *interrupted;
	}
	return status;
}

static double
get_ticks(json_t *point, const char *member)
{
	json_t *ticks = json_object_get(point, "ticks_per_frame");

	return json_number_value(json_object_get(ticks, member));
}

/* The figure of a point is the least of all runs; what the others had is listed. */
static void
merge_point(json_t *into, json_t *from)
{
	json_t *runs = json_object_get(into, "run_min_ticks_per_frame");
	double min = get_ticks(from, "min");

	if (runs != NULL && get_ticks(into, "min") > min)
		json_object_set(into, "ticks_per_frame", json_object_get(from, "ticks_per_frame"));
	if (runs == NULL) {
		runs = json_array();
		json_object_set_new(into, "run_min_ticks_per_frame", runs);
	}
	json_array_append_new(runs, json_real(min));
}

static void
merge(json_t *into, json_t *from)
{
	json_t *points = json_object_get(into, "points"), *more = json_object_get(from, "points");
	json_t *point;
	size_t i;

	json_array_foreach(more, i, point) {
		if (i < json_array_size(points))
			merge_point(json_array_get(points, i), point);
	}
	json_object_set(into, "complete", json_object_get(from, "complete"));
	json_object_set(into, "error", json_object_get(from, "error"));
}

/* One run, merged into *result. */
static int
collect_one(char **words, const char *path, const volatile bool *interrupted, json_t **result,
	    bool *told, struct vsw_error *err)
{
	int status = run_process(words, interrupted);
	json_t *run = json_load_file(path, 0, NULL);
	const char *why;

	unlink(path);
	if (run == NULL && *interrupted)
		return vsw_error_set(err, EINTR, "interrupted");
	if (status < 0 || run == NULL) {
		*told = status >= 0 && WIFEXITED(status) && WEXITSTATUS(status) != 0;
		json_decref(run);
		return vsw_error_set(err, status < 0 ? -status : EIO,
				     "a run has ended without a result");
	}
	if (*result == NULL)
		*result = json_incref(run);
	merge(*result, run);
	why = json_string_value(json_object_get(run, "error"));
	*told = why != NULL;
	if (why != NULL)
		vsw_error_set(err, *interrupted ? EINTR : EIO, "%s", why);
	json_decref(run);
	return *told ? -err->code : 0;
}

int
runs_collect(int argc, char **argv, uint32_t n_runs, const volatile bool *interrupted,
	     json_t **result, bool *told, struct vsw_error *err)
{
	char path[LOCKSTEP_TMP_BYTES];
	char **words;
	int fd, ret = 0;
	uint32_t i;

	*result = NULL;
	*told = false;
	lockstep_tmp(path);
	fd = mkstemp(path);
	if (fd < 0)
		return vsw_error_set(err, errno, "cannot make %s: %s", path, strerror(errno));
	close(fd);
	words = make_words(argc, argv, path);
	if (words == NULL)
		ret = vsw_error_set(err, ENOMEM, "no memory");
	for (i = 0; ret == 0 && i < n_runs; i++) {
		ret = collect_one(words, path, interrupted, result, told, err);
		if (ret == 0 && *interrupted)
			ret = vsw_error_set(err, EINTR, "interrupted");
	}
	free(words);
	unlink(path);
	return ret;
}
