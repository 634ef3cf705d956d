/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A switch of a few ports on net_ring, on the test's own lcore: put frames in, run, take frames
 * out.
 *
 *	test -> rte_ring -> port 0..N-1 -> lib/fwd -> port -> rte_ring -> test
 */
#ifndef LAN_H
#define LAN_H

#include <stdbool.h>
#include <stdint.h>

#include "vsw_fdb.h"
#include "vsw_fwd.h"
#include "vsw_offload.h"
#include "vsw_port.h"

#define LAN_PORTS_MAX 8
#define LAN_RING 256

struct lan {
	unsigned int n_ports;
	struct vsw_port *port[LAN_PORTS_MAX];
	uint16_t ethdev_id[LAN_PORTS_MAX];
	struct rte_ring *to_switch[LAN_PORTS_MAX];
	struct rte_ring *from_switch[LAN_PORTS_MAX];
	struct vsw_fdb *fdb;
	void *fdb_memory;
	bool private_guests; /* for the next lan_set_forwarding() */
	struct vsw_fwd_plan *plan;
	struct vsw_fwd_lcore *lcore;
};

/* EAL without hugepages, once for a process; returns the pool that all tests use. */
struct rte_mempool *lan_eal(void);

/* vlans[i] is the access VLAN of port i. */
void lan_init(struct lan *lan, unsigned int n_ports, const uint16_t *vlans);

/* Asserts the books and that every mbuf is back. */
void lan_fini(struct lan *lan);

void lan_send(struct lan *lan, unsigned int port, const void *bytes, uint16_t n_bytes);

/*
 * Send what its sender has left undone, in mbufs of piece_bytes each. The port takes such frames
 * from now on, and those that it is sent it hands over with what they need, up to `takes`.
 */
void lan_set_offloads(struct lan *lan, unsigned int port, uint16_t takes);
void lan_send_undone(struct lan *lan, unsigned int port, const void *bytes, uint32_t n_bytes,
		     uint32_t piece_bytes, const struct vsw_offload *offload);

/* As lan_receive(), of such a port. */
uint32_t lan_receive_undone(struct lan *lan, unsigned int port, void *bytes, uint32_t n_max,
			    struct vsw_offload *offload);

/* Poll every port until a round moves nothing. */
void lan_run(struct lan *lan);

/* Exactly one frame has left by port: these bytes, and zeros up to the port's minimum. */
void lan_expect(struct lan *lan, unsigned int port, const void *bytes, uint16_t n_bytes);

/* No frame has left that was not yet received. */
void lan_expect_nothing(struct lan *lan);

/* Take the next frame that left by port; returns its length, 0 for none. */
uint16_t lan_receive(struct lan *lan, unsigned int port, void *bytes, uint16_t n_max);

uint64_t lan_drops(struct lan *lan, unsigned int port, enum vsw_drop reason);
void lan_sum(struct lan *lan, struct vsw_stats_row *sum);

/* An Ethernet frame of n_bytes with a payload that depends on its addresses; returns bytes. */
uint8_t *lan_frame(uint8_t *bytes, uint16_t n_bytes, uint64_t da, uint64_t sa);

/* Insert a tag (vsw_vlan.h: TPID << 16 | TCI) behind the addresses; returns the new length. */
uint16_t lan_tag(uint8_t *bytes, uint16_t n_bytes, uint32_t tag);

#define LAN_C_TAG(tci) ((uint32_t)VSW_VLAN_TPID_C << 16 | (tci))
#define LAN_S_TAG(tci) ((uint32_t)VSW_VLAN_TPID_S << 16 | (tci))

/* Rebuild the plan with the ports whose bit is set, and with the settings they have now. */
void lan_set_forwarding(struct lan *lan, uint32_t ports);

#endif /* LAN_H */
