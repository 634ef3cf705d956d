/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory that the peer can map: one region, behind one file descriptor. */
#ifndef FRONT_MEMORY_H
#define FRONT_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vsw_error.h"

struct front_memory {
	uint8_t *at;
	size_t bytes; /* rounded up to pages */
	int fd;
	bool hugepages;
};

/* Zeros. Reserved: touching them cannot fail later. */
int front_memory_open(struct front_memory *memory, size_t bytes, bool hugepages,
		      struct vsw_error *err);

/* Does nothing twice. */
void front_memory_close(struct front_memory *memory);

#endif /* FRONT_MEMORY_H */
