/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * splitmix64: spreads one seed over several numbers. Public domain, Sebastiano Vigna 2015. Not for
 * secrets by itself: who knows one number knows all that follow. Pure C.
 */
#ifndef VSW_SPLITMIX_H
#define VSW_SPLITMIX_H

#include <stdint.h>

/* The next number; *state is the seed at first. Any thread, each with a state of its own. */
static inline uint64_t
vsw_splitmix_next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

#endif /* VSW_SPLITMIX_H */
