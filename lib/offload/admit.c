/* SPDX-License-Identifier: BSD-3-Clause */
/* Source: virtio 1.2 section 5.1.6.2; RFC 9293 section 3.1 (TCP), RFC 768 (UDP). */
#include "vsw_offload.h"

#include "headers.h"

#define MIN(a, b) ((a) < (b) ? (a) : (b))

/* What a frame of this gso_type needs; 0: a type that is never offered, ECN among them. */
static uint16_t
needs_of(uint8_t gso_type)
{
	switch (gso_type) {
	case VIRTIO_NET_HDR_GSO_NONE:
		return VSW_OFFLOAD_CSUM;
	case VIRTIO_NET_HDR_GSO_TCPV4:
		return VSW_OFFLOAD_CSUM | VSW_OFFLOAD_TSO4;
	case VIRTIO_NET_HDR_GSO_TCPV6:
		return VSW_OFFLOAD_CSUM | VSW_OFFLOAD_TSO6;
	}
	return 0;
}

/* True if the field is that of the protocol where the sum starts, or of one inside its payload. */
static bool
is_field_of(const struct headers *headers, uint32_t csum_start, uint32_t csum_offset)
{
	uint32_t field, bytes;

	if (headers->version == 0)
		return csum_start >= headers->ip;
	if (headers->fragment)
		return false;
	switch (headers->protocol) {
	case PROTOCOL_TCP:
		field = TCP_CSUM_OFFSET;
		bytes = TCP_MIN_BYTES;
		break;
	case PROTOCOL_UDP:
		field = UDP_CSUM_OFFSET;
		bytes = UDP_BYTES;
		break;
	default:
		return csum_start >= headers->transport;
	}
	if (csum_start == headers->transport)
		return csum_offset == field;
	return csum_start >= headers->transport + bytes;
}

/* The length that IP tells is that of the frame, which can so be cut into packets like it. */
static bool
is_ip_whole(const struct headers *headers, const uint8_t *head, uint32_t len_bytes)
{
	const uint8_t *ip = head + headers->ip;

	if (headers->version == 4)
		return be16_at(ip + 2) == len_bytes - headers->ip;
	return be16_at(ip + 4) == len_bytes - headers->ip - IPV6_BYTES && !headers->routed;
}

/* Whether the frame can be cut; sets what offload says of it. n: bytes at head. */
static bool
admit_tso(const struct virtio_net_hdr *hdr, const struct headers *headers, const uint8_t *head,
	  uint32_t n, uint32_t len_bytes, struct vsw_offload *offload)
{
	uint8_t version = offload->needs & VSW_OFFLOAD_TSO4 ? 4 : 6;
	uint32_t hdr_bytes;

	if (headers->version != version || headers->protocol != PROTOCOL_TCP ||
	    offload->csum_start != headers->transport || len_bytes > VSW_OFFLOAD_FRAME_MAX_BYTES ||
	    !is_ip_whole(headers, head, len_bytes))
		return false;
	/* The checksum field lies within n, and before it the data offset. */
	hdr_bytes = headers->transport + (head[headers->transport + TCP_OFFSET_AT] >> 4) * 4;
	if (hdr_bytes < headers->transport + TCP_MIN_BYTES || hdr_bytes > n ||
	    hdr_bytes >= len_bytes || hdr->hdr_len > len_bytes ||
	    hdr->gso_size < VSW_OFFLOAD_GSO_MIN_BYTES)
		return false;
	if (hdr->gso_size >= len_bytes - hdr_bytes) {
		offload->needs = VSW_OFFLOAD_CSUM;
		return true;
	}
	offload->gso_bytes = hdr->gso_size;
	offload->hdr_bytes = hdr_bytes;
	offload->ip_start = headers->ip;
	return true;
}

bool
vsw_offload_admit(const struct virtio_net_hdr *hdr, uint16_t allowed, const uint8_t *head,
		  uint32_t head_bytes, uint32_t len_bytes, struct vsw_offload *offload)
{
	uint32_t n = MIN(MIN(head_bytes, len_bytes), VSW_OFFLOAD_HEAD_BYTES);
	struct vsw_offload asked = {.needs = needs_of(hdr->gso_type)};
	struct headers headers;

	*offload = (struct vsw_offload){0};
	if (allowed == 0)
		return true;
	if ((hdr->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) == 0)
		return hdr->gso_type == VIRTIO_NET_HDR_GSO_NONE;
	if (asked.needs == 0 || (asked.needs & ~allowed) != 0)
		return false;
	asked.csum_start = hdr->csum_start;
	asked.csum_offset = hdr->csum_offset;
	if ((uint32_t)hdr->csum_start + hdr->csum_offset + CSUM_BYTES > n ||
	    !headers_read(&headers, head, n) ||
	    !is_field_of(&headers, hdr->csum_start, hdr->csum_offset))
		return false;
	if ((asked.needs & VSW_OFFLOAD_TSO) != 0 &&
	    !admit_tso(hdr, &headers, head, n, len_bytes, &asked))
		return false;
	*offload = asked;
	return true;
}
