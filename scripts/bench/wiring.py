# SPDX-License-Identifier: BSD-3-Clause
"""
What lies between the generator's ports and those of the switch, beside vhost-user sockets:

    with wiring.make(directory, suite, generator_cpu) as wires:     # network namespace, cables
        with peer.start(site) as switch:                            # site.wires are these
            wires.connect()                                         # what the switch comes before

    vhost   nothing: the generator's ports are the sockets
    uplink  port 0 of the generator - cable - up0 of the switch; port 1 is the socket
    vmfwd   generator - cables - up0 [VLAN 10] socket 0 - guest - socket 1 [VLAN 11] up1 - generator

A cable is a veth with af_packet at both ends, in a namespace that no name leads to: it goes with
the last process in it, and no frame leaves it.
"""

import os

from . import testpmd
from .fault import Fault
from .process import Child, wait_until

READY_TIMEOUT_S = 20
FIRST_VLAN = 10
GUEST_MBUFS = 16384
UPLINK_FRAMES = 1024  # in each ring of af_packet, as in those of virtio

NAMESPACE = """set -e
[ ! -w {ipv6} ] || echo 1 >{ipv6}
for number in $(seq 0 {last}); do
    ip link add up$number type veth peer name wire$number
    ip link set up$number up
    ip link set wire$number up
done
echo ready
exec sleep infinity
"""
IPV6 = "/proc/sys/net/ipv6/conf/default/disable_ipv6"  # the kernel shall send nothing itself


def af_packet(number, interface):
    return f"net_af_packet{number},iface={interface},framecnt={UPLINK_FRAMES},qdisc_bypass=1"


class Wires:
    """`enter` stands before the commands of switch and generator; `eal` is for the generator."""

    n_uplinks = 0
    enter = ()
    eal = ()

    def __init__(self, directory, suite, cpu):
        self.directory = directory
        self.suite = suite
        self.cpu = cpu
        self.children = []

    def begin(self):
        pass

    def connect(self):
        pass

    def console(self):
        """Commands for our switch, at its start."""
        return []

    def ports(self, sockets):
        """Of the generator, in their order: its options."""
        return [word for path in sockets for word in ("--socket", path)]

    def stop(self):
        while self.children:
            self.children.pop().stop()

    def run(self, name, command, **options):
        child = Child(name, command, os.path.join(self.directory, name + ".log"), **options)
        self.children.append(child)
        return child

    def __enter__(self):
        try:
            self.begin()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *exception):
        self.stop()


class Uplink(Wires):
    n_uplinks = 1

    def begin(self):
        script = NAMESPACE.format(ipv6=IPV6, last=self.n_uplinks - 1)
        child = self.run("namespace", ["unshare", "--net", "sh", "-c", script])
        wait_until(lambda: child.log().endswith("ready\n") or not child.alive, READY_TIMEOUT_S)
        if not child.alive or not child.log().endswith("ready\n"):
            raise Fault(f"{self.suite.name} needs a network namespace with veth devices, which "
                        f"cannot be made here: {child.last_words()}; run it as root")
        self.enter = ("nsenter", f"--net=/proc/{child.pid}/ns/net")
        self.eal = [word for number in range(self.n_uplinks)
                    for word in ("--vdev", af_packet(number, f"wire{number}"))]

    def console(self):
        return [f"port add eth up{number} devargs {af_packet(number, f'up{number}')}"
                for number in range(self.n_uplinks)]

    def ports(self, sockets):
        return ["--ethdev", "0", *super().ports(sockets)]


class GuestForwards(Uplink):
    """Each uplink shares a VLAN with one port of the guest: without it no frame comes through."""

    n_uplinks = 2

    def console(self):
        yield from super().console()
        for number in range(self.n_uplinks):
            for port in (f"up{number}", f"vhost{number}"):
                yield f"port set {port} vlan access {FIRST_VLAN + number}"

    def connect(self):
        testpmd.check("the guest")
        devices = [f"net_virtio_user{number},path={os.path.join(self.directory, f'p{number}')},"
                   f"queue_size={self.suite.ring_size}" for number in range(self.n_uplinks)]
        guest = self.run("guest", testpmd.command("guest", self.cpu, devices, "io", GUEST_MBUFS),
                         cpus={self.cpu}, console=True)
        testpmd.start(guest)
        if not wait_until(lambda: testpmd.forwards(guest) or not guest.alive, READY_TIMEOUT_S) or \
                not guest.alive:
            raise Fault(f"{self.suite.name}: the guest has not begun to forward: "
                        f"{guest.last_words()} (log: {guest.log_path})")

    def ports(self, sockets):
        return [word for number in range(self.n_uplinks) for word in ("--ethdev", str(number))]


KINDS = {"vhost": Wires, "uplink": Uplink, "vmfwd": GuestForwards, "tcp": Wires}


def make(directory, suite, cpu):
    return KINDS[suite.wiring](directory, suite, cpu)
