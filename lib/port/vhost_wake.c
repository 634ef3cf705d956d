/* SPDX-License-Identifier: BSD-3-Clause */
#include "vhost_wake.h"

#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "vsw_port_vhost.h"

#define THREAD_NAME "vhost-events\n" /* as socket.c of librte_vhost names it */
#define KICKS 3

static unsigned int kicks; /* still to be sent */

static void
do_nothing(int number)
{
	(void)number;
}

void
vhost_wake(void)
{
	struct sigaction action = {.sa_handler = do_nothing, .sa_flags = SA_RESTART};

	sigaction(SIGURG, &action, NULL);
	kicks = KICKS;
}

static bool
is_named(const char *tid)
{
	char path[300], name[32] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%s/comm", tid);
	file = fopen(path, "re");
	if (file == NULL)
		return false;
	if (fgets(name, sizeof(name), file) == NULL)
		name[0] = '\0';
	fclose(file);
	return strcmp(name, THREAD_NAME) == 0;
}

void
vsw_port_vhost_tick(void)
{
	struct dirent *entry;
	DIR *tasks;

	if (kicks == 0)
		return;
	kicks--;
	tasks = opendir("/proc/self/task");
	if (tasks == NULL)
		return;
	while ((entry = readdir(tasks)) != NULL) {
		if (entry->d_name[0] != '.' && is_named(entry->d_name))
			syscall(SYS_tgkill, getpid(), atoi(entry->d_name), SIGURG);
	}
	closedir(tasks);
}
