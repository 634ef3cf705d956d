/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Linked with the switch, in the place of the stages of lib/fwd (ld --wrap): reads the time stamp
 * counter between them, so that scripts/profile --clock can check what it finds by samples. Counts
 * bursts with frames only. The counters are words of the file that VSW_STAGE_CLOCK names: frames,
 * then ticks of each stage. For one lcore, and the service bridge.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <rte_cycles.h>

#include "vsw_fwd.h"

enum stage {
	RX,
	ADMIT,
	LEARN,
	LOOKUP,
	FLOOD,
	EGRESS,
	RELEASE,
	N_STAGES,
};

struct counters {
	uint64_t frames;
	uint64_t ticks[N_STAGES];
};

static struct counters nowhere, *counters = &nowhere;
static uint64_t then;
static uint64_t spent[N_STAGES];

uint16_t __real_vsw_fwd_burst(struct vsw_fwd_lcore *lcore, const struct vsw_fwd_plan *plan,
			      struct vsw_rxq *rxq);
uint16_t __wrap_vsw_fwd_burst(struct vsw_fwd_lcore *lcore, const struct vsw_fwd_plan *plan,
			      struct vsw_rxq *rxq);
void __real_vsw_fwd_admit(struct vsw_burst *burst);
void __wrap_vsw_fwd_admit(struct vsw_burst *burst);
void __real_vsw_fwd_learn(struct vsw_burst *burst, struct vsw_fdb *fdb);
void __wrap_vsw_fwd_learn(struct vsw_burst *burst, struct vsw_fdb *fdb);
void __real_vsw_fwd_dispatch(struct vsw_burst *burst, struct vsw_fwd_lcore *lcore,
			     const struct vsw_fwd_plan *plan);
void __wrap_vsw_fwd_dispatch(struct vsw_burst *burst, struct vsw_fwd_lcore *lcore,
			     const struct vsw_fwd_plan *plan);
void __real_vsw_fwd_flood(struct vsw_burst *burst, struct vsw_fwd_lcore *lcore,
			  const struct vsw_fwd_plan *plan);
void __wrap_vsw_fwd_flood(struct vsw_burst *burst, struct vsw_fwd_lcore *lcore,
			  const struct vsw_fwd_plan *plan);
void __real_vsw_fwd_egress(struct vsw_burst *burst, struct vsw_fwd_lcore *lcore);
void __wrap_vsw_fwd_egress(struct vsw_burst *burst, struct vsw_fwd_lcore *lcore);

static void __attribute__((constructor)) map_counters(void)
{
	const char *path = getenv("VSW_STAGE_CLOCK");
	int fd = path != NULL ? open(path, O_RDWR) : -1;
	void *at;

	if (fd < 0)
		return;
	at = mmap(NULL, sizeof(*counters), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (at != MAP_FAILED)
		counters = at;
}

static inline void
end(enum stage stage)
{
	uint64_t now = rte_rdtsc();

	spent[stage] = now - then;
	then = now;
}

uint16_t
__wrap_vsw_fwd_burst(struct vsw_fwd_lcore *lcore, const struct vsw_fwd_plan *plan,
		     struct vsw_rxq *rxq)
{
	enum stage stage;
	uint16_t n;

	then = rte_rdtsc();
	n = __real_vsw_fwd_burst(lcore, plan, rxq);
	if (n == 0)
		return 0;
	end(RELEASE);
	counters->frames += n;
	for (stage = 0; stage < N_STAGES; stage++)
		counters->ticks[stage] += spent[stage];
	return n;
}

void
__wrap_vsw_fwd_admit(struct vsw_burst *burst)
{
	end(RX);
	__real_vsw_fwd_admit(burst);
	end(ADMIT);
}

void
__wrap_vsw_fwd_learn(struct vsw_burst *burst, struct vsw_fdb *fdb)
{
	__real_vsw_fwd_learn(burst, fdb);
	end(LEARN);
}

void
__wrap_vsw_fwd_dispatch(struct vsw_burst *burst, struct vsw_fwd_lcore *lcore,
			const struct vsw_fwd_plan *plan)
{
	__real_vsw_fwd_dispatch(burst, lcore, plan);
	end(LOOKUP);
}

void
__wrap_vsw_fwd_flood(struct vsw_burst *burst, struct vsw_fwd_lcore *lcore,
		     const struct vsw_fwd_plan *plan)
{
	__real_vsw_fwd_flood(burst, lcore, plan);
	end(FLOOD);
}

void
__wrap_vsw_fwd_egress(struct vsw_burst *burst, struct vsw_fwd_lcore *lcore)
{
	__real_vsw_fwd_egress(burst, lcore);
	end(EGRESS);
}
