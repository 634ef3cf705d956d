# SPDX-License-Identifier: BSD-3-Clause
"""
Promise: a guest sees its link go with its port and come back with it, and has the MTU that was
agreed on.

    a, MTU 9000 -- v0 [switch] v1 -- b, MTU 9000
                           v2 ------ c, MTU 1400
"""

from child import wait_until
from guest import mac_of
from vm import Nic

MTUS = (9000, 9000, 1400)
HEADERS_BYTES = 28  # IPv4 and ICMP


class Site:
    def __init__(self, rig, guests):
        self.switch = rig.switch(ports=3, options=["--idle-sleep", "100"])
        self.guests = guests.boot(*[
            (name, [Nic(self.switch.socket_path(number), mac_of(number), reconnect_ms=200,
                        host_mtu=mtu)])
            for number, (name, mtu) in enumerate(zip("abc", MTUS))])
        self.switch.wait_state("vhost0", "vhost1", "vhost2")
        for number, guest in enumerate(self.guests, 1):
            guest.configure("eth0", f"10.0.0.{number}/24")


def test_mtu_is_agreed_on(site):
    for number, (guest, mtu) in enumerate(zip(site.guests, MTUS)):
        assert guest.run("cat /sys/class/net/eth0/mtu").strip() == str(mtu)
        assert site.switch.ctl(f"show vhost vhost{number}")["ports"][0]["mtu"] == mtu


def echoes(guest, address, packet_bytes):
    """Echo requests that make a packet of this length, in one frame if the guest can, come back."""
    size = packet_bytes - HEADERS_BYTES
    return " 0% packet loss" in guest.run(f"ping -c 2 -i 0.2 -W 3 -s {size} {address}", check=False)


def test_jumbo_frames_pass_between_those_who_take_them(site):
    a, b, c = site.guests
    for guest, address in ((a, "10.0.0.2"), (b, "10.0.0.3"), (c, "10.0.0.1")):
        guest.ping(address)
    assert echoes(a, "10.0.0.2", 9000)
    assert echoes(b, "10.0.0.1", 9000)
    assert echoes(c, "10.0.0.1", 1400)
    before = site.switch.drops("vhost2").get("oversize", 0)
    assert not echoes(a, "10.0.0.3", 1401)
    assert site.switch.drops("vhost2")["oversize"] == before + 2


def carrier(guest):
    return guest.run("cat /sys/class/net/eth0/carrier").strip()


def test_link_goes_with_the_port(site):
    a, b, _ = site.guests
    for _ in range(2):
        site.switch.ctl("port stop vhost0")
        wait_until(lambda: carrier(a) == "0", 10, "the guest sees its link down")
        assert not b.reaches("10.0.0.1")
        site.switch.ctl("port start vhost0")
        wait_until(lambda: carrier(a) == "1", 20, "the guest sees its link up")
        b.ping("10.0.0.1")
