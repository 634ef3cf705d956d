/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Host ports: a tap interface with the name of the port, in a network namespace of choice. The
 * device is made, not moved, inside the namespace, so that all its driver does later is done there.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "eth_port.h"
#include "netns.h"

#define TUN_PATH "/dev/net/tun"

/* The kernel queues for a tap; its driver keeps a buffer for each descriptor and uses one. */
#define HOST_RX_DESCRIPTORS 64

static int
check_name(const char *name, const char *netns, struct vsw_error *err)
{
	if (strlen(name) >= IFNAMSIZ)
		return vsw_error_set(
			err, EINVAL,
			"port \"%s\": the name of a host port is that of its interface: "
			"at most %d characters",
			name, IFNAMSIZ - 1);
	if (if_nametoindex(name) != 0)
		return vsw_error_set(err, EEXIST,
				     "port \"%s\": an interface of this name exists already%s%s; "
				     "choose another name",
				     name, netns != NULL ? " in network namespace " : "",
				     netns != NULL ? netns : "");
	return 0;
}

/* Make the interface and let it go: the driver's refusal would not tell why. */
static int
check_tun(const char *name, struct vsw_error *err)
{
	struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};
	int fd = open(TUN_PATH, O_RDWR | O_CLOEXEC);
	int ret = fd;

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	if (fd >= 0)
		ret = ioctl(fd, TUNSETIFF, &request);
	ret = ret < 0 ? -errno : 0;
	if (fd >= 0)
		close(fd);
	if (ret == 0)
		return 0;
	return vsw_error_set(err, -ret,
			     "port \"%s\": %s: %s; a host port needs the kernel's tun driver, and "
			     "CAP_NET_ADMIN",
			     name, TUN_PATH, strerror(-ret));
}

static int
create_here(const struct vsw_port_eth_config *config, const char *netns, struct vsw_port **port,
	    struct vsw_error *err)
{
	static unsigned int serial;
	struct vsw_port_eth_config tap = *config;
	char devargs[64];
	int ret;

	ret = check_name(config->name, netns, err);
	if (ret == 0)
		ret = check_tun(config->name, err);
	if (ret < 0)
		return ret;
	snprintf(devargs, sizeof(devargs), "net_tap_host%u,iface=%s", serial++, config->name);
	tap.devargs = devargs;
	tap.n_rx_descriptors = HOST_RX_DESCRIPTORS;
	return eth_port_create(&tap, &eth_host_ops, port, err);
}

int
vsw_port_host_create(const struct vsw_port_eth_config *config, const char *netns,
		     struct vsw_port **port, struct vsw_error *err)
{
	int home, ret;

	if (netns == NULL)
		return create_here(config, NULL, port, err);
	home = netns_enter(netns, err);
	if (home < 0)
		return vsw_error_prefix(err, "port \"%s\"", config->name);
	ret = create_here(config, netns, port, err);
	netns_leave(home);
	return ret;
}
