/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "vsw_traffic.h"

void
vsw_traffic_default(struct vsw_traffic_config *config)
{
	memset(config, 0, sizeof(*config));
	config->n_ports = 2;
	config->n_macs = 1;
	config->n_flows = 1;
	config->n_queues = 1;
	config->check_every = 16;
	vsw_traffic_connect(config, VSW_TRAFFIC_PAIRS);
	vsw_traffic_one_size(config, VSW_TRAFFIC_SIZE_MIN);
}

void
vsw_traffic_connect(struct vsw_traffic_config *config, enum vsw_traffic_pattern pattern)
{
	uint32_t i, all = (1U << config->n_ports) - 1;

	for (i = 0; i < config->n_ports; i++)
		config->to[i] = pattern == VSW_TRAFFIC_MESH ? all & ~(1U << i)
							    : all & 1U << (i ^ 1);
}

void
vsw_traffic_one_size(struct vsw_traffic_config *config, uint32_t bytes)
{
	config->size[0] = bytes;
	config->n_sizes = 1;
}

/* At each place the size that is most behind its share. */
void
vsw_traffic_imix(struct vsw_traffic_config *config)
{
	static const struct {
		uint16_t bytes;
		uint16_t n;
	} part[] = {{64, 28}, {570, 16}, {1518, 4}};
	int32_t due[3] = {0};
	uint32_t i, j, most;

	for (i = 0; i < VSW_TRAFFIC_SIZES_MAX; i++) {
		most = 0;
		for (j = 0; j < 3; j++) {
			due[j] += part[j].n;
			if (due[j] > due[most])
				most = j;
		}
		due[most] -= VSW_TRAFFIC_SIZES_MAX;
		config->size[i] = part[most].bytes;
	}
	config->n_sizes = VSW_TRAFFIC_SIZES_MAX;
}

double
vsw_traffic_mean_size(const struct vsw_traffic_config *config)
{
	uint32_t i, sum = 0;

	for (i = 0; i < config->n_sizes; i++)
		sum += config->size[i];
	return (double)sum / config->n_sizes;
}
