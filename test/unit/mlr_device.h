/* SPDX-License-Identifier: BSD-3-Clause */
/* A device that forwards a known rate, for searches to find. Its noise comes of a seed. */
#ifndef MLR_DEVICE_H
#define MLR_DEVICE_H

#include <math.h>
#include <stdint.h>

#include "vsw_mlr.h"

struct mlr_device {
	double capacity_pps;
	double noise;	   /* standard deviation of the capacity from trial to trial, of 1 */
	double lossy;	   /* share of trials that lose 10 to 2000 packets more */
	double overhead_s; /* of each trial */
	uint64_t seed;
	uint32_t n_trials; /* run so far, the warm-up not counted */
	double seconds;
};

/* From 0 to below 1. Source: splitmix64. */
static inline double
mlr_device_random(struct mlr_device *device)
{
	uint64_t z = device->seed += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (double)((z ^ z >> 31) >> 11) / (double)(1ULL << 53);
}

/* Normally distributed. Source: Box and Muller. */
static inline double
mlr_device_normal(struct mlr_device *device)
{
	double radius = sqrt(-2 * log(1 - mlr_device_random(device)));

	return radius * cos(2 * M_PI * mlr_device_random(device));
}

static inline struct vsw_mlr_counts
mlr_device_run(struct mlr_device *device, const struct vsw_mlr_trial *trial)
{
	double sent = floor(trial->load_pps * trial->duration_s);
	double capacity = device->capacity_pps * (1 + device->noise * mlr_device_normal(device));
	double forwarded = fmin(sent, floor(capacity * trial->duration_s));

	if (mlr_device_random(device) < device->lossy)
		forwarded -= fmin(forwarded, 10 + floor(1991 * mlr_device_random(device)));
	device->n_trials += !trial->warmup;
	device->seconds += trial->duration_s + device->overhead_s;
	return (struct vsw_mlr_counts){
		.duration_s = trial->duration_s + device->overhead_s,
		.intended = (uint64_t)sent,
		.sent = (uint64_t)sent,
		.forwarded = (uint64_t)forwarded,
	};
}

/* Trials until the search ends: what vsw_mlr_next() returned at last. */
static inline int
mlr_device_search(struct mlr_device *device, struct vsw_mlr *mlr, struct vsw_error *err)
{
	struct vsw_mlr_trial trial;
	int ret;

	while ((ret = vsw_mlr_next(mlr, &trial, err)) > 0) {
		struct vsw_mlr_counts counts = mlr_device_run(device, &trial);

		ret = vsw_mlr_report(mlr, &counts, err);
		if (ret)
			break;
	}
	return ret;
}

#endif /* MLR_DEVICE_H */
