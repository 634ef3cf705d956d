/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * vsw-lockstep: what a frame costs the switch, measured so that a regression can be told from the
 * noise of a machine. See lockstep_point.h.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>
#include <rte_cycles.h>
#include <rte_eal.h>

#include "facts.h"
#include "lockstep_args.h"
#include "lockstep_point.h"
#include "lockstep_runs.h"
#include "lockstep_tmp.h"
#include "vsw_log.h"
#include "words.h"

#define EAL_NEEDS_MB 192

static volatile bool interrupted;

static void
on_signal(int number)
{
	(void)number;
	interrupted = true;
}

static void
catch_signals(void)
{
	struct sigaction action = {.sa_handler = on_signal};

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static void
show(const struct point_config *config, struct point *point)
{
	if (!isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "%5u bytes %6u MACs %-6s %-9s %7.1f ticks a frame, median %7.1f\n",
		config->size_bytes, config->n_macs, config->packed ? "packed" : "split",
		config->mergeable ? "mergeable" : "", spread_min(&point->stage),
		spread_median(&point->stage));
}

static int
measure(const struct point_config *config, json_t *points, struct vsw_error *err)
{
	struct point point = {0};
	int ret;

	ret = point_measure(config, &interrupted, &point, err);
	if (ret == 0) {
		show(config, &point);
		json_array_append_new(points, point_to_json(config, &point));
	}
	point_fini(&point);
	return ret;
}

/* The point of number `i` among all combinations; false: there are no more. */
static bool
choose(const struct lockstep_args *args, unsigned int i, struct point_config *config)
{
	config->mergeable = args->mergeable.value[i % args->mergeable.n];
	i /= args->mergeable.n;
	config->packed = args->packed.value[i % args->packed.n];
	i /= args->packed.n;
	config->n_macs = args->macs.value[i % args->macs.n];
	i /= args->macs.n;
	config->size_bytes = args->sizes.value[i % args->sizes.n];
	return i < args->sizes.n;
}

static int
measure_all(const struct lockstep_args *args, json_t *points, struct vsw_error *err)
{
	char directory[LOCKSTEP_TMP_BYTES];
	struct point_config config = {
		.directory = directory,
		.ring_size = args->ring_size,
		.plant_ticks = args->plant_ticks,
		.n_slices = args->n_slices,
		.slice_frames = args->slice_frames,
	};
	unsigned int i;
	int ret = 0;

	lockstep_tmp(directory);
	if (mkdtemp(directory) == NULL)
		return vsw_error_set(err, errno, "cannot make the directory %s: %s", directory,
				     strerror(errno));
	for (i = 0; ret == 0 && choose(args, i, &config); i++)
		ret = measure(&config, points, err);
	rmdir(directory);
	return ret;
}

static json_t *
make_result(const struct lockstep_args *args, json_t *points, const char *error)
{
	uint64_t tsc_hz = rte_get_tsc_hz();
	time_t now = time(NULL);
	char ended[32];
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(ended, sizeof(ended), "%Y-%m-%dT%H:%M:%SZ", &tm);
	return json_pack("{ss sb ss? ss s{si si si} s{so sI} sO}", "schema", "vsw-lockstep-1",
			 "complete", error == NULL, "error", error, "ended", ended, "config",
			 "runs", args->n_runs, "slices", args->n_slices, "slice_frames",
			 args->slice_frames, "host", "facts", facts(tsc_hz), "tsc_hz",
			 (json_int_t)tsc_hz, "points", points);
}

static int
write_result(const struct lockstep_args *args, const json_t *result, struct vsw_error *err)
{
	FILE *file = args->result_path != NULL ? fopen(args->result_path, "w") : stdout;
	int ret;

	if (file == NULL)
		return vsw_error_set(err, errno, "--result %s: %s", args->result_path,
				     strerror(errno));
	ret = json_dumpf(result, file, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
	fputc('\n', file);
	if ((file == stdout ? fflush(file) : fclose(file)) != 0)
		ret = -1;
	return ret == 0 ? 0 : vsw_error_set(err, EIO, "the result could not be written");
}

static int
run(const struct lockstep_args *args, struct vsw_error *err)
{
	json_t *points = json_array(), *result;
	struct vsw_error also;
	int ret, written;

	/* It would warn of rings that are small, as they are on purpose. */
	vsw_log_set_level(VSW_LOG_ERROR);
	ret = measure_all(args, points, err);
	result = make_result(args, points, ret < 0 ? err->text : NULL);
	written = write_result(args, result, ret < 0 ? &also : err);
	json_decref(result);
	json_decref(points);
	return ret < 0 ? ret : written;
}

static int
run_here(const struct lockstep_args *args, int n_eal, char **eal, struct vsw_error *err)
{
	int ret = words_start_eal("vsw-lockstep", n_eal, eal, EAL_NEEDS_MB, err);

	if (ret < 0)
		return ret;
	ret = run(args, err);
	rte_eal_cleanup();
	return ret;
}

static int
run_others(const struct lockstep_args *args, int argc, char **argv, struct vsw_error *err)
{
	struct vsw_error also;
	json_t *result;
	int ret, written;
	bool told;

	ret = runs_collect(argc, argv, args->n_runs, &interrupted, &result, &told, err);
	if (ret < 0 && !told)
		fprintf(stderr, "vsw-lockstep: %s\n", err->text);
	if (ret < 0 && result != NULL) {
		json_object_set_new(result, "complete", json_false());
		json_object_set_new(result, "error", json_string(err->text));
	}
	if (result == NULL)
		return ret;
	written = write_result(args, result, &also);
	if (written < 0)
		fprintf(stderr, "vsw-lockstep: %s\n", also.text);
	json_decref(result);
	return ret < 0 ? ret : written;
}

/* The words behind "--", for which argp wants a name in front. */
static int
parse_args(int argc, char **argv, int n_eal, struct lockstep_args *args, struct vsw_error *err)
{
	int first = n_eal > 0 || (argc > 1 && strcmp(argv[1], "--") == 0) ? n_eal + 1 : 0, ret;
	char *kept = argv[first];

	argv[first] = argv[0];
	ret = lockstep_args_parse(argc - first, argv + first, args, err);
	argv[first] = kept;
	return ret;
}

int
main(int argc, char **argv)
{
	int dashes = words_find_dashes(argc, argv), ret;
	/* Without "--" all words are ours. */
	int n_eal = dashes < argc ? dashes - 1 : 0;
	struct lockstep_args args;
	struct vsw_error err;

	catch_signals();
	ret = parse_args(argc, argv, n_eal, &args, &err);
	if (ret == 0 && !args.one_run)
		return run_others(&args, argc, argv, &err) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
	if (ret == 0)
		ret = run_here(&args, n_eal, argv + 1, &err);
	if (ret < 0)
		fprintf(stderr, "vsw-lockstep: %s\n", err.text);
	return ret < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
