/* SPDX-License-Identifier: BSD-3-Clause */
#include "result.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "facts.h"

#define GENERATOR_BOUND_IDLE 0.05 /* a generator with less idle time is what limits the rate */

static json_t *
time_to_json(time_t at)
{
	char text[32];
	struct tm tm;

	gmtime_r(&at, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	return json_string(text);
}

/* A search offers more than passes, on purpose: there the trials themselves count the unsent. */
static bool
is_generator_bound(const struct bench *bench)
{
	unsigned int n = 0, busy = 0;
	json_t *trial;
	size_t i;

	json_array_foreach(bench->trials, i, trial) {
		json_t *idle = json_object_get(trial, "generator_idle");
		const char *kind = json_string_value(json_object_get(trial, "kind"));

		if (strcmp(kind, "mrr") != 0 || !json_is_number(idle))
			continue;
		n++;
		busy += json_number_value(idle) < GENERATOR_BOUND_IDLE;
	}
	return n > 0 && 2 * busy > n;
}

static json_t *
host_to_json(const struct bench *bench)
{
	bool has_jitter = bench->n_cpus > 0 && bench->jitter[0].spun_s > 0;

	return json_pack("{so so sI s{so}}", "facts", facts(bench->tsc_hz), "jitter",
			 has_jitter ? jitter_json(bench->jitter, bench->n_cpus) : json_null(),
			 "tsc_hz", (json_int_t)bench->tsc_hz, "placement", "probe",
			 bench->placement != NULL ? placement_json(bench->placement) : json_null());
}

int
result_begin(const struct bench *bench, struct vsw_error *err)
{
	if (bench->options->result_path == NULL)
		return 0;
	return result_write(bench, "the measurement has not ended", err);
}

static json_t *
selftest_or_null(const struct bench *bench)
{
	json_t *selftest = json_object_get(bench->results, "selftest");

	return selftest != NULL ? json_incref(selftest) : json_null();
}

int
result_write(const struct bench *bench, const char *error, struct vsw_error *err)
{
	const struct options *options = bench->options;
	json_t *result;
	FILE *file;
	int ret;

	result = json_pack("{ss sb ss? so ss ss so so so sb sO sO}", "schema", "vsw-bench-1",
			   "complete", error == NULL, "error", error, "started",
			   time_to_json(bench->started), "mode", options_mode_name(options->mode),
			   "profile", options->profile, "config", options_to_json(options), "host",
			   host_to_json(bench), "selftest", selftest_or_null(bench),
			   "generator_bound", is_generator_bound(bench), "trials", bench->trials,
			   "results", bench->results);
	if (result == NULL)
		return vsw_error_set(err, ENOMEM, "no memory for the result");
	file = options->result_path != NULL ? fopen(options->result_path, "w") : stdout;
	if (file == NULL) {
		ret = vsw_error_set(err, errno, "--result %s: %s", options->result_path,
				    strerror(errno));
		json_decref(result);
		return ret;
	}
	ret = json_dumpf(result, file, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
	fputc('\n', file);
	if (file != stdout && fclose(file) != 0)
		ret = -1;
	json_decref(result);
	return ret == 0 ? 0
			: vsw_error_set(err, EIO, "%s: the result could not be written",
					options->result_path != NULL ? options->result_path
								     : "standard output");
}
