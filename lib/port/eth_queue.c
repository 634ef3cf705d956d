/* SPDX-License-Identifier: BSD-3-Clause */
/* The packet path of Ethernet ports. */
#include <string.h>

#include <rte_cycles.h>
#include <rte_pause.h>

#include "eth_port.h"
#include "vsw_frame_hot.h"

/* Longest wait in any call of an lcore: DESIGN.md section 3. */
#define PATIENCE_PER_S 1000

/* Most bursts that a start of the port throws away; a generator always has more. */
#define DRAIN_BURSTS 128

static uint16_t
eth_rx(struct vsw_rxq *rxq, struct vsw_stats_row *row, struct vsw_frame *frames, uint16_t n)
{
	struct eth_port *eth = container_of(rxq, struct eth_port, rxq);
	struct rte_mbuf *mbufs[VSW_BURST_MAX];
	uint16_t i;

	RTE_SET_USED(row);
	n = rte_eth_rx_burst(eth->ethdev_id, 0, mbufs, n);
	for (i = 0; i < n; i++)
		vsw_frame_from_mbuf(&frames[i], mbufs[i]);
	return n;
}

static void
eth_release(struct vsw_rxq *rxq, struct vsw_frame *frames, uint16_t n)
{
	RTE_SET_USED(rxq);
	vsw_frame_free_mbufs(frames, n);
}

/*
 * The ethdev takes one reference of each mbuf it accepts; the receiver's release drops the other.
 */
static uint16_t
send_burst(struct eth_port *eth, uint16_t queue, struct vsw_frame *const *frames, uint16_t n,
	   uint8_t *fate)
{
	struct rte_mbuf *mbufs[VSW_BURST_MAX];
	uint16_t i, sent;

	vsw_frame_to_mbufs(frames, mbufs, n);
	for (i = 0; i < n; i++)
		rte_mbuf_refcnt_update(mbufs[i], 1);
	sent = rte_eth_tx_burst(eth->ethdev_id, queue, mbufs, n);
	for (i = sent; i < n; i++)
		rte_mbuf_refcnt_update(mbufs[i], -1);
	if (unlikely(sent < n)) {
		memset(fate, VSW_PORT_SENT, sent);
		memset(fate + sent, VSW_DROP_TX_FULL, n - sent);
	}
	return sent;
}

static uint16_t
eth_tx(struct vsw_port_hot *hot, unsigned int lcore, struct vsw_frame *const *frames, uint16_t n,
       uint8_t *fate)
{
	struct eth_port *eth = container_of(hot, struct eth_port, port.hot);

	return send_burst(eth, lcore, frames, n, fate);
}

/* True with the lock taken; false if another lcore keeps it for longer than patience allows. */
static bool
lock_in_time(rte_spinlock_t *lock, uint64_t patience_tsc)
{
	uint64_t begin;

	if (likely(rte_spinlock_trylock(lock)))
		return true;
	begin = rte_rdtsc();
	do {
		rte_pause();
		if (!rte_spinlock_is_locked(lock) && rte_spinlock_trylock(lock))
			return true;
	} while (rte_rdtsc() - begin < patience_tsc);
	return false;
}

/* For devices with fewer transmit queues than there are lcores. */
static uint16_t
eth_tx_shared(struct vsw_port_hot *hot, unsigned int lcore, struct vsw_frame *const *frames,
	      uint16_t n, uint8_t *fate)
{
	struct eth_port *eth = container_of(hot, struct eth_port, port.hot);
	uint16_t queue = lcore % eth->n_txqs;
	rte_spinlock_t *lock = &eth->lock[queue].lock;

	if (unlikely(!lock_in_time(lock, eth->patience_tsc))) {
		memset(fate, VSW_DROP_TX_FULL, n);
		return 0;
	}
	n = send_burst(eth, queue, frames, n, fate);
	rte_spinlock_unlock(lock);
	return n;
}

void
eth_queues_init(struct eth_port *eth)
{
	eth->rxq = (struct vsw_rxq){.rx = eth_rx, .release = eth_release, .port = &eth->port.hot};
	eth->port.hot.tx = eth->lock != NULL ? eth_tx_shared : eth_tx;
	eth->patience_tsc = rte_get_tsc_hz() / PATIENCE_PER_S;
}

void
eth_queues_drain(struct eth_port *eth)
{
	struct rte_mbuf *mbufs[VSW_BURST_MAX];
	unsigned int burst;
	uint16_t n;

	for (burst = 0; burst < DRAIN_BURSTS; burst++) {
		n = rte_eth_rx_burst(eth->ethdev_id, 0, mbufs, VSW_BURST_MAX);
		if (n == 0)
			return;
		rte_pktmbuf_free_bulk(mbufs, n);
	}
}
