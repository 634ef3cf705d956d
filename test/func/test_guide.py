# SPDX-License-Identifier: BSD-3-Clause
"""
Promise: the command lines of DPDK's vhost guide start this switch, and with -p it forwards as
README says: all guests in one domain, told apart on the uplink by the tag 1000 + n.

    guest -- usvhost-0 [      ]
                       [switch] uplink0 -- dtap0      all in a network namespace
    guest -- usvhost-1 [      ]

The lines are the guide's, with a tap for the network card and sizes for the machine; the switch
polls on both CPUs then, and everything takes its turn.
"""

import os
import subprocess
import time

import pytest

from child import SWITCH_CPU, Child, wait_until
from frames import BROADCAST, MULTICAST, ether, tagged
from guest import device, mac_of
from netns import Netns
from switch import SWITCH, Switch

LINE = ("-c 3 -n 4 --socket-mem 256 --huge-dir /dev/hugepages --vdev net_tap0 -- "
        "-p 0x1 --dev-basename usvhost")
OUTSIDE = "02:00:00:00:0e:01"
UNKNOWN = "02:00:00:00:ff:01"
WIRE = 2


@pytest.fixture(scope="module")
def netns():
    with Netns("guide") as netns:
        yield netns


class GuideSwitch(Switch):
    """The switch of a line of the guide: sockets in the working directory, default paths."""

    def __init__(self, directory, netns, options, line=LINE):
        super().__init__(directory)
        self.command = ["env", "-C", directory, *netns.enter, SWITCH, *line.split(),
                        *options.split()]
        if "--ctl-socket" not in self.command:
            self.ctl_path = "/run/vhost-switch.ctl"

    def socket_path(self, number):
        return os.path.join(self.directory, "usvhost")


class Site:
    """The switch, two guests on its socket, and the far end of its uplink."""

    def __init__(self, rig, netns, options="", line=LINE):
        self.switch = GuideSwitch(rig.directory, netns, options, line)
        rig.switches.append(self.switch)
        self.switch.start()
        self.guest = rig.guest("guests", *[device(self.switch.socket_path(n), mac_of(n))
                                           for n in range(2)])
        self.ports = ["usvhost-0", "usvhost-1"]
        self.switch.wait_state(*self.ports, "uplink0")
        self.wire = netns.open("dtap0", 0x0003)  # ETH_P_ALL: frames with any tag

    def send(self, sender, frame):
        if sender == WIRE:
            self.wire.send(frame)
        else:
            self.guest.send(frame, sender)

    def take(self):
        """What has come out: frames at guest 0, at guest 1, on the wire."""
        return self.guest.receive(0), self.guest.receive(1), self.wire.receive(0)

    def expect(self, sender, frame, *out):
        """A frame from guest 0 or 1, or from WIRE, comes out at 0, 1, and WIRE as in `out`."""
        got = [[], [], []]

        def complete():
            for frames, more in zip(got, self.take()):
                frames.extend(more)
            return sum(map(len, got)) >= sum(map(len, out))
        self.send(sender, frame)
        try:
            wait_until(complete, 3, "the frames")
        except AssertionError:
            pass  # what is missing is shown by the comparison
        assert got == list(out)

    def expect_drop(self, sender, frame, reason):
        before = self.switch.drops().get(reason, 0)
        self.send(sender, frame)
        wait_until(lambda: self.switch.drops().get(reason, 0) == before + 1, 3, reason)

    def expect_no_more(self):
        """Nothing came out beyond what was expected."""
        self.switch.wait_quiet()
        time.sleep(0.05)
        assert self.take() == ([], [], [])

    def learn(self):
        for number in range(2):
            out = [[], [], [on_wire(number, UNKNOWN)]]
            self.expect(number, ether(mac_of(number), UNKNOWN), *out)


def on_wire(number, dst):
    """What a frame of a guest, ether(mac_of(number), dst), is on the uplink."""
    return tagged(mac_of(number), dst, 1000 + number)


def check_guests(site, vm2vm):
    """The table of DESIGN.md section 6, frames from a guest."""
    to_other = ether(mac_of(0), mac_of(1))
    if vm2vm:
        site.expect(0, to_other, [], [to_other], [])
    else:
        site.expect(0, to_other, [], [], [on_wire(0, mac_of(1))])
    site.expect(0, ether(mac_of(0), UNKNOWN), [], [], [on_wire(0, UNKNOWN)])
    for group in (BROADCAST, MULTICAST):
        frame = ether(mac_of(1), group)
        site.expect(1, frame, [frame] if vm2vm else [], [], [on_wire(1, group)])
    site.expect_drop(0, ether(mac_of(0), mac_of(0)), "same_port")


def check_uplink(site, strip):
    """The table, frames from the uplink: tag and address must both be the guest's."""
    for number in range(2):
        for dst in (mac_of(number), BROADCAST, MULTICAST):
            frame = tagged(OUTSIDE, dst, 1000 + number)
            out = [[], [], []]
            out[number] = [ether(OUTSIDE, dst, length=60) if strip else frame]
            site.expect(WIRE, frame, *out)
    for frame, reason in ((tagged(OUTSIDE, mac_of(0), 1001), "foreign_da"),
                          (tagged(OUTSIDE, UNKNOWN, 1000), "foreign_da"),
                          (tagged(OUTSIDE, mac_of(0), 77), "vlan_denied"),
                          (ether(OUTSIDE, mac_of(0)), "vlan_denied")):
        site.expect_drop(WIRE, frame, reason)


def check(site, vm2vm=True, strip=True):
    site.learn()
    check_guests(site, vm2vm)
    check_uplink(site, strip)
    site.expect_no_more()


@pytest.mark.parametrize("options, table", [
    ("", {}),
    ("--vm2vm 0", {"vm2vm": False}),
    ("--vm2vm 1", {}),
    ("--mergeable 0", {}),
    ("--mergeable 1", {}),
    ("--stats 1", {}),
    ("--rx-retry 0", {}),
    ("--rx-retry 1 --rx-retry-num 5", {}),
    ("--rx-retry 1 --rx-retry-delay 20", {}),
    ("--vlan-strip 0", {"strip": False}),
])
def test_lines_of_the_guide(rig, netns, options, table):
    site = Site(rig, netns, options)
    check(site, **table)
    rings = site.switch.ctl("show vhost usvhost-0")["ports"][0]["feature_names"]
    assert any("MRG_RXBUF" in name.upper() for name in rings) == (options != "--mergeable 0")
    if options == "--stats 1":
        wait_until(lambda: "Statistics for device usvhost-0" in site.switch.child.log(), 3,
                   "the statistics screen")


def test_registration_line(rig, netns):
    """As the guide's, with the name of the port."""
    site = Site(rig, netns)
    site.learn()
    for number in range(2):
        line = f"({site.switch.port_info(site.ports[number])['id']}) MAC_ADDRESS " \
               f"{mac_of(number)} and VLAN_TAG {1000 + number} registered"
        wait_until(lambda: any(site.ports[number] in text and line in text
                               for text in site.switch.child.log().splitlines()), 2, line)


def test_front_end_line_of_the_guide(rig, netns):
    """The guide's container: testpmd with a virtio-user port, which has to send first."""
    site = Site(rig, netns)
    mac = "02:00:00:00:00:10"
    testpmd = Child(rig.directory, "testpmd", [
        "env", "-C", rig.directory, "stdbuf", "-oL",
        "dpdk-testpmd", "-l", "0-1", "-n", "4", "-m", "256", "--no-pci", "--no-huge",
        "--file-prefix", f"container{os.getpid()}", "--no-telemetry",
        f"--vdev=net_virtio_user0,mac={mac},path=./usvhost", "--",
        "--forward-mode=macswap", "--port-topology=loop", "--auto-start", "--tx-first",
        "--total-num-mbufs=2048"], stdin=subprocess.PIPE)
    try:
        site.switch.wait_state("usvhost-2")
        wait_until(lambda: mac in site.switch.fdb_ports(), 10, "its first frames are seen")
        site.wire.send(tagged(OUTSIDE, mac, 1002))
        wait_until(lambda: tagged(mac, OUTSIDE, 1002) in site.wire.receive(0), 5, "the echo")
        wait_until(lambda: "VLAN_TAG 1002 registered" in site.switch.child.log(), 2, "the line")
    finally:
        testpmd.process.stdin.close()
        testpmd.kill()


def test_vm2vm_2_needs_a_card_that_loops_back(workdir, netns):
    switch = GuideSwitch(workdir, netns, "--vm2vm 2")
    try:
        code, log = switch.start_refused()
    finally:
        switch.child.kill()
    lines = [line for line in log.splitlines() if line.startswith("vhost-switch: ")]
    assert code == 1 and len(lines) == 1, log
    assert all(word in lines[0] for word in ("--vm2vm 2", "net_tap0", "--vm2vm 1")), log
    assert not os.path.exists(os.path.join(workdir, "usvhost"))


SMALL = (f"--lcores 0@{SWITCH_CPU} --no-pci --in-memory --vdev net_tap0 --vdev net_tap1 -- "
         "--dev-basename usvhost --ctl-socket switch.ctl")


def test_several_uplinks_share_nothing(rig, netns):
    """-p 0x3: a guest's frame leaves by both, and nothing passes between them."""
    site = Site(rig, netns, "-p 0x3", SMALL)
    site.switch.wait_state("uplink1")
    second = netns.open("dtap1", 0x0003)
    site.learn()
    assert len(second.receive(2)) == 2
    site.expect(0, ether(mac_of(0), UNKNOWN), [], [], [on_wire(0, UNKNOWN)])
    assert second.receive() == [on_wire(0, UNKNOWN)]
    site.expect_drop(WIRE, tagged(OUTSIDE, UNKNOWN, 1000), "foreign_da")
    site.expect(WIRE, tagged(OUTSIDE, BROADCAST, 1000), [ether(OUTSIDE, BROADCAST)], [], [])
    assert second.receive(0) == []


def test_addresses_move_between_guests(rig, netns):
    """A guest has any number of addresses, and who uses one last has it."""
    site = Site(rig, netns, "-p 1", SMALL)
    site.learn()
    others = [f"02:00:00:00:0a:{number:02x}" for number in range(5)]
    for other in others:
        wire = tagged(other, UNKNOWN, 1000)
        site.expect(0, ether(other, UNKNOWN), [], [], [wire])
    for other in others:
        frame = ether(mac_of(1), other)
        site.expect(1, frame, [frame], [], [])
    site.expect(1, ether(others[0], UNKNOWN), [], [], [tagged(others[0], UNKNOWN, 1001)])
    frame = ether(mac_of(0), others[0])
    site.expect(0, frame, [], [frame], [])
    site.expect_drop(WIRE, tagged(OUTSIDE, others[0], 1000), "foreign_da")
    frame = tagged(OUTSIDE, others[0], 1001)
    site.expect(WIRE, frame, [], [ether(OUTSIDE, others[0])], [])


def test_more_than_64_guests_have_their_own_tags(rig, netns):
    """66 guests on two sockets; what each sends and gets has its number on the uplink."""
    line = SMALL + " -p 0x1 --socket-file more,name=more,clients=2"
    switch = GuideSwitch(rig.directory, netns, "", line)
    rig.switches.append(switch)
    switch.start()
    names = ["more-0", "more-1", *[f"usvhost-{number}" for number in range(64)]]
    fronts = []
    for name in names:
        path = os.path.join(rig.directory, name.split("-")[0])
        fronts.append(rig.front(path, size=16))
        switch.wait_state(name)
    switch.wait_state("uplink0")
    wire = netns.open("dtap0", 0x0003)
    for number, front in enumerate(fronts):
        front.send(ether(mac_of(number), UNKNOWN))
        assert wire.receive(1) == [on_wire(number, UNKNOWN)]
        wire.send(tagged(OUTSIDE, mac_of(number), 1000 + number))
        frame, = wait_until(front.receive, 2, "the frame of the uplink")
        assert frame == ether(OUTSIDE, mac_of(number))
    for name, front in zip(names, fronts):
        assert front.receive() == []
        front.close()
    switch.wait_state(*names, state="listening")


def test_guest_that_was_connected_has_its_tag_again(rig, netns):
    """Also when ports have come and gone meanwhile."""
    site = Site(rig, netns, "-p 1", SMALL)
    site.switch.ctl("port connect usvhost-0 usvhost-1")
    site.switch.ctl(f"port add vhost extra path {rig.directory}/extra")
    site.switch.ctl("port del extra")
    site.switch.ctl("port disconnect usvhost-0")
    check(site)


@pytest.mark.parametrize("options, number", [("-p 1 --vlan-base 2000", 2000),
                                             ("-p 1 --vlan-base 0", None)])
def test_vlan_base(rig, netns, options, number):
    """Another number for the first tag; 0: no tags, the address alone tells."""
    site = Site(rig, netns, options, SMALL)
    for guest in (0, 1):
        site.send(guest, ether(mac_of(guest), UNKNOWN))
    assert len(site.wire.receive(2)) == 2
    frame, back = ether(mac_of(1), UNKNOWN), ether(OUTSIDE, mac_of(1))
    if number is None:
        site.expect(1, frame, [], [], [frame])
        site.expect(WIRE, back, [], [back], [])
    else:
        site.expect(1, frame, [], [], [tagged(mac_of(1), UNKNOWN, number + 1)])
        site.expect(WIRE, tagged(OUTSIDE, mac_of(1), number + 1), [], [back], [])
