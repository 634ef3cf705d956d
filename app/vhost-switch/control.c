/* SPDX-License-Identifier: BSD-3-Clause */
#include "control.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <event2/event.h>
#include <rte_lcore.h>

#include "apply.h"
#include "ctlsock.h"
#include "registration.h"
#include "stats_screen.h"
#include "vsw_fdb.h"
#include "vsw_log.h"
#include "vsw_port_vhost.h"

/* The log is written, the stop flag looked at and the FDB aged by a share, this often. */
#define TICK_MS 100
#define TICKS_PER_S (1000 / TICK_MS)

struct control {
	struct vsw_switch *vsw;
	struct ctlsock *ctlsock;
	struct event *on_signal;
	struct event *on_notify;
	struct event *on_tick;
	int signal_fd;
	unsigned int ticks;
	pthread_t thread;
};

static cpu_set_t process_cpus; /* set by control_prepare(), then constant */

static void
fill_signals(sigset_t *signals)
{
	sigemptyset(signals);
	sigaddset(signals, SIGINT);
	sigaddset(signals, SIGTERM);
}

void
control_prepare(void)
{
	sigset_t signals;

	sched_getaffinity(0, sizeof(process_cpus), &process_cpus);
	fill_signals(&signals);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static void
on_signal(evutil_socket_t fd, short what, void *arg)
{
	struct control *control = arg;
	struct signalfd_siginfo info;

	(void)what;
	if (read(fd, &info, sizeof(info)) != sizeof(info))
		return;
	vsw_log(VSW_LOG_NOTICE, "%s: stopping", strsignal(info.ssi_signo));
	switch_stop(control->vsw); /* the next tick ends the loop */
}

static void
on_notify(evutil_socket_t fd, short what, void *arg)
{
	struct control *control = arg;

	(void)fd;
	(void)what;
	apply_link_changes(control->vsw);
}

static void
each_second(struct vsw_switch *vsw, uint64_t now_ns, unsigned int second)
{
	struct vsw_port *port;
	uint16_t port_id = 0;

	while ((port = vsw_port_next(&port_id)) != NULL)
		vsw_stats_sample(port->stats, now_ns);
	apply_poll_ports(vsw);
	vsw_fdb_set_time(vsw->fdb, now_ns / 1000000000ULL);
	if (vsw->stats_s > 0 && second > 0 && second % vsw->stats_s == 0)
		stats_screen_print();
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct control *control = arg;
	struct vsw_switch *vsw = control->vsw;
	uint64_t now_ns = switch_now_ns();
	uint32_t share = vsw_fdb_n_buckets(vsw->fdb) / TICKS_PER_S + 1;

	(void)fd;
	(void)what;
	registration_log(vsw);
	vsw_log_drain(now_ns / 1000000000ULL);
	vsw_port_vhost_tick();
	if (control->ticks % TICKS_PER_S == 0)
		each_second(vsw, now_ns, control->ticks / TICKS_PER_S);
	vsw_fdb_sweep(vsw->fdb, control->ticks % TICKS_PER_S * share, share);
	control->ticks++;
	if (__atomic_load_n(&vsw->stop, __ATOMIC_RELAXED))
		event_base_loopbreak(vsw->base);
}

static int
add_events(struct control *control)
{
	const struct timeval tick = {.tv_usec = TICK_MS * 1000};
	struct event_base *base = control->vsw->base;
	sigset_t signals;

	fill_signals(&signals);
	control->signal_fd = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
	if (control->signal_fd < 0)
		return -errno;
	control->on_signal =
		event_new(base, control->signal_fd, EV_READ | EV_PERSIST, on_signal, control);
	control->on_notify =
		event_new(base, control->vsw->notify_fd, EV_READ | EV_PERSIST, on_notify, control);
	control->on_tick = event_new(base, -1, EV_PERSIST, on_tick, control);
	if (control->on_signal == NULL || control->on_notify == NULL || control->on_tick == NULL)
		return -ENOMEM;
	if (event_add(control->on_signal, NULL) < 0 || event_add(control->on_notify, NULL) < 0 ||
	    event_add(control->on_tick, &tick) < 0)
		return -EIO;
	return 0;
}

struct control *
control_create(struct vsw_switch *vsw, const char *ctl_path, struct vsw_error *err)
{
	struct control *control = calloc(1, sizeof(*control));

	if (control == NULL) {
		vsw_error_set(err, ENOMEM, "out of memory");
		return NULL;
	}
	control->vsw = vsw;
	control->signal_fd = -1;
	vsw->base = event_base_new();
	if (vsw->base == NULL || add_events(control) < 0) {
		vsw_error_set(err, EIO, "the control thread's event loop cannot be set up");
		goto err_destroy;
	}
	if (ctl_path == NULL)
		return control;
	control->ctlsock = ctlsock_create(vsw->base, ctl_path, vsw->commands, vsw, err);
	if (control->ctlsock == NULL)
		goto err_destroy;
	return control;

err_destroy:
	control_destroy(control);
	return NULL;
}

static void *
control_run(void *arg)
{
	struct control *control = arg;

	event_base_dispatch(control->vsw->base);
	switch_stop(control->vsw);
	return NULL;
}

/* The CPUs of the process without those of the lcores; all of them if nothing is left. */
static void
choose_cpus(const struct vsw_switch *vsw, cpu_set_t *cpus)
{
	unsigned int i;

	*cpus = process_cpus;
	for (i = 0; i < vsw->n_lcores; i++) {
		const cpu_set_t polled = rte_lcore_cpuset(vsw->lcores[i].lcore_id);

		CPU_OR(cpus, cpus, &polled);
		CPU_XOR(cpus, cpus, &polled);
	}
	if (CPU_COUNT(cpus) == 0)
		*cpus = process_cpus;
}

int
control_start(struct control *control, struct vsw_error *err)
{
	pthread_attr_t attr;
	cpu_set_t cpus;
	int ret;

	choose_cpus(control->vsw, &cpus);
	pthread_attr_init(&attr);
	pthread_attr_setaffinity_np(&attr, sizeof(cpus), &cpus);
	ret = pthread_create(&control->thread, &attr, control_run, control);
	pthread_attr_destroy(&attr);
	if (ret != 0)
		return vsw_error_set(err, ret, "the control thread does not start: %s",
				     strerror(ret));
	pthread_setname_np(control->thread, "vsw-control");
	return 0;
}

void
control_join(struct control *control)
{
	pthread_join(control->thread, NULL);
}

static void
free_event(struct event *event)
{
	if (event != NULL)
		event_free(event);
}

void
control_destroy(struct control *control)
{
	if (control == NULL)
		return;
	ctlsock_destroy(control->ctlsock);
	free_event(control->on_signal);
	free_event(control->on_notify);
	free_event(control->on_tick);
	if (control->signal_fd >= 0)
		close(control->signal_fd);
	if (control->vsw->base != NULL)
		event_base_free(control->vsw->base);
	control->vsw->base = NULL;
	free(control);
}
