/* SPDX-License-Identifier: BSD-3-Clause */
/* A port that is our own driver's end of a vhost-user socket. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "port.h"
#include "vsw_front_hot.h"

/* Buffers to receive into: what a guest with ordinary frames has, or whole jumbo frames. */
#define BUFFER_MIN_BYTES 2048

struct port_front {
	struct port port;
	struct vsw_front *front;
};

static struct vsw_front *
to_front(struct port *port)
{
	return ((struct port_front *)port)->front;
}

static uint16_t
front_tx_get(struct port *port, uint16_t queue, uint8_t **frame, uint16_t n)
{
	return vsw_front_tx_get(to_front(port), queue, frame, n);
}

static void
front_tx_put(struct port *port, uint16_t queue, const uint32_t *len_bytes, uint16_t n)
{
	vsw_front_tx_put(to_front(port), queue, len_bytes, n);
}

static uint16_t
front_rx_get(struct port *port, uint16_t queue, struct port_frame *frame, uint16_t n)
{
	struct vsw_front_frame got[PORT_BURST_MAX];
	uint16_t i;

	n = vsw_front_rx_get(to_front(port), queue, got, n);
	for (i = 0; i < n; i++)
		frame[i] = (struct port_frame){.data = got[i].data, .len_bytes = got[i].len_bytes};
	return n;
}

static void
front_rx_put(struct port *port, uint16_t queue)
{
	vsw_front_rx_put(to_front(port), queue);
}

static uint32_t
front_tx_pending(struct port *port, uint16_t queue)
{
	return vsw_front_tx_pending(to_front(port), queue);
}

static int
front_check(struct port *port, struct vsw_error *err)
{
	if (!vsw_front_is_alive(to_front(port)))
		return vsw_error_set(err, ECONNRESET, "the switch has closed the connection");
	return vsw_front_check(to_front(port), err);
}

static void
front_destroy(struct port *port)
{
	vsw_front_destroy(to_front(port));
	free(port);
}

struct vsw_front *
port_front_get(struct port *port)
{
	return to_front(port);
}

static const struct port_ops front_ops = {
	.tx_get = front_tx_get,
	.tx_put = front_tx_put,
	.rx_get = front_rx_get,
	.rx_put = front_rx_put,
	.tx_pending = front_tx_pending,
	.check = front_check,
	.destroy = front_destroy,
};

static void
fill_buffers(struct vsw_front *front, const struct port_config *config)
{
	const struct options *options = config->options;
	uint16_t pair, i;

	for (pair = 0; pair < options->n_queues; pair++) {
		for (i = 0; i < options->ring_size; i++)
			vsw_sender_fill(config->sender, vsw_front_tx_buffer(front, pair, i),
					config->frame_max_bytes);
	}
}

int
port_front_create(const struct port_config *config, struct port **port, struct vsw_error *err)
{
	const struct options *options = config->options;
	const struct port_option *option = &options->port[config->number];
	const struct vsw_front_config front_config = {
		.path = option->path,
		.server = option->server,
		.packed = options->packed,
		.mergeable = options->mergeable,
		.in_order = options->in_order,
		.hugepages = true,
		.ring_size = options->ring_size,
		.n_pairs = options->n_queues,
		/* Whole frames, also in mergeable buffers: no frame is ever in pieces. */
		.buffer_bytes = config->frame_max_bytes > BUFFER_MIN_BYTES ? config->frame_max_bytes
									   : BUFFER_MIN_BYTES,
		.timeout_ms = config->timeout_ms,
	};
	struct port_front *made = calloc(1, sizeof(*made));
	int ret;

	if (made == NULL)
		return vsw_error_set(err, ENOMEM, "no memory for a port");
	made->port = (struct port){.ops = &front_ops, .n_queues = options->n_queues};
	ret = vsw_front_create(&front_config, &made->front, err);
	if (ret < 0) {
		free(made);
		return ret;
	}
	fill_buffers(made->front, config);
	*port = &made->port;
	return 0;
}
