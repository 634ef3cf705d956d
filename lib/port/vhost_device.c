/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a front end does to its port: librte_vhost's callbacks, and the state they keep.
 *
 * The library gives its callbacks a vid and no context. A new connection finds its socket by the
 * path, in a list under a mutex, and takes the lowest of its ports that is free; from then on the
 * vid leads there without a lock.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <rte_vhost.h>

#include "vhost_port.h"
#include "vhost_rings.h"
#include "vsw_log.h"

#define RING_SIZE_SMALL 256

static struct vhost_port *port_of_vid[RTE_MAX_VHOST_DEVICE]; /* while connected */

static uint64_t
now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static void
set_port(int vid, struct vhost_port *vhost)
{
	__atomic_store_n(&port_of_vid[vid], vhost, __ATOMIC_RELEASE);
}

struct vhost_port *
vhost_device_port(int vid)
{
	return __atomic_load_n(&port_of_vid[vid], __ATOMIC_ACQUIRE);
}

static void
set_link(struct vhost_port *vhost, enum vsw_port_state link)
{
	pthread_mutex_lock(&vhost->info_lock);
	vhost->info.since_s = now_s();
	__atomic_store_n(&vhost->info.state, link, __ATOMIC_RELEASE);
	pthread_mutex_unlock(&vhost->info_lock);
	vhost->env.notify(vhost->env.notify_ctx);
}

void
vhost_device_admin_changed(struct vhost_port *vhost)
{
	pthread_mutex_lock(&vhost->info_lock);
	vhost->info.since_s = now_s();
	pthread_mutex_unlock(&vhost->info_lock);
}

enum vsw_port_state
vhost_device_link(const struct vhost_port *vhost)
{
	return __atomic_load_n(&vhost->info.state, __ATOMIC_ACQUIRE);
}

uint32_t
vhost_device_connections(const struct vhost_port *vhost)
{
	return __atomic_load_n(&vhost->info.connections, __ATOMIC_RELAXED);
}

static enum vsw_port_state
unconnected(const struct vhost_port *vhost)
{
	return vhost->socket->client ? VSW_PORT_CONNECTING : VSW_PORT_LISTENING;
}

void
vhost_device_init(struct vhost_port *vhost)
{
	pthread_mutex_init(&vhost->info_lock, NULL);
	vhost_connection_init(&vhost->connection);
	vhost->info.state = unconnected(vhost);
	vhost->info.since_s = now_s();
}

/* virtio 1.2 section 5.1.4.1: the MTU that the front end exposes, if the guest has agreed. */
static void
read_mtu(struct vhost_port *vhost, int vid)
{
	uint16_t mtu_bytes = 0;

	if (rte_vhost_get_mtu(vid, &mtu_bytes) < 0)
		mtu_bytes = 0;
	__atomic_store_n(&vhost->info.mtu_bytes, mtu_bytes, __ATOMIC_RELAXED);
}

/* Read what the front end has set up; on the library's thread, where the device cannot go away. */
static void
read_device(struct vhost_port *vhost, int vid)
{
	struct vsw_port_vhost_info *info = &vhost->info;
	struct rte_vhost_memory *memory = NULL;
	struct rte_vhost_vring vring;
	uint16_t i;

	pthread_mutex_lock(&vhost->info_lock);
	rte_vhost_get_negotiated_features(vid, &info->features);
	rte_vhost_get_negotiated_protocol_features(vid, &info->protocol_features);
	read_mtu(vhost, vid);
	info->n_queues = RTE_MIN(rte_vhost_get_vring_num(vid), 2 * VSW_PORT_QUEUES_MAX);
	for (i = 0; i < info->n_queues; i++) {
		if (rte_vhost_get_vhost_vring(vid, i, &vring) == 0)
			info->queue[i].size = vring.size;
	}
	info->n_regions = 0;
	if (rte_vhost_get_mem_table(vid, &memory) == 0) {
		for (; info->n_regions <
		       RTE_MIN(memory->nregions, (uint32_t)VSW_PORT_VHOST_REGIONS_MAX);
		     info->n_regions++)
			info->region[info->n_regions] = (struct vsw_port_vhost_region){
				.guest_address = memory->regions[info->n_regions].guest_phys_addr,
				.size_bytes = memory->regions[info->n_regions].size,
			};
		free(memory);
	}
	pthread_mutex_unlock(&vhost->info_lock);
}

static void
forget_device(struct vhost_port *vhost)
{
	struct vsw_port_vhost_info *info = &vhost->info;

	pthread_mutex_lock(&vhost->info_lock);
	info->features = 0;
	info->protocol_features = 0;
	__atomic_store_n(&info->mtu_bytes, 0, __ATOMIC_RELAXED);
	info->n_queues = 0;
	info->n_regions = 0;
	memset(info->queue, 0, sizeof(info->queue));
	pthread_mutex_unlock(&vhost->info_lock);
}

static void
warn_of_small_rings(struct vhost_port *vhost)
{
	uint16_t i;

	for (i = 0; i < vhost->info.n_queues && !vhost->warned; i++) {
		if (vhost->info.queue[i].size != RING_SIZE_SMALL)
			continue;
		vhost->warned = true;
		vsw_log_from(
			vhost->port.name, VSW_LOG_WARNING,
			"%s: rings of %d entries lose frames in bursts; set rx_queue_size=1024 and "
			"tx_queue_size=1024 in QEMU, queue_size=1024 in virtio-user",
			vhost->port.name, RING_SIZE_SMALL);
	}
}

uint16_t
vhost_device_n_pairs(const struct vhost_port *vhost)
{
	return __atomic_load_n(&vhost->n_pairs, __ATOMIC_ACQUIRE);
}

/*
 * A ready device comes with at least one queue pair; others appear later. The number of pairs only
 * grows while the device lives.
 */
void
vhost_device_changed(struct vhost_port *vhost, int vid, uint16_t n_pairs)
{
	bool grows = n_pairs > vhost_device_n_pairs(vhost);

	read_device(vhost, vid);
	if (grows)
		__atomic_store_n(&vhost->n_pairs, n_pairs, __ATOMIC_RELEASE);
	if (grows && vhost->info.state == VSW_PORT_READY)
		vhost->env.notify(vhost->env.notify_ctx);
}

void
vhost_device_mtu_changed(struct vhost_port *vhost, int vid)
{
	read_mtu(vhost, vid);
	vhost->env.notify(vhost->env.notify_ctx);
}

void
vhost_device_negotiated(struct vhost_port *vhost)
{
	if (vhost->info.state == VSW_PORT_CONNECTED)
		set_link(vhost, VSW_PORT_NEGOTIATED);
}

static int
on_new_device(int vid)
{
	struct vhost_port *vhost = vhost_device_port(vid);

	/* After a table that failed the rings still look ready; it comes again with a good one. */
	if (vhost == NULL || !vhost->has_memory)
		return -1;
	vhost->runs = true;
	vhost_rings_publish(vhost, vid);
	warn_of_small_rings(vhost);
	vsw_log_from(vhost->port.name, VSW_LOG_INFO,
		     "%s: ready: %u queue pairs of %u, features 0x%llx", vhost->port.name,
		     vhost->info.n_queues / 2, vhost->info.queue[0].size,
		     (unsigned long long)vhost->info.features);
	set_link(vhost, VSW_PORT_READY);
	return 0;
}

static void
on_destroy_device(int vid)
{
	struct vhost_port *vhost = vhost_device_port(vid);

	if (vhost == NULL)
		return;
	vhost->runs = false;
	vhost_rings_park(vhost);
	__atomic_add_fetch(&vhost->sessions_ended, 1, __ATOMIC_RELEASE);
	set_link(vhost, VSW_PORT_NEGOTIATED);
}

static struct vhost_port *
lowest_free(const struct vhost_socket *socket)
{
	uint16_t i;

	for (i = 0; i < socket->n_slots; i++) {
		if (vhost_device_link(socket->slot[i]) == unconnected(socket->slot[i]) &&
		    vhost_connection_begin(socket->slot[i]))
			return socket->slot[i];
	}
	return NULL;
}

static int
refuse(struct vhost_socket *socket)
{
	__atomic_add_fetch(&socket->refused, 1, __ATOMIC_RELAXED);
	vsw_log_from(socket->name, VSW_LOG_WARNING,
		     "%s: a front end was refused: the socket takes %u, and no port of it is free",
		     socket->name, socket->n_slots);
	return -1;
}

/* As a client there is one connection by construction, and to refuse it would end reconnection. */
static int
on_new_connection(int vid)
{
	struct vhost_socket *socket = vhost_socket_of_device(vid);
	struct vhost_port *vhost;

	if (socket == NULL)
		return -1;
	vhost = lowest_free(socket);
	if (vhost == NULL)
		return refuse(socket);
	set_port(vid, vhost);
	rte_vhost_extern_callback_register(vid, &vhost_rings_watch, NULL);
	__atomic_add_fetch(&vhost->info.connections, 1, __ATOMIC_RELAXED);
	vsw_log_from(vhost->port.name, VSW_LOG_INFO, "%s: front end connected", vhost->port.name);
	set_link(vhost, VSW_PORT_CONNECTED);
	return 0;
}

static void
disconnect(struct vhost_port *vhost)
{
	__atomic_store_n(&vhost->rx_enabled, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&vhost->tx_enabled, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&vhost->rarp_mac, 0, __ATOMIC_RELAXED);
	vhost->has_memory = false;
	__atomic_store_n(&vhost->n_pairs, 0, __ATOMIC_RELEASE);
	forget_device(vhost);
	vhost_connection_end(vhost);
	set_link(vhost, unconnected(vhost));
}

static void
on_destroy_connection(int vid)
{
	struct vhost_port *vhost = vhost_device_port(vid);

	if (vhost == NULL)
		return;
	set_port(vid, NULL);
	vsw_log_from(vhost->port.name, VSW_LOG_INFO, "%s: front end gone", vhost->port.name);
	disconnect(vhost);
}

/* Others may have got the vids meanwhile. */
void
vhost_device_forget(const struct vhost_socket *socket)
{
	struct vhost_port *vhost;
	uint16_t i;
	int vid;

	for (vid = 0; vid < RTE_MAX_VHOST_DEVICE; vid++) {
		vhost = vhost_device_port(vid);
		if (vhost != NULL && vhost->socket == socket)
			__atomic_compare_exchange_n(&port_of_vid[vid], &vhost, NULL, false,
						    __ATOMIC_RELEASE, __ATOMIC_RELAXED);
	}
	for (i = 0; i < socket->n_slots; i++) {
		if (vhost_device_link(socket->slot[i]) != unconnected(socket->slot[i]))
			disconnect(socket->slot[i]);
	}
}

const struct rte_vhost_device_ops vhost_device_ops = {
	.new_device = on_new_device,
	.destroy_device = on_destroy_device,
	.new_connection = on_new_connection,
	.destroy_connection = on_destroy_connection,
};
