/* SPDX-License-Identifier: BSD-3-Clause */
#include "front.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

static bool
is_between(uint64_t n, uint64_t least, uint64_t most)
{
	return n >= least && n <= most;
}

static int
check_config(const struct vsw_front_config *config, struct vsw_error *err)
{
	if (!is_between(config->ring_size, VSW_FRONT_RING_MIN, VSW_FRONT_RING_MAX) ||
	    (config->ring_size & (config->ring_size - 1)) != 0)
		return vsw_error_set(err, EINVAL,
				     "socket %s: rings of %u entries are not possible; take a "
				     "power of 2 from %u to %u",
				     config->path, config->ring_size, VSW_FRONT_RING_MIN,
				     VSW_FRONT_RING_MAX);
	if (!is_between(config->n_pairs, 1, VSW_FRONT_PAIRS_MAX))
		return vsw_error_set(err, EINVAL,
				     "socket %s: %u queues are not possible; take 1 to %u",
				     config->path, config->n_pairs, VSW_FRONT_PAIRS_MAX);
	if (!is_between(config->buffer_bytes, VSW_FRONT_BUFFER_MIN, VSW_FRONT_BUFFER_MAX) ||
	    config->frame_bytes > VSW_FRONT_BUFFER_MAX)
		return vsw_error_set(err, EINVAL,
				     "socket %s: buffers of %u and frames of %u bytes are not "
				     "possible; take %u to %u",
				     config->path, config->buffer_bytes, config->frame_bytes,
				     VSW_FRONT_BUFFER_MIN, VSW_FRONT_BUFFER_MAX);
	return 0;
}

static struct front_ring_config
ring_config(const struct vsw_front_config *config, bool writes)
{
	uint32_t frame_bytes = config->frame_bytes ? config->frame_bytes : config->buffer_bytes;

	return (struct front_ring_config){
		.packed = config->packed,
		.writes = writes,
		.in_order = config->in_order,
		.size = config->ring_size,
		.buffer_bytes = writes ? config->buffer_bytes : frame_bytes,
		.kick_fd = -1,
	};
}

static size_t
ring_bytes(const struct front_ring_config *config)
{
	struct front_ring_layout layout;

	front_ring_layout(&layout, config->packed, config->size, config->buffer_bytes);
	return layout.bytes;
}

static int
make_ring(struct front_ring *ring, const struct front_ring_config *config, uint8_t *memory,
	  struct vsw_error *err)
{
	struct front_ring_config with_kick = *config;
	int ret;

	with_kick.kick_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (with_kick.kick_fd < 0)
		return vsw_error_set(err, errno, "cannot make an eventfd: %s", strerror(errno));
	ret = front_ring_init(ring, &with_kick, memory);
	if (ret < 0)
		return vsw_error_set(err, -ret, "no memory for a ring of %u entries", config->size);
	return 0;
}

static int
make_rings(struct vsw_front *front, const struct vsw_front_config *config, struct vsw_error *err)
{
	struct front_ring_config rx = ring_config(config, true), tx = ring_config(config, false);
	size_t rx_bytes = ring_bytes(&rx), pair_bytes = rx_bytes + ring_bytes(&tx);
	uint8_t *memory;
	uint16_t i;
	int ret;

	ret = front_memory_open(&front->memory, config->n_pairs * pair_bytes, config->hugepages,
				err);
	for (i = 0; ret == 0 && i < config->n_pairs; i++) {
		memory = front->memory.at + i * pair_bytes;
		ret = make_ring(&front->pair[i].rx, &rx, memory, err);
		if (ret == 0)
			ret = make_ring(&front->pair[i].tx, &tx, memory + rx_bytes, err);
	}
	if (ret < 0)
		return ret;
	front->call_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (front->call_fd < 0)
		return vsw_error_set(err, errno, "cannot make an eventfd: %s", strerror(errno));
	return 0;
}

static const struct front_ops *
choose_ops(const struct vsw_front_config *config)
{
	if (config->packed)
		return config->mergeable ? &front_packed_mergeable : &front_packed;
	return config->mergeable ? &front_split_mergeable : &front_split;
}

static struct vsw_front *
allocate(const struct vsw_front_config *config)
{
	size_t bytes = sizeof(struct vsw_front) + config->n_pairs * sizeof(struct front_pair);
	struct vsw_front *front;
	uint16_t i;

	front = aligned_alloc(FRONT_LINE_BYTES,
			      (bytes + FRONT_LINE_BYTES - 1) / FRONT_LINE_BYTES * FRONT_LINE_BYTES);
	if (front == NULL)
		return NULL;
	memset(front, 0, bytes);
	front->ops = choose_ops(config);
	front->n_pairs = config->n_pairs;
	front->ring_size = config->ring_size;
	front->packed = config->packed;
	front->mergeable = config->mergeable;
	front->in_order = config->in_order;
	front->socket.fd = front->socket.listen_fd = front->memory.fd = front->call_fd = -1;
	for (i = 0; i < config->n_pairs; i++)
		front->pair[i].rx.kick_fd = front->pair[i].tx.kick_fd = -1;
	return front;
}

static void
close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

static void
release(struct vsw_front *front)
{
	uint16_t queue;

	front_socket_close(&front->socket);
	for (queue = 0; queue < 2 * front->n_pairs; queue++) {
		close_fd(front_queue(front, queue)->kick_fd);
		front_ring_fini(front_queue(front, queue));
	}
	close_fd(front->call_fd);
	front_memory_close(&front->memory);
	free(front);
}

int
vsw_front_create(const struct vsw_front_config *config, struct vsw_front **front,
		 struct vsw_error *err)
{
	struct vsw_front *made;
	int ret;

	ret = check_config(config, err);
	if (ret < 0)
		return ret;
	made = allocate(config);
	if (made == NULL)
		return vsw_error_set(err, ENOMEM, "no memory for a front");
	ret = make_rings(made, config, err);
	if (ret == 0 && config->path == NULL) {
		*front = made;
		return 0;
	}
	if (ret == 0)
		ret = front_socket_open(&made->socket, config->path, config->server,
					config->timeout_ms, err);
	if (ret == 0)
		ret = front_negotiate(made, err);
	if (ret == 0)
		ret = front_start(made, err);
	if (ret < 0) {
		release(made);
		return ret;
	}
	*front = made;
	return 0;
}

/* Without a peer. */
static bool
is_bare(const struct vsw_front *front)
{
	return front->socket.path[0] == '\0';
}

void
vsw_front_destroy(struct vsw_front *front)
{
	if (!is_bare(front))
		front_stop(front);
	release(front);
}

bool
vsw_front_is_alive(const struct vsw_front *front)
{
	return is_bare(front) || front_socket_is_open(&front->socket);
}

int
vsw_front_check(const struct vsw_front *front, struct vsw_error *err)
{
	const struct front_pair *pair;
	const char *fault;
	uint16_t i;

	for (i = 0; i < front->n_pairs; i++) {
		pair = &front->pair[i];
		fault = pair->rx.broken ? pair->rx.fault : pair->tx.fault;
		if (fault != NULL)
			return vsw_error_set(err, EBADMSG,
					     "socket %s: in the ring to %s of queue %u the switch "
					     "%s; this is a bug of the switch",
					     front->socket.path,
					     pair->rx.broken ? "receive" : "send", i, fault);
	}
	return 0;
}

uint8_t *
vsw_front_tx_buffer(struct vsw_front *front, uint16_t pair, uint16_t i)
{
	const struct front_ring *ring = &front->pair[pair].tx;

	return ring->data + (size_t)i * ring->stride_bytes;
}

void
vsw_front_facts(const struct vsw_front *front, struct vsw_front_facts *facts)
{
	*facts = (struct vsw_front_facts){
		.features = front->features,
		.protocol_features = front->protocol_features,
		.memory_bytes = front->memory.bytes,
		.hugepages = front->memory.hugepages,
	};
}
