/* SPDX-License-Identifier: BSD-3-Clause */
#include "rarp.h"

#include <string.h>

#include <rte_arp.h>
#include <rte_byteorder.h>
#include <rte_ether.h>

#define IPV4_BYTES 4

void
rarp_write(uint8_t *at, const uint8_t *mac)
{
	struct rte_ether_hdr ethernet = {.ether_type = RTE_BE16(RTE_ETHER_TYPE_RARP)};
	struct rte_arp_hdr arp = {
		.arp_hardware = RTE_BE16(RTE_ARP_HRD_ETHER),
		.arp_protocol = RTE_BE16(RTE_ETHER_TYPE_IPV4),
		.arp_hlen = RTE_ETHER_ADDR_LEN,
		.arp_plen = IPV4_BYTES,
		.arp_opcode = RTE_BE16(RTE_ARP_OP_REVREQUEST),
	};

	memset(&ethernet.dst_addr, 0xff, sizeof(ethernet.dst_addr));
	memcpy(&ethernet.src_addr, mac, sizeof(ethernet.src_addr));
	memcpy(&arp.arp_data.arp_sha, mac, sizeof(arp.arp_data.arp_sha));
	memcpy(&arp.arp_data.arp_tha, mac, sizeof(arp.arp_data.arp_tha));
	memset(at, 0, RARP_BYTES);
	memcpy(at, &ethernet, sizeof(ethernet));
	memcpy(at + sizeof(ethernet), &arp, sizeof(arp));
}
