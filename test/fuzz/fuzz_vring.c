/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Fuzzing rings: bytes are what the device is to do, and all of the guest's memory with the ring in
 * it. The regions are blocks of their own, so that ASan sees what leaves them.
 */
#include <stdlib.h>
#include <string.h>

#include "vsw_vring.h"

#define REGIONS 3
#define REGION_BYTES 1024U
#define N_STEPS 16
#define FRAME_MAX_BYTES 4096U

/*
 * Where the ring lies in the first region, with what the driver writes in front: short inputs go
 * far. The second region follows it for the guest, the third does not.
 */
#define DRIVER 0
#define DESC 32
#define DEVICE 768

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct input {
	uint8_t layout; /* bits: packed, writes, event index */
	uint8_t size;
	uint16_t avail, used;
	uint8_t step[N_STEPS];
	uint8_t memory[REGIONS * REGION_BYTES]; /* or less: the rest is zero */
};

static void
require(bool condition)
{
	if (!condition)
		abort();
}

static void
check_piece(const struct vsw_vring_memory *memory, const struct vsw_vring_piece *piece)
{
	uint32_t i;

	for (i = 0; i < memory->n; i++) {
		const struct vsw_vring_region *region = &memory->region[i];
		uint64_t offset = piece->guest_address - region->guest_address;

		if (offset < region->size_bytes) {
			require(piece->at == region->at + offset);
			require(piece->len_bytes > 0);
			require(piece->len_bytes <= region->size_bytes - offset);
			return;
		}
	}
	abort();
}

/* What the buffer has is what its pieces have, and its chains. */
static void
check_buffer(const struct vsw_vring_memory *memory, const struct vsw_vring_buffer *buffer)
{
	uint64_t chains_bytes = 0, pieces_bytes = 0;
	uint16_t i;

	require(buffer->n_chains <= VSW_VRING_CHAINS_MAX);
	require(buffer->n_pieces <= VSW_VRING_PIECES_MAX);
	for (i = 0; i < buffer->n_chains; i++)
		chains_bytes += buffer->chain[i].len_bytes;
	for (i = 0; i < buffer->n_pieces; i++) {
		check_piece(memory, &buffer->piece[i]);
		pieces_bytes += buffer->piece[i].len_bytes;
	}
	require(chains_bytes == buffer->len_bytes && pieces_bytes == buffer->len_bytes);
}

/* A frame of at most n_max chains. */
static void
take_frame(struct vsw_vring *ring, unsigned int n_max, bool give)
{
	static uint8_t bytes[FRAME_MAX_BYTES];
	struct vsw_vring_cursor cursor = {0};
	struct vsw_vring_buffer buffer;
	uint32_t len_bytes;
	int ret = 1;

	vsw_vring_prefetch(ring, n_max < VSW_VRING_PREFETCH_MAX ? n_max : VSW_VRING_PREFETCH_MAX);
	vsw_vring_empty(&buffer);
	for (; ret > 0 && n_max > 0; n_max--)
		ret = vsw_vring_gather(ring, &buffer);
	check_buffer(ring->config.memory, &buffer);
	len_bytes = buffer.len_bytes < FRAME_MAX_BYTES ? buffer.len_bytes : FRAME_MAX_BYTES;
	if (ring->config.writes)
		vsw_vring_write(&buffer, &cursor, bytes, len_bytes);
	else
		vsw_vring_read(&buffer, &cursor, bytes, len_bytes);
	if (give)
		vsw_vring_give(ring, &buffer, len_bytes);
	else
		vsw_vring_rewind(ring);
	if (ret < 0)
		require(vsw_vring_gather(ring, &buffer) == ret);
}

static void
work(const struct vsw_vring_config *config, const uint8_t *step)
{
	struct vsw_vring_config next = *config;
	struct vsw_vring ring;
	unsigned int i;

	vsw_vring_init(&ring, config);
	for (i = 0; i < N_STEPS; i++) {
		take_frame(&ring, 1 + (step[i] & 7) * 10, step[i] & 8);
		if (step[i] & (16 | 32))
			vsw_vring_flush(&ring);
		if ((step[i] & 32) == 0)
			continue;
		next.avail = vsw_vring_avail_base(&ring);
		next.used = vsw_vring_used_base(&ring);
		require(vsw_vring_fits(&next));
		vsw_vring_init(&ring, &next);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const uint64_t guest_address[REGIONS] = {0, REGION_BYTES, 4ULL * REGION_BYTES};
	struct vsw_vring_memory memory = {.n = REGIONS};
	struct vsw_vring_config config;
	struct input input = {0};
	unsigned int i;

	if (n > sizeof(input))
		return 0;
	memcpy(&input, data, n);
	for (i = 0; i < REGIONS; i++) {
		uint8_t *at = malloc(REGION_BYTES);

		memcpy(at, input.memory + i * REGION_BYTES, REGION_BYTES);
		memory.region[i] = (struct vsw_vring_region){
			.guest_address = guest_address[i], .size_bytes = REGION_BYTES, .at = at};
	}
	config = (struct vsw_vring_config){
		.memory = &memory,
		.desc = memory.region[0].at + DESC,
		.driver = memory.region[0].at + DRIVER,
		.device = memory.region[0].at + DEVICE,
		.size = input.size,
		.packed = input.layout & 1,
		.writes = input.layout & 2,
		.event_idx = input.layout & 4,
		.avail = input.avail,
		.used = input.used,
	};
	if (vsw_vring_fits(&config))
		work(&config, input.step);
	for (i = 0; i < REGIONS; i++)
		free(memory.region[i].at);
	return 0;
}
