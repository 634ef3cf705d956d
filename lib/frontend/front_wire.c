/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdlib.h>

#include "front.h"
#include "front_device.h"
#include "vsw_front_wire.h"

struct vsw_front_wire {
	uint32_t (*move)(struct front_device *device);
	uint16_t n_devices;
	struct front_device device[]; /* a to b and b to a, for each queue */
};

int
vsw_front_wire_create(struct vsw_front *a, struct vsw_front *b, struct vsw_front_wire **wire,
		      struct vsw_error *err)
{
	struct vsw_front_wire *made;
	uint16_t i;

	if (a->n_pairs != b->n_pairs || a->packed != b->packed || a->mergeable != b->mergeable)
		return vsw_error_set(err, EINVAL, "a wire joins fronts of one kind only");
	made = calloc(1, sizeof(*made) + 2 * a->n_pairs * sizeof(made->device[0]));
	if (made == NULL)
		return vsw_error_set(err, ENOMEM, "no memory for a wire");
	made->move = a->packed ? front_device_packed : front_device_split;
	for (i = 0; i < a->n_pairs; i++) {
		made->device[made->n_devices++] = (struct front_device){
			.tx = &a->pair[i].tx, .rx = &b->pair[i].rx, .mergeable = a->mergeable};
		made->device[made->n_devices++] = (struct front_device){
			.tx = &b->pair[i].tx, .rx = &a->pair[i].rx, .mergeable = a->mergeable};
	}
	for (i = 0; i < made->n_devices; i++)
		front_device_quiet(&made->device[i], a->packed);
	*wire = made;
	return 0;
}

void
vsw_front_wire_destroy(struct vsw_front_wire *wire)
{
	free(wire);
}

uint32_t
vsw_front_wire_move(struct vsw_front_wire *wire)
{
	uint32_t n = 0;
	uint16_t i;

	for (i = 0; i < wire->n_devices; i++)
		n += wire->move(&wire->device[i]);
	return n;
}
