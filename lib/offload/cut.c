/* SPDX-License-Identifier: BSD-3-Clause */
#include "headers.h"
#include "sum.h"
#include "vsw_offload_hot.h"

#define IPV4_CSUM_AT 10
#define IPV4_ADDRESSES_AT 12
#define IPV4_ADDRESSES_BYTES 8
#define IPV6_ADDRESSES_AT 8
#define IPV6_ADDRESSES_BYTES 32

#define TCP_SEQUENCE_AT 4
#define TCP_FLAGS_AT 13
#define TCP_FIN 0x01
#define TCP_PSH 0x08
#define TCP_CWR 0x80

static void
put_be16(uint8_t *at, uint16_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void
add_be32(uint8_t *at, uint32_t value)
{
	uint32_t word;

	memcpy(&word, at, sizeof(word));
	word = __builtin_bswap32(__builtin_bswap32(word) + value);
	memcpy(at, &word, sizeof(word));
}

static void
put_sum(uint8_t *at, uint64_t sum)
{
	uint16_t field = sum_field(sum);

	memcpy(at, &field, sizeof(field));
}

/* Copy n bytes on from where the cut is. Returns their sum. */
static uint64_t
take(struct vsw_offload_cut *cut, uint8_t *to, uint32_t n)
{
	uint64_t sum = 0, part;
	uint32_t taken = 0;

	while (taken < n) {
		const uint8_t *from = (const uint8_t *)cut->piece->iov_base + cut->piece_at;
		size_t bytes = cut->piece->iov_len - cut->piece_at;

		if (bytes > n - taken)
			bytes = n - taken;
		part = sum_copy(to + taken, from, bytes);
		sum += taken % 2 == 0 ? part : sum_shift(part);
		taken += bytes;
		cut->piece_at += bytes;
		if (cut->piece_at == cut->piece->iov_len) {
			cut->piece++;
			cut->piece_at = 0;
		}
	}
	return sum;
}

void
vsw_offload_cut_begin(struct vsw_offload_cut *cut, const struct vsw_offload *offload,
		      const struct iovec *pieces, unsigned int n_pieces)
{
	unsigned int i;

	cut->offload = *offload;
	cut->piece = pieces;
	cut->piece_at = 0;
	cut->done = 0;
	take(cut, cut->header, offload->hdr_bytes);
	cut->left_bytes = 0;
	for (i = 0; i < n_pieces; i++)
		cut->left_bytes += pieces[i].iov_len;
	cut->left_bytes -= offload->hdr_bytes;
}

/* Returns the sum of the pseudo header. carried: bytes of TCP header and payload. */
static uint64_t
finish_ip(const struct vsw_offload_cut *cut, uint8_t *ip, uint16_t carried)
{
	uint16_t bytes = cut->offload.csum_start - cut->offload.ip_start;
	uint8_t pseudo[4] = {0, PROTOCOL_TCP};

	put_be16(pseudo + 2, carried);
	if (cut->offload.needs & VSW_OFFLOAD_TSO6) {
		put_be16(ip + 4, bytes - IPV6_BYTES + carried);
		return sum_bytes(ip + IPV6_ADDRESSES_AT, IPV6_ADDRESSES_BYTES) +
		       sum_bytes(pseudo, sizeof(pseudo));
	}
	put_be16(ip + 2, bytes + carried);
	put_be16(ip + 4, be16_at(ip + 4) + cut->done);
	put_be16(ip + IPV4_CSUM_AT, 0);
	put_sum(ip + IPV4_CSUM_AT, sum_bytes(ip, bytes));
	return sum_bytes(ip + IPV4_ADDRESSES_AT, IPV4_ADDRESSES_BYTES) +
	       sum_bytes(pseudo, sizeof(pseudo));
}

static void
finish_tcp(const struct vsw_offload_cut *cut, uint8_t *tcp, uint64_t sum)
{
	add_be32(tcp + TCP_SEQUENCE_AT, cut->done * cut->offload.gso_bytes);
	if (cut->done > 0)
		tcp[TCP_FLAGS_AT] &= ~TCP_CWR;
	if (cut->left_bytes > 0)
		tcp[TCP_FLAGS_AT] &= ~(TCP_FIN | TCP_PSH);
	put_be16(tcp + TCP_CSUM_OFFSET, 0);
	sum += sum_bytes(tcp, cut->offload.hdr_bytes - cut->offload.csum_start);
	put_sum(tcp + TCP_CSUM_OFFSET, sum);
}

void
vsw_offload_cut_next(struct vsw_offload_cut *cut, uint8_t *to)
{
	const struct vsw_offload *offload = &cut->offload;
	uint32_t payload = vsw_offload_cut_bytes(cut) - offload->hdr_bytes;
	uint16_t tcp_bytes = offload->hdr_bytes - offload->csum_start;
	uint64_t sum;

	memcpy(to, cut->header, offload->hdr_bytes);
	sum = take(cut, to + offload->hdr_bytes, payload);
	cut->left_bytes -= payload;
	sum += finish_ip(cut, to + offload->ip_start, tcp_bytes + payload);
	finish_tcp(cut, to + offload->csum_start, sum);
	cut->done++;
}
