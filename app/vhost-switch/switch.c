/* SPDX-License-Identifier: BSD-3-Clause */
#include "switch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_malloc.h>
#include <rte_mbuf.h>
#include <rte_random.h>

#include "vsw_fdb.h"
#include "vsw_fwd.h"
#include "vsw_rcu.h"

/*
 * Frames are forwarded to completion, so few mbufs are in use at any time: a burst and a cache for
 * each lcore, and what Ethernet devices hold. Each takes the largest frame in one segment, with
 * room beyond it, so that a frame that is a little too long arrives and gets its name.
 */
#define MBUFS 2048
#define MBUFS_PER_LCORE 1024
#define MBUF_CACHE 256
#define MBUF_ROOM_BYTES (RTE_PKTMBUF_HEADROOM + 9728)
#define MBUF_BYTES (MBUF_ROOM_BYTES + 256) /* with both headers and what aligns them */

/* Of EAL's heap: rte_malloc statistics of switches with 1 and 2 lcores and 0 to 16 ports. */
#define EAL_MB 10
#define LCORE_KB 2880

uint64_t
switch_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static unsigned int
n_mbufs(unsigned int n_lcores, uint32_t mbufs_min)
{
	return RTE_MAX(MBUFS + MBUFS_PER_LCORE * n_lcores, mbufs_min);
}

static struct vsw_fdb_config
fdb_config(uint32_t fdb_size)
{
	return (struct vsw_fdb_config){
		.entries_max = fdb_size,
		.ports_max = VSW_FWD_FDB_PORTS,
		.ageing_s = VSW_FDB_AGEING_DEFAULT_S,
	};
}

uint32_t
switch_memory_mb(unsigned int n_lcores, uint32_t fdb_size, uint32_t mbufs_min)
{
	const struct vsw_fdb_config config = fdb_config(fdb_size);
	uint64_t bytes = vsw_fdb_memory_bytes(&config);

	bytes += (uint64_t)n_mbufs(n_lcores, mbufs_min) * MBUF_BYTES +
		 (uint64_t)n_lcores * LCORE_KB * 1024;
	return RTE_ALIGN_CEIL((uint32_t)(bytes >> 20) + 1 + EAL_MB, 4);
}

static int
no_memory(const char *what, uint32_t mb, struct vsw_error *err)
{
	return vsw_error_set(err, ENOMEM,
			     "no memory for %s; the switch needs %u MiB in all: start with -m %u",
			     what, mb, mb);
}

static int
create_pool(struct vsw_switch *vsw, uint32_t mbufs_min)
{
	vsw->pool = rte_pktmbuf_pool_create("vsw_frames", n_mbufs(vsw->n_lcores, mbufs_min),
					    MBUF_CACHE, 0, MBUF_ROOM_BYTES, rte_socket_id());
	return vsw->pool != NULL ? 0 : -ENOMEM;
}

static int
create_fdb(struct vsw_switch *vsw, uint32_t fdb_size)
{
	struct vsw_fdb_config config = fdb_config(fdb_size);

	config.seed = rte_rand();
	vsw->fdb_memory =
		rte_zmalloc("vsw_fdb", vsw_fdb_memory_bytes(&config), RTE_CACHE_LINE_SIZE);
	if (vsw->fdb_memory == NULL)
		return -ENOMEM;
	vsw->fdb = vsw_fdb_init(vsw->fdb_memory, &config);
	vsw->fdb_ageing_s = config.ageing_s;
	vsw_fdb_set_time(vsw->fdb, switch_now_ns() / 1000000000ULL);
	return 0;
}

static int
create_lcores(struct vsw_switch *vsw)
{
	unsigned int lcore_id, index = 0;

	vsw->lcores = rte_zmalloc("vsw_lcores", vsw->n_lcores * sizeof(*vsw->lcores),
				  RTE_CACHE_LINE_SIZE);
	if (vsw->lcores == NULL)
		return -ENOMEM;
	RTE_LCORE_FOREACH(lcore_id) {
		struct vsw_lcore *lcore = &vsw->lcores[index];

		lcore->vsw = vsw;
		lcore->index = index;
		lcore->lcore_id = lcore_id;
		lcore->fwd =
			vsw_fwd_lcore_create(index, vsw->fdb, rte_lcore_to_socket_id(lcore_id));
		if (lcore->fwd == NULL)
			return -ENOMEM;
		index++;
	}
	return 0;
}

int
switch_init(struct vsw_switch *vsw, uint32_t fdb_size, uint32_t mbufs_min, struct vsw_error *err)
{
	const char *missing = NULL;

	memset(vsw, 0, sizeof(*vsw));
	vsw->n_lcores = rte_lcore_count();
	vsw->notify_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	vsw->rcu = vsw_rcu_create(vsw->n_lcores);
	vsw->plan = vsw_fwd_plan_create(&(struct vsw_fwd_config){.n_lcores = vsw->n_lcores});
	if (vsw->notify_fd < 0 || vsw->rcu == NULL || vsw->plan == NULL)
		missing = "the first plan";
	else if (create_fdb(vsw, fdb_size) < 0)
		missing = "the table of MAC addresses";
	else if (create_pool(vsw, mbufs_min) < 0)
		missing = "the frame buffers";
	else if (create_lcores(vsw) < 0)
		missing = "the lcores";
	if (missing == NULL)
		return 0;
	switch_fini(vsw);
	return no_memory(missing, switch_memory_mb(rte_lcore_count(), fdb_size, mbufs_min), err);
}

void
switch_fini(struct vsw_switch *vsw)
{
	struct vsw_port *port;
	uint16_t port_id = 0;
	unsigned int i;

	while ((port = vsw_port_next(&port_id)) != NULL)
		vsw_port_destroy(port);
	for (i = 0; vsw->lcores != NULL && i < vsw->n_lcores; i++)
		vsw_fwd_lcore_destroy(vsw->lcores[i].fwd);
	rte_free(vsw->lcores);
	rte_mempool_free(vsw->pool);
	rte_free(vsw->fdb_memory);
	vsw_fwd_plan_destroy(vsw->plan);
	vsw_rcu_destroy(vsw->rcu);
	if (vsw->notify_fd >= 0)
		close(vsw->notify_fd);
}

int
switch_lcore_index(const struct vsw_switch *vsw, unsigned int lcore_id, struct vsw_error *err)
{
	char list[128] = "";
	size_t used = 0;
	unsigned int i;

	for (i = 0; i < vsw->n_lcores; i++) {
		if (vsw->lcores[i].lcore_id == lcore_id)
			return i;
	}
	for (i = 0; i < vsw->n_lcores && used < sizeof(list); i++)
		used += snprintf(list + used, sizeof(list) - used, "%s%u", i > 0 ? ", " : "",
				 vsw->lcores[i].lcore_id);
	return vsw_error_set(err, EINVAL,
			     "lcore %u is not one of this switch's: %s; give it with EAL's -l",
			     lcore_id, list);
}

void
switch_stop(struct vsw_switch *vsw)
{
	__atomic_store_n(&vsw->stop, true, __ATOMIC_RELAXED);
}
