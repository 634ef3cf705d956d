/* SPDX-License-Identifier: BSD-3-Clause */
#include "meter_steal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "text_file.h"

#define STAT_BYTES 65536 /* the CPUs come first, a line of some 80 bytes each */
#define NS_PER_S 1000000000ULL

int
steal_parse(const char *text, unsigned int cpu, uint64_t *steal)
{
	const char *line;
	char name[16];
	int length;

	length = snprintf(name, sizeof(name), "cpu%u ", cpu);
	for (line = text; line != NULL; line = strchr(line, '\n')) {
		line += *line == '\n';
		/* user nice system idle iowait irq softirq steal: proc(5) */
		if (strncmp(line, name, length) == 0)
			return sscanf(line + length, "%*u %*u %*u %*u %*u %*u %*u %" SCNu64,
				      steal) == 1
				       ? 0
				       : -ENOENT;
	}
	return -ENOENT;
}

int
steal_read(const unsigned int *cpus, unsigned int n, struct steal_reading *reading,
	   struct vsw_error *err)
{
	uint64_t tick_ns = NS_PER_S / sysconf(_SC_CLK_TCK), steal;
	char *text = malloc(STAT_BYTES);
	struct timespec now;
	unsigned int i;
	int ret;

	if (text == NULL)
		return vsw_error_set(err, ENOMEM, "no memory to read /proc/stat");
	ret = text_file_read(text, STAT_BYTES, "/proc/stat");
	if (ret < 0) {
		free(text);
		return vsw_error_set(err, -ret, "cannot read /proc/stat: %s", strerror(-ret));
	}
	clock_gettime(CLOCK_MONOTONIC, &now);
	*reading = (struct steal_reading){
		.at_ns = (uint64_t)now.tv_sec * NS_PER_S + now.tv_nsec,
		.n_cpus = n,
	};
	for (i = 0, ret = 0; i < n && ret == 0; i++) {
		ret = steal_parse(text, cpus[i], &steal);
		if (ret == 0)
			reading->steal_ns += steal * tick_ns;
		else
			vsw_error_set(err, ENOENT, "/proc/stat has no steal time of CPU %u",
				      cpus[i]);
	}
	free(text);
	return ret;
}

double
steal_share(const struct steal_reading *before, const struct steal_reading *after)
{
	if (after->at_ns <= before->at_ns || after->n_cpus == 0 ||
	    after->steal_ns < before->steal_ns)
		return 0;
	return (double)(after->steal_ns - before->steal_ns) /
	       (double)(after->at_ns - before->at_ns) / after->n_cpus;
}
