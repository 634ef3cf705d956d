/* SPDX-License-Identifier: BSD-3-Clause */
#include "lockstep_args.h"

#include <argp.h>
#include <errno.h>

#include "argument.h"
#include "vsw_front.h"
#include "vsw_probe.h"
#include "vsw_traffic.h"

#define RUNS_MAX 1000
#define SLICES_MAX 100000
#define SLICE_FRAMES_MAX (1u << 24)
#define PLANT_TICKS_MAX 100000

enum key {
	KEY_SIZE = 256,
	KEY_MACS,
	KEY_PACKED,
	KEY_MERGEABLE,
	KEY_RING_SIZE,
	KEY_SLICES,
	KEY_SLICE_FRAMES,
	KEY_PLANT_TICKS,
	KEY_RUNS,
	KEY_ONE_RUN,
	KEY_RESULT,
};

static const struct argp_option known[] = {
	{"size", KEY_SIZE, "LIST", 0, "sizes of frames with FCS (64,1518)", 0},
	{"macs", KEY_MACS, "LIST", 0, "addresses of each of the two ports (1,1000,10000)", 0},
	{"packed", KEY_PACKED, "LIST", 0, "split rings 0, packed ones 1 (0,1)", 0},
	{"mergeable", KEY_MERGEABLE, "LIST", 0, "mergeable receive buffers 0 or 1 (0)", 0},
	{"ring-size", KEY_RING_SIZE, "N", 0, "descriptors of a ring (256)", 0},
	{"slices", KEY_SLICES, "N", 0, "figures for each point (200)", 0},
	{"slice-frames", KEY_SLICE_FRAMES, "N", 0, "frames for a figure (16384)", 0},
	{"runs", KEY_RUNS, "N", 0, "processes that measure all points; the least counts (5)", 0},
	{"one-run", KEY_ONE_RUN, 0, OPTION_HIDDEN, 0, 0},
	{"plant-ticks", KEY_PLANT_TICKS, "N", 0,
	 "burn so many ticks for each frame in the switch, to see them found (0)", 0},
	{"result", KEY_RESULT, "FILE", 0, "where the JSON goes (standard output)", 0},
	{0},
};

struct parsing {
	struct lockstep_args *args;
	struct vsw_error *err;
};

static int
parse_list(const char *name, const char *text, uint32_t min, uint32_t max,
	   struct lockstep_list *list, struct vsw_error *err)
{
	uint64_t number;
	int ret;

	list->n = 0;
	do {
		if (list->n == LOCKSTEP_LIST_MAX)
			return vsw_error_set(err, EINVAL, "--%s: more than %u numbers", name,
					     LOCKSTEP_LIST_MAX);
		ret = argument_next(name, &text, min, max, &number, err);
		list->value[list->n++] = number;
	} while (ret == 0 && *text != '\0');
	return ret;
}

static int
parse_one(const char *name, const char *text, uint32_t min, uint32_t max, uint32_t *value,
	  struct vsw_error *err)
{
	uint64_t number;
	int ret = argument_number(name, text, min, max, &number, err);

	if (ret == 0)
		*value = number;
	return ret;
}

static int
parse_ring_size(const char *text, struct lockstep_args *args, struct vsw_error *err)
{
	int ret = parse_one("ring-size", text, VSW_FRONT_RING_MIN, VSW_FRONT_RING_MAX,
			    &args->ring_size, err);

	if (ret == 0 && (args->ring_size & (args->ring_size - 1)) != 0)
		return vsw_error_set(err, EINVAL, "--ring-size: %u is no power of 2",
				     args->ring_size);
	return ret;
}

static error_t
parse(int key, char *text, struct argp_state *state)
{
	struct parsing *parsing = state->input;
	struct lockstep_args *args = parsing->args;
	struct vsw_error *err = parsing->err;

	switch (key) {
	case KEY_SIZE:
		return parse_list("size", text, VSW_TRAFFIC_SIZE_MIN, VSW_TRAFFIC_SIZE_MAX,
				  &args->sizes, err);
	case KEY_MACS:
		return parse_list("macs", text, 1, VSW_PROBE_MACS_MAX, &args->macs, err);
	case KEY_PACKED:
		return parse_list("packed", text, 0, 1, &args->packed, err);
	case KEY_MERGEABLE:
		return parse_list("mergeable", text, 0, 1, &args->mergeable, err);
	case KEY_RING_SIZE:
		return parse_ring_size(text, args, err);
	case KEY_SLICES:
		return parse_one("slices", text, 1, SLICES_MAX, &args->n_slices, err);
	case KEY_SLICE_FRAMES:
		return parse_one("slice-frames", text, 64, SLICE_FRAMES_MAX, &args->slice_frames,
				 err);
	case KEY_PLANT_TICKS:
		return parse_one("plant-ticks", text, 0, PLANT_TICKS_MAX, &args->plant_ticks, err);
	case KEY_RUNS:
		return parse_one("runs", text, 1, RUNS_MAX, &args->n_runs, err);
	case KEY_ONE_RUN:
		args->one_run = true;
		return 0;
	case KEY_RESULT:
		args->result_path = text;
		return 0;
	case ARGP_KEY_ARG:
		return vsw_error_set(err, EINVAL, "'%s' is not expected", text);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int
lockstep_args_parse(int argc, char **argv, struct lockstep_args *args, struct vsw_error *err)
{
	static const struct argp argp = {
		.options = known,
		.parser = parse,
		.args_doc = "",
		.doc = "What a frame costs the switch, in TSC ticks: generator, switch and sink "
		       "take turns on one core. The result is JSON.\v"
		       "vsw-lockstep [EAL options] -- [options]; without hugepages: --no-huge -m "
		       "192. Each combination of what is listed is measured.",
	};
	struct parsing parsing = {.args = args, .err = err};

	*args = (struct lockstep_args){
		.sizes = {.value = {64, 1518}, .n = 2},
		.macs = {.value = {1, 1000, 10000}, .n = 3},
		.packed = {.value = {0, 1}, .n = 2},
		.mergeable = {.value = {0}, .n = 1},
		.ring_size = 256,
		.n_slices = 200,
		.n_runs = 5,
		.slice_frames = 16384,
	};
	return argp_parse(&argp, argc, argv, 0, NULL, &parsing) == 0 ? 0 : -EINVAL;
}
