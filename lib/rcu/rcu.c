/* SPDX-License-Identifier: BSD-3-Clause */
#include "vsw_rcu.h"

#include <time.h>

#include <rte_malloc.h>

#include "vsw_rcu_hot.h"

#define SYNCHRONIZE_LOOK_NS 20000

struct vsw_rcu *
vsw_rcu_create(unsigned int n_readers)
{
	struct vsw_rcu *rcu;

	rcu = rte_zmalloc("vsw_rcu", sizeof(*rcu), 0);
	if (rcu == NULL)
		return NULL;
	rcu->qsbr =
		rte_zmalloc("vsw_rcu", rte_rcu_qsbr_get_memsize(n_readers), RTE_CACHE_LINE_SIZE);
	if (rcu->qsbr == NULL || rte_rcu_qsbr_init(rcu->qsbr, n_readers) != 0) {
		vsw_rcu_destroy(rcu);
		return NULL;
	}
	return rcu;
}

void
vsw_rcu_destroy(struct vsw_rcu *rcu)
{
	if (rcu == NULL)
		return;
	rte_free(rcu->qsbr);
	rte_free(rcu);
}

void
vsw_rcu_synchronize(struct vsw_rcu *rcu)
{
	const struct timespec look = {.tv_nsec = SYNCHRONIZE_LOOK_NS};
	uint64_t token;

	token = rte_rcu_qsbr_start(rcu->qsbr);
	while (!rte_rcu_qsbr_check(rcu->qsbr, token, false))
		nanosleep(&look, NULL);
}
