/* SPDX-License-Identifier: BSD-3-Clause */
#include "vsw_sockpath.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int
check_directory(const char *path, struct vsw_error *err)
{
	char directory[VSW_SOCKPATH_BYTES] = ".";
	const char *slash = strrchr(path, '/');
	struct stat st;

	if (slash != NULL)
		snprintf(directory, sizeof(directory), "%.*s",
			 slash == path ? 1 : (int)(slash - path), path);
	if (stat(directory, &st) < 0)
		return vsw_error_set(err, errno, "socket %s: directory %s: %s", path, directory,
				     strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return vsw_error_set(err, ENOTDIR, "socket %s: %s is not a directory", path,
				     directory);
	if (access(directory, W_OK | X_OK) < 0)
		return vsw_error_set(err, errno, "socket %s: directory %s is not writable: %s",
				     path, directory, strerror(errno));
	return 0;
}

/* Returns 0 if somebody listens, else a negative errno. Does not wait, whoever it is. */
static int
try_connect(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int ret = 0;
	int fd;

	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	strcpy(address.sun_path, path);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		ret = -errno;
	close(fd);
	return ret;
}

static int
remove_stale(const char *path, struct vsw_error *err)
{
	int ret = try_connect(path);

	switch (ret) {
	case 0:
	case -EAGAIN:	  /* its queue of connections is full */
	case -EPROTOTYPE: /* not a stream socket, but bound by somebody */
		return vsw_error_set(err, EADDRINUSE,
				     "socket %s: another process listens there; stop it or take "
				     "another path",
				     path);
	case -ENOENT: /* gone in the meantime */
		return 0;
	case -ECONNREFUSED:
		break;
	default:
		return vsw_error_set(err, -ret, "socket %s: cannot tell if it is in use: %s", path,
				     strerror(-ret));
	}
	if (unlink(path) < 0 && errno != ENOENT)
		return vsw_error_set(err, errno, "socket %s: cannot remove the old one: %s", path,
				     strerror(errno));
	return 0;
}

int
vsw_sockpath_claim(const char *path, struct vsw_error *err)
{
	struct stat st;
	int ret;

	if (path[0] == '\0')
		return vsw_error_set(err, EINVAL, "the path of the socket is empty");
	if (strlen(path) >= VSW_SOCKPATH_BYTES)
		return vsw_error_set(
			err, ENAMETOOLONG,
			"socket %.200s: the path has %zu bytes, at most %d are possible", path,
			strlen(path), VSW_SOCKPATH_BYTES - 1);
	ret = check_directory(path, err);
	if (ret < 0)
		return ret;
	if (lstat(path, &st) < 0) {
		if (errno == ENOENT)
			return 0;
		return vsw_error_set(err, errno, "socket %s: %s", path, strerror(errno));
	}
	if (!S_ISSOCK(st.st_mode))
		return vsw_error_set(
			err, EEXIST,
			"socket %s: something else than a socket is there; remove it or "
			"take another path",
			path);
	return remove_stale(path, err);
}

int
vsw_sockpath_default_ctl(char *path, struct vsw_error *err)
{
	const char *directory = "/run";
	int n;

	if (geteuid() != 0)
		directory = getenv("XDG_RUNTIME_DIR");
	if (directory == NULL || directory[0] == '\0')
		return vsw_error_set(err, ENOENT,
				     "no default path for the control socket: XDG_RUNTIME_DIR is "
				     "not set; give a path");
	n = snprintf(path, VSW_SOCKPATH_BYTES, "%s/vhost-switch.ctl", directory);
	if (n >= VSW_SOCKPATH_BYTES)
		return vsw_error_set(err, ENAMETOOLONG,
				     "no default path for the control socket: XDG_RUNTIME_DIR is "
				     "too long; give a path");
	return 0;
}
