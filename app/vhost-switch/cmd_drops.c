/* SPDX-License-Identifier: BSD-3-Clause */
/* Drops by port and reason, and the books (vsw_stats.h), which must balance. */
#include "commands.h"

static void
add_drops(const struct vsw_port *port, json_t *list)
{
	struct vsw_stats_row sum;
	unsigned int reason;

	vsw_stats_read(port->stats, &sum);
	for (reason = 0; reason < VSW_DROP_N; reason++) {
		json_t *object;

		if (sum.drop[reason] == 0)
			continue;
		object = vsw_out_append_object(list);
		vsw_out_add_text(object, "port", port->name);
		vsw_out_add_text(object, "reason", vsw_drop_name(reason));
		vsw_out_add_uint(object, "frames", sum.drop[reason]);
		vsw_out_add_text(object, "help", vsw_drop_help(reason));
	}
}

/* Since start, ports that are gone included: a clear must not unbalance them. */
static void
add_books(const struct vsw_switch *vsw, json_t *books)
{
	struct vsw_stats_row sum = vsw->gone, row;
	const struct vsw_port *port;
	uint16_t port_id = 0;
	uint64_t drops;

	while ((port = vsw_port_next(&port_id)) != NULL) {
		vsw_stats_read_all(port->stats, &row);
		vsw_stats_add(&sum, &row);
	}
	drops = vsw_stats_drops(&sum);
	vsw_out_add_uint(books, "rx", sum.rx_frames);
	vsw_out_add_uint(books, "injected", 0);
	vsw_out_add_uint(books, "copies", sum.copies);
	vsw_out_add_uint(books, "segments", sum.segments);
	vsw_out_add_uint(books, "tx", sum.tx_frames);
	vsw_out_add_uint(books, "drops", drops);
	vsw_out_add_uint(books, "consumed", 0);
	vsw_out_add_uint(books, "in_flight", 0);
	vsw_out_add_int(
		books, "balance",
		(int64_t)(sum.rx_frames + sum.copies + sum.segments - sum.tx_frames - drops));
}

static int
show_drops(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out, struct vsw_error *err)
{
	json_t *object = vsw_out_object(out);
	json_t *list = vsw_out_add_array(object, "drops");
	const struct vsw_port *port;
	uint16_t port_id = 0;

	(void)args;
	(void)err;
	while ((port = vsw_port_next(&port_id)) != NULL)
		add_drops(port, list);
	add_books(ctx, vsw_out_add_object(object, "books"));
	return 0;
}

static int
show_drops_reasons(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out,
		   struct vsw_error *err)
{
	json_t *list = vsw_out_add_array(vsw_out_object(out), "reasons");
	unsigned int reason;

	(void)ctx;
	(void)args;
	(void)err;
	for (reason = 0; reason < VSW_DROP_N; reason++) {
		json_t *object = vsw_out_append_object(list);

		vsw_out_add_text(object, "reason", vsw_drop_name(reason));
		vsw_out_add_text(object, "help", vsw_drop_help(reason));
	}
	return 0;
}

static const struct vsw_cmd rows[] = {
	{"show drops", "show dropped frames by port and reason, and the balance of all frames",
	 show_drops},
	{"show drops reasons", "show what each reason means", show_drops_reasons},
};

const struct command_group cmd_drops_group = COMMAND_GROUP(rows);
