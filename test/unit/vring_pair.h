/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lib/vring and the model of it, side by side: both do the same with the same memory, and all that
 * they find, write and tell is the same. Where it is not, the process aborts.
 */
#ifndef VRING_PAIR_H
#define VRING_PAIR_H

#include "vring_device.h"
#include "vring_model.h"

#define PAIR_FRAME_MAX_BYTES 16384U

struct pair {
	struct vsw_vring_memory *memory; /* of the driver; the device works there */
	struct vsw_vring_memory copy;	 /* where the model works */
	struct device device;
	struct model model;
	struct model_frame frame[DEVICE_BURST_MAX]; /* of the last burst */
	uint32_t written_bytes[DEVICE_BURST_MAX];   /* into each of them */
};

void pair_init(struct pair *pair, struct vsw_vring_memory *memory);
void pair_fini(struct pair *pair);

/* Take the ring over; its config is of the driver's memory. */
void pair_start(struct pair *pair, const struct vsw_vring_config *config);

/*
 * Take up to n frames of want_bytes, copy them, and give the first n_give back. Returns the number
 * given. What is written, and how much of a frame, follows from *random.
 */
uint32_t pair_burst(struct pair *pair, uint32_t n, uint32_t want_bytes, uint32_t n_give,
		    uint64_t *random);

/* Returns true if the driver is to be interrupted. */
bool pair_flush(struct pair *pair);

/* Another device goes on where this one stands. Nothing is given and not flushed. */
void pair_take_over(struct pair *pair);

/* Abort, with the place, unless it holds: these tests run under libFuzzer, too. */
#define PAIR_REQUIRE(condition)                                                                    \
	((condition) ? (void)0 : pair_differs(__FILE__, __LINE__, #condition))
_Noreturn void pair_differs(const char *file, int line, const char *condition);

#endif /* VRING_PAIR_H */
