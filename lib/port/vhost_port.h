/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A vhost port from inside: shared by its life cycle (port_vhost.c), what its front end does to it
 * (vhost_device.c) and its packet path (vhost_rx.c, vhost_tx.c).
 */
#ifndef VHOST_PORT_H
#define VHOST_PORT_H

#include <pthread.h>

#include <rte_spinlock.h>

#include "vhost_connection.h"
#include "vhost_retry.h"
#include "vhost_socket.h"
#include "vsw_port_vhost.h"
#include "vsw_vring.h"

struct vhost_port;

/* Longest frame that is not to be cut. What is a little too long for any port gets its name. */
#define VHOST_FRAME_MAX_BYTES 9728

/* A virtqueue on which the guest transmits; its pair is its place. All: the lcore that polls it. */
struct vhost_queue {
	struct vsw_rxq rxq;
	struct vsw_vring ring;
	int call_fd; /* librte_vhost's; -1: none */
	int vid;     /* of the burst */
	bool broken; /* lcore: rw; control: r, relaxed */
	uint16_t n_taken;
	struct vsw_vring_chain taken[VSW_BURST_MAX]; /* what the burst lies in */
} __rte_cache_aligned;

/* A virtqueue on which the guest receives. */
struct vhost_txq {
	struct vsw_vring ring;
	rte_spinlock_t lock; /* between lcores, who never wait while they have it */
	int call_fd;
	bool broken; /* lcores: w, with the lock; control: r, relaxed */
} __rte_cache_aligned;

/* Give n frames to the guest on one pair: as vsw_port_hot.tx. */
typedef uint16_t vhost_put(struct vhost_port *vhost, int vid, uint16_t pair,
			   struct vsw_frame *const *frames, uint16_t n, uint8_t *fate);

struct vhost_port {
	struct vsw_port port;

	/*
	 * Written by librte_vhost's thread while vid is -1 and no lcore looks, as are the rings;
	 * read by lcores (vhost_rings.h).
	 */
	int vid;	       /* -1: the rings are not the lcores' */
	uint16_t header_bytes; /* of struct virtio_net_hdr, in front of each frame */
	uint16_t may_send;     /* VSW_OFFLOAD_*: what the guest may ask for */
	bool mergeable;	       /* a frame may take several of its buffers */
	bool logs;	       /* it is being migrated */
	uint64_t rx_usable;    /* bit n: the ring of pair n that the guest transmits on */
	uint64_t tx_usable;    /* that it receives on */
	uint64_t features;
	struct vsw_vring_memory memory;

	/* Written by librte_vhost's thread at any time. */
	uint64_t rx_enabled __rte_cache_aligned; /* as rx_usable: switched on by the guest */
	uint64_t tx_enabled;
	uint64_t rarp_mac; /* to announce, in the first 6 bytes; lcore: sets to 0 */

	/* Constant. */
	struct vhost_retry_limits retry_limits;
	struct vhost_retry *retry; /* one for each lcore, its own; NULL: no retries */

	vhost_put *put; /* alone, or among several lcores */

	struct vhost_queue queue[VSW_PORT_QUEUES_MAX];
	struct vhost_txq txq[VSW_PORT_QUEUES_MAX];

	/* librte_vhost's thread alone. */
	bool runs __rte_cache_aligned; /* from new_device to destroy_device */
	bool has_memory;	       /* the last memory table was good */

	/* Written by librte_vhost's thread, read by control. */
	uint16_t n_pairs;
	uint32_t sessions_ended;
	bool warned;
	pthread_mutex_t info_lock; /* never taken by an lcore */
	struct vsw_port_vhost_info info;

	struct vhost_connection connection;

	/* Constant. */
	struct vsw_port_vhost_env env;
	struct vhost_socket *socket;
	uint16_t slot; /* which of the socket's */
};

/* Where librte_vhost calls back. */
extern const struct rte_vhost_device_ops vhost_device_ops;

/* socket and env are set. */
void vhost_device_init(struct vhost_port *vhost);

/* The socket is unregistered: its front ends are gone without a word. Control thread. */
void vhost_device_forget(const struct vhost_socket *socket);

/* The port has been stopped or started: its state is a new one, whatever its link's is. */
void vhost_device_admin_changed(struct vhost_port *vhost);

enum vsw_port_state vhost_device_link(const struct vhost_port *vhost);

/* How many front ends have connected so far. */
uint32_t vhost_device_connections(const struct vhost_port *vhost);

/* Queue pairs that are, or were since the front end connected, ready. */
uint16_t vhost_device_n_pairs(const struct vhost_port *vhost);

/* env and retry are set. */
void vhost_rx_init(struct vhost_port *vhost);
void vhost_tx_init(struct vhost_port *vhost);

/*
 * Show the guest what was given back to it, and interrupt it by call_fd if it asks for that; and
 * tell who migrates it that len_bytes of a buffer were written. Lcores.
 */
void vhost_flush(const struct vhost_port *vhost, int vid, struct vsw_vring *ring, int call_fd);
void vhost_log(int vid, const struct vsw_vring_buffer *buffer, uint32_t len_bytes);

/* The port that a device is the front end of; NULL if it was refused. */
struct vhost_port *vhost_device_port(int vid);

/* The front end has agreed on features. */
void vhost_device_negotiated(struct vhost_port *vhost);

/* It has told the guest another MTU. */
void vhost_device_mtu_changed(struct vhost_port *vhost, int vid);

/* The device has changed, and has n_pairs that can be polled: tell who shows and polls it. */
void vhost_device_changed(struct vhost_port *vhost, int vid, uint16_t n_pairs);

/* As vsw_port_hot.tx, which it is but for retries. */
uint16_t vhost_send(struct vhost_port *vhost, unsigned int lcore, struct vsw_frame *const *frames,
		    uint16_t n, uint8_t *fate);

/* What vsw_port_hot.tx is with retries. */
uint16_t vhost_tx_retry(struct vsw_port_hot *hot, unsigned int lcore,
			struct vsw_frame *const *frames, uint16_t n, uint8_t *fate);

#endif /* VHOST_PORT_H */
