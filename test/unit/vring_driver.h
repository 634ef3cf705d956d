/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A driver for the tests of lib/vring: makes chains of random shapes available, and checks what it
 * gets back. Its memory of chains is the model that the device's side is held against.
 *
 * Chains are numbered from 0 in the order in which they are made available; positions, too, are
 * counted from the beginning and never wrap: used elements of a split ring, slots of a packed one.
 */
#ifndef VRING_DRIVER_H
#define VRING_DRIVER_H

#include "vring_guest.h"

#define DRIVER_CHAINS_MAX 1024U /* a power of 2 */
#define DRIVER_PARTS_MAX 20U	/* Linux: a page each for 64 KiB, the header, and what is cut */
#define DRIVER_CHAIN_MAX_BYTES (12U + 9000)

struct driver_part {
	uint64_t address;
	uint32_t len_bytes;
};

struct driver_chain {
	uint16_t id;
	uint16_t n_slots; /* descriptors of the ring; those of a split ring are: */
	uint16_t slot[DRIVER_PARTS_MAX];
	uint16_t n_parts;
	bool indirect; /* some of them */
	struct driver_part part[DRIVER_PARTS_MAX];
	uint32_t len_bytes;
	uint32_t written_bytes; /* that the device must tell */
	uint32_t taken_bytes;	/* of the memory for data */
};

struct driver {
	struct guest *guest;
	uint64_t *random;
	bool in_order;
	uint32_t parts_max; /* in a chain */
	uint16_t base;	    /* as in the config of the ring */
	/* How many were ever ... */
	uint64_t n_posted, n_shown, n_reaped;
	uint64_t posted_position, used_position; /* next to make available, next to look at */
	struct driver_chain chain[DRIVER_CHAINS_MAX];
	/* Free ids of a packed ring, free descriptors of a split one: first in, first out. */
	uint16_t free_id[VSW_VRING_SIZE_MAX];
	uint32_t free_first, n_free;
	uint32_t n_free_slots;
	uint32_t data_next, data_taken; /* memory for data, used round robin */
};

void driver_init(struct driver *driver, struct guest *guest, uint64_t *random, bool in_order,
		 uint16_t base);

/* A chain of a random shape. False if there is no room for it. */
bool driver_post(struct driver *driver);

/* Make available what was posted. */
void driver_show(struct driver *driver);

static inline struct driver_chain *
driver_chain(struct driver *driver, uint64_t number)
{
	return &driver->chain[number % DRIVER_CHAINS_MAX];
}

/* Take all used chains back; they must be those that follow, with what they say is written. */
void driver_reap(struct driver *driver);

/* A position as the ring has it; of a packed ring with the wrap counter in bit 15. */
uint16_t driver_index(const struct driver *driver, uint64_t position);

/* How the driver asks for interrupts. */
enum driver_wish {
	DRIVER_WANTS_NONE,
	DRIVER_WANTS_ALL,
	DRIVER_WANTS_EVENT, /* when this position has been used */
};
void driver_wish(struct driver *driver, enum driver_wish wish, uint64_t position);

#endif /* VRING_DRIVER_H */
