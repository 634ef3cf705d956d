/* SPDX-License-Identifier: BSD-3-Clause */
#include "vring_driver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define AVAIL (1u << VRING_PACKED_DESC_F_AVAIL)
#define USED (1u << VRING_PACKED_DESC_F_USED)
#define TAKEN_MAX (64U * 1024) /* of the memory for data at once: far from biting its own tail */

/* The slots before the base have been used in this round, the others in the one before. */
static void
make_used(struct driver *driver)
{
	uint16_t i;

	for (i = 0; i < driver->guest->config.size; i++) {
		struct vring_packed_desc *desc =
			(struct vring_packed_desc *)guest_desc(driver->guest, i);
		bool wrap = (driver->base >> 15) ^ (i >= (driver->base & 0x7fff));

		desc->flags = wrap ? AVAIL | USED : 0;
	}
}

void
driver_init(struct driver *driver, struct guest *guest, uint64_t *random, bool in_order,
	    uint16_t base)
{
	static const uint32_t parts_max[] = {1, 3, 8, DRIVER_PARTS_MAX};
	uint32_t i;

	memset(driver, 0, sizeof(*driver));
	driver->guest = guest;
	driver->random = random;
	driver->in_order = in_order;
	driver->parts_max = parts_max[guest_below(random, 4)];
	driver->base = base;
	driver->n_free = driver->n_free_slots = guest->config.size;
	for (i = 0; i < driver->n_free; i++)
		driver->free_id[i] = i;
	if (guest->config.packed) {
		make_used(driver);
	} else {
		guest_avail(guest)->idx = base;
		guest_used(guest)->idx = base;
	}
}

/* The one that has been free for longest, or any. */
static uint16_t
take_id(struct driver *driver)
{
	uint32_t size = driver->guest->config.size;
	uint16_t *first = &driver->free_id[driver->free_first], *any, id;

	assert_true(driver->n_free > 0);
	if (!driver->in_order) {
		any = &driver->free_id[(driver->free_first +
					guest_below(driver->random, driver->n_free)) %
				       size];
		id = *any;
		*any = *first;
		*first = id;
	}
	driver->free_first = (driver->free_first + 1) % size;
	driver->n_free--;
	return *first;
}

static void
put_id(struct driver *driver, uint16_t id)
{
	driver->free_id[(driver->free_first + driver->n_free++) % driver->guest->config.size] = id;
}

/* Memory for n bytes, contiguous for the guest; the chain pays for what is skipped, too. */
static uint64_t
take_data(struct driver *driver, struct driver_chain *chain, uint32_t n)
{
	const uint32_t first = GUEST_HIGH_END - GUEST_LOW;
	const uint32_t all = first + GUEST_APART_END - GUEST_APART;
	uint32_t at = driver->data_next, skipped = 0;

	if (at < first && at + n > first)
		skipped = first - at;
	else if (at + n > all)
		skipped = all - at;
	at = (at + skipped) % all;
	driver->data_next = at + n;
	driver->data_taken += skipped + n;
	chain->taken_bytes += skipped + n;
	return at < first ? GUEST_LOW + at : GUEST_APART + at - first;
}

/* Short ones, so that many are under way, some long ones, and the longest. */
static uint32_t
pick_length(struct driver *driver)
{
	switch (guest_below(driver->random, 32)) {
	case 0:
		return guest_below(driver->random, DRIVER_CHAIN_MAX_BYTES + 1);
	case 1:
		return DRIVER_CHAIN_MAX_BYTES;
	case 2:
	case 3:
		return guest_below(driver->random, 16);
	default:
		return guest_below(driver->random, 400);
	}
}

/* Of what is left for all parts but the last: nothing, some bytes as of a header, or any. */
static uint32_t
pick_part(struct driver *driver, uint32_t left)
{
	uint32_t n;

	switch (guest_below(driver->random, 4)) {
	case 0:
		return 0;
	case 1:
		return guest_below(driver->random, left + 1);
	default:
		n = 1 + guest_below(driver->random, 16);
		return n < left ? n : left;
	}
}

/* Of what the device only writes to, the guest does not care what it is before. */
static void
add_part(struct driver *driver, struct driver_chain *chain, uint32_t len_bytes)
{
	struct driver_part *part = &chain->part[chain->n_parts++];
	uint8_t bytes[DRIVER_CHAIN_MAX_BYTES];

	part->len_bytes = len_bytes;
	part->address = take_data(driver, chain, len_bytes);
	chain->len_bytes += len_bytes;
	if (driver->guest->config.writes)
		return;
	guest_random_bytes(driver->random, bytes, len_bytes);
	guest_put(driver->guest, part->address, bytes, len_bytes);
}

static void
add_parts(struct driver *driver, struct driver_chain *chain, uint16_t n_parts)
{
	uint32_t left = pick_length(driver), n;

	for (; n_parts > 1; n_parts--) {
		n = pick_part(driver, left);
		add_part(driver, chain, n);
		left -= n;
	}
	add_part(driver, chain, left);
}

static uint16_t
direction(const struct driver *driver)
{
	return driver->guest->config.writes ? VRING_DESC_F_WRITE : 0;
}

static struct vring_desc
split_desc(uint64_t address, uint32_t len_bytes, uint16_t flags, uint16_t next)
{
	return (struct vring_desc){.addr = address, .len = len_bytes, .flags = flags, .next = next};
}

/* Parts `from` and on: the first at 0, the others from there on or from the end back. */
static struct vring_desc
make_split_table(struct driver *driver, struct driver_chain *chain, uint16_t from)
{
	uint16_t n = chain->n_parts - from, i;
	uint16_t size = n + guest_below(driver->random, 3);
	bool back = guest_below(driver->random, 2);
	uint64_t table = take_data(driver, chain, size * sizeof(struct vring_desc));

	for (i = 0; i < n; i++) {
		const struct driver_part *part = &chain->part[from + i];
		uint16_t at = back && i > 0 ? size - i : i;
		uint16_t flags = direction(driver) | (i + 1 < n ? VRING_DESC_F_NEXT : 0);
		struct vring_desc desc = split_desc(part->address, part->len_bytes, flags,
						    back ? size - i - 1 : i + 1);

		guest_put(driver->guest, table + at * sizeof(desc), &desc, sizeof(desc));
	}
	/* The device must ignore the direction of the table itself. */
	return split_desc(table, size * sizeof(struct vring_desc),
			  VRING_DESC_F_INDIRECT |
				  (guest_below(driver->random, 2) ? VRING_DESC_F_WRITE : 0),
			  0xffff);
}

/* n_direct parts in the ring, and the others in a table that comes last. */
static void
make_split(struct driver *driver, struct driver_chain *chain, uint16_t n_direct)
{
	struct guest *guest = driver->guest;
	uint16_t i;

	chain->indirect = n_direct < chain->n_parts;
	chain->n_slots = n_direct + chain->indirect;
	for (i = 0; i < chain->n_slots; i++)
		chain->slot[i] = take_id(driver);
	for (i = 0; i < chain->n_slots; i++) {
		const struct driver_part *part = &chain->part[i];
		struct vring_desc *desc = guest_desc(guest, chain->slot[i]);
		bool last = i + 1 == chain->n_slots;

		if (i == n_direct)
			*desc = make_split_table(driver, chain, n_direct);
		else
			*desc = split_desc(part->address, part->len_bytes,
					   direction(driver) | (last ? 0 : VRING_DESC_F_NEXT),
					   last ? 0xffff : chain->slot[i + 1]);
	}
	chain->id = chain->slot[0];
	guest_avail(guest)
		->ring[driver_index(driver, driver->posted_position) & (guest->config.size - 1)] =
		chain->id;
	driver->posted_position++;
}

static struct vring_packed_desc
make_packed_table(struct driver *driver, struct driver_chain *chain)
{
	uint32_t bytes = chain->n_parts * sizeof(struct vring_packed_desc);
	uint64_t table = take_data(driver, chain, bytes);
	uint16_t i;

	for (i = 0; i < chain->n_parts; i++) {
		const struct driver_part *part = &chain->part[i];
		uint16_t reserved = guest_random(driver->random) &
				    (VRING_DESC_F_NEXT | AVAIL | USED);
		struct vring_packed_desc desc = {.addr = part->address,
						 .len = part->len_bytes,
						 .id = guest_random(driver->random),
						 .flags = direction(driver) | reserved};

		guest_put(driver->guest, table + i * sizeof(desc), &desc, sizeof(desc));
	}
	return (struct vring_packed_desc){
		.addr = table,
		.len = bytes,
		.flags = VRING_DESC_F_INDIRECT |
			 (guest_below(driver->random, 2) ? VRING_DESC_F_WRITE : 0)};
}

static void
make_packed(struct driver *driver, struct driver_chain *chain, bool indirect)
{
	struct vring_packed_desc desc, *at;
	uint16_t i, index, first_flags = 0;

	chain->id = take_id(driver);
	chain->indirect = indirect;
	chain->n_slots = indirect ? 1 : chain->n_parts;
	for (i = 0; i < chain->n_slots; i++) {
		const struct driver_part *part = &chain->part[i];

		index = driver_index(driver, driver->posted_position + i);
		at = (struct vring_packed_desc *)guest_desc(driver->guest, index & 0x7fff);
		if (indirect)
			desc = make_packed_table(driver, chain);
		else
			desc = (struct vring_packed_desc){.addr = part->address,
							  .len = part->len_bytes,
							  .flags = direction(driver)};
		desc.flags |= index >> 15 ? AVAIL : USED;
		if (i + 1 < chain->n_slots)
			desc.flags |= VRING_DESC_F_NEXT;
		/* Only the last has an id that counts. */
		desc.id = i + 1 < chain->n_slots ? guest_random(driver->random) : chain->id;
		if (i == 0) {
			first_flags = desc.flags;
			desc.flags = at->flags;
		}
		*at = desc;
	}
	index = driver_index(driver, driver->posted_position);
	at = (struct vring_packed_desc *)guest_desc(driver->guest, index & 0x7fff);
	at->flags = first_flags;
	driver->posted_position += chain->n_slots;
}

bool
driver_post(struct driver *driver)
{
	struct driver_chain *chain = driver_chain(driver, driver->n_posted);
	bool packed = driver->guest->config.packed;
	uint16_t n_parts = 1 + guest_below(driver->random, driver->parts_max);
	uint16_t n_direct = n_parts;

	if (driver->n_posted - driver->n_reaped == DRIVER_CHAINS_MAX ||
	    driver->data_taken >= TAKEN_MAX || driver->n_free_slots == 0)
		return false;
	if (n_parts > driver->n_free_slots || guest_below(driver->random, 2))
		n_direct = packed ? 0 : guest_below(driver->random, driver->n_free_slots) % n_parts;
	memset(chain, 0, sizeof(*chain));
	add_parts(driver, chain, n_parts);
	if (packed)
		make_packed(driver, chain, n_direct == 0);
	else
		make_split(driver, chain, n_direct);
	driver->n_free_slots -= chain->n_slots;
	driver->n_posted++;
	if (packed)
		driver->n_shown = driver->n_posted;
	return true;
}

void
driver_show(struct driver *driver)
{
	if (!driver->guest->config.packed)
		guest_avail(driver->guest)->idx = driver->base + driver->n_posted;
	driver->n_shown = driver->n_posted;
}

static bool
find_split(const struct driver *driver, uint32_t *id, uint32_t *written_bytes)
{
	const struct vring_used *used = guest_used(driver->guest);
	uint16_t index = driver_index(driver, driver->used_position);
	const struct vring_used_elem *elem = &used->ring[index & (driver->guest->config.size - 1)];

	if (used->idx == index)
		return false;
	*id = elem->id;
	*written_bytes = elem->len;
	return true;
}

static bool
find_packed(const struct driver *driver, uint32_t *id, uint32_t *written_bytes)
{
	uint16_t index = driver_index(driver, driver->used_position);
	const struct vring_packed_desc *desc =
		(struct vring_packed_desc *)guest_desc(driver->guest, index & 0x7fff);

	if ((desc->flags & (AVAIL | USED)) != (index >> 15 ? AVAIL | USED : 0))
		return false;
	*id = desc->id;
	*written_bytes = desc->len;
	assert_int_equal((desc->flags & VRING_DESC_F_WRITE) != 0, desc->len > 0);
	return true;
}

void
driver_reap(struct driver *driver)
{
	bool packed = driver->guest->config.packed;
	uint32_t id, written_bytes;
	uint16_t i;

	while (packed ? find_packed(driver, &id, &written_bytes)
		      : find_split(driver, &id, &written_bytes)) {
		const struct driver_chain *chain = driver_chain(driver, driver->n_reaped);

		assert_true(driver->n_reaped < driver->n_shown);
		assert_int_equal(id, chain->id);
		assert_int_equal(written_bytes, chain->written_bytes);
		driver->data_taken -= chain->taken_bytes;
		driver->n_free_slots += chain->n_slots;
		if (packed)
			put_id(driver, chain->id);
		else
			for (i = 0; i < chain->n_slots; i++)
				put_id(driver, chain->slot[i]);
		driver->used_position += packed ? chain->n_slots : 1;
		driver->n_reaped++;
	}
}

uint16_t
driver_index(const struct driver *driver, uint64_t position)
{
	uint32_t size = driver->guest->config.size;

	if (!driver->guest->config.packed)
		return driver->base + position;
	position += driver->base & 0x7fff;
	return position % size | ((position / size + (driver->base >> 15)) % 2) << 15;
}

static void
wish_split(struct driver *driver, enum driver_wish wish, uint64_t position)
{
	struct vring_avail *avail = guest_avail(driver->guest);

	avail->flags = wish == DRIVER_WANTS_NONE ? VRING_AVAIL_F_NO_INTERRUPT : 0;
	if (driver->guest->config.event_idx)
		avail->ring[driver->guest->config.size] = driver_index(driver, position);
}

static void
wish_packed(struct driver *driver, enum driver_wish wish, uint64_t position)
{
	static const uint16_t flags[] = {
		[DRIVER_WANTS_NONE] = VRING_PACKED_EVENT_FLAG_DISABLE,
		[DRIVER_WANTS_ALL] = VRING_PACKED_EVENT_FLAG_ENABLE,
		[DRIVER_WANTS_EVENT] = VRING_PACKED_EVENT_FLAG_DESC,
	};
	struct vring_packed_desc_event *event = driver->guest->config.driver;

	event->off_wrap = driver_index(driver, position);
	/* All but the lowest two bits are reserved. */
	event->flags = flags[wish] | (guest_random(driver->random) & ~3u);
}

void
driver_wish(struct driver *driver, enum driver_wish wish, uint64_t position)
{
	if (driver->guest->config.packed)
		wish_packed(driver, wish, position);
	else
		wish_split(driver, wish, position);
}
