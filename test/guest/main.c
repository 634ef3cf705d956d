/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * vsw-guest: the front ends of the functional tests.
 *
 * A DPDK process with one or more virtio-user ports, as a container has them. It sends and judges
 * numbered frames, and sends and captures frames by hand; command.h lists the commands. It polls
 * from one lcore, but sleeps when nothing is to do: the machines that run the tests have few CPUs.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>

#include <rte_eal.h>
#include <rte_errno.h>

#include "command.h"
#include "port.h"
#include "stream.h"

#define IDLE_US 50
#define BUSY_ROUNDS 64 /* that commands wait at most */

static void
run(void)
{
	uint32_t rounds = 0;
	bool busy;

	do {
		busy = ports_receive() > 0;
		busy |= streams_run() > 0;
	} while ((busy && ++rounds % BUSY_ROUNDS != 0) || command_poll(busy ? 0 : IDLE_US));
}

int
main(int argc, char **argv)
{
	int rc;

	/* The driver writes to its socket also when the switch has ended. */
	signal(SIGPIPE, SIG_IGN);
	/* Without this the kernel adds up to 50 us to every sleep. */
	prctl(PR_SET_TIMERSLACK, 1000UL);
	rc = rte_eal_init(argc, argv);
	if (rc < 0) {
		fprintf(stderr, "vsw-guest: EAL: %s\n", rte_strerror(rte_errno));
		return EXIT_FAILURE;
	}
	rc = ports_start();
	if (rc <= 0) {
		fprintf(stderr, "vsw-guest: no ports: give --vdev net_virtio_user0,path=...\n");
		return EXIT_FAILURE;
	}
	printf("{\"ready\":%d}\n", rc);
	fflush(stdout);
	run();
	ports_stop();
	rte_eal_cleanup();
	return EXIT_SUCCESS;
}
