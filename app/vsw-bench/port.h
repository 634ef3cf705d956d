/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A port of the generator: frames out, frames in.
 *
 * Model: buffers of the port are lent. tx_get() lends buffers whose payload was prefilled when they
 * were made; the caller writes their headers and hands all of them in with tx_put(), in order.
 * rx_get() lends what has come until rx_put(). One burst of each may be lent for each queue.
 *
 * Two kinds: our own driver's end of a vhost-user socket (port_front.c) and any ethdev, DPDK's
 * virtio-user among them (port_ethdev.c).
 *
 * Threads: created and destroyed by main; the functions of a queue by one lcore at a time.
 */
#ifndef PORT_H
#define PORT_H

#include <stdbool.h>
#include <stdint.h>

#include "options.h"
#include "vsw_error.h"
#include "vsw_traffic.h"

#define PORT_BURST_MAX 32U

struct port_frame {
	const uint8_t *data;
	uint32_t len_bytes; /* without FCS */
};

struct port;

struct port_ops {
	/* Lend up to n buffers of at least the frame size. Returns their number. */
	uint16_t (*tx_get)(struct port *port, uint16_t queue, uint8_t **frame, uint16_t n);
	/* Send the n buffers that are lent; len_bytes for each. */
	void (*tx_put)(struct port *port, uint16_t queue, const uint32_t *len_bytes, uint16_t n);
	uint16_t (*rx_get)(struct port *port, uint16_t queue, struct port_frame *frame, uint16_t n);
	void (*rx_put)(struct port *port, uint16_t queue);
	/* Frames sent that the other end has not given back; pushes those that wait for room. */
	uint32_t (*tx_pending)(struct port *port, uint16_t queue);
	/* 0, or a negative errno and why no frame will pass any more. Not hot. */
	int (*check)(struct port *port, struct vsw_error *err);
	void (*destroy)(struct port *port);
};

struct port {
	const struct port_ops *ops;
	uint16_t n_queues;
};

struct port_config {
	const struct options *options;
	uint16_t number;	  /* index in options->port */
	uint32_t frame_max_bytes; /* without FCS */
	uint32_t timeout_ms;
	const struct vsw_sender *sender; /* fills the buffers to send from, once */
};

/* Returns 0 when the port carries frames, or a negative errno with err. */
int port_front_create(const struct port_config *config, struct port **port, struct vsw_error *err);
int port_ethdev_create(const struct port_config *config, struct port **port, struct vsw_error *err);

/* The front behind a port of port_front_create(). */
struct vsw_front *port_front_get(struct port *port);

/* The one of the two that the options ask for. */
int port_create(const struct port_config *config, struct port **port, struct vsw_error *err);
void port_destroy(struct port *port);

#endif /* PORT_H */
