/* SPDX-License-Identifier: BSD-3-Clause */
/* The packet path of Ethernet ports. */
#include <stdbool.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_pause.h>

#include "eth_port.h"
#include "vsw_frame_hot.h"

/* Longest wait in any call of an lcore: DESIGN.md section 3. */
#define PATIENCE_PER_S 1000

/* Most bursts that a start of the port throws away; a generator always has more. */
#define DRAIN_BURSTS 128

/* Nobody asks a device for frames in several segments: one that comes is dropped. */
static uint16_t
eth_rx(struct vsw_rxq *rxq, struct vsw_stats_row *row, struct vsw_frames *frames, uint16_t n_max)
{
	struct eth_port *eth = container_of(rxq, struct eth_port, rxq);
	struct rte_mbuf *mbufs[VSW_BURST_MAX];
	uint16_t i, n = 0;

	n_max = rte_eth_rx_burst(eth->ethdev_id, 0, mbufs, n_max);
	for (i = 0; i < n_max; i++) {
		if (likely(mbufs[i]->nb_segs == 1)) {
			vsw_frame_from_mbuf(&frames->frame[n++], mbufs[i]);
			continue;
		}
		rte_pktmbuf_free(mbufs[i]);
		row->rx_frames++;
		row->drop[VSW_DROP_BUFFER_INVALID]++;
	}
	return n;
}

static void
eth_release(struct vsw_rxq *rxq, struct vsw_frames *frames, uint16_t n)
{
	struct rte_mbuf *mbufs[VSW_BURST_MAX];
	uint16_t i;

	RTE_SET_USED(rxq);
	for (i = 0; i < n; i++)
		mbufs[i] = frames->frame[i].mbuf;
	rte_pktmbuf_free_bulk(mbufs, n);
}

/* A frame as the device may keep it: it holds a reference. NULL when there is no buffer. */
static struct rte_mbuf *
to_mbuf(const struct eth_port *eth, const struct vsw_frame *frame)
{
	struct rte_mbuf *mbuf = frame->mbuf;
	char *to;

	if (mbuf != NULL) {
		rte_mbuf_refcnt_update(mbuf, 1);
		return mbuf;
	}
	mbuf = rte_pktmbuf_alloc(eth->pool);
	if (unlikely(mbuf == NULL))
		return NULL;
	to = rte_pktmbuf_append(mbuf, frame->len_bytes);
	if (unlikely(to == NULL)) {
		rte_pktmbuf_free(mbuf);
		return NULL;
	}
	vsw_frame_copy((uint8_t *)to, frame);
	return mbuf;
}

/* What comes after a frame that cannot be sent is not sent either. */
static uint16_t
send_burst(struct eth_port *eth, uint16_t queue, struct vsw_frame *const *frames, uint16_t n,
	   uint8_t *fate)
{
	struct rte_mbuf *mbufs[VSW_BURST_MAX];
	uint16_t n_mbufs, sent;

	for (n_mbufs = 0; n_mbufs < n; n_mbufs++) {
		mbufs[n_mbufs] = to_mbuf(eth, frames[n_mbufs]);
		if (unlikely(mbufs[n_mbufs] == NULL))
			break;
	}
	sent = rte_eth_tx_burst(eth->ethdev_id, queue, mbufs, n_mbufs);
	if (unlikely(sent < n)) {
		memset(fate, VSW_PORT_SENT, sent);
		memset(fate + sent, VSW_DROP_TX_FULL, n_mbufs - sent);
		memset(fate + n_mbufs, VSW_DROP_NO_MBUF, n - n_mbufs);
		rte_pktmbuf_free_bulk(mbufs + sent, n_mbufs - sent);
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
	eth->rxq = (struct vsw_rxq){.rx = eth_rx,
				    .release = eth_release,
				    .port = &eth->port.hot,
				    .bell = {.at = &vsw_bell_none, .silent = 1}};
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
