/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How the tests drive lib/vring: bursts of frames, each of one chain or of several. This is the one
 * place that knows which of its functions do that.
 */
#ifndef VRING_DEVICE_H
#define VRING_DEVICE_H

#include "vsw_vring.h"

#define DEVICE_BURST_MAX 32U

struct device {
	struct vsw_vring ring;
	uint32_t n_frames; /* taken */
	struct vsw_vring_buffer frame[DEVICE_BURST_MAX];
};

/* What one chain of a frame is. */
struct device_chain {
	uint16_t id;
	uint32_t len_bytes;
};

void device_init(struct device *device, const struct vsw_vring_config *config);

/*
 * Take up to n frames, in place of those taken before: chains until they hold want_bytes, at least
 * one. The last frame may hold less. Returns 0; -EBADMSG if the ring is broken, perhaps behind
 * frames that are not.
 */
int device_take(struct device *device, uint32_t n, uint32_t want_bytes);

uint64_t device_len_bytes(const struct device *device, uint32_t frame);
uint32_t device_n_chains(const struct device *device, uint32_t frame);
struct device_chain device_chain(const struct device *device, uint32_t frame, uint32_t chain);

/* Copy the first len_bytes of a frame, at most cut_bytes at a time: out of it, or into it. */
void device_copy(const struct device *device, uint32_t frame, uint8_t *bytes, uint32_t len_bytes,
		 uint32_t cut_bytes);

/* Give the first n frames back, with so much written into each, and forget the others. */
void device_give(struct device *device, uint32_t n, const uint32_t *written_bytes);

/* Returns true if the driver wants an interrupt. */
bool device_flush(struct device *device);

#endif /* VRING_DEVICE_H */
