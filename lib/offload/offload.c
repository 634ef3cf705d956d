/* SPDX-License-Identifier: BSD-3-Clause */
#include "vsw_offload.h"

#include <string.h>

static uint16_t
mask(uint64_t features, unsigned int csum, unsigned int tso4, unsigned int tso6)
{
	uint16_t offloads = VSW_OFFLOAD_CSUM;

	/* virtio 1.2 section 5.1.3.1: segmentation requires the checksum. */
	if ((features >> csum & 1) == 0)
		return 0;
	if (features >> tso4 & 1)
		offloads |= VSW_OFFLOAD_TSO4;
	if (features >> tso6 & 1)
		offloads |= VSW_OFFLOAD_TSO6;
	return offloads;
}

uint16_t
vsw_offload_sent_by(uint64_t features)
{
	return mask(features, VIRTIO_NET_F_CSUM, VIRTIO_NET_F_HOST_TSO4, VIRTIO_NET_F_HOST_TSO6);
}

uint16_t
vsw_offload_taken_by(uint64_t features)
{
	return mask(features, VIRTIO_NET_F_GUEST_CSUM, VIRTIO_NET_F_GUEST_TSO4,
		    VIRTIO_NET_F_GUEST_TSO6);
}

void
vsw_offload_describe(const struct vsw_offload *offload, struct virtio_net_hdr *hdr)
{
	memset(hdr, 0, sizeof(*hdr));
	if (offload->needs == 0)
		return;
	hdr->flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
	hdr->csum_start = offload->csum_start;
	hdr->csum_offset = offload->csum_offset;
	if ((offload->needs & VSW_OFFLOAD_TSO) == 0)
		return;
	hdr->gso_type = offload->needs & VSW_OFFLOAD_TSO4 ? VIRTIO_NET_HDR_GSO_TCPV4
							  : VIRTIO_NET_HDR_GSO_TCPV6;
	hdr->gso_size = offload->gso_bytes;
	hdr->hdr_len = offload->hdr_bytes;
}
