/* SPDX-License-Identifier: BSD-3-Clause */
#include "stats_screen.h"

#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "vsw_port.h"
#include "vsw_port_vhost.h"
#include "vsw_stats.h"

#define WAIT_MS 10
#define CLEAR_SCREEN "\033[2J\033[1;1H" /* and go to its top left: ECMA-48 */

/* Counts that are read while lcores count may be a burst apart. */
static uint64_t
less(uint64_t total, uint64_t part)
{
	return total > part ? total - part : 0;
}

static void
print_port(FILE *screen, const struct vsw_port *port)
{
	struct vsw_stats_row sum;
	uint64_t dropped;

	vsw_stats_read(port->stats, &sum);
	dropped = less(vsw_stats_drops(&sum), sum.tx_dropped);
	fprintf(screen,
		"Statistics for device %s\n"
		"-----------------------\n"
		"TX total:              %" PRIu64 "\n"
		"TX dropped:            %" PRIu64 "\n"
		"TX successful:         %" PRIu64 "\n"
		"RX total:              %" PRIu64 "\n"
		"RX dropped:            %" PRIu64 "\n"
		"RX successful:         %" PRIu64 "\n",
		port->name, sum.rx_frames, dropped, less(sum.rx_frames, dropped),
		sum.tx_frames + sum.tx_dropped, sum.tx_dropped, sum.tx_frames);
}

static void
print_ports(FILE *screen)
{
	const struct vsw_port *port;
	uint16_t port_id = 0;

	if (isatty(STDOUT_FILENO))
		fprintf(screen, CLEAR_SCREEN);
	fprintf(screen, "Device statistics =================================\n");
	while ((port = vsw_port_next(&port_id)) != NULL) {
		if (vsw_port_is_vhost(port) && !vsw_port_vhost_is_spare(port))
			print_port(screen, port);
	}
	fprintf(screen, "===================================================\n");
}

/* No more at a time than a pipe that can be written to takes without waiting: pipe(7). */
static void
write_out(const char *text, size_t bytes)
{
	struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
	ssize_t n;

	while (bytes > 0 && poll(&out, 1, WAIT_MS) == 1) {
		n = write(STDOUT_FILENO, text, bytes < PIPE_BUF ? bytes : PIPE_BUF);
		if (n <= 0)
			break;
		text += n;
		bytes -= n;
	}
}

void
stats_screen_print(void)
{
	char *text = NULL;
	size_t bytes = 0;
	FILE *screen = open_memstream(&text, &bytes);

	if (screen == NULL)
		return;
	print_ports(screen);
	if (fclose(screen) == 0)
		write_out(text, bytes);
	free(text);
}
