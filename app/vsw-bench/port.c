/* SPDX-License-Identifier: BSD-3-Clause */
#include "port.h"

int
port_create(const struct port_config *config, struct port **port, struct vsw_error *err)
{
	const struct options *options = config->options;

	bool has_front = options->port[config->number].path != NULL ||
			 options->mode == MODE_SELFTEST;

	if (has_front && options->driver == DRIVER_OWN)
		return port_front_create(config, port, err);
	return port_ethdev_create(config, port, err);
}

void
port_destroy(struct port *port)
{
	if (port != NULL)
		port->ops->destroy(port);
}
