/* SPDX-License-Identifier: BSD-3-Clause */
#include "vring_pair.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vring_random.h"

_Noreturn void
pair_differs(const char *file, int line, const char *condition)
{
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, condition);
	abort();
}

void
pair_init(struct pair *pair, struct vsw_vring_memory *memory)
{
	uint32_t i;

	pair->memory = memory;
	pair->copy = *memory;
	for (i = 0; i < memory->n; i++)
		pair->copy.region[i].at = malloc(memory->region[i].size_bytes);
}

void
pair_fini(struct pair *pair)
{
	uint32_t i;

	for (i = 0; i < pair->copy.n; i++)
		free(pair->copy.region[i].at);
}

/* The driver has worked in its memory. */
static void
follow(struct pair *pair)
{
	uint32_t i;

	for (i = 0; i < pair->copy.n; i++)
		memcpy(pair->copy.region[i].at, pair->memory->region[i].at,
		       pair->copy.region[i].size_bytes);
}

static void
compare(const struct pair *pair)
{
	uint32_t i;

	for (i = 0; i < pair->copy.n; i++)
		PAIR_REQUIRE(memcmp(pair->copy.region[i].at, pair->memory->region[i].at,
				    pair->copy.region[i].size_bytes) == 0);
}

/* The same place in the model's memory. */
static void *
in_copy(const struct pair *pair, const void *at)
{
	uint32_t i;

	for (i = 0; i < pair->copy.n; i++) {
		const struct vsw_vring_region *region = &pair->memory->region[i];
		uint64_t offset = (uintptr_t)at - (uintptr_t)region->at;

		if (offset < region->size_bytes)
			return pair->copy.region[i].at + offset;
	}
	abort();
}

void
pair_start(struct pair *pair, const struct vsw_vring_config *config)
{
	struct vsw_vring_config copy = *config;

	copy.memory = &pair->copy;
	copy.desc = in_copy(pair, config->desc);
	copy.driver = in_copy(pair, config->driver);
	copy.device = in_copy(pair, config->device);
	follow(pair);
	device_init(&pair->device, config);
	model_init(&pair->model, &copy);
	compare(pair);
}

static void
compare_frame(const struct pair *pair, uint32_t i)
{
	const struct model_frame *frame = &pair->frame[i];
	uint32_t k;

	PAIR_REQUIRE(device_n_chains(&pair->device, i) == frame->n_chains);
	PAIR_REQUIRE(device_len_bytes(&pair->device, i) == frame->len_bytes);
	for (k = 0; k < frame->n_chains; k++) {
		struct device_chain chain = device_chain(&pair->device, i, k);

		PAIR_REQUIRE(chain.id == frame->chain[k].id);
		PAIR_REQUIRE(chain.len_bytes == frame->chain[k].len_bytes);
	}
}

/* Returns the number of frames. */
static uint32_t
take(struct pair *pair, uint32_t n, uint32_t want_bytes)
{
	int ret = device_take(&pair->device, n, want_bytes);
	enum model_end end = MODEL_ENOUGH;
	uint32_t i;

	for (i = 0; end == MODEL_ENOUGH && i < n; i++) {
		end = model_take(&pair->model, &pair->frame[i], want_bytes);
		if (pair->frame[i].n_chains == 0)
			break;
	}
	if (end == MODEL_FULL_OR_BROKEN)
		pair->model.broken = ret < 0;
	else
		PAIR_REQUIRE(ret == (end == MODEL_BROKEN ? -EBADMSG : 0));
	PAIR_REQUIRE(pair->device.n_frames == i);
	return i;
}

static void
copy_frame(struct pair *pair, uint32_t i, uint32_t want_bytes, uint64_t *random)
{
	static uint8_t bytes[PAIR_FRAME_MAX_BYTES], model_bytes[PAIR_FRAME_MAX_BYTES];
	const struct model_frame *frame = &pair->frame[i];
	uint32_t cut_bytes = 1 + guest_below(random, 4096);
	uint32_t len_bytes = PAIR_FRAME_MAX_BYTES, k;

	if (len_bytes > frame->len_bytes)
		len_bytes = frame->len_bytes;
	if (!pair->model.config.writes) {
		model_read(&pair->model, frame, model_bytes, len_bytes);
		device_copy(&pair->device, i, bytes, len_bytes, cut_bytes);
		PAIR_REQUIRE(memcmp(bytes, model_bytes, len_bytes) == 0);
		pair->written_bytes[i] = 0;
		return;
	}
	if (guest_below(random, 2))
		len_bytes = guest_below(random, len_bytes + 1);
	else if (len_bytes > want_bytes)
		len_bytes = want_bytes;
	for (k = 0; k < len_bytes; k++)
		bytes[k] = guest_random(random) >> 32;
	model_write(&pair->model, frame, bytes, len_bytes);
	device_copy(&pair->device, i, bytes, len_bytes, cut_bytes);
	pair->written_bytes[i] = len_bytes;
}

uint32_t
pair_burst(struct pair *pair, uint32_t n, uint32_t want_bytes, uint32_t n_give, uint64_t *random)
{
	uint32_t n_frames, i;

	follow(pair);
	n_frames = take(pair, n, want_bytes);
	if (n_give > n_frames)
		n_give = n_frames;
	for (i = 0; i < n_frames; i++) {
		compare_frame(pair, i);
		copy_frame(pair, i, want_bytes, random);
	}
	for (i = 0; i < n_give; i++)
		model_give(&pair->model, &pair->frame[i], pair->written_bytes[i]);
	if (n_give < n_frames)
		model_rewind(&pair->model);
	device_give(&pair->device, n_give, pair->written_bytes);
	compare(pair);
	return n_give;
}

bool
pair_flush(struct pair *pair)
{
	bool wanted, told, known;

	follow(pair);
	wanted = model_flush(&pair->model, &known);
	told = device_flush(&pair->device);
	PAIR_REQUIRE(told == wanted || !known);
	compare(pair);
	return told;
}

void
pair_take_over(struct pair *pair)
{
	struct vsw_vring_config config = pair->device.ring.config;
	const struct model *model = &pair->model;

	config.avail = vsw_vring_avail_base(&pair->device.ring);
	config.used = vsw_vring_used_base(&pair->device.ring);
	PAIR_REQUIRE(config.avail == model_base(model, model->avail));
	PAIR_REQUIRE(config.used == model_base(model, model->used));
	PAIR_REQUIRE(vsw_vring_fits(&config));
	memset(&pair->device, 0xff, sizeof(pair->device));
	pair_start(pair, &config);
}
