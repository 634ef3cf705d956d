/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ports on other ethdevs than net_ring's pairs: a pcap file into a pcap file, byte for byte;
 * net_null at full rate; devices that a port probes itself; a transmit queue that lcores share.
 */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_malloc.h>
#include <rte_mbuf.h>

#include "lan.h"
#include "vsw_frame_hot.h"
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
	assert_int_equal(pair->port[i]->settings.group, VSW_PORT_GROUP_UPLINK);
	pair->port[i]->settings.group = VSW_PORT_GROUP_NONE;
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

static struct vsw_port_eth_config
device_config(const char *devargs, unsigned int n_lcores)
{
	return (struct vsw_port_eth_config){
		.name = "port",
		.devargs = devargs,
		.vlan = 1,
		.pinned_lcore = VSW_PORT_ANY_LCORE,
		.n_lcores = n_lcores,
	};
}

/* Each time it is made, a port probes its device; when it is destroyed, the device is gone. */
static void
devices_come_and_go(void **state)
{
	static const char *const devargs[] = {"net_null7,no-rx=1", "net_ring7",
					      "net_tap7,iface=vsweal7", "net_pcap7,iface=lo"};
	uint16_t n_before;
	struct vsw_port *port;
	struct vsw_error err;
	unsigned int i;

	(void)state;
	lan_eal();
	n_before = rte_eth_dev_count_avail();
	for (i = 0; i < 2 * RTE_DIM(devargs); i++) {
		const char *device = devargs[i % RTE_DIM(devargs)];
		const struct vsw_port_eth_config config = device_config(device, 1);
		int ret = vsw_port_eth_create(&config, &port, &err);

		if (ret < 0 && geteuid() != 0)
			continue; /* tap and lo are root's */
		assert_int_equal(ret, 0);
		assert_int_equal(vsw_port_state(port), VSW_PORT_FORWARDING);
		vsw_port_destroy(port);
		assert_int_equal(rte_eth_dev_count_avail(), n_before);
	}
}

static void
device_is_used_once(void **state)
{
	struct vsw_port_eth_config config = device_config("net_null8", 1);
	struct vsw_port *port, *second;
	struct vsw_error err;

	(void)state;
	lan_eal();
	assert_int_equal(vsw_port_eth_create(&config, &port, &err), 0);
	config.name = "second";
	assert_int_equal(vsw_port_eth_create(&config, &second, &err), -EBUSY);
	assert_non_null(strstr(err.text, "\"port\""));
	vsw_port_destroy(port);
	config.devargs = "net_nothing8";
	assert_true(vsw_port_eth_create(&config, &second, &err) < 0);
	assert_non_null(strstr(err.text, "net_nothing8"));
}

#define SENDERS 3
#define SENDER_FRAMES 1000

/* An lcore that sends frames one by one until the port has taken all of them. */
struct sender {
	struct vsw_port *port;
	unsigned int lcore;
	struct rte_mempool *pool;
	pthread_t thread;
};

static void *
send_all(void *arg)
{
	const struct sender *sender = arg;
	unsigned int sent = 0;

	while (sent < SENDER_FRAMES) {
		struct rte_mbuf *mbuf = rte_pktmbuf_alloc(sender->pool);
		struct vsw_frame frame, *list = &frame;
		uint8_t fate;

		if (mbuf == NULL)
			continue; /* the receiver is behind */
		rte_pktmbuf_append(mbuf, 60);
		vsw_frame_from_mbuf(&frame, mbuf);
		sent += sender->port->hot.tx(&sender->port->hot, sender->lcore, &list, 1, &fate);
		rte_pktmbuf_free(mbuf);
	}
	return NULL;
}

/* net_ring has a ring for one producer: without the lock, frames would be lost or doubled. */
static void
lcores_share_a_queue(void **state)
{
	const struct vsw_port_eth_config config = device_config("net_ring9", SENDERS);
	struct vsw_frames frames;
	struct sender sender[SENDERS];
	unsigned int received = 0, i;
	struct rte_mempool *pool;
	struct vsw_port *port;
	struct vsw_error err;
	struct vsw_rxq *rxq;
	uint16_t n;

	(void)state;
	pool = lan_eal();
	assert_int_equal(vsw_port_eth_create(&config, &port, &err), 0);
	for (i = 0; i < SENDERS; i++) {
		sender[i] = (struct sender){.port = port, .lcore = i, .pool = pool};
		assert_int_equal(pthread_create(&sender[i].thread, NULL, send_all, &sender[i]), 0);
	}
	rxq = port->ops->rxq(port, 0);
	while (received < SENDERS * SENDER_FRAMES) {
		n = rxq->rx(rxq, port->hot.rows, &frames, VSW_BURST_MAX);
		rxq->release(rxq, &frames, n);
		received += n;
	}
	for (i = 0; i < SENDERS; i++)
		pthread_join(sender[i].thread, NULL);
	assert_int_equal(rxq->rx(rxq, port->hot.rows, &frames, VSW_BURST_MAX), 0);
	vsw_port_destroy(port);
	assert_true(rte_mempool_full(pool));
}

#define STALL_MS 200

static bool stalled; /* the device is inside its transmit function */

static uint16_t
stall(uint16_t ethdev_id, uint16_t queue, struct rte_mbuf **mbufs, uint16_t n, void *arg)
{
	RTE_SET_USED(ethdev_id);
	RTE_SET_USED(queue);
	RTE_SET_USED(mbufs);
	RTE_SET_USED(arg);
	__atomic_store_n(&stalled, true, __ATOMIC_RELEASE);
	rte_delay_us_sleep(STALL_MS * 1000);
	return n;
}

static void *
send_one(void *arg)
{
	const struct sender *sender = arg;
	struct vsw_frame frame, *list = &frame;
	uint8_t fate;

	vsw_frame_from_mbuf(&frame, rte_pktmbuf_alloc(sender->pool));
	assert_int_equal(sender->port->hot.tx(&sender->port->hot, 0, &list, 1, &fate), 1);
	rte_pktmbuf_free(frame.mbuf);
	return NULL;
}

/* While one lcore is stuck in the driver, another gives up, and says so. */
static void
wait_for_a_shared_queue_is_bounded(void **state)
{
	const struct vsw_port_eth_config config = device_config("net_null9,no-rx=1", 2);
	struct sender sender = {.pool = lan_eal()};
	struct vsw_frame frame, *list = &frame;
	const struct rte_eth_rxtx_callback *callback;
	struct vsw_port_eth_info info;
	uint8_t fate = VSW_PORT_SENT;
	struct vsw_error err;
	uint64_t begin;

	(void)state;
	assert_int_equal(vsw_port_eth_create(&config, &sender.port, &err), 0);
	vsw_port_eth_get_info(sender.port, &info);
	assert_int_equal(info.n_txqs, 1);
	callback = rte_eth_add_tx_callback(info.ethdev_id, 0, stall, NULL);
	assert_non_null(callback);
	assert_int_equal(pthread_create(&sender.thread, NULL, send_one, &sender), 0);
	while (!__atomic_load_n(&stalled, __ATOMIC_ACQUIRE))
		;
	vsw_frame_from_mbuf(&frame, rte_pktmbuf_alloc(sender.pool));
	begin = rte_rdtsc();
	assert_int_equal(sender.port->hot.tx(&sender.port->hot, 1, &list, 1, &fate), 0);
	assert_true(rte_rdtsc() - begin < rte_get_tsc_hz() / 1000 * (STALL_MS / 2));
	assert_int_equal(fate, VSW_DROP_TX_FULL);
	pthread_join(sender.thread, NULL);
	rte_eth_remove_tx_callback(info.ethdev_id, 0, callback);
	rte_pktmbuf_free(frame.mbuf);
	vsw_port_destroy(sender.port);
	assert_true(rte_mempool_full(sender.pool));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pcap_file_arrives_whole),
		cmocka_unit_test(null_ports_balance),
		cmocka_unit_test(devices_come_and_go),
		cmocka_unit_test(device_is_used_once),
		cmocka_unit_test(lcores_share_a_queue),
		cmocka_unit_test(wait_for_a_shared_queue_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
