/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * meddler: harms frames of vsw-bench on purpose, and says what it has done.
 *
 *	meddler [EAL options] -- [--drop N] [--swap N] [--redirect N] [--duplicate N] [--corrupt N]
 *
 * It is a guest with a port for each port of vsw-bench, in the same order, and passes what comes
 * in on one port out of the port that the destination address names (02:PP:...); what is for nobody
 * in particular goes to all others. So a switch of which each VLAN holds one port of vsw-bench and
 * one of the meddler forwards every frame twice, with the meddler in between:
 *
 *	vsw-bench 0 -- v0 \            / v2 -- 0 meddler
 *	                   VLAN 10: v0, v2
 *	                   VLAN 11: v1, v3
 *	vsw-bench 1 -- v1 /            \ v3 -- 1 meddler
 *
 *	vhost-switch ... --socket-file v0,vlan=10 --socket-file v1,vlan=11
 *		--socket-file v2,vlan=10 --socket-file v3,vlan=11
 *	meddler -l 1 --no-pci --no-huge -m 128 --file-prefix m
 *		--vdev net_virtio_user0,path=v2,queue_size=1024
 *		--vdev net_virtio_user1,path=v3,queue_size=1024 -- --drop 1000
 *	vsw-bench ... --socket v0 --socket v1 --load closed:128
 *
 * Without a switch: --vdev net_vhost0,iface=v0, and so on, and vsw-bench right on v0 and v1.
 *
 * Every N-th frame of the streams of vsw-bench has a fault, at most one, the first that is due of
 *
 * --drop       it does not go on: lost
 * --redirect   it goes to a third port instead: misdelivered, and lost
 * --duplicate  it goes on twice: duplicated
 * --corrupt    a bit of its number is flipped: corrupted, and lost
 * --swap       it waits until the next frame of its stream has gone on: reordered
 *
 * It prints {"ready":PORTS} when the ports run. SIGTERM ends it, and it prints how many frames of
 * each round of the traffic it has passed on and harmed; in order, the rounds are the trials of
 * vsw-bench, warm-up included:
 *
 *	{"rounds":[{"frames":N,"drop":N,"redirect":N,"duplicate":N,"corrupt":N,"swap":N,"full":N}]}
 *
 * full: what it had to drop, because the switch took nothing for a second. A swap counts when it
 * is done: one frame at a time waits, and goes on when nobody overtakes it in 2 ms. So give
 * vsw-bench --flows 1, for then the next frame of the stream is near.
 *
 * On a machine that is busy otherwise frames may reach vsw-bench after the end of their trial: then
 * it counts them as lost, and what was done to them does not show.
 */
#include <getopt.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include "vsw_judge_hot.h"

#define BURST 32
#define RING 1024
#define IDLE_US 50
#define SWAP_WAIT_US 2000 /* well below the 10 ms without a frame that end a trial */
#define ROUNDS 256

/* In the order in which one is chosen. */
enum fault {
	DROP,
	REDIRECT,
	DUPLICATE,
	CORRUPT,
	SWAP,
	FAULTS,
	NONE = FAULTS,
};

static const char *const fault_name[FAULTS] = {"drop", "redirect", "duplicate", "corrupt", "swap"};

struct round {
	uint64_t frames;
	uint64_t fault[FAULTS];
	uint64_t full;
};

struct held {
	struct rte_mbuf *mbuf; /* NULL: none */
	uint16_t to;
	uint64_t id;
	uint64_t since_tsc;
};

static volatile sig_atomic_t ending;
static uint64_t every[FAULTS]; /* 0: never */
static uint64_t frames_seen;
static uint16_t n_ports;
static struct rte_mempool *pool;
static struct round rounds[ROUNDS];
static struct held held;

static void
on_signal(int number)
{
	(void)number;
	ending = 1;
}

/* Frees what the switch does not take. */
static void
send_one(uint16_t to, struct rte_mbuf *mbuf, struct round *round)
{
	uint64_t end = rte_rdtsc() + rte_get_tsc_hz();

	while (rte_eth_tx_burst(to, 0, &mbuf, 1) == 0) {
		if (rte_rdtsc() > end || ending) {
			rte_pktmbuf_free(mbuf);
			round->full++;
			return;
		}
		usleep(IDLE_US);
	}
}

static void
send_copy(uint16_t to, const struct rte_mbuf *mbuf, struct round *round)
{
	struct rte_mbuf *copy = rte_pktmbuf_copy(mbuf, pool, 0, UINT32_MAX);

	if (copy != NULL)
		send_one(to, copy, round);
	else
		round->full++;
}

static void
send_to_others(uint16_t from, struct rte_mbuf *mbuf)
{
	static struct round beside; /* not told */
	uint16_t to;

	for (to = 0; to < n_ports; to++)
		if (to != from)
			send_copy(to, mbuf, &beside);
	rte_pktmbuf_free(mbuf);
}

static void
release_held(void)
{
	send_one(held.to, held.mbuf, &rounds[vsw_probe_round(held.id)]);
	held.mbuf = NULL;
}

/* A frame of a stream goes on unharmed, before one of its own that waits for that. */
static void
pass(uint16_t to, struct rte_mbuf *mbuf, uint64_t id, struct round *round)
{
	send_one(to, mbuf, round);
	if (held.mbuf == NULL || held.id != id)
		return;
	release_held();
	round->fault[SWAP]++;
}

static void
hold(uint16_t to, struct rte_mbuf *mbuf, uint64_t id)
{
	held = (struct held){mbuf, to, id, rte_rdtsc()};
}

/* A third port: neither where it comes from nor where it should go. */
static uint16_t
third_port(uint16_t from, uint16_t to)
{
	uint16_t port = 0;

	while (port == from || port == to)
		port++;
	return port;
}

/* The address changes, too, or the switch would not let the frame through. */
static void
redirect(uint16_t port, struct rte_mbuf *mbuf, struct round *round)
{
	rte_pktmbuf_mtod(mbuf, uint8_t *)[1] = port;
	send_one(port, mbuf, round);
}

static enum fault
choose_fault(void)
{
	enum fault fault;

	frames_seen++;
	for (fault = 0; fault < FAULTS; fault++) {
		if (every[fault] == 0 || frames_seen % every[fault] != 0)
			continue;
		if (fault != SWAP || held.mbuf == NULL)
			return fault;
	}
	return NONE;
}

static void
harm(uint16_t from, uint16_t to, struct rte_mbuf *mbuf, uint8_t *probe, uint64_t id)
{
	struct round *round = &rounds[vsw_probe_round(id)];
	enum fault fault = choose_fault();

	round->frames++;
	if (fault < SWAP)
		round->fault[fault]++;
	switch (fault) {
	case DROP:
		rte_pktmbuf_free(mbuf);
		return;
	case REDIRECT:
		redirect(third_port(from, to), mbuf, round);
		return;
	case DUPLICATE:
		send_copy(to, mbuf, round);
		break;
	case CORRUPT:
		probe[VSW_PROBE_SEQUENCE_OFFSET] ^= 1;
		send_one(to, mbuf, round);
		return;
	case SWAP:
		hold(to, mbuf, id);
		return;
	default:
		break;
	}
	pass(to, mbuf, id, round);
}

static void
relay(uint16_t from, struct rte_mbuf *mbuf)
{
	uint8_t *frame = rte_pktmbuf_mtod(mbuf, uint8_t *);
	const uint8_t *probe = vsw_judge_find(frame, rte_pktmbuf_data_len(mbuf));
	uint16_t to = frame[1];
	uint64_t id = 0;

	if (probe != NULL)
		memcpy(&id, probe + VSW_PROBE_ID_OFFSET, sizeof(id));
	if (frame[0] != 0x02 || to >= n_ports || to == from)
		send_to_others(from, mbuf);
	else if ((uint32_t)id == VSW_PROBE_MAGIC && vsw_probe_destination(id) == to)
		harm(from, to, mbuf, frame + (probe - frame), id);
	else
		send_one(to, mbuf, &rounds[0]);
}

/* Returns the number of frames that came. */
static uint32_t
relay_all(void)
{
	struct rte_mbuf *burst[BURST];
	uint32_t frames = 0;
	uint16_t port, i, n;

	for (port = 0; port < n_ports; port++) {
		n = rte_eth_rx_burst(port, 0, burst, BURST);
		for (i = 0; i < n; i++)
			relay(port, burst[i]);
		frames += n;
	}
	return frames;
}

static void
run(void)
{
	uint64_t wait_tsc = rte_get_tsc_hz() / 1000000 * SWAP_WAIT_US;

	while (!ending) {
		if (relay_all() == 0)
			usleep(IDLE_US);
		if (held.mbuf != NULL && rte_rdtsc() - held.since_tsc > wait_tsc)
			release_held();
	}
	if (held.mbuf != NULL)
		release_held();
}

static void
report(void)
{
	const char *comma = "";
	enum fault fault;
	uint32_t i;

	printf("{\"rounds\":[");
	for (i = 0; i < ROUNDS; i++) {
		if (rounds[i].frames == 0)
			continue;
		printf("%s{\"frames\":%" PRIu64, comma, rounds[i].frames);
		for (fault = 0; fault < FAULTS; fault++)
			printf(",\"%s\":%" PRIu64, fault_name[fault], rounds[i].fault[fault]);
		printf(",\"full\":%" PRIu64 "}", rounds[i].full);
		comma = ",";
	}
	printf("]}\n");
}

static int
start_port(uint16_t port)
{
	struct rte_eth_conf conf = {0};
	int rc;

	rc = rte_eth_dev_configure(port, 1, 1, &conf);
	if (rc == 0)
		rc = rte_eth_rx_queue_setup(port, 0, RING, SOCKET_ID_ANY, NULL, pool);
	if (rc == 0)
		rc = rte_eth_tx_queue_setup(port, 0, RING, SOCKET_ID_ANY, NULL);
	if (rc == 0)
		rc = rte_eth_dev_start(port);
	if (rc != 0)
		fprintf(stderr, "meddler: port %u: %s\n", port, rte_strerror(-rc));
	return rc;
}

static int
start_ports(void)
{
	uint16_t port;
	int rc = 0;

	n_ports = rte_eth_dev_count_avail();
	if (n_ports < 2 || n_ports > VSW_PROBE_PORTS_MAX || (every[REDIRECT] != 0 && n_ports < 3)) {
		fprintf(stderr, "meddler: %u ports; give 2 to %u --vdev, for --redirect 3\n",
			n_ports, VSW_PROBE_PORTS_MAX);
		return -EINVAL;
	}
	/* All rings full. */
	pool = rte_pktmbuf_pool_create("meddler", n_ports * 2 * RING + 1024, 0, 0,
				       RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	if (pool == NULL) {
		fprintf(stderr, "meddler: no memory: give more with -m\n");
		return -ENOMEM;
	}
	for (port = 0; port < n_ports && rc == 0; port++)
		rc = start_port(port);
	return rc;
}

static void
stop_ports(void)
{
	uint16_t port;

	for (port = 0; port < n_ports; port++) {
		rte_eth_dev_stop(port);
		rte_eth_dev_close(port);
	}
	rte_mempool_free(pool);
}

/*
 * It may share its CPU with a generator that polls, and ends a trial when nothing has come for 10
 * ms. It sleeps whenever nothing is to do, so the generator gets the CPU back.
 */
static void
run_first(void)
{
	struct sched_param param = {.sched_priority = 1};

	if (sched_setscheduler(0, SCHED_FIFO, &param) != 0)
		fprintf(stderr, "meddler: no right to run first: frames may come late\n");
}

static int
parse(int argc, char **argv)
{
	struct option known[FAULTS + 1] = {{0}};
	int i, key;

	for (i = 0; i < FAULTS; i++)
		known[i] = (struct option){fault_name[i], required_argument, NULL, i};
	while ((key = getopt_long(argc, argv, "", known, NULL)) != -1) {
		if (key == '?')
			return -EINVAL;
		every[key] = strtoull(optarg, NULL, 10);
	}
	return 0;
}

int
main(int argc, char **argv)
{
	int rc;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGTERM, on_signal);
	signal(SIGINT, on_signal);
	/* Without this the kernel adds up to 50 us to every sleep. */
	prctl(PR_SET_TIMERSLACK, 1000UL);
	rc = rte_eal_init(argc, argv);
	if (rc < 0) {
		fprintf(stderr, "meddler: EAL: %s\n", rte_strerror(rte_errno));
		return EXIT_FAILURE;
	}
	if (parse(argc - rc, argv + rc) != 0 || start_ports() != 0)
		return EXIT_FAILURE;
	printf("{\"ready\":%u}\n", n_ports);
	fflush(stdout);
	run_first();
	run();
	report();
	stop_ports();
	rte_eal_cleanup();
	return EXIT_SUCCESS;
}
