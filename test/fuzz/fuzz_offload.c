/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Fuzzing what a guest asks for: a byte of what it may, struct virtio_net_hdr, the frame; with the
 * byte's upper bit set, the fields that have to agree for a frame to be cut are mended. What is
 * admitted keeps to the bounds that whoever completes the frame relies on, and is completed.
 */
#include <stdlib.h>
#include <string.h>

#include "vsw_offload_hot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
require(bool condition)
{
	if (!condition)
		abort();
}

static void
check_cut(const struct vsw_offload *offload, uint32_t len)
{
	require((offload->needs & VSW_OFFLOAD_TSO) != VSW_OFFLOAD_TSO);
	require(offload->gso_bytes >= VSW_OFFLOAD_GSO_MIN_BYTES);
	require(offload->ip_start >= 14 && offload->ip_start + 20 <= offload->csum_start);
	require(offload->csum_start + 20 <= offload->hdr_bytes);
	require(offload->csum_offset == 16 && offload->hdr_bytes <= VSW_OFFLOAD_HEAD_BYTES);
	require(offload->hdr_bytes + offload->gso_bytes < len);
}

static void
check(const struct vsw_offload *offload, uint16_t allowed, uint32_t len)
{
	const struct vsw_offload none = {0};

	require((offload->needs & ~allowed) == 0);
	if (offload->needs == 0) {
		require(memcmp(offload, &none, sizeof(none)) == 0);
		return;
	}
	require((offload->needs & VSW_OFFLOAD_CSUM) != 0);
	require(offload->csum_start >= 14);
	require((uint32_t)offload->csum_start + offload->csum_offset + 2 <= len);
	if (offload->needs & VSW_OFFLOAD_TSO)
		check_cut(offload, len);
}

/* Segments hold the whole payload. */
static void
cut_all(const struct vsw_offload *offload, const struct iovec *pieces, uint32_t len)
{
	struct vsw_offload_cut cut;
	uint32_t payload = 0, bytes;
	uint8_t *segment;

	vsw_offload_cut_begin(&cut, offload, pieces, 2);
	while (vsw_offload_cut_left(&cut) > 0) {
		bytes = vsw_offload_cut_bytes(&cut);
		segment = malloc(bytes);
		vsw_offload_cut_next(&cut, segment);
		free(segment);
		payload += bytes - offload->hdr_bytes;
	}
	require(payload == len - offload->hdr_bytes);
}

static void
finish(const struct vsw_offload *offload, const uint8_t *bytes, uint32_t len)
{
	uint32_t first = bytes[0] < len ? bytes[0] : len;
	struct iovec pieces[2] = {{malloc(first), first}, {malloc(len - first), len - first}};

	memcpy(pieces[0].iov_base, bytes, first);
	memcpy(pieces[1].iov_base, bytes + first, len - first);
	if (offload->needs & VSW_OFFLOAD_TSO)
		cut_all(offload, pieces, len);
	else if (offload->needs & VSW_OFFLOAD_CSUM)
		vsw_offload_complete(offload, pieces, 2);
	free(pieces[0].iov_base);
	free(pieces[1].iov_base);
}

static void
put16(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

/* An untagged frame; TCP stands behind IPv4 with any options, or behind IPv6 alone. */
static void
mend(struct virtio_net_hdr *hdr, uint8_t *frame, uint32_t len)
{
	uint8_t *ip = frame + 14;

	if (len < 14 + 60 + 20)
		return;
	hdr->flags |= VIRTIO_NET_HDR_F_NEEDS_CSUM;
	hdr->csum_offset = 16;
	if (hdr->gso_type == VIRTIO_NET_HDR_GSO_TCPV6) {
		put16(frame + 12, 0x86dd);
		ip[0] = 0x60;
		put16(ip + 4, len - 14 - 40);
		ip[6] = 6;
		hdr->csum_start = 14 + 40;
		return;
	}
	put16(frame + 12, 0x0800);
	ip[0] = 0x40 | (ip[0] & 0x0f);
	put16(ip + 2, len - 14);
	put16(ip + 6, 0);
	ip[9] = 6;
	hdr->csum_start = 14 + (ip[0] & 0x0f) * 4;
}

static void
run(struct virtio_net_hdr *hdr, uint16_t allowed, const uint8_t *frame, uint32_t len)
{
	uint32_t head_bytes = len < VSW_OFFLOAD_HEAD_BYTES ? len : VSW_OFFLOAD_HEAD_BYTES;
	uint8_t *head = malloc(head_bytes);
	struct vsw_offload offload;

	memcpy(head, frame, head_bytes);
	if (vsw_offload_admit(hdr, allowed, head, head_bytes, len, &offload)) {
		check(&offload, allowed, len);
		if (offload.needs != 0)
			finish(&offload, frame, len);
	}
	free(head);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const size_t prefix = 1 + sizeof(struct virtio_net_hdr);
	struct virtio_net_hdr hdr;
	uint8_t *frame;
	uint32_t len;

	if (n < prefix || n > prefix + VSW_OFFLOAD_FRAME_MAX_BYTES)
		return 0;
	memcpy(&hdr, data + 1, sizeof(hdr));
	len = (uint32_t)(n - prefix);
	frame = malloc(len);
	memcpy(frame, data + prefix, len);
	if (data[0] & 0x80)
		mend(&hdr, frame, len);
	run(&hdr, data[0] & (VSW_OFFLOAD_CSUM | VSW_OFFLOAD_TSO), frame, len);
	free(frame);
	return 0;
}
