# SPDX-License-Identifier: BSD-3-Clause
"""
Promise: when a guest's interface is gone for a while, for whatever reason, traffic returns with it,
and nobody touches the switch.

    guest -- v0 [switch] -- h0, in the test's namespace
"""

import pytest

from child import wait_until
from guest import mac_of
from netns import Netns
from vm import Nic

GUEST, HOST = "10.0.0.1", "10.0.0.9"
BUS = "slot0"


@pytest.fixture
def host():
    with Netns("host") as host:
        yield host


def check_traffic(guest):
    wait_until(lambda: "eth0" in guest.run("ls /sys/class/net"), 20, "the guest has an interface")
    guest.configure("eth0", f"{GUEST}/24")
    guest.ping(HOST)


def rebind_driver(guest):
    device = guest.run("basename $(realpath /sys/class/net/eth0/device)").strip()
    guest.run(f"echo {device} >/sys/bus/virtio/drivers/virtio_net/unbind")
    guest.run(f"echo {device} >/sys/bus/virtio/drivers/virtio_net/bind")


def test_interface_comes_back(host, rig, guests):
    switch = rig.switch(ports=1, options=["--idle-sleep", "100"])
    switch.ctl(f"port add host h0 netns {host.name}")
    host.ip(f"addr add {HOST}/24 dev h0")
    nic = Nic(switch.socket_path(0), mac_of(0), bus=BUS)
    [guest] = guests.boot(("guest", [], {"extra": ["-device", f"pcie-root-port,id={BUS}"]}))
    guest.plug(nic)
    check_traffic(guest)

    guest.unplug()
    switch.wait_state("vhost0", state="listening")
    guest.plug(nic)
    check_traffic(guest)

    rebind_driver(guest)
    check_traffic(guest)

    guest.qmp("set-action", reboot="reset")
    guest.qmp("system_reset")
    guest.wait_up()
    check_traffic(guest)
