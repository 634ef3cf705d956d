/* SPDX-License-Identifier: BSD-3-Clause */
#include "sum.h"
#include "vsw_offload_hot.h"

static uint8_t *
byte_at(const struct iovec *piece, size_t at)
{
	while (at >= piece->iov_len) {
		at -= piece->iov_len;
		piece++;
	}
	return (uint8_t *)piece->iov_base + at;
}

/* From byte `from` to the end. */
static uint64_t
sum_pieces(const struct iovec *pieces, unsigned int n_pieces, size_t from)
{
	uint64_t sum = 0, part;
	size_t summed = 0;
	unsigned int i;

	for (i = 0; i < n_pieces; i++) {
		size_t skip = from < pieces[i].iov_len ? from : pieces[i].iov_len;
		size_t n = pieces[i].iov_len - skip;

		part = sum_bytes((const uint8_t *)pieces[i].iov_base + skip, n);
		sum += summed % 2 == 0 ? part : sum_shift(part);
		summed += n;
		from -= skip;
	}
	return sum;
}

void
vsw_offload_complete(const struct vsw_offload *offload, const struct iovec *pieces,
		     unsigned int n_pieces)
{
	/* The field holds the sum of the pseudo header, which so enters. */
	uint16_t field = sum_field(sum_pieces(pieces, n_pieces, offload->csum_start));
	size_t at = (size_t)offload->csum_start + offload->csum_offset;
	uint8_t bytes[sizeof(field)];

	memcpy(bytes, &field, sizeof(field));
	*byte_at(pieces, at) = bytes[0];
	*byte_at(pieces, at + 1) = bytes[1];
}
