/* SPDX-License-Identifier: BSD-3-Clause */
/* xorshift: never 0, and the same for the same seed everywhere. */
#ifndef VRING_RANDOM_H
#define VRING_RANDOM_H

#include <stdint.h>

static inline uint64_t
guest_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static inline uint32_t
guest_below(uint64_t *state, uint32_t n)
{
	return (guest_random(state) >> 32) % n;
}

#endif /* VRING_RANDOM_H */
