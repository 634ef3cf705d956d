/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Self-test: what the generator costs, and the rate that it cannot exceed. The same trials as for
 * MRR, but in place of the switch, on its CPU, a device that does nothing but copy each frame from
 * one port's ring to the other's. A rate within 1.2 times of this one says more of the generator
 * than of the switch (csit.md section 4.6, 7).
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>

#include "mode.h"
#include "vsw_front_wire.h"

struct device {
	struct vsw_front_wire *wire;
	int cpu;
	bool stop; /* atomic */
};

static void *
run_device(void *arg)
{
	struct device *device = arg;

	while (!__atomic_load_n(&device->stop, __ATOMIC_RELAXED))
		vsw_front_wire_move(device->wire);
	return NULL;
}

static int
start_device(struct device *device, pthread_t *thread, struct vsw_error *err)
{
	pthread_attr_t attr;
	cpu_set_t cpus;
	int ret;

	CPU_ZERO(&cpus);
	CPU_SET(device->cpu, &cpus);
	pthread_attr_init(&attr);
	ret = pthread_attr_setaffinity_np(&attr, sizeof(cpus), &cpus);
	if (ret == 0)
		ret = pthread_create(thread, &attr, run_device, device);
	pthread_attr_destroy(&attr);
	return ret == 0
		       ? 0
		       : vsw_error_set(err, ret, "no thread on CPU %d for the device; --switch-cpu",
				       device->cpu);
}

/* The generator's ticks a frame, near if there was any near slice. */
static void
set_results(struct bench *bench)
{
	json_t *mrr = json_object_get(bench->results, "mrr"), *ticks, *rate;
	const char *distance = "near";

	ticks = json_object_get(json_object_get(mrr, "generator_ticks"), distance);
	if (json_integer_value(json_object_get(ticks, "n")) == 0)
		distance = "far";
	ticks = json_object_get(json_object_get(mrr, "generator_ticks"), distance);
	rate = json_object_get(mrr, distance);
	json_object_set_new(bench->results, "selftest",
			    json_pack("{sf sf ss}", "ticks_per_frame",
				      json_number_value(json_object_get(ticks, "median")), "mpps",
				      json_number_value(json_object_get(rate, "median_pps")) / 1e6,
				      "placement", distance));
}

int
mode_selftest(struct bench *bench, struct vsw_error *err)
{
	struct device device = {.cpu = bench->options->switch_cpu[0]};
	pthread_t thread;
	int ret;

	ret = vsw_front_wire_create(port_front_get(bench->port[0]), port_front_get(bench->port[1]),
				    &device.wire, err);
	if (ret < 0)
		return ret;
	ret = start_device(&device, &thread, err);
	if (ret == 0) {
		ret = mode_mrr(bench, err);
		__atomic_store_n(&device.stop, true, __ATOMIC_RELAXED);
		pthread_join(thread, NULL);
	}
	if (ret == 0)
		set_results(bench);
	vsw_front_wire_destroy(device.wire);
	return ret;
}
