/* SPDX-License-Identifier: BSD-3-Clause */
/* What a guest is to know of its rings and buffers: that they are used, and which pages changed. */
#include <unistd.h>

#include <rte_vhost.h>

#include "vhost_port.h"

/*
 * Pages that the device has written, for a migration. The library looks up where its log is; no
 * lcore gets here while that changes.
 */
void
vhost_log(int vid, const struct vsw_vring_buffer *buffer, uint32_t len_bytes)
{
	uint16_t i;

	for (i = 0; i < buffer->n_pieces && len_bytes > 0; i++) {
		const struct vsw_vring_piece *piece = &buffer->piece[i];
		uint32_t n = RTE_MIN(piece->len_bytes, len_bytes);

		rte_vhost_log_write(vid, piece->guest_address, n);
		len_bytes -= n;
	}
}

/*
 * Not by rte_vhost_log_used_vring(): that knows one address that the front end has told, and of a
 * packed ring QEMU tells that of the device's event suppression.
 */
static void
log_used(int vid, const struct vsw_vring *ring)
{
	struct vsw_vring_area area = vsw_vring_written(ring);

	rte_vhost_log_write(vid, area.guest_address, area.len_bytes);
}

/* Show the guest what was given back, and interrupt it if it asks for that. */
void
vhost_flush(const struct vhost_port *vhost, int vid, struct vsw_vring *ring, int call_fd)
{
	const uint64_t one = 1;
	bool wanted;

	if (ring->n_given == 0)
		return;
	wanted = vsw_vring_flush(ring);
	if (unlikely(vhost->logs))
		log_used(vid, ring);
	/* A descriptor that is full has not been read: the guest knows already. */
	if (wanted && call_fd >= 0 && write(call_fd, &one, sizeof(one)) < 0)
		return;
}
