/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Buffers of one Ethernet port. Each port has its own, so that a device that keeps many, or that
 * does not return them when it is closed, takes nothing from others.
 */
#include <stdio.h>
#include <stdlib.h>

#include <rte_mbuf.h>

#include "eth_port.h"

#define CACHE 128

struct retired {
	struct retired *next;
	struct rte_mempool *pool;
};

static struct retired *retired; /* control: pools whose port is gone */

static void
reap(void)
{
	struct retired **link = &retired, *one;

	while ((one = *link) != NULL) {
		if (!rte_mempool_full(one->pool)) {
			link = &one->next;
			continue;
		}
		*link = one->next;
		rte_mempool_free(one->pool);
		free(one);
	}
}

struct rte_mempool *
eth_pool_get(unsigned int n, uint16_t room_bytes, int socket_id)
{
	static unsigned int serial;
	char name[RTE_MEMPOOL_NAMESIZE];

	reap();
	snprintf(name, sizeof(name), "vsw_eth_%u", serial++);
	return rte_pktmbuf_pool_create(name, n, CACHE, 0, room_bytes, socket_id);
}

void
eth_pool_put(struct rte_mempool *pool)
{
	struct retired *one;

	if (pool == NULL)
		return;
	one = malloc(sizeof(*one));
	if (one == NULL)
		return; /* its memory is lost; nothing else is */
	*one = (struct retired){.next = retired, .pool = pool};
	retired = one;
	reap();
}
