# SPDX-License-Identifier: BSD-3-Clause
"""
Promise: the switch follows the queues that a guest uses, and nobody else notices.

    a (eth0, eth1) -- [switch, two lcores] -- (eth0, eth1) b
                           |
                     an honest pair of virtio-user ports

eth0 has split rings, eth1 packed ones; each is in a namespace of its own.
"""

import itertools
import re

import pytest

from child import wait_until
from guest import mac_of
from honest import HonestPair
from linux import GuestNamespace
from transfer import Station
from vm import Nic

LAYOUTS = ("split", "packed")
QUEUES = 4
# Guests without KVM leave the honest pair little of the CPU: what is under way must fit its rings.
HONEST_PPS = 1000


class Site:
    def __init__(self, rig, guests):
        self.switch = rig.switch(ports=6, n_lcores=2)
        self.lan = rig.lan(self.switch, 2)
        nics = [Nic(self.switch.socket_path(number), mac_of(number), queues=QUEUES,
                    packed="on" if layout == "packed" else "off")
                for number, layout in zip(range(2, 6), LAYOUTS * 2)]
        a, b = guests.boot(("a", nics[:2], {"n_cpus": 2}), ("b", nics[2:], {"n_cpus": 2}))
        self.ends, self.ports = {}, {}
        numbers = itertools.count(2)
        for guest, (interface, layout) in itertools.product((a, b), enumerate(LAYOUTS)):
            number = next(numbers)
            linux = GuestNamespace(guest, f"eth{interface}")
            linux.configure(f"eth{interface}", f"10.0.0.{number}/24")
            self.ends[guest.name, layout] = End(self.switch, linux, f"eth{interface}",
                                                f"vhost{number}", f"10.0.0.{number}")


class End:
    """One of the interfaces."""

    def __init__(self, switch, linux, interface, port, address):
        self.switch, self.linux, self.interface = switch, linux, interface
        self.port, self.address = port, address
        self.station = Station(linux)

    def use(self, n_queues):
        """Let the driver use so many queue pairs; the switch follows."""
        self.linux.run(f"ethtool -L {self.interface} combined {n_queues}")
        wanted = [number < 2 * n_queues for number in range(2 * QUEUES)]
        wait_until(lambda: self.enabled() == wanted, 2, lambda: f"{wanted}: {self.enabled()}")

    def enabled(self):
        rings = self.switch.ctl(f"show vhost {self.port}")["ports"][0]["queues"]
        return [ring["enabled"] for ring in rings]

    def layouts(self):
        rings = self.switch.ctl(f"show vhost {self.port}")["ports"][0]["queues"]
        return {ring["layout"] for ring in rings}

    def moved(self):
        """(direction, queue number) -> packets."""
        counters = self.linux.run(f"ethtool -S {self.interface}")
        return {(direction, int(number)): int(packets) for direction, number, packets in
                re.findall(r"(rx|tx)_queue_(\d+)_packets: (\d+)", counters)}


def use_all(a, b, n_queues):
    """Traffic moves in every queue that is in use, in both directions at both ends."""
    before = {end: end.moved() for end in (a, b)}

    def idle():
        a.station.measure(b.address, "-P 8 -n 512K")
        return [(end.linux.name, queue) for end in (a, b) for queue, packets in end.moved().items()
                if queue[1] < n_queues and packets == before[end][queue]]
    wait_until(lambda: not idle(), 60, lambda: f"no traffic in {idle()}")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_queue_is_used(site, layout):
    a, b = site.ends["a", layout], site.ends["b", layout]
    assert a.layouts() == b.layouts() == {layout}
    for n_queues in (2, QUEUES):
        a.use(n_queues)
        b.use(n_queues)
        use_all(a, b, n_queues)


def change_under_traffic(site, layout, times):
    """One guest changes the number of its queues while TCP comes and goes, and others talk."""
    a, b = site.ends["a", layout], site.ends["b", layout]
    a.use(QUEUES)
    b.use(QUEUES)
    site.lan.guest.command("reset")
    honest = HonestPair(site.lan.guest).start(pps=HONEST_PPS)
    stop = f"{b.linux.directory}/stop"
    a.linux.run(f"rm -f {stop}")
    job = a.linux.start(f"while [ ! -e {stop} ]; do iperf3 -c {b.address} -P 4 -t 2 --bidir; done")
    for n_queues in itertools.islice(itertools.cycle((1, QUEUES, 2, 3)), times):
        a.use(n_queues)
    a.linux.run(f"touch {stop}")
    a.linux.finish(job, 120)
    honest.finish()
    a.use(QUEUES)
    use_all(a, b, QUEUES)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_number_changes_under_traffic(site, layout):
    change_under_traffic(site, layout, 12)


@pytest.mark.long
@pytest.mark.parametrize("layout", LAYOUTS)
def test_number_changes_a_hundred_times(site, layout):
    change_under_traffic(site, layout, 100)
