/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lib/frontend against lib/vring: the driver's side of a ring and the device's side of it, in one
 * memory. Random lengths and bursts; what is sent comes back, in order or in the order in which the
 * device says, and no byte beside the memory is touched (under ASan).
 */
#include "front_fixture.h"
#include "vsw_vring.h"

#define BURST 64
#define QUEUED_MAX 65536 /* a power of 2 */

struct device {
	struct vsw_vring_memory memory;
	struct vsw_vring rx, tx; /* as the driver calls them */
};

/* What the driver must receive next: numbers of frames. */
struct queue {
	uint32_t number[QUEUED_MAX];
	uint32_t first, last;
};

struct bench {
	struct shape shape;
	struct rings rings;
	struct device device;
	struct queue queue;
	uint64_t random;
	uint32_t n_sent, n_received;
};

static uint64_t random_state;

static void
add_region(struct vsw_vring_memory *memory, void *at, const struct shape *shape,
	   uint32_t buffer_bytes)
{
	struct front_ring_layout layout;

	front_ring_layout(&layout, shape->packed, shape->size, buffer_bytes);
	memory->region[memory->n++] = (struct vsw_vring_region){
		.guest_address = (uintptr_t)at,
		.size_bytes = layout.bytes,
		.at = at,
	};
}

static void
init_device_ring(struct vsw_vring *theirs, const struct front_ring *ring, const struct bench *bench)
{
	struct vsw_vring_config config = {
		.memory = &bench->device.memory,
		.desc = ring->split.desc,
		.driver = ring->split.avail,
		.device = ring->split.used,
		.size = ring->size,
		.packed = bench->shape.packed,
		.writes = ring->writes,
		.avail = bench->shape.packed ? 1 << 15 : 0,
		.used = bench->shape.packed ? 1 << 15 : 0,
	};

	assert_true(vsw_vring_fits(&config));
	vsw_vring_init(theirs, &config);
}

static struct bench *
open_bench(const struct shape *shape)
{
	struct bench *bench = aligned_alloc(FRONT_LINE_BYTES, (sizeof(*bench) + 63) / 64 * 64);

	assert_non_null(bench);
	memset(bench, 0, sizeof(*bench));
	bench->shape = *shape;
	bench->random = random_state =
		random_state * 6364136223846793005ULL + 1442695040888963407ULL;
	open_rings(&bench->rings, shape);
	add_region(&bench->device.memory, bench->rings.rx_memory, shape, shape->buffer_bytes);
	add_region(&bench->device.memory, bench->rings.tx_memory, shape, LONGEST);
	init_device_ring(&bench->device.rx, &bench->rings.rx, bench);
	init_device_ring(&bench->device.tx, &bench->rings.tx, bench);
	return bench;
}

static void
close_bench(struct bench *bench)
{
	close_rings(&bench->rings);
	free(bench);
}

/* Frame number, and bytes that depend on it. */
static uint32_t
length_of(const struct bench *bench, uint32_t number)
{
	uint32_t most = bench->shape.mergeable ? LONGEST : bench->shape.buffer_bytes;

	return LEAST + number * 2654435761u % (most - LEAST + 1);
}

static void
write_frame(uint8_t *frame, uint32_t number, uint32_t len_bytes)
{
	uint32_t i;

	memcpy(frame, &number, sizeof(number));
	for (i = sizeof(number); i < len_bytes; i++)
		frame[i] = number + i;
}

static void
check_frame(const uint8_t *frame, uint32_t number, uint32_t len_bytes)
{
	uint32_t i, found;

	memcpy(&found, frame, sizeof(found));
	assert_int_equal(found, number);
	for (i = sizeof(number); i < len_bytes; i++)
		assert_int_equal(frame[i], (uint8_t)(number + i));
}

static void
driver_sends(struct bench *bench)
{
	uint32_t left = bench->shape.n_frames - bench->n_sent, len_bytes[BURST], i;
	uint8_t *frames[BURST];
	uint16_t n = below(&bench->random, BURST + 1);

	n = bench->rings.ops->tx_get(&bench->rings.tx, frames, n < left ? n : left);
	/* Not all that was got need be put. */
	if (n > 0)
		n = 1 + below(&bench->random, n);
	for (i = 0; i < n; i++) {
		len_bytes[i] = length_of(bench, bench->n_sent);
		assert_int_equal((uintptr_t)frames[i] % FRONT_LINE_BYTES, 0);
		write_frame(frames[i], bench->n_sent++, len_bytes[i]);
	}
	if (n > 0)
		bench->rings.ops->tx_put(&bench->rings.tx, len_bytes, n);
}

static void
driver_receives(struct bench *bench)
{
	struct vsw_front_frame frames[BURST];
	struct queue *queue = &bench->queue;
	uint8_t bytes[LONGEST + VSW_FRONT_HEADER_BYTES];
	uint16_t n, i;

	n = bench->rings.ops->rx_get(&bench->rings.rx, frames, 1 + below(&bench->random, BURST));
	for (i = 0; i < n; i++) {
		uint32_t number = queue->number[queue->first++ % QUEUED_MAX];

		assert_int_equal(frames[i].len_bytes, length_of(bench, number));
		assert_int_equal(whole_frame(&bench->rings.rx, &frames[i], bytes),
				 frames[i].len_bytes);
		check_frame(bytes, number, frames[i].len_bytes);
	}
	bench->n_received += n;
	if (n > 0)
		bench->rings.ops->rx_put(&bench->rings.rx);
}

/* Chains with room for len_bytes. False, and nothing is taken, if there are not enough. */
static bool
gather_room(struct vsw_vring *ring, struct vsw_vring_buffer *buffer, uint32_t len_bytes)
{
	vsw_vring_empty(buffer);
	while (buffer->len_bytes < len_bytes) {
		int ret = vsw_vring_gather(ring, buffer);

		assert_true(ret >= 0);
		if (ret == 0) {
			vsw_vring_rewind(ring);
			return false;
		}
	}
	return true;
}

/* From the driver's transmit ring to its receive ring. False if one of them does not let it. */
static bool
device_moves(struct bench *bench)
{
	static struct vsw_vring_buffer from, to;
	struct vsw_vring_cursor at = {0};
	uint8_t bytes[VSW_FRONT_HEADER_BYTES + LONGEST];
	struct queue *queue = &bench->queue;
	struct device *device = &bench->device;
	uint32_t number;
	int ret;

	vsw_vring_empty(&from);
	ret = vsw_vring_gather(&device->tx, &from);
	assert_true(ret >= 0);
	if (ret == 0)
		return false;
	assert_true(from.len_bytes <= sizeof(bytes));
	if (!gather_room(&device->rx, &to, from.len_bytes)) {
		vsw_vring_rewind(&device->tx);
		return false;
	}
	vsw_vring_read(&from, &at, bytes, from.len_bytes);
	bytes[10] = to.n_chains;
	at = (struct vsw_vring_cursor){0};
	vsw_vring_write(&to, &at, bytes, from.len_bytes);
	memcpy(&number, bytes + VSW_FRONT_HEADER_BYTES, sizeof(number));
	queue->number[queue->last++ % QUEUED_MAX] = number;
	vsw_vring_give(&device->rx, &to, from.len_bytes);
	vsw_vring_give(&device->tx, &from, 0);
	return true;
}

/* Exchange what two entries, given and not yet shown, say of their buffers. */
static void
exchange(struct vsw_vring *ring, uint16_t one, uint16_t other)
{
	uint16_t mask = ring->config.size - 1;

	if (ring->config.packed) {
		struct vring_packed_desc *desc = ring->config.desc, *a = &desc[one & mask],
					 *b = &desc[other & mask], kept = *a;

		a->id = b->id;
		a->len = b->len;
		b->id = kept.id;
		b->len = kept.len;
	} else {
		struct vring_used *used = ring->config.device;
		struct vring_used_elem kept = used->ring[one & mask];

		used->ring[one & mask] = used->ring[other & mask];
		used->ring[other & mask] = kept;
	}
}

/* Of what is not yet shown; each frame has one buffer. */
static void
shuffle(struct bench *bench, uint16_t n)
{
	struct queue *queue = &bench->queue;
	struct device *device = &bench->device;
	uint32_t i, *a, *b, kept;

	for (i = 0; n > 1 && i < n; i++) {
		uint16_t one = 1 + below(&bench->random, n), other = 1 + below(&bench->random, n);

		exchange(&device->tx, device->tx.used.index - one, device->tx.used.index - other);
		one = 1 + below(&bench->random, n);
		other = 1 + below(&bench->random, n);
		exchange(&device->rx, device->rx.used.index - one, device->rx.used.index - other);
		a = &queue->number[(queue->last - one) % QUEUED_MAX];
		b = &queue->number[(queue->last - other) % QUEUED_MAX];
		kept = *a;
		*a = *b;
		*b = kept;
	}
}

static void
device_works(struct bench *bench)
{
	uint32_t n_wanted = below(&bench->random, BURST + 1);
	uint16_t n = 0;

	while (n < n_wanted && device_moves(bench))
		n++;
	if (bench->shape.shuffles)
		shuffle(bench, n);
	assert_false(vsw_vring_flush(&bench->device.rx));
	assert_false(vsw_vring_flush(&bench->device.tx));
}

static void
run(const struct shape *shape)
{
	struct bench *bench = open_bench(shape);
	uint32_t n_idle = 0, before;

	while (bench->n_received < shape->n_frames) {
		before = bench->n_received;
		if (below(&bench->random, 2))
			driver_sends(bench);
		if (below(&bench->random, 2))
			device_works(bench);
		if (below(&bench->random, 2))
			driver_receives(bench);
		assert_false(bench->rings.rx.broken || bench->rings.tx.broken);
		n_idle = bench->n_received == before ? n_idle + 1 : 0;
		assert_true(n_idle < 10000);
	}
	assert_int_equal(bench->rings.ops->tx_pending(&bench->rings.tx), 0);
	assert_int_equal(front_ring_n_free(&bench->rings.tx), shape->size);
	close_bench(bench);
}

static void
run_all(bool packed)
{
	static const uint16_t sizes[] = {64, 256, 1024, 32768};
	uint32_t i, kind;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		for (kind = 0; kind < 4; kind++) {
			struct shape shape = {
				.packed = packed,
				.mergeable = kind == 1,
				.in_order = kind == 2,
				.shuffles = kind == 3,
				.size = sizes[i],
				.buffer_bytes = kind == 1 ? 100 : LONGEST,
				.n_frames = 3 * sizes[i] + 20000,
			};

			run(&shape);
		}
	}
}

static void
test_split(void **state)
{
	(void)state;
	run_all(false);
}

static void
test_packed(void **state)
{
	(void)state;
	run_all(true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_packed),
	};

	random_state = seed();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
