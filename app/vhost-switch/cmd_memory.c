/* SPDX-License-Identifier: BSD-3-Clause */
/* What the switch has taken of EAL's memory, and how much of it is free. */
#include <rte_mempool.h>

#include "commands.h"
#include "vsw_fdb.h"
#include "vsw_fwd.h"

static void
add_row(json_t *list, const char *name, uint64_t size, uint64_t free, uint64_t bytes)
{
	json_t *object = vsw_out_append_object(list);

	vsw_out_add_text(object, "name", name);
	vsw_out_add_uint(object, "size", size);
	vsw_out_add_uint(object, "free", free);
	vsw_out_add_uint(object, "bytes", bytes);
}

/* Lcores hold some frames for an instant, even of idle rings: the free ones are a glimpse. */
static void
add_frames(const struct vsw_switch *vsw, json_t *list)
{
	const struct rte_mempool *pool = vsw->pool;
	uint64_t each_bytes = pool->header_size + pool->elt_size + pool->trailer_size;

	add_row(list, "frames", pool->size, rte_mempool_avail_count(pool), pool->size * each_bytes);
}

static void
add_fdb(const struct vsw_switch *vsw, json_t *list)
{
	struct vsw_fdb_config config = {.ports_max = VSW_FWD_FDB_PORTS};
	struct vsw_fdb_counts counts;

	vsw_fdb_get_counts(vsw->fdb, &counts);
	config.entries_max = counts.entries_max;
	add_row(list, "addresses", counts.entries_max,
		counts.entries_max - RTE_MIN(counts.dynamic, counts.entries_max),
		vsw_fdb_memory_bytes(&config));
}

static int
show_memory(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out, struct vsw_error *err)
{
	json_t *list = vsw_out_add_array(vsw_out_object(out), "memory");

	(void)args;
	(void)err;
	add_frames(ctx, list);
	add_fdb(ctx, list);
	return 0;
}

static const struct vsw_cmd rows[] = {
	{"show memory", "show the memory of frames and addresses, and what of it is free",
	 show_memory},
};

const struct command_group cmd_memory_group = COMMAND_GROUP(rows);
