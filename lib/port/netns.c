/* SPDX-License-Identifier: BSD-3-Clause */
#include "netns.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "vsw_log.h"

/* Where ip-netns(8) keeps them. */
#define NETNS_DIRECTORY "/var/run/netns"

static int
open_netns(const char *name, struct vsw_error *err)
{
	char path[PATH_MAX];
	int fd;

	if (strchr(name, '/') != NULL)
		snprintf(path, sizeof(path), "%s", name);
	else
		snprintf(path, sizeof(path), NETNS_DIRECTORY "/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return vsw_error_set(err, errno,
				     "network namespace \"%s\": %s: %s; 'ip netns' lists them",
				     name, path, strerror(errno));
	return fd;
}

int
netns_enter(const char *name, struct vsw_error *err)
{
	int home, fd, ret;

	fd = open_netns(name, err);
	if (fd < 0)
		return fd;
	home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (home < 0 || setns(fd, CLONE_NEWNET) < 0) {
		ret = vsw_error_set(err, errno,
				    "network namespace \"%s\" cannot be entered: %s; the switch "
				    "needs CAP_SYS_ADMIN for that",
				    name, strerror(errno));
		if (home >= 0)
			close(home);
		home = ret;
	}
	close(fd);
	return home;
}

void
netns_leave(int home)
{
	if (setns(home, CLONE_NEWNET) < 0)
		vsw_log(VSW_LOG_ERROR, "the way back to the own network namespace is lost: %s",
			strerror(errno));
	close(home);
}
