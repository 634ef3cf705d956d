/* SPDX-License-Identifier: BSD-3-Clause */
#include "vring_device.h"

void
device_init(struct device *device, const struct vsw_vring_config *config)
{
	vsw_vring_init(&device->ring, config);
	device->n_frames = 0;
}

/* A view as a buffer of one chain. */
static void
set_frame(struct vsw_vring_buffer *frame, const struct vsw_vring_view *view)
{
	vsw_vring_empty(frame);
	frame->chain[0] = (struct vsw_vring_chain){
		.id = view->id, .n_slots = 1, .len_bytes = view->len_bytes};
	frame->piece[0] = (struct vsw_vring_piece){.at = view->at, .len_bytes = view->len_bytes};
	frame->n_chains = 1;
	frame->n_pieces = view->len_bytes > 0;
	frame->n_descs = 1;
	frame->len_bytes = view->len_bytes;
}

/* Frames that one view holds. */
static void
take_views(struct device *device, uint32_t n, uint32_t want_bytes)
{
	struct vsw_vring_view views[DEVICE_BURST_MAX];
	uint32_t n_views = vsw_vring_peek(&device->ring, views, n), i;

	for (i = 0; i < n_views && views[i].len_bytes >= want_bytes; i++)
		set_frame(&device->frame[i], &views[i]);
	vsw_vring_take(&device->ring, i);
	device->n_frames = i;
}

int
device_take(struct device *device, uint32_t n, uint32_t want_bytes)
{
	int ret = 1;

	take_views(device, n, want_bytes);
	vsw_vring_prefetch(&device->ring, n < VSW_VRING_PREFETCH_MAX ? n : VSW_VRING_PREFETCH_MAX);
	for (; ret > 0 && device->n_frames < n; device->n_frames++) {
		struct vsw_vring_buffer *frame = &device->frame[device->n_frames];

		vsw_vring_empty(frame);
		do {
			ret = vsw_vring_gather(&device->ring, frame);
		} while (ret > 0 && frame->len_bytes < want_bytes);
		if (frame->n_chains == 0)
			break;
	}
	return ret < 0 ? ret : 0;
}

uint64_t
device_len_bytes(const struct device *device, uint32_t frame)
{
	return device->frame[frame].len_bytes;
}

uint32_t
device_n_chains(const struct device *device, uint32_t frame)
{
	return device->frame[frame].n_chains;
}

struct device_chain
device_chain(const struct device *device, uint32_t frame, uint32_t chain)
{
	const struct vsw_vring_chain *at = &device->frame[frame].chain[chain];

	return (struct device_chain){.id = at->id, .len_bytes = at->len_bytes};
}

void
device_copy(const struct device *device, uint32_t frame, uint8_t *bytes, uint32_t len_bytes,
	    uint32_t cut_bytes)
{
	struct vsw_vring_cursor cursor = {0};
	uint32_t n;

	for (; len_bytes > 0; len_bytes -= n, bytes += n) {
		n = len_bytes < cut_bytes ? len_bytes : cut_bytes;
		if (device->ring.config.writes)
			vsw_vring_write(&device->frame[frame], &cursor, bytes, n);
		else
			vsw_vring_read(&device->frame[frame], &cursor, bytes, n);
	}
}

void
device_give(struct device *device, uint32_t n, const uint32_t *written_bytes)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		vsw_vring_give(&device->ring, &device->frame[i], written_bytes[i]);
	if (n < device->n_frames)
		vsw_vring_rewind(&device->ring);
	device->n_frames = 0;
}

bool
device_flush(struct device *device)
{
	return vsw_vring_flush(&device->ring);
}
