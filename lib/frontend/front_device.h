/* SPDX-License-Identifier: BSD-3-Clause */
/* The device's side of a ring to send on and one to receive into, as short as it can be. */
#ifndef FRONT_DEVICE_H
#define FRONT_DEVICE_H

#include "front_ring.h"

#define FRONT_DEVICE_BURST 32

struct front_device {
	struct front_ring *tx, *rx;
	uint32_t tx_done, rx_done; /* positions: next to take, next to fill */
	bool mergeable;
};

/* Tell the drivers that the device polls, and wants no kicks. */
void front_device_quiet(struct front_device *device, bool packed);

/* Copy a burst from tx to rx. Returns the number of frames. */
uint32_t front_device_split(struct front_device *device);
uint32_t front_device_packed(struct front_device *device);

#endif /* FRONT_DEVICE_H */
