/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The device's side of a virtqueue as virtio 1.2 sections 2.7 and 2.8 tell it, to hold lib/vring
 * against: slow, plain, and without a line of lib/vring. It works on its own copy of the driver's
 * memory, so that what both write can be compared byte for byte.
 *
 * Positions never wrap: they are counted from the base on, used elements of a split ring, slots of
 * a packed one.
 */
#ifndef VRING_MODEL_H
#define VRING_MODEL_H

#include <linux/virtio_ring.h>

#include "vsw_vring.h"

struct model_part {
	uint64_t address;
	uint32_t len_bytes;
};

struct model_chain {
	uint16_t id;
	uint16_t n_slots;
	uint64_t len_bytes;
};

/* Chains, and the parts of all of them. */
struct model_frame {
	uint32_t n_chains, n_parts;
	uint32_t n_pieces; /* that the regions make of the parts */
	uint64_t len_bytes;
	struct model_chain chain[VSW_VRING_CHAINS_MAX];
	struct model_part part[VSW_VRING_PIECES_MAX];
};

struct model {
	struct vsw_vring_config config;
	uint64_t next, avail, used; /* positions: to take, to give, to write */
	uint64_t shown;		    /* used position at the last flush */
	uint64_t first;		    /* packed: the flags of this slot are kept back for it */
	uint16_t first_flags;
	uint16_t seen; /* split: the available index, read again when all that it shows is taken */
	bool given, fresh, broken;
};

/* Why a frame has no more chains. */
enum model_end {
	MODEL_ENOUGH, /* bytes */
	MODEL_NONE,
	MODEL_FULL,	      /* no room behind the others */
	MODEL_BROKEN,	      /* the ring */
	MODEL_FULL_OR_BROKEN, /* no room, and something is wrong with the next chain */
};

void model_init(struct model *model, const struct vsw_vring_config *config);

/* Chains until they hold want_bytes: at least one, if there is one. */
enum model_end model_take(struct model *model, struct model_frame *frame, uint32_t want_bytes);

/* Forget what was taken and not given. */
void model_rewind(struct model *model);

/* Copy the first len_bytes of the frame. */
void model_read(const struct model *model, const struct model_frame *frame, uint8_t *to,
		uint32_t len_bytes);
void model_write(const struct model *model, const struct model_frame *frame, const uint8_t *from,
		 uint32_t len_bytes);

/* Written into the chain, of written_bytes in the frame. */
uint32_t model_written(const struct model_frame *frame, uint32_t chain, uint32_t written_bytes);

void model_give(struct model *model, const struct model_frame *frame, uint32_t written_bytes);

/* Must the driver be interrupted? *known is false where the specification does not tell. */
bool model_flush(struct model *model, bool *known);

/* As in the config of a ring. */
uint16_t model_base(const struct model *model, uint64_t position);

#endif /* VRING_MODEL_H */
