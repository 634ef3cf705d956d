/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Fuzzing rings: bytes are a script of what the driver writes, by the rules or not, and of what the
 * device does in between. lib/vring and the model of it (vring_pair.h) must agree all the way. The
 * regions are blocks of their own, so that ASan sees what leaves them.
 *
 * FUZZ_PACKED says which layout this target has.
 */
#include <stdlib.h>
#include <string.h>

#include "vring_pair.h"
#include "vring_random.h"

#define STEPS_MAX 200
#define SIZE_MAX_DESCS 64
#define REGIONS 3
#define RING_BYTES 2048U /* descriptors at 0, the driver's area and the device's behind them */
#define DATA_BYTES 1024U
#define AVAIL (1u << VRING_PACKED_DESC_F_AVAIL)
#define USED (1u << VRING_PACKED_DESC_F_USED)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct script {
	const uint8_t *at, *end;
	struct vsw_vring_memory memory;
	struct vsw_vring_config config;
	struct pair pair;
	uint64_t posted;   /* position of the driver */
	uint16_t next_id;  /* round robin */
	uint32_t data_end; /* of the tables that chains use, from the end of the last region back */
	uint64_t random;   /* for what nothing depends on */
};

/* At the end of the script everything is 0. */
static uint32_t
byte(struct script *script)
{
	return script->at < script->end ? *script->at++ : 0;
}

static uint32_t
word(struct script *script)
{
	uint32_t low = byte(script);

	return low | byte(script) << 8;
}

/* Within the regions, or around their ends. */
static uint64_t
address(struct script *script)
{
	uint32_t choice = byte(script), offset = byte(script);
	const struct vsw_vring_region *region = &script->memory.region[choice % REGIONS];

	if (choice & 0x80)
		return region->guest_address + region->size_bytes - offset % 32;
	if (choice & 0x40)
		return region->guest_address - offset % 32;
	return region->guest_address + offset * 8ULL;
}

/* Few are so long that they leave their region. */
static uint32_t
length(struct script *script)
{
	uint32_t choice = byte(script);

	switch (choice >> 6) {
	case 0:
	case 1:
		return choice & 0x7f;
	case 2:
		return (choice & 0x3f) * 16;
	default:
		return (choice & 0x3f) == 0x3f ? UINT32_MAX : (choice & 0x3f) * 1024;
	}
}

static void
put_desc(void *at, uint64_t address, uint32_t len_bytes, uint16_t flags, uint16_t next_or_id)
{
	const struct vring_desc split = {
		.addr = address, .len = len_bytes, .flags = flags, .next = next_or_id};
	const struct vring_packed_desc packed = {
		.addr = address, .len = len_bytes, .id = next_or_id, .flags = flags};

	_Static_assert(sizeof(split) == sizeof(packed), "both have 16 bytes");
	memcpy(at, FUZZ_PACKED ? (const void *)&packed : (const void *)&split, sizeof(split));
}

static struct vring_desc *
ring_desc(struct script *script, uint32_t index)
{
	return (struct vring_desc *)script->config.desc + index % script->config.size;
}

/* Available in this round of a packed ring, or not at all. */
static uint16_t
ring_flags(const struct script *script, uint64_t position)
{
	if (!FUZZ_PACKED)
		return 0;
	return position / script->config.size % 2 == 0 ? AVAIL : USED;
}

static void
show(struct script *script, uint32_t head)
{
	struct vring_avail *avail = script->config.driver;

	avail->ring[avail->idx % script->config.size] = head;
	avail->idx++;
}

/* The parts of a chain, in the ring or in a table. */
static void
make_chain(struct script *script)
{
	uint32_t shape = byte(script), n = 1 + shape % 8, i, at;
	uint32_t size = script->config.size;
	bool indirect = shape & 0x80;
	uint16_t flags = script->config.writes ? VRING_DESC_F_WRITE : 0, link;
	struct vsw_vring_region *last = &script->memory.region[REGIONS - 1];
	uint64_t table;

	if (script->data_end < n * 16 + 16)
		script->data_end = last->size_bytes / 16 * 16;
	script->data_end -= n * 16;
	table = last->guest_address + script->data_end;
	at = FUZZ_PACKED ? script->posted % size : script->next_id;
	for (i = 0; i < n; i++) {
		uint64_t where = address(script);
		uint32_t len_bytes = length(script);

		link = i + 1 < n ? VRING_DESC_F_NEXT : 0;
		if (indirect)
			put_desc(last->at + script->data_end + i * 16, where, len_bytes,
				 flags | (FUZZ_PACKED ? 0 : link), i + 1);
		else
			put_desc(ring_desc(script, at + i), where, len_bytes,
				 flags | link | ring_flags(script, script->posted + i),
				 FUZZ_PACKED ? script->next_id : (at + i + 1) % size);
	}
	if (indirect)
		put_desc(ring_desc(script, at), table, n * 16,
			 VRING_DESC_F_INDIRECT | ring_flags(script, script->posted),
			 script->next_id);
	if (!FUZZ_PACKED)
		show(script, at % size);
	n = indirect ? 1 : n;
	script->posted += FUZZ_PACKED ? n : 1;
	script->next_id = (script->next_id + n) % size;
}

/* Anything in a descriptor; of a packed ring, in its turn or not. */
static void
poke_desc(struct script *script, void *at, uint32_t index)
{
	uint64_t where = address(script);
	uint32_t len_bytes = length(script), flags = byte(script), next = byte(script);

	flags = (flags & 7) | (flags & 0x80 ? AVAIL : 0) | (flags & 0x40 ? USED : 0);
	if (FUZZ_PACKED && flags & 0x20)
		flags ^= ring_flags(script, index);
	put_desc(at, where, len_bytes, flags, next);
}

static void
poke_table(struct script *script)
{
	struct vsw_vring_region *last = &script->memory.region[REGIONS - 1];
	uint32_t index = byte(script) % (last->size_bytes / 16);

	poke_desc(script, last->at + index * 16, index);
}

static void
poke_index(struct script *script)
{
	struct vring_avail *avail = script->config.driver;
	uint32_t slot = byte(script), value = byte(script);
	struct vring_packed_desc *desc = (void *)ring_desc(script, slot);

	if (FUZZ_PACKED) {
		desc->flags ^= (value & 1 ? AVAIL : 0) | (value & 2 ? USED : 0);
		script->posted += value >> 4;
	} else {
		avail->ring[slot % script->config.size] = value;
		avail->idx += slot & 0x80 ? (int8_t)value : 0;
	}
}

/* What it wants to be told; a position near its own, or any. */
static void
wish(struct script *script)
{
	struct vring_packed_desc_event *event = script->config.driver;
	struct vring_avail *avail = script->config.driver;
	uint32_t choice = byte(script), value = word(script);
	uint16_t near;

	near = FUZZ_PACKED ? model_base(&script->pair.model, script->pair.model.used + value % 16)
			   : script->pair.model.used + value % 16;
	if (choice & 0x80)
		value = near;
	if (FUZZ_PACKED) {
		event->flags = choice;
		event->off_wrap = value;
	} else {
		avail->flags = choice;
		avail->ring[script->config.size] = value;
	}
}

static void
burst(struct script *script)
{
	uint32_t n = byte(script), want_bytes = byte(script);

	pair_burst(&script->pair, 1 + n % DEVICE_BURST_MAX,
		   want_bytes & 0x80 ? (want_bytes & 0x7f) * 64 : 0,
		   n & 0x80 ? n / 32 % 4 : DEVICE_BURST_MAX, &script->random);
}

static void
step(struct script *script)
{
	uint32_t index;

	switch (byte(script) % 9) {
	case 0:
	case 1:
		make_chain(script);
		break;
	case 2:
		index = byte(script);
		poke_desc(script, ring_desc(script, index), index);
		break;
	case 3:
		poke_table(script);
		break;
	case 4:
		poke_index(script);
		break;
	case 5:
		wish(script);
		break;
	case 6:
		burst(script);
		break;
	case 7:
		pair_flush(&script->pair);
		break;
	default:
		pair_flush(&script->pair);
		pair_take_over(&script->pair);
	}
}

/* The second region follows the first or does not; the third is near the last address, or not. */
static void
make_memory(struct script *script, uint32_t layout)
{
	const struct vsw_vring_region regions[REGIONS] = {
		{.guest_address = layout & 1 ? 0x10000 : 0, .size_bytes = RING_BYTES},
		{.guest_address = (layout & 1 ? 0x10000 : 0) + (layout & 2 ? RING_BYTES : 0x8000),
		 .size_bytes = DATA_BYTES},
		{.guest_address = layout & 4 ? 0xfffffffffffff000ULL : 0x40000000,
		 .size_bytes = layout & 8 ? DATA_BYTES : DATA_BYTES - 1},
	};
	uint32_t i;

	script->memory.n = REGIONS;
	for (i = 0; i < REGIONS; i++) {
		script->memory.region[i] = regions[i];
		script->memory.region[i].at = calloc(1, regions[i].size_bytes);
	}
	script->data_end = script->memory.region[REGIONS - 1].size_bytes / 16 * 16;
}

static void
make_ring(struct script *script, uint32_t layout)
{
	uint32_t size = 1 + byte(script) % SIZE_MAX_DESCS, bits = 0;
	uint16_t avail = word(script);
	uint8_t *at = script->memory.region[0].at;

	if (!FUZZ_PACKED) {
		while (size >>= 1)
			bits++;
		size = 1U << bits;
	} else {
		avail = avail % size | (avail & 0x8000);
	}
	script->config = (struct vsw_vring_config){
		.memory = &script->memory,
		.desc = at,
		.driver = at + SIZE_MAX_DESCS * 16,
		.device = at + SIZE_MAX_DESCS * 16 + 256,
		.size = size,
		.packed = FUZZ_PACKED,
		.writes = layout & 16,
		.event_idx = layout & 32,
		.avail = avail,
		.used = avail,
	};
	PAIR_REQUIRE(vsw_vring_fits(&script->config));
	script->posted = avail;
	if (FUZZ_PACKED)
		script->posted = (avail & 0x7fff) + (avail >> 15 ? 0 : size);
	else
		((struct vring_avail *)script->config.driver)->idx = avail;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct script script;
	uint32_t i, layout;

	script.at = data;
	script.end = data + n;
	script.next_id = 0;
	script.random = 1;
	layout = byte(&script);
	make_memory(&script, layout);
	make_ring(&script, layout);
	pair_init(&script.pair, &script.memory);
	pair_start(&script.pair, &script.config);
	for (i = 0; i < STEPS_MAX && script.at < script.end; i++)
		step(&script);
	burst(&script);
	pair_flush(&script.pair);
	pair_fini(&script.pair);
	for (i = 0; i < REGIONS; i++)
		free(script.memory.region[i].at);
	return 0;
}
