/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lib/fwd between other ethdevs: a pcap file into a pcap file, byte for byte, and net_null at
 * full rate.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <rte_ethdev.h>
#include <rte_malloc.h>

#include "lan.h"
#include "vsw_mac.h"
#include "vsw_port_eth.h"

#define FRAMES 100
#define NULL_ROUNDS 1000

/* The file format of libpcap, in the byte order of its writer: pcap-savefile(5). */
struct pcap_file {
	uint32_t magic;
	uint16_t major, minor;
	uint32_t zone, accuracy, snaplen, linktype;
};

struct pcap_record {
	uint32_t seconds, microseconds, n_captured, n_bytes;
};

struct pair {
	struct vsw_port *port[2];
	struct vsw_fdb *fdb;
	void *fdb_memory;
	struct vsw_fwd_plan *plan;
	struct vsw_fwd_lcore *lcore;
};

static uint16_t
frame_bytes(unsigned int i)
{
	return 60 + i * 37 % 1400;
}

static void
write_pcap(const char *path)
{
	const struct pcap_file head = {0xa1b2c3d4, 2, 4, 0, 0, 65535, 1};
	struct pcap_record record = {0};
	uint8_t bytes[2048];
	FILE *file = fopen(path, "w");
	unsigned int i;

	assert_non_null(file);
	fwrite(&head, sizeof(head), 1, file);
	for (i = 0; i < FRAMES; i++) {
		record.n_captured = record.n_bytes = frame_bytes(i);
		fwrite(&record, sizeof(record), 1, file);
		fwrite(lan_frame(bytes, frame_bytes(i), VSW_MAC_BROADCAST, 0x020000000100 + i),
		       frame_bytes(i), 1, file);
	}
	fclose(file);
}

static void
check_pcap(const char *path)
{
	uint8_t bytes[2048], expected[2048];
	struct pcap_record record;
	struct pcap_file head;
	FILE *file = fopen(path, "r");
	unsigned int i;

	assert_non_null(file);
	assert_int_equal(fread(&head, sizeof(head), 1, file), 1);
	for (i = 0; i < FRAMES; i++) {
		assert_int_equal(fread(&record, sizeof(record), 1, file), 1);
		assert_int_equal(record.n_captured, frame_bytes(i));
		assert_int_equal(fread(bytes, record.n_captured, 1, file), 1);
		lan_frame(expected, frame_bytes(i), VSW_MAC_BROADCAST, 0x020000000100 + i);
		assert_memory_equal(bytes, expected, frame_bytes(i));
	}
	assert_int_equal(fread(&record, sizeof(record), 1, file), 0);
	fclose(file);
}

static void
add_port(struct pair *pair, unsigned int i, const char *device, const char *arguments)
{
	struct vsw_port_eth_config config = {.name = i == 0 ? "left" : "right",
					     .vlan = 1,
					     .pinned_lcore = VSW_PORT_ANY_LCORE,
					     .n_lcores = 1,
					     .pool = lan_eal()};
	struct vsw_error err;

	assert_int_equal(rte_eal_hotplug_add("vdev", device, arguments), 0);
	assert_int_equal(rte_eth_dev_get_port_by_name(device, &config.ethdev_id), 0);
	assert_int_equal(vsw_port_eth_create(&config, &pair->port[i], &err), 0);
}

static void
start(struct pair *pair)
{
	const struct vsw_fdb_config config = {.entries_max = 256, .ports_max = VSW_FWD_FDB_PORTS};
	struct vsw_fwd_queue queues[2];
	const struct vsw_fwd_config plan = {
		.ports = pair->port, .n_ports = 2, .queues = queues, .n_queues = 2, .n_lcores = 1};
	unsigned int i;

	for (i = 0; i < 2; i++)
		queues[i] =
			(struct vsw_fwd_queue){.rxq = pair->port[i]->ops->rxq(pair->port[i], 0)};
	pair->fdb_memory = rte_zmalloc("fdb", vsw_fdb_memory_bytes(&config), RTE_CACHE_LINE_SIZE);
	assert_non_null(pair->fdb_memory);
	pair->fdb = vsw_fdb_init(pair->fdb_memory, &config);
	pair->plan = vsw_fwd_plan_create(&plan);
	pair->lcore = vsw_fwd_lcore_create(0, pair->fdb, SOCKET_ID_ANY);
	assert_non_null(pair->plan);
	assert_non_null(pair->lcore);
}

static void
stop(struct pair *pair, const char *left, const char *right)
{
	vsw_port_destroy(pair->port[0]);
	vsw_port_destroy(pair->port[1]);
	vsw_fwd_plan_destroy(pair->plan);
	vsw_fwd_lcore_destroy(pair->lcore);
	rte_free(pair->fdb_memory);
	assert_int_equal(rte_eal_hotplug_remove("vdev", left), 0);
	assert_int_equal(rte_eal_hotplug_remove("vdev", right), 0);
}

static void
pcap_file_arrives_whole(void **state)
{
	char directory[] = "/tmp/vsw-eal-XXXXXX", in[64], out[64], left[96], right[96];
	struct vsw_stats_row sum;
	struct pair pair;

	(void)state;
	lan_eal();
	assert_non_null(mkdtemp(directory));
	snprintf(in, sizeof(in), "%s/in.pcap", directory);
	snprintf(out, sizeof(out), "%s/out.pcap", directory);
	snprintf(left, sizeof(left), "rx_pcap=%s", in);
	snprintf(right, sizeof(right), "tx_pcap=%s", out);
	write_pcap(in);
	add_port(&pair, 0, "net_pcap0", left);
	add_port(&pair, 1, "net_pcap1", right);
	start(&pair);
	while (vsw_fwd_burst(pair.lcore, pair.plan, pair.plan->rxq[0]) > 0)
		;
	vsw_stats_read(pair.port[1]->stats, &sum);
	assert_int_equal(sum.tx_frames, FRAMES);
	stop(&pair, "net_pcap0", "net_pcap1");
	check_pcap(out);
	unlink(in);
	unlink(out);
	rmdir(directory);
}

/* net_null makes frames of zeros: without a source, so every one is dropped by that name. */
static void
null_ports_balance(void **state)
{
	struct vsw_stats_row sum;
	struct pair pair;
	unsigned int i;

	(void)state;
	lan_eal();
	add_port(&pair, 0, "net_null0", "size=64,copy=1");
	add_port(&pair, 1, "net_null1", "size=64,copy=1");
	start(&pair);
	for (i = 0; i < NULL_ROUNDS; i++)
		assert_int_equal(vsw_fwd_burst(pair.lcore, pair.plan, pair.plan->rxq[i % 2]),
				 VSW_BURST_MAX);
	vsw_stats_read(pair.port[0]->stats, &sum);
	assert_int_equal(sum.rx_frames, NULL_ROUNDS / 2 * VSW_BURST_MAX);
	assert_int_equal(sum.drop[VSW_DROP_SRC_ZERO], sum.rx_frames);
	assert_int_equal(vsw_stats_drops(&sum), sum.rx_frames);
	stop(&pair, "net_null0", "net_null1");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pcap_file_arrives_whole),
		cmocka_unit_test(null_ports_balance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
