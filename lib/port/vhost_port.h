/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A vhost port from inside: shared by its life cycle (port_vhost.c), what its front end does to it
 * (vhost_device.c) and its packet path (vhost_queue.c).
 */
#ifndef VHOST_PORT_H
#define VHOST_PORT_H

#include <pthread.h>

#include "vhost_retry.h"
#include "vhost_socket.h"
#include "vsw_port_vhost.h"

/* A virtqueue on which the guest transmits. All but broken: the lcore that polls it. */
struct vhost_queue {
	struct vsw_rxq rxq;
	uint16_t virtqueue;
	uint16_t expected;  /* available index up to which all chains are accounted for */
	uint32_t session;   /* of the port, at the last poll */
	uint32_t empty;	    /* polls in a row that yielded nothing */
	uint16_t suspected; /* available index at the last look for a broken ring */
	bool suspect;
	bool broken; /* lcore: rw; control: r, relaxed */
} __rte_cache_aligned;

struct vhost_port {
	struct vsw_port port;

	/* Written by librte_vhost's thread, read by lcores. */
	int vid;	     /* -1: no device */
	uint32_t session;    /* changes before a vid is published */
	bool packed;	     /* ring layout of this session */
	uint64_t tx_enabled; /* bit n: the guest receives on queue pair n */

	/* Constant. */
	struct vhost_retry_limits retry_limits;
	struct vhost_retry *retry; /* one for each lcore, its own; NULL: no retries */

	struct vhost_queue queue[VSW_PORT_QUEUES_MAX];

	/* Written by librte_vhost's thread, read by control. */
	uint16_t n_pairs __rte_cache_aligned;
	uint32_t sessions_ended;
	bool warned;
	pthread_mutex_t info_lock; /* never taken by an lcore */
	struct vsw_port_vhost_info info;

	/* Constant. */
	struct vsw_port_vhost_env env;
	struct vhost_socket *socket;
	uint16_t slot; /* which of the socket's */
};

/* Where librte_vhost calls back. */
extern const struct rte_vhost_device_ops vhost_device_ops;

/* socket and env are set. */
void vhost_device_init(struct vhost_port *vhost);

/* No device leads to the ports of this socket any more. Control thread. */
void vhost_device_forget(const struct vhost_socket *socket);

enum vsw_port_state vhost_device_link(const struct vhost_port *vhost);

/* How many front ends have connected so far. */
uint32_t vhost_device_connections(const struct vhost_port *vhost);

/* Queue pairs that are, or were since the front end connected, ready. */
uint16_t vhost_device_n_pairs(const struct vhost_port *vhost);

/* retry is set. */
void vhost_queues_init(struct vhost_port *vhost);

/* What vsw_port_hot.tx can be: without retries and with. */
uint16_t vhost_tx(struct vsw_port_hot *hot, unsigned int lcore, struct vsw_frame *const *frames,
		  uint16_t n, enum vsw_drop *why);
uint16_t vhost_tx_retry(struct vsw_port_hot *hot, unsigned int lcore,
			struct vsw_frame *const *frames, uint16_t n, enum vsw_drop *why);

/* Give the device to the lcores; the last thing that is done for it. */
void vhost_queues_start(struct vhost_port *vhost, int vid);

/* Take it away; the caller waits for a grace period. */
void vhost_queues_stop(struct vhost_port *vhost);

#endif /* VHOST_PORT_H */
