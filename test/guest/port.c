/* SPDX-License-Identifier: BSD-3-Clause */
#include "port.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <rte_dev.h>
#include <rte_devargs.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_kvargs.h>

/* Of virtio-user, when they are not given. */
#define RING_SIZE_DEFAULT 256
#define QUEUES_DEFAULT 1

#define FRAME_BYTES_MAX 65535

static struct port *ports[PORTS_MAX];
static uint32_t n_ports;
static struct rte_mempool *pool;
static pthread_mutex_t in_burst = PTHREAD_MUTEX_INITIALIZER;

uint64_t
port_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

struct port *
port_get(uint32_t index)
{
	return index < n_ports ? ports[index] : NULL;
}

static int
read_number(const char *key, const char *value, void *number)
{
	(void)key;
	*(uint32_t *)number = strtoul(value, NULL, 10);
	return 0;
}

/* The driver does not tell; so ask the device's arguments. */
static uint32_t
device_argument(uint16_t ethdev_id, const char *key, uint32_t number)
{
	const struct rte_devargs *devargs;
	struct rte_eth_dev_info info;
	struct rte_kvargs *args;

	if (rte_eth_dev_info_get(ethdev_id, &info) != 0)
		return number;
	devargs = rte_dev_devargs(info.device);
	args = devargs != NULL ? rte_kvargs_parse(devargs->args, NULL) : NULL;
	if (args != NULL)
		rte_kvargs_process(args, key, read_number, &number);
	rte_kvargs_free(args);
	return number;
}

static uint32_t
ring_size(uint16_t ethdev_id)
{
	return device_argument(ethdev_id, "queue_size", RING_SIZE_DEFAULT);
}

static uint32_t
queues(uint16_t ethdev_id)
{
	return device_argument(ethdev_id, "queues", QUEUES_DEFAULT);
}

/* All rings of all ports full at once, and bursts under way. */
static int
create_pool(void)
{
	uint32_t mbufs = 1024;
	uint16_t ethdev_id;

	RTE_ETH_FOREACH_DEV(ethdev_id) {
		mbufs += 2 * queues(ethdev_id) * (ring_size(ethdev_id) + PORT_BURST);
	}
	/*
	 * The driver refills rings on EAL's interrupt thread, too, when a switch comes back. Both
	 * threads share a CPU, and an ordinary ring of theirs would spin for the one that does not
	 * run: for 1.5 to 14 s, seen in restarts with packed rings.
	 */
	pool = rte_pktmbuf_pool_create_by_ops("guest", mbufs, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, 0,
					      "ring_mt_rts");
	if (pool == NULL)
		fprintf(stderr, "vsw-guest: no memory for %u mbufs: give more with -m\n", mbufs);
	return pool == NULL ? -ENOMEM : 0;
}

/*
 * The transmit ring is used to a quarter. A switch that was held up then finds no more frames than
 * the ring of the receiver, which was held up too, can take at once.
 */
#define TX_SHARE 4

/*
 * On the driver's thread, when a link has changed and before rings are set up anew: a burst that is
 * under way, perhaps on this very CPU, ends first, and the next one sees the link.
 */
static int
on_link_change(uint16_t ethdev_id, enum rte_eth_event_type event, void *arg, void *result)
{
	(void)ethdev_id;
	(void)event;
	(void)arg;
	(void)result;
	pthread_mutex_lock(&in_burst);
	pthread_mutex_unlock(&in_burst);
	return 0;
}

static int
set_up(uint16_t ethdev_id)
{
	struct rte_eth_conf conf = {0};
	struct rte_eth_dev_info info;
	uint32_t size = ring_size(ethdev_id);
	uint16_t i, n = queues(ethdev_id);
	int rc;

	rc = rte_eth_dev_info_get(ethdev_id, &info);
	if (rc != 0)
		return rc;
	if (*info.dev_flags & RTE_ETH_DEV_INTR_LSC)
		conf.intr_conf.lsc = 1;
	rc = rte_eth_dev_configure(ethdev_id, n, n, &conf);
	for (i = 0; i < n && rc == 0; i++)
		rc = rte_eth_rx_queue_setup(ethdev_id, i, size, SOCKET_ID_ANY, NULL, pool);
	for (i = 0; i < n && rc == 0; i++)
		rc = rte_eth_tx_queue_setup(ethdev_id, i, size / TX_SHARE, SOCKET_ID_ANY, NULL);
	if (rc == 0)
		rc = rte_eth_dev_callback_register(ethdev_id, RTE_ETH_EVENT_INTR_LSC,
						   on_link_change, NULL);
	if (rc == 0)
		rc = rte_eth_dev_start(ethdev_id);
	return rc;
}

static int
port_start(uint16_t ethdev_id)
{
	struct port *port;
	int rc;

	if (n_ports == PORTS_MAX)
		return -ENOSPC;
	rc = set_up(ethdev_id);
	if (rc != 0)
		return rc;
	port = calloc(1, sizeof(*port));
	if (port == NULL)
		return -ENOMEM;
	port->ethdev_id = ethdev_id;
	port->n_queues = queues(ethdev_id);
	ports[n_ports++] = port;
	return 0;
}

int
ports_start(void)
{
	uint16_t ethdev_id;
	int rc;

	rc = create_pool();
	if (rc != 0)
		return rc;
	RTE_ETH_FOREACH_DEV(ethdev_id) {
		rc = port_start(ethdev_id);
		if (rc != 0) {
			fprintf(stderr, "vsw-guest: port %u: %s\n", ethdev_id, rte_strerror(-rc));
			return rc;
		}
	}
	return n_ports;
}

void
ports_stop(void)
{
	uint32_t id;

	for (; n_ports > 0; n_ports--) {
		struct port *port = ports[n_ports - 1];

		rte_eth_dev_stop(port->ethdev_id);
		rte_eth_dev_close(port->ethdev_id);
		json_decref(capture_take(&port->capture, CAPTURE_FRAMES));
		for (id = 0; id < PORT_STREAMS; id++)
			verdict_clear(&port->verdict[id]);
		free(port);
	}
	rte_mempool_free(pool);
}

bool
port_link_is_up(const struct port *port)
{
	struct rte_eth_link link;

	return rte_eth_link_get_nowait(port->ethdev_id, &link) == 0 &&
	       link.link_status == RTE_ETH_LINK_UP;
}

static void
judge(struct port *port, const struct rte_mbuf *mbuf, uint64_t now_ns)
{
	static uint8_t linear[FRAME_BYTES_MAX];
	uint32_t length = RTE_MIN(rte_pktmbuf_pkt_len(mbuf), (uint32_t)FRAME_BYTES_MAX);
	const uint8_t *bytes = rte_pktmbuf_read(mbuf, 0, length, linear);
	enum probe_verdict result;
	struct probe probe;

	port->rx_frames++;
	port->rx_bytes += rte_pktmbuf_pkt_len(mbuf);
	result = probe_read(bytes, length, &probe);
	if (result == PROBE_NONE || probe.id >= PORT_STREAMS) {
		port->unknown++;
		capture_add(&port->capture, bytes, length);
		return;
	}
	verdict_add(&port->verdict[probe.id], &probe, result == PROBE_INTACT, now_ns);
}

static uint16_t
queue_receive(struct port *port, uint16_t queue)
{
	struct rte_mbuf *frames[PORT_BURST];
	uint64_t now_ns;
	uint16_t n = 0, i;

	pthread_mutex_lock(&in_burst);
	if (port_link_is_up(port))
		n = rte_eth_rx_burst(port->ethdev_id, queue, frames, PORT_BURST);
	pthread_mutex_unlock(&in_burst);
	if (n == 0)
		return 0;
	now_ns = port_now_ns();
	for (i = 0; i < n; i++)
		judge(port, frames[i], now_ns);
	rte_pktmbuf_free_bulk(frames, n);
	return n;
}

static uint32_t
port_receive(struct port *port)
{
	uint32_t frames = 0;
	uint16_t i;

	if (!port_link_is_up(port))
		return 0;
	for (i = 0; i < port->n_queues; i++)
		frames += queue_receive(port, i);
	return frames;
}

uint32_t
ports_receive(void)
{
	uint32_t frames = 0;
	uint32_t i;

	for (i = 0; i < n_ports; i++)
		frames += port_receive(ports[i]);
	return frames;
}

struct rte_mbuf *
port_alloc(void)
{
	return rte_pktmbuf_alloc(pool);
}

uint16_t
port_send(struct port *port, uint16_t queue, struct rte_mbuf **frames, uint16_t n)
{
	uint16_t sent = 0;

	pthread_mutex_lock(&in_burst);
	if (port_link_is_up(port))
		sent = rte_eth_tx_burst(port->ethdev_id, queue % port->n_queues, frames, n);
	pthread_mutex_unlock(&in_burst);
	if (sent < n)
		rte_pktmbuf_free_bulk(frames + sent, n - sent);
	port->tx_frames += sent;
	return sent;
}
