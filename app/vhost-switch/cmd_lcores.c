/* SPDX-License-Identifier: BSD-3-Clause */
/* Lcores: what they poll and where their time goes. */
#include "commands.h"

static double
ratio(uint64_t a, uint64_t b)
{
	return b != 0 ? (double)a / (double)b : 0;
}

static void
add_queues(const struct vsw_lcore *lcore, json_t *list)
{
	const struct vsw_port *port;
	uint16_t port_id = 0, queue;
	char text[VSW_PORT_NAME_BYTES + 8];

	while ((port = vsw_port_next(&port_id)) != NULL) {
		for (queue = 0; queue < VSW_PORT_QUEUES_MAX; queue++) {
			if (port->place[queue] != lcore->index)
				continue;
			snprintf(text, sizeof(text), "%s:%u", port->name, queue);
			vsw_out_append_text(list, text);
		}
	}
}

static void
show_lcore(const struct vsw_lcore *lcore, json_t *object)
{
	struct vsw_lcore_time time = lcore_time_since(&lcore->time, &lcore->baseline);

	vsw_out_add_uint(object, "lcore", lcore->lcore_id);
	vsw_out_add_uint(object, "rx_frames", time.frames);
	vsw_out_add_uint(object, "ticks", time.ticks);
	vsw_out_add_uint(object, "busy_ticks", time.busy_ticks);
	vsw_out_add_real(object, "busy_ticks_per_frame", ratio(time.busy_ticks, time.frames));
	vsw_out_add_real(object, "busy_percent", 100 * ratio(time.busy_ticks, time.ticks));
	vsw_out_add_real(object, "sleep_percent", 100 * ratio(time.sleep_ticks, time.ticks));
	vsw_out_add_real(object, "frames_per_busy_round", ratio(time.frames, time.busy_rounds));
	vsw_out_add_uint(object, "rounds", time.rounds);
	vsw_out_add_uint(object, "empty_rounds", time.rounds - time.busy_rounds);
	add_queues(lcore, vsw_out_add_array(object, "queues"));
}

static int
show_lcores(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out, struct vsw_error *err)
{
	const struct vsw_switch *vsw = ctx;
	json_t *list = vsw_out_add_array(vsw_out_object(out), "lcores");
	unsigned int i;

	(void)args;
	(void)err;
	for (i = 0; i < vsw->n_lcores; i++)
		show_lcore(&vsw->lcores[i], vsw_out_append_object(list));
	return 0;
}

static int
clear_lcores(void *ctx, const struct vsw_cmd_args *args, struct vsw_out *out, struct vsw_error *err)
{
	struct vsw_switch *vsw = ctx;
	unsigned int i;

	(void)args;
	(void)out;
	(void)err;
	for (i = 0; i < vsw->n_lcores; i++)
		vsw->lcores[i].baseline = vsw->lcores[i].time;
	return 0;
}

static const struct vsw_cmd rows[] = {
	{"show lcores", "show what each lcore polls and its TSC ticks per frame", show_lcores},
	{"clear lcores", "measure the time of lcores from now", clear_lcores},
};

const struct command_group cmd_lcores_group = COMMAND_GROUP(rows);
