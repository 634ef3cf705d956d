/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/frontend kicks a peer that wants it, and no other. */
#include <sys/eventfd.h>
#include <unistd.h>

#include "front_fixture.h"

struct kicked {
	struct vsw_front *front;
	struct rings rings;
	bool packed;
};

static struct kicked
open_kicked(bool packed)
{
	struct shape shape = {.packed = packed, .size = 64, .buffer_bytes = 100};
	struct kicked kicked = {.packed = packed};

	kicked.front =
		aligned_alloc(FRONT_LINE_BYTES, sizeof(*kicked.front) + sizeof(struct front_pair));
	assert_non_null(kicked.front);
	open_rings(&kicked.rings, &shape);
	kicked.front->ops = kicked.rings.ops;
	kicked.front->pair[0].rx = kicked.rings.rx;
	kicked.front->pair[0].tx = kicked.rings.tx;
	kicked.front->pair[0].rx.kick_fd = eventfd(0, EFD_NONBLOCK);
	kicked.front->pair[0].tx.kick_fd = eventfd(0, EFD_NONBLOCK);
	return kicked;
}

static void
close_kicked(struct kicked *kicked)
{
	close(kicked->front->pair[0].rx.kick_fd);
	close(kicked->front->pair[0].tx.kick_fd);
	close_rings(&kicked->rings);
	free(kicked->front);
}

static void
wish(const struct kicked *kicked, struct front_ring *ring, bool kick)
{
	if (kicked->packed)
		ring->packed.device->flags = kick ? VRING_PACKED_EVENT_FLAG_ENABLE
						  : VRING_PACKED_EVENT_FLAG_DISABLE;
	else
		ring->split.used->flags = kick ? 0 : VRING_USED_F_NO_NOTIFY;
}

static uint64_t
kicks(const struct front_ring *ring)
{
	uint64_t n;

	return read(ring->kick_fd, &n, sizeof(n)) == sizeof(n) ? n : 0;
}

static void
put(struct kicked *kicked)
{
	uint32_t len_bytes[4] = {60, 60, 60, 60};
	uint8_t *frames[4];

	assert_int_equal(vsw_front_tx_get(kicked->front, 0, frames, 4), 4);
	vsw_front_tx_put(kicked->front, 0, len_bytes, 4);
}

static void
run(bool packed)
{
	struct kicked kicked = open_kicked(packed);
	struct front_ring *tx = &kicked.front->pair[0].tx, *rx = &kicked.front->pair[0].rx;
	struct vsw_front_frame frame;

	wish(&kicked, rx, false);
	wish(&kicked, tx, true);
	put(&kicked);
	assert_int_equal(kicks(tx), 1);

	wish(&kicked, tx, false);
	put(&kicked);
	assert_int_equal(kicks(tx), 0);

	/* The peer has gone to sleep meanwhile, and may not have seen what was put before. */
	wish(&kicked, tx, true);
	assert_int_equal(vsw_front_rx_get(kicked.front, 0, &frame, 1), 0);
	assert_int_equal(kicks(tx), 1);
	assert_int_equal(vsw_front_rx_get(kicked.front, 0, &frame, 1), 0);
	assert_int_equal(kicks(tx), 0);

	wish(&kicked, tx, false);
	put(&kicked);
	wish(&kicked, tx, true);
	assert_int_equal(vsw_front_tx_pending(kicked.front, 0), 12);
	assert_int_equal(kicks(tx), 1);

	/* Nothing put, nothing to tell. */
	vsw_front_tx_put(kicked.front, 0, NULL, 0);
	vsw_front_rx_put(kicked.front, 0);
	assert_int_equal(kicks(tx) + kicks(rx), 0);
	close_kicked(&kicked);
}

static void
test_split(void **state)
{
	(void)state;
	run(false);
}

static void
test_packed(void **state)
{
	(void)state;
	run(true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_packed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
