/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The link of an Ethernet port. Where the device stands for an interface of the kernel (tap,
 * af_packet, af_xdp), that interface is asked: not all of these drivers look at it, and by its
 * index it is found after it was renamed. It is asked by a socket that was made in its network
 * namespace. An interface that is gone has no link.
 */
#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "eth_port.h"
#include "vsw_log.h"

static bool
interface_is_up(int fd, unsigned int if_index)
{
	struct ifreq request = {.ifr_ifindex = if_index};

	if (ioctl(fd, SIOCGIFNAME, &request) < 0 || ioctl(fd, SIOCGIFFLAGS, &request) < 0)
		return false;
	return (request.ifr_flags & IFF_UP) != 0 && (request.ifr_flags & IFF_RUNNING) != 0;
}

static bool
link_is_up(const struct eth_port *eth)
{
	struct rte_eth_link link;

	if (rte_eth_dev_is_removed(eth->ethdev_id))
		return false;
	if (eth->if_socket >= 0)
		return interface_is_up(eth->if_socket, eth->if_index);
	if (rte_eth_link_get_nowait(eth->ethdev_id, &link) < 0)
		return true; /* the driver knows no link */
	return link.link_status == RTE_ETH_LINK_UP;
}

bool
eth_link_poll(struct eth_port *eth)
{
	bool up = link_is_up(eth);

	if (up == eth->up)
		return false;
	eth->up = up;
	if (!up)
		eth->sessions_ended++;
	vsw_log_from(eth->port.name, VSW_LOG_INFO, "%s: link %s", eth->port.name,
		     up ? "up" : "down");
	return true;
}

/* On EAL's interrupt thread: the control thread looks for itself. */
static int
on_event(uint16_t ethdev_id, enum rte_eth_event_type event, void *arg, void *ret_param)
{
	const struct eth_port *eth = arg;

	RTE_SET_USED(ethdev_id);
	RTE_SET_USED(event);
	RTE_SET_USED(ret_param);
	eth->notify(eth->notify_ctx);
	return 0;
}

void
eth_link_watch(struct eth_port *eth)
{
	eth->if_socket = -1;
	if (eth->if_index != 0)
		eth->if_socket = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	eth->up = link_is_up(eth);
	if (eth->notify == NULL)
		return;
	rte_eth_dev_callback_register(eth->ethdev_id, RTE_ETH_EVENT_INTR_LSC, on_event, eth);
	rte_eth_dev_callback_register(eth->ethdev_id, RTE_ETH_EVENT_INTR_RMV, on_event, eth);
}

/* A callback that runs is waited for. */
static void
unregister(struct eth_port *eth, enum rte_eth_event_type event)
{
	while (rte_eth_dev_callback_unregister(eth->ethdev_id, event, on_event, eth) == -EAGAIN)
		usleep(100);
}

void
eth_link_unwatch(struct eth_port *eth)
{
	if (eth->if_socket >= 0)
		close(eth->if_socket);
	if (eth->notify == NULL)
		return;
	unregister(eth, RTE_ETH_EVENT_INTR_LSC);
	unregister(eth, RTE_ETH_EVENT_INTR_RMV);
}
