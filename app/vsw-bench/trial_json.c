/* SPDX-License-Identifier: BSD-3-Clause */
/* A trial as it stands in the result. */
#include <errno.h>
#include <math.h>

#include "trial.h"

static json_t *
ticks_or_null(uint32_t ticks)
{
	return ticks > 0 ? json_integer(ticks) : json_null();
}

static json_t *
share_or_null(double share)
{
	return share >= 0 ? json_real(fmin(share, 1)) : json_null();
}

static double
idle_share(const struct engine_slice *slice)
{
	return slice->lcore_ticks > 0 ? (double)slice->idle_ticks / slice->lcore_ticks : -1;
}

static json_t *
slice_to_json(const struct bench *bench, const struct trial_slice *slice)
{
	const struct engine_slice *moved = &slice->moved;
	double seconds = (double)moved->ticks / bench->tsc_hz;
	json_t *object = json_pack("{sI sf sI sf ss s[oo] so}", "start_ns",
				   (json_int_t)slice->start_ns, "ms", seconds * 1e3, "received",
				   (json_int_t)moved->received, "pps", moved->received / seconds,
				   "placement", placement_name(slice->placement), "rtt_ticks",
				   ticks_or_null(slice->before.max_ticks),
				   ticks_or_null(slice->after.max_ticks), "generator_idle",
				   share_or_null(idle_share(moved)));

	if (slice->busy_ticks_per_frame > 0)
		json_object_set_new(object, "busy_ticks_per_frame",
				    json_real(slice->busy_ticks_per_frame));
	stall_json(&moved->stalls, object);
	return object;
}

static void
add_counts(const struct trial *trial, json_t *object)
{
	const struct vsw_judge_counts *counts = &trial->counts;
	const struct {
		const char *name;
		uint64_t value;
	} members[] = {
		{"intended", trial->sum.intended},
		{"sent", trial->sent},
		{"unsent", trial->sum.unsent},
		{"missed", trial->sum.missed},
		{"received", counts->received},
		{"lost", counts->lost},
		{"duplicated", counts->duplicated},
		{"reordered", counts->reordered},
		{"corrupted", counts->corrupted},
		{"misdelivered", counts->misdelivered},
		{"flooded", counts->flooded},
		{"strange", counts->strange + counts->old},
		{"stale", counts->stale + counts->learning},
	};
	size_t i;

	for (i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		json_object_set_new(object, members[i].name, json_integer(members[i].value));
}

static double
ns(const struct bench *bench, uint64_t ticks)
{
	return ticks * 1e9 / bench->tsc_hz;
}

json_t *
trial_latency_to_json(const struct bench *bench, const struct trial *trial)
{
	struct vsw_latency *all = trial->request.latency_every > 0 ? vsw_latency_create() : NULL;
	json_t *object;
	uint16_t i;

	for (i = 0; all != NULL && i < bench->options->n_ports; i++)
		vsw_latency_add(all, bench->latency[i]);
	if (all == NULL || vsw_latency_n(all) == 0) {
		vsw_latency_destroy(all);
		return NULL;
	}
	object = json_pack("{sf sf sf sf sf sf sf sI ss}", "min_ns",
			   ns(bench, vsw_latency_min(all)), "p50_ns",
			   ns(bench, vsw_latency_percentile(all, 50)), "p90_ns",
			   ns(bench, vsw_latency_percentile(all, 90)), "p99_ns",
			   ns(bench, vsw_latency_percentile(all, 99)), "p999_ns",
			   ns(bench, vsw_latency_percentile(all, 99.9)), "p9999_ns",
			   ns(bench, vsw_latency_percentile(all, 99.99)), "max_ns",
			   ns(bench, vsw_latency_max(all)), "n", (json_int_t)vsw_latency_n(all),
			   "placement", placement_name(trial->placement));
	vsw_latency_destroy(all);
	return object;
}

static json_t *
latency_or_null(const struct bench *bench, const struct trial *trial)
{
	json_t *latency = trial_latency_to_json(bench, trial);

	return latency != NULL ? latency : json_null();
}

json_t *
trial_to_json(const struct bench *bench, const struct trial *trial, bool slices)
{
	const struct bench_load *load = &trial->request.load;
	json_t *object, *list;
	unsigned int i;

	object = json_pack("{ss s{ss so} sf sf sf sf ss s{so so} so so so so so}", "kind",
			   trial->request.kind, "load", "type", options_load_name(load->kind),
			   "value", load->kind == LOAD_MAX ? json_null() : json_real(load->value),
			   "duration_s", trial->duration_s, "elapsed_s", trial->elapsed_s,
			   "loss_ratio", trial->loss_ratio, "rate_pps", trial->rate_pps,
			   "placement", placement_name(trial->placement), "runq", "generator",
			   share_or_null(trial->runq_generator), "switch",
			   share_or_null(trial->runq_switch), "steal", share_or_null(trial->steal),
			   "generator_idle", share_or_null(idle_share(&trial->sum)), "switch",
			   trial->has_switch ? switch_reading_json(&trial->moved) : json_null(),
			   "sums", trial->sums != NULL ? json_incref(trial->sums) : json_null(),
			   "latency", latency_or_null(bench, trial));
	add_counts(trial, object);
	stall_json(&trial->sum.stalls, object);
	if (!slices)
		return object;
	list = json_array();
	for (i = 0; i < trial->n_slices; i++)
		json_array_append_new(list, slice_to_json(bench, &trial->slice[i]));
	json_object_set_new(object, "slices", list);
	return object;
}

static int
check_sound(const struct trial *trial, struct vsw_error *err)
{
	const struct vsw_judge_counts *counts = &trial->counts;
	uint64_t misdelivered = trial->request.floods ? 0 : counts->misdelivered;

	if (counts->duplicated + counts->corrupted + counts->reordered + misdelivered > 0)
		return vsw_error_set(err, EBADMSG,
				     "%s: %llu frames duplicated, %llu reordered, %llu corrupted, "
				     "%llu misdelivered: the switch is broken, its speed does not "
				     "matter",
				     trial->request.kind, (unsigned long long)counts->duplicated,
				     (unsigned long long)counts->reordered,
				     (unsigned long long)counts->corrupted,
				     (unsigned long long)misdelivered);
	if (json_is_array(trial->sums))
		return vsw_error_set(err, EBADMSG, "%s: the sums do not close: %s",
				     trial->request.kind,
				     json_string_value(json_array_get(trial->sums, 0)));
	return 0;
}

int
trial_record(struct bench *bench, const struct trial_request *request, bool slices,
	     struct trial *trial, struct vsw_error *err)
{
	int ret = trial_run(bench, request, trial, err);

	if (ret < 0)
		return ret;
	json_array_append_new(bench->trials, trial_to_json(bench, trial, slices));
	return check_sound(trial, err);
}
