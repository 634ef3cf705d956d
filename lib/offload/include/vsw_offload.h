/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a sender has left undone in a frame: a checksum, the cutting into segments.
 *
 * Model: a guest may hand over a TCP or UDP frame whose checksum field holds only the sum of the
 * pseudo header (partial checksum), and a TCP frame of up to 64 KiB that is to leave as segments.
 * What it asks for stands in struct virtio_net_hdr, is checked once against the bytes of the frame,
 * and travels with the view of the frame as a struct vsw_offload. A receiver that has negotiated
 * the same gets frame and request as they are; for any other the frame is completed: the checksum
 * is written, segments are made (vsw_offload_hot.h).
 *
 * Offsets count from the first byte of the frame, the Ethernet header with its tags included.
 *
 * Not here: UFO, USO, ECN with TSO, and tunnels cut into segments; no guest is offered these.
 *
 * Source: virtio 1.2 sections 5.1.3, 5.1.6.2 and 5.1.6.4. Threads: pure functions. Pure C.
 */
#ifndef VSW_OFFLOAD_H
#define VSW_OFFLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/virtio_net.h>

/* What a receiver must be able to do with a frame, or what it is able to do: a mask. */
#define VSW_OFFLOAD_CSUM 1u /* take a partial checksum */
#define VSW_OFFLOAD_TSO4 2u /* take TCP over IPv4 longer than the MTU; comes with CSUM */
#define VSW_OFFLOAD_TSO6 4u /* the same over IPv6 */
#define VSW_OFFLOAD_TSO (VSW_OFFLOAD_TSO4 | VSW_OFFLOAD_TSO6)

/* Headers, up to and with the checksum field, lie within the first bytes of a sender's frame. */
#define VSW_OFFLOAD_HEAD_BYTES 256

/* Least payload of a segment: a guest cannot ask for 64 Ki frames of one byte. */
#define VSW_OFFLOAD_GSO_MIN_BYTES 64

/* Longest frame that is to be cut: an IP packet of 65535 bytes, Ethernet header, two tags. */
#define VSW_OFFLOAD_FRAME_MAX_BYTES 65557

struct vsw_offload {
	uint16_t needs;	      /* VSW_OFFLOAD_*; 0: the frame is complete, all else is 0 */
	uint16_t csum_start;  /* first byte that the checksum covers, up to the frame's end */
	uint16_t csum_offset; /* of the checksum field, from csum_start */
	uint16_t gso_bytes;   /* TSO: payload of each segment but the last */
	uint16_t hdr_bytes;   /* TSO: all headers, up to the payload */
	uint16_t ip_start;    /* TSO: first byte of the IP header */
};

/* What a guest that has negotiated these virtio features may ask for, and what it takes. */
uint16_t vsw_offload_sent_by(uint64_t features);
uint16_t vsw_offload_taken_by(uint64_t features);

/*
 * Check what a guest asks for in hdr, of which it may ask for `allowed`, against the frame: its
 * first head_bytes are at head, at least min(len_bytes, VSW_OFFLOAD_HEAD_BYTES). hdr and head are
 * private copies. Returns false if hdr asks for more than is allowed or does not fit the frame;
 * *offload is set if true. Flags that virtio does not define for drivers are ignored; with nothing
 * allowed hdr is not looked at (the guest has no business with it).
 *
 * A checksum starts behind the headers of Ethernet and IP, at the header of TCP or UDP, or behind
 * that (inside a tunnel). What is to be cut is TCP, directly over an IP packet as long as the
 * frame; what would be one segment needs its checksum only.
 */
bool vsw_offload_admit(const struct virtio_net_hdr *hdr, uint16_t allowed, const uint8_t *head,
		       uint32_t head_bytes, uint32_t len_bytes, struct vsw_offload *offload);

/* The header that tells a receiver what the frame needs. */
void vsw_offload_describe(const struct vsw_offload *offload, struct virtio_net_hdr *hdr);

#endif /* VSW_OFFLOAD_H */
