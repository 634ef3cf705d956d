/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The Internet checksum. Sums are of 16-bit words as the machine reads them, in 64 bits, which hold
 * those of 4 GiB; only what is stored is folded. Source: RFC 1071.
 */
#ifndef SUM_H
#define SUM_H

#include <stdint.h>
#include <string.h>

static inline uint16_t
sum_fold(uint64_t sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

/* A sum of bytes, as it is when the first of them stands at an odd place. */
static inline uint64_t
sum_shift(uint64_t sum)
{
	return __builtin_bswap16(sum_fold(sum));
}

/* Of what is left behind the last whole 32-bit word. */
static inline uint64_t
sum_rest(const uint8_t *bytes, uint32_t n)
{
	uint32_t word = 0;

	memcpy(&word, bytes, n);
	return word;
}

static inline uint64_t
sum_bytes(const uint8_t *bytes, uint32_t n)
{
	uint64_t sum = 0;
	uint32_t word, i;

	for (i = 0; i + sizeof(word) <= n; i += sizeof(word)) {
		memcpy(&word, bytes + i, sizeof(word));
		sum += word;
	}
	return sum + sum_rest(bytes + i, n - i);
}

/* The sum is of what was copied, whatever becomes of the original. */
static inline uint64_t
sum_copy(uint8_t *restrict to, const uint8_t *restrict from, uint32_t n)
{
	uint64_t sum = 0;
	uint32_t word, i;

	for (i = 0; i + sizeof(word) <= n; i += sizeof(word)) {
		memcpy(&word, from + i, sizeof(word));
		memcpy(to + i, &word, sizeof(word));
		sum += word;
	}
	memcpy(to + i, from + i, n - i);
	return sum + sum_rest(to + i, n - i);
}

/* What stands in a checksum field: never 0, which UDP takes for none. */
static inline uint16_t
sum_field(uint64_t sum)
{
	uint16_t field = (uint16_t)~sum_fold(sum);

	return field != 0 ? field : 0xffff;
}

#endif /* SUM_H */
