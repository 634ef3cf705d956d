/* SPDX-License-Identifier: BSD-3-Clause */
/* The order of birth and, mirrored, of death. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <rte_eal.h>
#include <rte_launch.h>

#include "args.h"
#include "args_notes.h"
#include "commands.h"
#include "control.h"
#include "dpdk_log.h"
#include "lcore.h"
#include "preflight_look.h"
#include "switch.h"
#include "uplinks.h"
#include "version.h"
#include "vsw_cmd.h"
#include "vsw_log.h"
#include "vsw_start.h"

/* Sockets are the owner's alone until their mode is set. */
#define SOCKET_UMASK 0177

/*
 * Make the ports of an option by the command that it became. A column would be one of that command,
 * which the user has not written: it is left out.
 */
static int
add_ports(struct vsw_switch *vsw, const char *option, const char *value, const char *line,
	  struct vsw_error *err)
{
	struct vsw_out out;
	const char *text;
	int ret;

	vsw_out_init(&out);
	ret = vsw_cmd_run(vsw->commands, line, vsw, &out, err);
	text = err->text;
	if (ret < 0 && vsw_out_column(&out) > 0 && strncmp(text, "column ", 7) == 0)
		memmove(err->text, strchr(text, ':') + 2, strlen(strchr(text, ':') + 2) + 1);
	vsw_out_fini(&out);
	return ret < 0 ? vsw_error_prefix(err, "%s %s", option, value) : 0;
}

static int
add_sockets(struct vsw_switch *vsw, const struct args *args, struct vsw_error *err)
{
	char line[VSW_CMD_LINE_BYTES];
	unsigned int i;
	int ret = 0;

	for (i = 0; i < args->n_sockets && ret == 0; i++) {
		ret = args_socket_command(args, i, line, sizeof(line), err);
		if (ret == 0)
			ret = add_ports(vsw, "--socket-file", args->socket_file[i], line, err);
	}
	if (ret < 0 || args->dev_basename == NULL)
		return ret;
	ret = args_basename_command(args, line, sizeof(line), err);
	return ret < 0 ? ret : add_ports(vsw, "--dev-basename", args->dev_basename, line, err);
}

/* The ports of the command line, then the commands of the file. */
static int
configure(struct vsw_switch *vsw, const struct args *args, struct vsw_error *err)
{
	int ret;

	vsw->rx_retry_num = args->rx_retry_num;
	vsw->rx_retry_delay_us = args->rx_retry_delay_us;
	vsw->stats_s = args->stats_s;
	vsw->promiscuous = args->promiscuous;
	vsw->shared = args->portmask != 0;
	vsw->private_guests = args->vm2vm == 0;
	vsw->vlan_strip = args->vlan_strip;
	vsw->vlan_base = args->vlan_base;
	ret = uplinks_check(args, err);
	/* Guests first, so that they have the ids that the guide shows, from 0 on. */
	if (ret == 0)
		ret = add_sockets(vsw, args, err);
	if (ret == 0)
		ret = uplinks_add(vsw, args, err);
	if (ret == 0 && args->cmdline_file != NULL)
		ret = vsw_cmd_run_file(vsw->commands, args->cmdline_file, vsw, NULL, err);
	return ret;
}

/* Everybody forwards, this lcore included, until the control thread says stop. */
static int
forward(struct vsw_switch *vsw, struct control *control, struct vsw_error *err)
{
	lcore_function_t *loop = lcore_loop(vsw);
	unsigned int i;
	int ret;

	vsw_log_start();
	ret = control_start(control, err);
	if (ret == 0) {
		for (i = 1; i < vsw->n_lcores; i++)
			rte_eal_remote_launch(loop, &vsw->lcores[i], vsw->lcores[i].lcore_id);
		loop(&vsw->lcores[0]);
		rte_eal_mp_wait_lcore();
		control_join(control);
	}
	vsw_log_stop();
	return ret;
}

static int
run(const struct args *args, const struct vsw_start_preflight *preflight, struct vsw_error *err)
{
	struct control *control = NULL;
	struct vsw_switch vsw;
	int ret;

	ret = switch_init(&vsw, args->fdb_size, args->total_num_mbufs, err);
	if (ret < 0)
		return ret;
	vsw.idle_sleep_us = args->idle_sleep_us;
	ret = commands_create(&vsw.commands, err);
	if (ret < 0)
		goto out_switch;
	control = control_create(&vsw, args->ctl_path, err);
	if (control == NULL) {
		ret = -err->code;
		goto out_commands;
	}
	ret = configure(&vsw, args, err);
	if (ret == 0) {
		args_notes_log(args->notes);
		if (vsw.shared && args->mergeable)
			vsw_log(VSW_LOG_NOTICE,
				"guests are offered mergeable receive buffers, other "
				"than in the guide; --mergeable 0 changes that");
		vsw_start_preflight_warn(preflight);
		vsw_log(VSW_LOG_NOTICE, "version %s, lcores: %u, control socket: %s", VERSION,
			vsw.n_lcores, args->ctl_path != NULL ? args->ctl_path : "none");
		ret = forward(&vsw, control, err);
	}
	control_destroy(control);
out_commands:
	vsw_cmd_table_destroy(vsw.commands);
out_switch:
	switch_fini(&vsw);
	return ret;
}

int
main(int argc, char **argv)
{
	struct vsw_start_preflight preflight;
	struct vsw_error err = {0};
	struct args args;
	int n_eal, ret;

	if (args_answer(argc, argv))
		return EXIT_SUCCESS;
	preflight_look(argc, argv, &preflight);
	if (preflight_is_asked(argc, argv))
		return vsw_start_preflight_print(&preflight) ? EXIT_SUCCESS : EXIT_FAILURE;
	control_prepare();
	dpdk_log_set_levels();
	n_eal = ret = vsw_start_eal(argc, argv, &preflight, &err);
	if (ret >= 0) {
		umask(SOCKET_UMASK); /* not before: EAL makes directories */
		ret = args_parse(argc - n_eal, argv + n_eal, &args, &err);
		if (ret == 0)
			ret = dpdk_log_open();
		if (ret == 0)
			ret = run(&args, &preflight, &err);
		if (ret == -ENOMEM)
			vsw_start_preflight_explain(&preflight, &err);
		dpdk_log_close();
	}
	if (ret < 0)
		fprintf(stderr, "vhost-switch: %s\n", err.text);
	if (n_eal >= 0)
		rte_eal_cleanup();
	return ret < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
