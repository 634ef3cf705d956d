/* SPDX-License-Identifier: BSD-3-Clause */
#include "lan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <rte_eal.h>
#include <rte_eth_ring.h>
#include <rte_ethdev.h>
#include <rte_malloc.h>
#include <rte_mbuf.h>
#include <rte_ring.h>

#include "vsw_frame_hot.h"
#include "vsw_port_eth.h"

#define POOL_MBUFS 4095
#define ROOM_BYTES (RTE_PKTMBUF_HEADROOM + 9728)

static struct rte_mempool *pool;

struct rte_mempool *
lan_eal(void)
{
	char *argv[] = {"test", "--no-huge", "-m",	    "192",   "--no-pci",      "--no-shconf",
			"-l",	"0",	     "--log-level", "error", "--no-telemetry"};

	if (pool != NULL)
		return pool;
	assert_true(rte_eal_init(RTE_DIM(argv), argv) >= 0);
	pool = rte_pktmbuf_pool_create("lan", POOL_MBUFS, 0, 0, ROOM_BYTES, SOCKET_ID_ANY);
	assert_non_null(pool);
	return pool;
}

static struct rte_ring *
make_ring(const char *direction, unsigned int i)
{
	char name[32];
	struct rte_ring *ring;

	snprintf(name, sizeof(name), "lan_%s%u", direction, i);
	ring = rte_ring_create(name, LAN_RING, SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ);
	assert_non_null(ring);
	return ring;
}

static void
make_port(struct lan *lan, unsigned int i, uint16_t vlan)
{
	static unsigned int serial; /* net_ring names must not repeat within a process */
	char name[32], device[32];
	struct vsw_port_eth_config config = {
		.name = name, .vlan = vlan, .pinned_lcore = VSW_PORT_ANY_LCORE, .n_lcores = 1};
	struct vsw_error err = {0};
	int ethdev_id;

	snprintf(name, sizeof(name), "port%u", i);
	snprintf(device, sizeof(device), "lan%u", serial++);
	lan->to_switch[i] = make_ring("in", i);
	lan->from_switch[i] = make_ring("out", i);
	ethdev_id = rte_eth_from_rings(device, &lan->to_switch[i], 1, &lan->from_switch[i], 1, 0);
	assert_true(ethdev_id >= 0);
	config.ethdev_id = lan->ethdev_id[i] = ethdev_id;
	config.pool = pool;
	assert_int_equal(vsw_port_eth_create(&config, &lan->port[i], &err), 0);
	/* Not the uplinks that Ethernet ports are. */
	lan->port[i]->settings.group = VSW_PORT_GROUP_NONE;
	lan->port[i]->settings.mtu_bytes = VSW_FRAME_MTU_MAX_BYTES;
}

void
lan_set_forwarding(struct lan *lan, uint32_t ports)
{
	struct vsw_port *forwarding[LAN_PORTS_MAX];
	struct vsw_fwd_queue queues[LAN_PORTS_MAX];
	struct vsw_fwd_config config = {.ports = forwarding, .queues = queues, .n_lcores = 1};
	unsigned int i, n = 0;

	for (i = 0; i < lan->n_ports; i++) {
		if ((ports >> i & 1) == 0)
			continue;
		forwarding[n] = lan->port[i];
		queues[n].rxq = lan->port[i]->ops->rxq(lan->port[i], 0);
		queues[n].lcore = 0;
		n++;
	}
	vsw_fwd_plan_destroy(lan->plan);
	config.n_ports = config.n_queues = n;
	config.private_guests = lan->private_guests;
	lan->plan = vsw_fwd_plan_create(&config);
	assert_non_null(lan->plan);
}

void
lan_init(struct lan *lan, unsigned int n_ports, const uint16_t *vlans)
{
	const struct vsw_fdb_config config = {
		.entries_max = 256, .ports_max = VSW_FWD_FDB_PORTS, .ageing_s = 300, .seed = 42};
	unsigned int i;

	lan_eal();
	memset(lan, 0, sizeof(*lan));
	lan->n_ports = n_ports;
	lan->fdb_memory = rte_zmalloc("fdb", vsw_fdb_memory_bytes(&config), RTE_CACHE_LINE_SIZE);
	assert_non_null(lan->fdb_memory);
	lan->fdb = vsw_fdb_init(lan->fdb_memory, &config);
	for (i = 0; i < n_ports; i++)
		make_port(lan, i, vlans[i]);
	lan->lcore = vsw_fwd_lcore_create(0, lan->fdb, SOCKET_ID_ANY);
	assert_non_null(lan->lcore);
	lan_set_forwarding(lan, UINT32_MAX);
}

static void
empty_ring(struct rte_ring *ring)
{
	struct rte_mbuf *mbuf;

	while (rte_ring_dequeue(ring, (void **)&mbuf) == 0)
		rte_pktmbuf_free(mbuf);
	rte_ring_free(ring);
}

void
lan_fini(struct lan *lan)
{
	struct vsw_stats_row sum;
	unsigned int i;

	lan_sum(lan, &sum);
	assert_int_equal(sum.rx_frames + sum.copies + sum.segments,
			 sum.tx_frames + vsw_stats_drops(&sum));
	for (i = 0; i < lan->n_ports; i++) {
		vsw_port_destroy(lan->port[i]);
		rte_eth_dev_close(lan->ethdev_id[i]);
		empty_ring(lan->to_switch[i]);
		empty_ring(lan->from_switch[i]);
	}
	vsw_fwd_lcore_destroy(lan->lcore);
	vsw_fwd_plan_destroy(lan->plan);
	rte_free(lan->fdb_memory);
	assert_int_equal(rte_mempool_avail_count(pool), POOL_MBUFS);
}

void
lan_send(struct lan *lan, unsigned int port, const void *bytes, uint16_t n_bytes)
{
	struct rte_mbuf *mbuf = rte_pktmbuf_alloc(pool);
	void *data;

	assert_non_null(mbuf);
	data = rte_pktmbuf_append(mbuf, n_bytes);
	assert_non_null(data);
	memcpy(data, bytes, n_bytes);
	/* What lies behind a frame is not zero. */
	memset((uint8_t *)data + n_bytes, 0xee, RTE_MIN(64, rte_pktmbuf_tailroom(mbuf)));
	assert_int_equal(rte_ring_enqueue(lan->to_switch[port], mbuf), 0);
}

/* Where the mbufs of such ports carry what the frame needs: at the front of the headroom. */
static struct vsw_offload *
offload_of(struct rte_mbuf *mbuf)
{
	return mbuf->buf_addr;
}

/* What stands in for the memory of guests, and where it comes from; by port_id. */
static struct {
	uint16_t ethdev_id;
	uint16_t n;
	struct rte_mbuf *mbuf[VSW_BURST_MAX];
} guest[LAN_PORTS_MAX];

/* What lies behind the head, in as many pieces as the mbuf. */
static void
set_body(struct vsw_frames *frames, struct vsw_frame *frame, struct rte_mbuf *mbuf)
{
	uint32_t skip = frame->head_bytes;

	frame->body = &frames->piece[frames->n_pieces];
	frame->n_body = 0;
	for (; mbuf != NULL; mbuf = mbuf->next) {
		uint32_t n = RTE_MIN(skip, (uint32_t)mbuf->data_len);

		skip -= n;
		if (n == mbuf->data_len)
			continue;
		frames->piece[frames->n_pieces++] = (struct iovec){
			.iov_base = rte_pktmbuf_mtod_offset(mbuf, void *, n),
			.iov_len = mbuf->data_len - n,
		};
		frame->n_body++;
	}
}

/* Like a guest's, the frames have a private head, and a body where they were sent. */
static uint16_t
rx_undone(struct vsw_rxq *rxq, struct vsw_stats_row *row, struct vsw_frames *frames, uint16_t n)
{
	uint16_t id = rxq->port->port_id, i;

	(void)row;
	n = rte_eth_rx_burst(guest[id].ethdev_id, 0, guest[id].mbuf, n);
	frames->n_pieces = 0;
	for (i = 0; i < n; i++) {
		struct rte_mbuf *mbuf = guest[id].mbuf[i];
		uint8_t *head = frames->long_head[i] + VSW_FRAME_ROOM_BYTES;
		struct vsw_frame *frame = &frames->frame[i];
		uint32_t n_head = RTE_MIN(mbuf->pkt_len, (uint32_t)VSW_OFFLOAD_HEAD_BYTES);
		const void *read = rte_pktmbuf_read(mbuf, 0, n_head, head);

		if (read != head)
			memcpy(head, read, n_head);
		*frame = (struct vsw_frame){.head = head,
					    .len_bytes = mbuf->pkt_len,
					    .head_bytes = n_head,
					    .offload = *offload_of(mbuf)};
		set_body(frames, frame, mbuf);
	}
	guest[id].n = n;
	return n;
}

static void
release_undone(struct vsw_rxq *rxq, struct vsw_frames *frames, uint16_t n)
{
	uint16_t id = rxq->port->port_id;

	(void)frames;
	assert_int_equal(n, guest[id].n);
	rte_pktmbuf_free_bulk(guest[id].mbuf, n);
}

static struct rte_ring *undone[LAN_PORTS_MAX];

static struct rte_mbuf *
copy_whole(const struct vsw_frame *frame)
{
	struct rte_mbuf *copy = NULL, *last;
	uint8_t *bytes = malloc(frame->len_bytes);
	uint32_t at, n;

	vsw_frame_copy(bytes, frame);
	for (at = 0; at < frame->len_bytes; at += n) {
		last = rte_pktmbuf_alloc(pool);
		assert_non_null(last);
		n = RTE_MIN(frame->len_bytes - at, (uint32_t)rte_pktmbuf_tailroom(last));
		memcpy(rte_pktmbuf_append(last, n), bytes + at, n);
		if (copy == NULL)
			copy = last;
		else
			assert_int_equal(rte_pktmbuf_chain(copy, last), 0);
	}
	free(bytes);
	return copy;
}

/* Like a guest, the port has a copy of each frame. */
static uint16_t
tx_undone(struct vsw_port_hot *port, unsigned int lcore, struct vsw_frame *const *frames,
	  uint16_t n, uint8_t *fate)
{
	struct rte_mbuf *copy;
	uint16_t i;

	(void)lcore;
	memset(fate, VSW_DROP_RING_FULL, n);
	for (i = 0; i < n; i++) {
		copy = copy_whole(frames[i]);
		*offload_of(copy) = frames[i]->offload;
		fate[i] = VSW_PORT_SENT;
		if (rte_ring_enqueue(undone[port->port_id], copy) == 0)
			continue;
		fate[i] = VSW_DROP_RING_FULL;
		rte_pktmbuf_free(copy);
		break;
	}
	return i;
}

void
lan_set_offloads(struct lan *lan, unsigned int port, uint16_t takes)
{
	struct vsw_port_hot *hot = &lan->port[port]->hot;
	struct vsw_rxq *rxq = lan->port[port]->ops->rxq(lan->port[port], 0);

	assert_true(hot->port_id < LAN_PORTS_MAX);
	guest[hot->port_id].ethdev_id = lan->ethdev_id[port];
	rxq->rx = rx_undone;
	rxq->release = release_undone;
	undone[hot->port_id] = lan->from_switch[port];
	hot->tx = tx_undone;
	hot->offloads = takes;
}

void
lan_send_undone(struct lan *lan, unsigned int port, const void *bytes, uint32_t n_bytes,
		uint32_t piece_bytes, const struct vsw_offload *offload)
{
	struct rte_mbuf *head = NULL, *mbuf;
	uint32_t at, n;

	for (at = 0; at < n_bytes; at += n) {
		n = RTE_MIN(piece_bytes, n_bytes - at);
		mbuf = rte_pktmbuf_alloc(pool);
		assert_non_null(mbuf);
		memcpy(rte_pktmbuf_append(mbuf, n), (const uint8_t *)bytes + at, n);
		if (head == NULL)
			head = mbuf;
		else
			assert_int_equal(rte_pktmbuf_chain(head, mbuf), 0);
	}
	*offload_of(head) = *offload;
	assert_int_equal(rte_ring_enqueue(lan->to_switch[port], head), 0);
}

uint32_t
lan_receive_undone(struct lan *lan, unsigned int port, void *bytes, uint32_t n_max,
		   struct vsw_offload *offload)
{
	struct rte_mbuf *mbuf;
	const void *read;
	uint32_t n;

	if (rte_ring_dequeue(lan->from_switch[port], (void **)&mbuf) != 0)
		return 0;
	n = rte_pktmbuf_pkt_len(mbuf);
	assert_true(n <= n_max);
	read = rte_pktmbuf_read(mbuf, 0, n, bytes);
	if (read != bytes)
		memcpy(bytes, read, n);
	*offload = *offload_of(mbuf);
	rte_pktmbuf_free(mbuf);
	return n;
}

void
lan_run(struct lan *lan)
{
	unsigned int i, n;

	do {
		for (i = 0, n = 0; i < lan->plan->n_rxqs; i++)
			n += vsw_fwd_burst(lan->lcore, lan->plan, lan->plan->rxq[i]);
	} while (n > 0);
}

uint16_t
lan_receive(struct lan *lan, unsigned int port, void *bytes, uint16_t n_max)
{
	struct rte_mbuf *mbuf;
	uint16_t n;

	if (rte_ring_dequeue(lan->from_switch[port], (void **)&mbuf) != 0)
		return 0;
	n = rte_pktmbuf_pkt_len(mbuf);
	assert_true(n <= n_max);
	memcpy(bytes, rte_pktmbuf_mtod(mbuf, void *), n);
	rte_pktmbuf_free(mbuf);
	return n;
}

void
lan_expect(struct lan *lan, unsigned int port, const void *bytes, uint16_t n_bytes)
{
	uint8_t got[VSW_FRAME_MAX_BYTES + 64];
	uint16_t n = lan_receive(lan, port, got, sizeof(got)), i;

	assert_int_equal(n, RTE_MAX(n_bytes, lan->port[port]->hot.min_bytes));
	assert_memory_equal(got, bytes, n_bytes);
	for (i = n_bytes; i < n; i++)
		assert_int_equal(got[i], 0);
	assert_int_equal(lan_receive(lan, port, got, sizeof(got)), 0);
}

void
lan_expect_nothing(struct lan *lan)
{
	unsigned int i;

	for (i = 0; i < lan->n_ports; i++)
		assert_int_equal(rte_ring_count(lan->from_switch[i]), 0);
}

uint64_t
lan_drops(struct lan *lan, unsigned int port, enum vsw_drop reason)
{
	struct vsw_stats_row sum;

	vsw_stats_read(lan->port[port]->stats, &sum);
	return sum.drop[reason];
}

void
lan_sum(struct lan *lan, struct vsw_stats_row *sum)
{
	struct vsw_stats_row row;
	unsigned int i;

	memset(sum, 0, sizeof(*sum));
	for (i = 0; i < lan->n_ports; i++) {
		vsw_stats_read_all(lan->port[i]->stats, &row);
		vsw_stats_add(sum, &row);
	}
}

static void
put_mac(uint8_t *bytes, uint64_t mac)
{
	int i;

	for (i = 5; i >= 0; i--, mac >>= 8)
		bytes[i] = mac & 0xff;
}

uint8_t *
lan_frame(uint8_t *bytes, uint16_t n_bytes, uint64_t da, uint64_t sa)
{
	uint16_t i;

	put_mac(bytes, da);
	put_mac(bytes + 6, sa);
	bytes[12] = 0x88;
	bytes[13] = 0xb5; /* local experimental EtherType: IEEE 802-2014 clause 9.2.4 */
	for (i = 14; i < n_bytes; i++)
		bytes[i] = (uint8_t)(i + da * 7 + sa);
	return bytes;
}

uint16_t
lan_tag(uint8_t *bytes, uint16_t n_bytes, uint32_t tag)
{
	int i;

	memmove(bytes + 16, bytes + 12, n_bytes - 12);
	for (i = 3; i >= 0; i--, tag >>= 8)
		bytes[12 + i] = tag & 0xff;
	return n_bytes + VSW_VLAN_TAG_BYTES;
}
