/* SPDX-License-Identifier: BSD-3-Clause */
/* The options as they stand in the result. */
#include "options.h"

static json_t *
ports_to_json(const struct options *options)
{
	json_t *list = json_array();
	uint16_t i;

	for (i = 0; i < options->n_ports; i++) {
		const struct port_option *port = &options->port[i];
		json_t *object = port->path != NULL ? json_pack("{ss sb}", "socket", port->path,
								"server", port->server)
						    : json_pack("{si}", "ethdev", port->ethdev_id);

		json_object_set_new(object, "vlan", json_integer(port->vlan));
		json_array_append_new(list, object);
	}
	return list;
}

json_t *
options_to_json(const struct options *options)
{
	json_t *object = json_pack(
		"{si so ss sb sb sb sb si si sI si ss ss sf si si si sI}", "ports",
		options->n_ports, "port_list", ports_to_json(options), "driver",
		options->driver == DRIVER_OWN ? "own" : "pmd", "packed", options->packed,
		"mergeable", options->mergeable, "in_order", options->in_order, "vectorized",
		options->vectorized, "ring_size", options->ring_size, "queues", options->n_queues,
		"macs", (json_int_t)options->n_macs, "flows", (int)options->n_flows, "pattern",
		options->mesh ? "mesh" : "pairs", "load", options_load_name(options->load.kind),
		"load_value", options->load.value, "slice_ms", (int)options->slice_ms, "late_us",
		(int)options->late_us, "burst", options->burst, "seed", (json_int_t)options->seed);

	json_object_set_new(object, "size",
			    options->size_bytes == 0 ? json_string("imix")
						     : json_integer(options->size_bytes));
	return object;
}
