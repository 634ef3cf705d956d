# SPDX-License-Identifier: BSD-3-Clause
"""
Promise: a guest that migrates while it receives has all that was received before, whole, goes on
receiving on its new port, and the network learns at once where it is.

    source -- v0 [switch] v1 -- destination        source -- v0 [switch] -- wire -- [other] v0 --
                    h0, in the test's namespace                    h0               destination
"""

import pathlib
import re
import signal
import subprocess

import pytest

from child import wait_until
from guest import mac_of
from netns import Netns
from stream import Stream
from vm import Guest, Nic

MAC = mac_of(0)
GUEST, HOST = "10.0.0.1", "10.0.0.9"
ETHERTYPE = {"arp": 0x0806, "rarp": 0x8035}
OPTIONS = ["--idle-sleep", "100"]
SLOW_BYTES_PER_S, FAST_BYTES_PER_S = 40 << 20, 1 << 30
PINGS_LOST_MAX = 20  # two seconds


@pytest.fixture
def host():
    with Netns("host") as host:
        yield host


@pytest.fixture
def one_switch(rig):
    """The switch, where the guest is to go, and the port where it is then found."""
    switch = rig.switch(ports=2, options=OPTIONS)
    return switch, switch.socket_path(1), "vhost1"


@pytest.fixture
def two_switches(rig):
    with Netns("wire") as netns:
        netns.veth("wire0", "wire1")
        switch, other = [rig.switch(ports=1, prefix=netns.enter, name=name, options=OPTIONS)
                         for name in ("switch", "other")]
        switch.foreign_sockets = [other.ctl_path, other.socket_path(0)]
        for number, end in enumerate((switch, other)):
            end.ctl(f"port add eth up0 devargs net_af_packet0,iface=wire{number}")
            end.wait_state("up0")
        yield switch, other.socket_path(0), "up0"
        for end in (switch, other):
            end.ctl("port del up0")


class Ping:
    """Ten echo requests a second."""

    def __init__(self, netns, address):
        self.child = subprocess.Popen([*netns.enter, "ping", "-i", "0.1", address],
                                      stdout=subprocess.PIPE, text=True)

    def finish(self):
        """Returns the numbers of requests and of replies."""
        self.child.send_signal(signal.SIGINT)
        output, _ = self.child.communicate(timeout=10)
        return [int(n) for n in re.search(r"(\d+) packets.*?(\d+) received", output).groups()]


def migrate(source, destination, path):
    """Begin slowly, so that much is received after its page was sent. Returns QEMU's figures."""
    def reached(condition):
        info = source.qmp("query-migrate")
        assert info["status"] != "failed", info
        return info if info["status"] == "completed" or condition(info) else None

    source.qmp("migrate-set-parameters", max_bandwidth=SLOW_BYTES_PER_S)
    source.qmp("migrate", uri=f"unix:{path}")
    wait_until(lambda: reached(lambda info: info.get("ram", {}).get("dirty-sync-count", 0) > 1),
               60, "every page is sent once")
    source.qmp("migrate-set-parameters", max_bandwidth=FAST_BYTES_PER_S)
    info = wait_until(lambda: reached(lambda info: False), 60, "the guest is migrated")
    wait_until(lambda: destination.qmp("query-status")["status"] == "running", 10,
               "the destination runs")
    return info


def is_announcement(frame):
    """To all, of an address that asks for itself."""
    return frame[:12] == bytes.fromhex(6 * "ff" + MAC.replace(":", "")) and \
        frame[28:32] == frame[38:42]


def check_migration(host, site, rig, guests, announces=True, tcp_bytes=4 << 20, n_cpus=1,
                    **properties):
    """With `announces`, the guest tells the network itself where it is."""
    switch, new_path, new_port = site
    switch.ctl(f"port add host h0 netns {host.name}")
    host.ip(f"addr add {HOST}/24 dev h0")
    properties["guest_announce"] = "on" if announces else "off"
    [source] = guests.boot(("source", [Nic(switch.socket_path(0), MAC, **properties)],
                             {"n_cpus": n_cpus}))
    incoming = pathlib.Path(rig.directory, "incoming")
    guests.callback(incoming.unlink, missing_ok=True)
    destination = Guest(rig.directory, "destination", [Nic(new_path, MAC, **properties)],
                        n_cpus=n_cpus, extra=["-incoming", f"unix:{incoming}"], wait_up=False)
    guests.callback(destination.kill)
    source.configure("eth0", f"{GUEST}/24")
    source.ping(HOST)

    stream = Stream(host, source, GUEST, 5000)
    parked = Stream(host, source, GUEST, 5001, parked=True, bytes_per_s=1 << 19)
    ping = Ping(host, GUEST)
    guests.callback(ping.child.kill)
    source.run("touch /tmp/busy")
    source.start("while [ -f /tmp/busy ]; do seq 200000 >/tmp/dirty; done")
    wire = host.open("h0", ETHERTYPE["arp" if announces else "rarp"])
    for each in (stream, parked):
        each.wait_sent(1 << 20)

    info = migrate(source, destination, incoming)
    wait_until(lambda: switch.fdb_ports().get(MAC) == new_port, 20, "the address has moved")
    wait_until(lambda: any(map(is_announcement, wire.receive(0))), 20, "the announcement")
    destination.run("rm /tmp/busy")
    parked.finish(destination)
    stream.wait_sent(tcp_bytes)
    asked, answered = ping.finish()
    stream.finish(destination)
    assert asked - answered <= PINGS_LOST_MAX, f"{answered} of {asked} pings answered"
    print(f"\nmigrated in {info['total-time']} ms, downtime {info['downtime']} ms; ping: "
          f"{answered} of {asked} answered; TCP: {stream.n_bytes >> 20} MiB read, "
          f"{parked.n_bytes >> 20} MiB parked")


@pytest.mark.long
def test_to_another_port(host, one_switch, rig, guests):
    """By a guest that cannot announce itself: the switch does, when QEMU says so."""
    check_migration(host, one_switch, rig, guests, announces=False)


def test_to_another_switch(host, two_switches, rig, guests):
    check_migration(host, two_switches, rig, guests, packed="on")


@pytest.mark.long
@pytest.mark.parametrize("announces", [False, True], ids=["rarp", "arp"])
@pytest.mark.parametrize("packed", ["off", "on"], ids=["split", "packed"])
@pytest.mark.parametrize("queues", [1, 2])
def test_100_megabytes(host, two_switches, rig, guests, queues, packed, announces):
    check_migration(host, two_switches, rig, guests, announces, 50 << 20, packed=packed,
                    queues=queues, n_cpus=queues)
