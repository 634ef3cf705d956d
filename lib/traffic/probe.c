/* SPDX-License-Identifier: BSD-3-Clause */
#include "vsw_probe.h"

void
vsw_probe_pattern(uint8_t *payload, uint32_t bytes)
{
	uint32_t i;

	/* The upper bits of a product: no period that a shift by a few bytes would hide in. */
	for (i = 0; i < bytes; i++)
		payload[i] = (uint8_t)((i + 1) * 0x9e3779b1U >> 24);
}
