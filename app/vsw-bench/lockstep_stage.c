/* SPDX-License-Identifier: BSD-3-Clause */
#include "lockstep_stage.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <rte_cycles.h>
#include <rte_lcore.h>
#include <rte_malloc.h>

#include "vsw_fdb.h"
#include "vsw_fwd.h"
#include "vsw_port_vhost.h"
#include "vsw_rcu.h"

/* As the switch has them: app/vhost-switch/switch.c. */
#define FDB_ENTRIES 65536u

#define VLAN 1
#define TICK_MS 10
#define TICKS_FIRST 4 /* after so many a new socket is served */

struct stage {
	struct vsw_rcu *rcu;
	void *fdb_memory;
	struct vsw_fdb *fdb;
	struct vsw_fwd_lcore *lcore;
	struct vsw_fwd_plan *plan;
	struct vsw_port *port[STAGE_PORTS];
	char socket[STAGE_PORTS][VSW_PORT_VHOST_PATH_BYTES];
};

static void
notify(void *ctx)
{
	(void)ctx;
}

static void
wait_tick(void)
{
	struct timespec pause = {.tv_nsec = TICK_MS * 1000000};

	vsw_port_vhost_tick();
	nanosleep(&pause, NULL);
}

static int
create_tables(struct stage *stage, uint32_t n_macs)
{
	const struct vsw_fdb_config config = {
		.entries_max = RTE_MAX(FDB_ENTRIES, 2u * STAGE_PORTS * n_macs),
		.ports_max = VSW_FWD_FDB_PORTS,
		.ageing_s = VSW_FDB_AGEING_DEFAULT_S,
		.seed = 42, /* the same in each run */
	};

	stage->rcu = vsw_rcu_create(1);
	stage->fdb_memory =
		rte_zmalloc("stage_fdb", vsw_fdb_memory_bytes(&config), RTE_CACHE_LINE_SIZE);
	if (stage->rcu == NULL || stage->fdb_memory == NULL)
		return -ENOMEM;
	stage->fdb = vsw_fdb_init(stage->fdb_memory, &config);
	stage->lcore = vsw_fwd_lcore_create(0, stage->fdb, rte_socket_id());
	return stage->lcore != NULL ? 0 : -ENOMEM;
}

static int
create_port(struct stage *stage, const struct stage_config *config, unsigned int i,
	    struct vsw_error *err)
{
	char name[VSW_PORT_NAME_BYTES];
	const struct vsw_port_vhost_config port_config = {
		.name = name,
		.path = stage->socket[i],
		.n_clients = 1,
		.mergeable = config->mergeable,
		.packed = config->packed,
		.vlan = VLAN,
		.pinned_lcore = VSW_PORT_ANY_LCORE,
		.mode = 0600,
		.owner = -1,
		.group = -1,
	};
	const struct vsw_port_vhost_env env = {
		.n_lcores = 1,
		.rcu = stage->rcu,
		.notify = notify,
	};

	snprintf(name, sizeof(name), "stage%u", i);
	snprintf(stage->socket[i], sizeof(stage->socket[i]), "%s/%s", config->directory, name);
	return vsw_port_vhost_create(&port_config, &env, &stage->port[i], err);
}

int
stage_create(const struct stage_config *config, struct stage **stage, struct vsw_error *err)
{
	struct stage *made = calloc(1, sizeof(*made));
	unsigned int i;
	int ret;

	if (made == NULL || create_tables(made, config->n_macs) < 0) {
		stage_destroy(made);
		return vsw_error_set(err, ENOMEM,
				     "no memory for the switch; give EAL more with -m");
	}
	for (i = 0, ret = 0; ret == 0 && i < STAGE_PORTS; i++)
		ret = create_port(made, config, i, err);
	if (ret < 0) {
		stage_destroy(made);
		return ret;
	}
	for (i = 0; i < TICKS_FIRST; i++)
		wait_tick();
	*stage = made;
	return 0;
}

void
stage_destroy(struct stage *stage)
{
	unsigned int i;

	if (stage == NULL)
		return;
	vsw_fwd_plan_destroy(stage->plan);
	for (i = 0; i < STAGE_PORTS; i++)
		vsw_port_destroy(stage->port[i]);
	if (stage->lcore != NULL)
		vsw_fwd_lcore_destroy(stage->lcore);
	rte_free(stage->fdb_memory);
	vsw_rcu_destroy(stage->rcu);
	free(stage);
}

const char *
stage_socket(const struct stage *stage, unsigned int port)
{
	return stage->socket[port];
}

static int
make_plan(struct stage *stage, struct vsw_error *err)
{
	struct vsw_fwd_queue queues[STAGE_PORTS];
	const struct vsw_fwd_config config = {
		.ports = stage->port,
		.n_ports = STAGE_PORTS,
		.queues = queues,
		.n_queues = STAGE_PORTS,
		.n_lcores = 1,
	};
	unsigned int i;

	for (i = 0; i < STAGE_PORTS; i++)
		queues[i] =
			(struct vsw_fwd_queue){.rxq = stage->port[i]->ops->rxq(stage->port[i], 0)};
	stage->plan = vsw_fwd_plan_create(&config);
	if (stage->plan == NULL)
		return vsw_error_set(err, ENOMEM, "no memory for the plan of the switch");
	return 0;
}

int
stage_start(struct stage *stage, uint32_t timeout_ms, struct vsw_error *err)
{
	uint32_t i;

	for (i = 0; i < STAGE_PORTS; i++) {
		while (stage->port[i]->ops->n_rxqs(stage->port[i]) == 0) {
			if (timeout_ms < TICK_MS)
				return vsw_error_set(
					err, ETIMEDOUT,
					"port %s of the switch is not ready, it is %s",
					stage->port[i]->name,
					vsw_port_state_name(vsw_port_state(stage->port[i])));
			wait_tick();
			timeout_ms -= TICK_MS;
		}
	}
	return make_plan(stage, err);
}

static void
burn(uint64_t ticks)
{
	uint64_t begun = rte_rdtsc();

	while (rte_rdtsc() - begun < ticks)
		;
}

uint32_t
stage_run(struct stage *stage, uint32_t plant_ticks)
{
	const struct vsw_fwd_plan *plan = stage->plan;
	uint32_t n = 0, i;

	for (i = 0; i < plan->n_rxqs; i++)
		n += vsw_fwd_burst(stage->lcore, plan, plan->rxq[i]);
	if (plant_ticks > 0)
		burn((uint64_t)n * plant_ticks);
	return n;
}

void
stage_sum(const struct stage *stage, struct vsw_stats_row *sum)
{
	struct vsw_stats_row row;
	unsigned int i;

	memset(sum, 0, sizeof(*sum));
	for (i = 0; i < STAGE_PORTS; i++) {
		vsw_stats_read_all(stage->port[i]->stats, &row);
		vsw_stats_add(sum, &row);
	}
}
