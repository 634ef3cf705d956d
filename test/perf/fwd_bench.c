/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What lib/fwd costs: TSC ticks for each frame, in bursts of 32 from two ports to each other, by
 * ports that cost nothing: a frame is received by writing its addresses, and sent by counting it.
 *
 *	fwd_bench [rounds]
 *
 * access    both ports are access ports of one VLAN: all of a burst fits without a look at each
 * native    the VLAN is the native one of two trunks: each frame is looked at when it leaves
 * connect   what one port receives leaves by the other: nothing is learned or looked up
 *
 * Each from 1, 32 and 10000 addresses behind either port, 60 bytes long. A round takes all points
 * in turn, so that what the machine does meanwhile falls on all of them; for each point the median
 * of the rounds is printed, with the least and the greatest. Figures are of one machine in one
 * hour: compare points of one run, and say which machine it was.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_malloc.h>

#include "vsw_fdb.h"
#include "vsw_fwd.h"

#define PORTS 2
#define FRAME_BYTES 60
#define TURNS 4000 /* bursts of each port in a round */
#define ROUNDS_MAX 101U
#define FDB_ENTRIES 65536
#define VLAN 1

static const uint32_t n_addresses[] = {1, 32, 10000};

#define N_SIZES RTE_DIM(n_addresses)

enum kind {
	ACCESS,
	NATIVE,
	CONNECT,
	N_KINDS,
};

static const char *const kind_name[N_KINDS] = {"access", "native", "connect"};

/* One end of the way, and the bytes of its frames. */
struct end {
	struct vsw_port port;
	struct vsw_rxq rxq;
	uint32_t n_macs;
	uint32_t next;
	uint8_t bytes[VSW_BURST_MAX][64] __rte_cache_aligned;
};

struct bench {
	struct end end[PORTS];
	struct vsw_fdb *fdb;
	struct vsw_fwd_lcore *lcore;
	struct vsw_fwd_plan *plan;
};

static uint16_t
receive(struct vsw_rxq *rxq, struct vsw_stats_row *row, struct vsw_frames *frames, uint16_t n)
{
	struct end *end = container_of(rxq, struct end, rxq);
	uint16_t i;

	(void)row;
	for (i = 0; i < n; i++) {
		uint8_t *head = end->bytes[i];

		memcpy(head + 2, &end->next, sizeof(end->next));
		memcpy(head + 8, &end->next, sizeof(end->next));
		end->next = end->next + 1 < end->n_macs ? end->next + 1 : 0;
		frames->frame[i] = (struct vsw_frame){
			.head = head, .len_bytes = FRAME_BYTES, .head_bytes = FRAME_BYTES};
	}
	return n;
}

static void
release(struct vsw_rxq *rxq, struct vsw_frames *frames, uint16_t n)
{
	(void)rxq;
	(void)frames;
	(void)n;
}

static uint16_t
transmit(struct vsw_port_hot *port, unsigned int lcore, struct vsw_frame *const *frames, uint16_t n,
	 uint8_t *fate)
{
	(void)port;
	(void)lcore;
	(void)frames;
	(void)fate;
	return n;
}

static void
set_vlan(struct vsw_vlan_port *vlan, enum kind kind)
{
	*vlan = (struct vsw_vlan_port){.mode = VSW_VLAN_ACCESS, .vlan = VLAN};
	if (kind != NATIVE)
		return;
	vlan->mode = VSW_VLAN_TRUNK;
	vlan->tpid = VSW_VLAN_TPID_C;
	vsw_vlan_allow(vlan, VLAN);
}

static void
set_end(struct bench *bench, unsigned int i, enum kind kind, uint32_t n_macs)
{
	static const struct vsw_port_ops ops = {.kind = "none"};
	struct end *end = &bench->end[i];
	struct vsw_stats *stats = vsw_stats_create(1);
	unsigned int j;

	if (stats == NULL)
		rte_exit(EXIT_FAILURE, "fwd_bench: no memory for counters\n");
	end->n_macs = n_macs;
	end->port.ops = &ops;
	end->port.stats = stats;
	end->port.hot.port_id = i;
	end->port.hot.rows = vsw_stats_rows(stats);
	end->port.hot.tx = transmit;
	end->port.settings.mtu_bytes = 1500;
	end->port.settings.flood_unknown = true;
	end->port.settings.group = VSW_PORT_GROUP_NONE;
	end->port.settings.service = kind == CONNECT ? VSW_PORT_CONNECT : VSW_PORT_BRIDGE;
	end->port.settings.peer = &bench->end[1 - i].port;
	set_vlan(&end->port.settings.vlan, kind);
	end->rxq = (struct vsw_rxq){.rx = receive, .release = release, .port = &end->port.hot};
	for (j = 0; j < VSW_BURST_MAX; j++) {
		end->bytes[j][0] = end->bytes[j][6] = 2;
		end->bytes[j][1] = 1 - i;
		end->bytes[j][7] = i;
		end->bytes[j][12] = 0x88; /* 88b5: an experimental EtherType */
		end->bytes[j][13] = 0xb5;
	}
}

static void
set_up(struct bench *bench, enum kind kind, uint32_t n_macs)
{
	const struct vsw_fdb_config config = {
		.entries_max = FDB_ENTRIES, .ports_max = VSW_FWD_FDB_PORTS, .seed = 42};
	struct vsw_port *ports[PORTS] = {&bench->end[0].port, &bench->end[1].port};
	const struct vsw_fwd_queue queues[PORTS] = {{&bench->end[0].rxq, 0},
						    {&bench->end[1].rxq, 0}};
	const struct vsw_fwd_config fwd = {.ports = ports,
					   .n_ports = PORTS,
					   .queues = queues,
					   .n_queues = PORTS,
					   .n_lcores = 1};
	void *memory = rte_zmalloc("fdb", vsw_fdb_memory_bytes(&config), RTE_CACHE_LINE_SIZE);
	unsigned int i;

	for (i = 0; i < PORTS; i++)
		set_end(bench, i, kind, n_macs);
	bench->fdb = memory != NULL ? vsw_fdb_init(memory, &config) : NULL;
	bench->lcore = vsw_fwd_lcore_create(0, bench->fdb, SOCKET_ID_ANY);
	bench->plan = vsw_fwd_plan_create(&fwd);
	if (bench->fdb == NULL || bench->lcore == NULL || bench->plan == NULL)
		rte_exit(EXIT_FAILURE, "fwd_bench: no memory\n");
}

static uint64_t
run(struct bench *bench)
{
	uint64_t start = rte_rdtsc();
	unsigned int i;

	for (i = 0; i < TURNS; i++) {
		vsw_fwd_burst(bench->lcore, bench->plan, &bench->end[0].rxq);
		vsw_fwd_burst(bench->lcore, bench->plan, &bench->end[1].rxq);
	}
	return rte_rdtsc() - start;
}

/* Every frame was forwarded, and none flooded once all addresses are known. */
static void
check(struct bench *bench)
{
	struct vsw_stats_row before, after;
	unsigned int i;

	for (i = 0; i < PORTS; i++) {
		vsw_stats_read_all(bench->end[i].port.stats, &before);
		run(bench);
		vsw_stats_read_all(bench->end[i].port.stats, &after);
		if (after.tx_frames - before.tx_frames != (uint64_t)TURNS * VSW_BURST_MAX ||
		    after.flooded != before.flooded)
			rte_exit(EXIT_FAILURE, "fwd_bench: frames went astray\n");
	}
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
print_point(enum kind kind, uint32_t n_macs, double *ticks, unsigned int rounds)
{
	qsort(ticks, rounds, sizeof(*ticks), compare);
	printf("%-8s %9u %6.1f [%.1f..%.1f]\n", kind_name[kind], n_macs, ticks[rounds / 2],
	       ticks[0], ticks[rounds - 1]);
}

int
main(int argc, char **argv)
{
	static double ticks[N_KINDS][N_SIZES][ROUNDS_MAX];
	static struct bench bench[N_KINDS][N_SIZES];
	char *eal[] = {"fwd_bench",   "--no-huge", "-m", "256", "--no-pci",	 "--no-shconf",
		       "--log-level", "error",	   "-l", "1",	"--no-telemetry"};
	unsigned int rounds = argc > 1 ? strtoul(argv[1], NULL, 0) : 31;
	unsigned int round, size;
	enum kind kind;

	if (rounds < 1 || rounds > ROUNDS_MAX) {
		fprintf(stderr, "fwd_bench: rounds are 1 to %u\n", ROUNDS_MAX);
		return 1;
	}
	if (rte_eal_init(RTE_DIM(eal), eal) < 0)
		return 1;
	for (kind = 0; kind < N_KINDS; kind++)
		for (size = 0; size < N_SIZES; size++) {
			set_up(&bench[kind][size], kind, n_addresses[size]);
			run(&bench[kind][size]);
			check(&bench[kind][size]);
		}
	for (round = 0; round < rounds; round++)
		for (kind = 0; kind < N_KINDS; kind++)
			for (size = 0; size < N_SIZES; size++)
				ticks[kind][size][round] = (double)run(&bench[kind][size]) /
							   (PORTS * TURNS * VSW_BURST_MAX);
	printf("ports    addresses ticks of a frame, median [min..max] of %u rounds\n", rounds);
	for (kind = 0; kind < N_KINDS; kind++)
		for (size = 0; size < N_SIZES; size++)
			print_point(kind, n_addresses[size], ticks[kind][size], rounds);
	return 0;
}
