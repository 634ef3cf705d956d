/* SPDX-License-Identifier: BSD-3-Clause */
#include "vhost_connection.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "vhost_port.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of all connections */

void
vhost_connection_init(struct vhost_connection *connection)
{
	connection->fd = -1;
}

/* True for the socket's connections, not for what it listens with. */
static bool
is_accepted(int fd, const char *path)
{
	struct sockaddr_un address;
	socklen_t size = sizeof(address);
	int listens;

	memset(&address, 0, sizeof(address));
	if (getsockname(fd, (struct sockaddr *)&address, &size) < 0 ||
	    address.sun_family != AF_UNIX ||
	    strncmp(address.sun_path, path, sizeof(address.sun_path)) != 0)
		return false;
	size = sizeof(listens);
	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && !listens;
}

static bool
is_known(const struct vhost_socket *socket, ino_t inode)
{
	uint16_t i;

	for (i = 0; i < socket->n_slots; i++) {
		const struct vhost_connection *other = &socket->slot[i]->connection;

		if (other->fd >= 0 && other->inode == inode)
			return true;
	}
	return false;
}

/* The descriptors of this process are in proc(5). */
static void
find(const struct vhost_socket *socket, struct vhost_connection *connection)
{
	DIR *fds = opendir("/proc/self/fd");
	struct dirent *entry;
	struct stat st;
	int fd;

	if (fds == NULL)
		return;
	while (connection->fd < 0 && (entry = readdir(fds)) != NULL) {
		fd = entry->d_name[0] != '.' ? atoi(entry->d_name) : -1;
		if (fd < 0 || !is_accepted(fd, socket->path) || fstat(fd, &st) < 0 ||
		    is_known(socket, st.st_ino))
			continue;
		connection->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
		connection->inode = st.st_ino;
	}
	closedir(fds);
}

bool
vhost_connection_begin(struct vhost_port *vhost)
{
	struct vhost_connection *connection = &vhost->connection;
	bool begins;

	pthread_mutex_lock(&lock);
	begins = !connection->stopped;
	if (begins && vhost->socket->n_slots > 1)
		find(vhost->socket, connection);
	pthread_mutex_unlock(&lock);
	return begins;
}

void
vhost_connection_end(struct vhost_port *vhost)
{
	struct vhost_connection *connection = &vhost->connection;

	pthread_mutex_lock(&lock);
	if (connection->fd >= 0)
		close(connection->fd);
	connection->fd = -1;
	pthread_mutex_unlock(&lock);
}

void
vhost_connection_stop(struct vhost_port *vhost)
{
	pthread_mutex_lock(&lock);
	vhost->connection.stopped = true;
	if (vhost->connection.fd >= 0)
		shutdown(vhost->connection.fd, SHUT_RDWR);
	pthread_mutex_unlock(&lock);
}

void
vhost_connection_start(struct vhost_port *vhost)
{
	pthread_mutex_lock(&lock);
	vhost->connection.stopped = false;
	pthread_mutex_unlock(&lock);
}
