/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * vsw-idle-guests [--server] SOCKET...: guests that connect and do nothing until a signal ends
 * them: what a switch has to poll in vain. Says "ready" when all are connected.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vsw_front.h"

#define RING_SIZE 256
#define BUFFER_BYTES 1536
#define TIMEOUT_MS 20000

struct guest {
	const char *path;
	bool server;
	pthread_t thread;
	struct vsw_front *front;
	struct vsw_error err;
	int ret;
};

static void *
connect_guest(void *arg)
{
	struct guest *guest = arg;
	const struct vsw_front_config config = {
		.path = guest->path,
		.server = guest->server,
		.ring_size = RING_SIZE,
		.n_pairs = 1,
		.buffer_bytes = BUFFER_BYTES,
		.timeout_ms = TIMEOUT_MS,
	};

	guest->ret = vsw_front_create(&config, &guest->front, &guest->err);
	return NULL;
}

/* All at once: a switch that connects looks for sockets only now and then. */
static int
connect_all(struct guest *guests, int n)
{
	int i, started, ret = 0;

	for (started = 0; started < n; started++) {
		if (pthread_create(&guests[started].thread, NULL, connect_guest, &guests[started]))
			break;
	}
	if (started < n) {
		fprintf(stderr, "vsw-idle-guests: no thread for %s\n", guests[started].path);
		ret = -EAGAIN;
	}
	for (i = 0; i < started; i++) {
		pthread_join(guests[i].thread, NULL);
		if (guests[i].ret < 0 && ret == 0) {
			fprintf(stderr, "vsw-idle-guests: %s\n", guests[i].err.text);
			ret = guests[i].ret;
		}
	}
	return ret;
}

static int
run(struct guest *guests, int n, const sigset_t *ends)
{
	int i, number, ret = connect_all(guests, n);

	if (ret == 0) {
		puts("ready");
		fflush(stdout);
		sigwait(ends, &number);
	}
	for (i = 0; i < n; i++) {
		if (guests[i].front != NULL)
			vsw_front_destroy(guests[i].front);
	}
	return ret;
}

int
main(int argc, char **argv)
{
	bool server = argc > 1 && strcmp(argv[1], "--server") == 0;
	int first = server ? 2 : 1, n = argc - first, i, ret;
	struct guest *guests;
	sigset_t ends;

	if (n < 1) {
		fputs("usage: vsw-idle-guests [--server] SOCKET...\n", stderr);
		return EXIT_FAILURE;
	}
	guests = calloc(n, sizeof(*guests));
	if (guests == NULL)
		return EXIT_FAILURE;
	for (i = 0; i < n; i++)
		guests[i] = (struct guest){.path = argv[first + i], .server = server};
	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	/* Before there are threads: none of them shall be ended by what main waits for. */
	pthread_sigmask(SIG_BLOCK, &ends, NULL);
	ret = run(guests, n, &ends);
	free(guests);
	return ret == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
