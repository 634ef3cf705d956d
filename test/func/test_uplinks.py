# SPDX-License-Identifier: BSD-3-Clause
"""Ethernet and host ports: what they carry, what their link does to them, what they refuse."""

import contextlib
import struct

import pytest

from child import wait_until
from frames import BROADCAST, LOCAL_EXPERIMENTAL, ether
from guest import mac_of
from netns import Netns
from switch import ControlError

STATION = "02:00:00:00:01:01"  # on the wire
OTHER_STATION = "02:00:00:00:01:02"
LENGTHS = (60, 61, 127, 128, 1000, 1514)

# How a port takes part in the cable between wire0 and wire1 (the tap has one end only).
DRIVERS = {
    "net_tap": "net_tap0,iface=wire0",
    "net_af_packet": "net_af_packet0,iface=wire1",
    "net_af_xdp": "net_af_xdp0,iface=wire1",
}


class Site:
    """A switch in a namespace of its own, with two guests on vhost0 and vhost1."""

    def __init__(self, rig, netns, **options):
        self.netns = netns
        self.switch = rig.switch(ports=2, prefix=netns.enter, **options)
        self.lan = rig.lan(self.switch, 2)
        self.guest = self.lan.guest

    def add(self, command):
        """Make a port; its name."""
        self.switch.ctl(f"port add {command}")
        return command.split()[1]

    @contextlib.contextmanager
    def wire(self, driver="net_tap"):
        """A port "up0" by a driver; yields the far end of its cable."""
        if driver != "net_tap":
            self.netns.veth("wire0", "wire1")
        try:
            self.add(f"eth up0 devargs {DRIVERS[driver]}")
            self.switch.wait_state("up0", timeout_s=3)
            yield self.netns.open("wire0")
            self.switch.ctl("port del up0")
        finally:
            self.netns.ip("link del wire0", check=False)

    def receive(self, number, count):
        """Wait for frames of the tests at a guest's port; take all."""
        frames = []

        def enough():
            frames.extend(frame for frame in self.guest.receive(number)
                          if frame[12:14] == LOCAL_EXPERIMENTAL.to_bytes(2, "big"))
            return len(frames) >= count
        try:
            wait_until(enough, 3, "the frames")
        except AssertionError:
            pass  # the caller compares
        return frames


@pytest.fixture(scope="module")
def site(shared_rig):
    with Netns("site") as netns:
        yield Site(shared_rig, netns)
        shared_rig.finish()


def sized_frames(src, dst):
    return [ether(src, dst, bytes([n % 251]) * (n - 14), n) for n in LENGTHS]


def exchange(site, wire):
    """Frames of all lengths in both directions arrive as they were, and only where they shall."""
    site.guest.receive(0), site.guest.receive(1), wire.receive(0)
    wire.send(ether(STATION, BROADCAST))
    assert len(site.receive(0, 1)) == len(site.receive(1, 1)) == 1
    up = sized_frames(mac_of(0), STATION)
    for frame in up:
        site.guest.send(frame)
    assert wire.receive(len(up)) == up
    down = sized_frames(STATION, mac_of(0))
    for frame in down:
        wire.send(frame)
    assert site.receive(0, len(down)) == down
    assert site.guest.receive(1) == [] and wire.receive(0) == []


@pytest.mark.parametrize("driver", DRIVERS)
def test_wire(site, driver):
    """Frames pass; the state follows the link within 2 s, and what was learned is forgotten."""
    with site.wire(driver) as wire:
        exchange(site, wire)
        info = site.switch.port_info("up0")
        assert (info["driver"], info["mtu"], info["kind"]) == (driver, 1500, "eth")
        assert info["promiscuous"]
        assert site.switch.fdb_ports()[STATION] == "up0"

        site.netns.ip("link set wire0 down")
        site.switch.wait_state("up0", state="down", timeout_s=2)
        assert "up0" not in site.switch.fdb_ports().values()
        site.guest.send(ether(mac_of(0), STATION))
        assert len(site.receive(1, 1)) == 1, "other ports lose nothing"

        site.netns.ip("link set wire0 up")
        site.switch.wait_state("up0", timeout_s=2)
        exchange(site, wire)

        site.netns.ip("link del wire0")
        site.switch.wait_state("up0", state="down", timeout_s=2)
        site.switch.ctl("port stop up0")
        site.switch.ctl("port start up0")
        site.guest.send(ether(mac_of(0), mac_of(1)))
        assert len(site.receive(1, 1)) == 1


def test_short_frame_is_padded(site):
    with site.wire() as wire:
        short = ether(mac_of(0), BROADCAST, b"x", 15)
        site.guest.send(short)
        assert wire.receive(1) == [short.ljust(60, b"\0")]
        assert site.receive(1, 1) == [short]


def test_stopped_port_keeps_nothing(site):
    """What comes while a port is stopped is not forwarded when it starts."""
    with site.wire() as wire:
        site.switch.ctl("port stop up0")
        assert not site.switch.port_info("up0")["promiscuous"]
        wire.send(ether(STATION, BROADCAST), count=100)
        site.switch.ctl("port start up0")
        assert site.switch.port_info("up0")["promiscuous"]
        late = ether(STATION, BROADCAST, b"late")
        wire.send(late)
        assert site.receive(0, 1) == site.receive(1, 1) == [late]


def test_mtu(site):
    """Frames up to the MTU of the port pass, in both directions; a longer one is dropped."""
    with site.wire() as wire:
        wire.send(ether(STATION, BROADCAST))
        assert len(site.receive(0, 1)) == len(site.receive(1, 1)) == 1
        for mtu in (1400, 1500):
            site.switch.ctl(f"port set up0 mtu {mtu}")
            assert f" mtu {mtu} " in site.netns.run("ip", "link", "show", "wire0").stdout
            drops = site.switch.drops("up0").get("oversize", 0)
            fits = ether(mac_of(0), STATION, b"fits" * 99, mtu + 14)
            site.guest.send(ether(mac_of(0), STATION, b"too long", mtu + 15))
            site.guest.send(fits)
            assert wire.receive(1) == [fits]
            assert site.switch.drops("up0")["oversize"] == drops + 1
            fits = ether(STATION, mac_of(0), b"fits" * 99, mtu + 14)
            wire.send(fits)
            assert site.receive(0, 1) == [fits]
        with pytest.raises(ControlError, match="to 1504, not 9000"):
            site.switch.ctl("port set up0 mtu 9000")
        assert site.switch.port_info("up0")["mtu"] == 1500


def test_uplinks_do_not_loop(site):
    """Two uplinks into one bridge: a broadcast leaves once by each, and does not come back."""
    names = ["up0", "up1"]
    site.netns.ip("link add br0 type bridge")
    site.netns.ip("link set br0 up")
    try:
        for name in names:
            site.add(f"eth {name} devargs net_tap_{name},iface=wire{name}")
            site.netns.ip(f"link set wire{name} master br0")
        site.switch.wait_state(*names)
        wire = site.netns.open("br0")
        # A port of it forwards at once without STP, but not before the kernel has noticed it.
        wait_until(lambda: site.netns.run("ip", "-d", "link", "show", "master", "br0")
                   .stdout.count("state forwarding") == 2, 5, "the bridge forwards")
        before = site.switch.port_stats()
        frame = ether(mac_of(0), BROADCAST, b"once")
        site.guest.send(frame)
        assert wire.receive(2) == [frame, frame]
        site.switch.wait_quiet()
        after = site.switch.port_stats()
        assert [after[name]["tx_frames"] - before[name]["tx_frames"] for name in names] == [1, 1]
        # One from the guest, and what each uplink has sent by the other one.
        assert site.receive(1, 3) == [frame, frame, frame]
    finally:
        for name in names:
            site.switch.ctl(f"port del {name}")
        site.netns.ip("link del br0")
        site.guest.receive(0), site.guest.receive(1)


def test_host_ports_ping(site):
    """Two namespaces reach each other through the switch; interfaces go with their ports."""
    with Netns("left") as left, Netns("right") as right:
        for number, netns in enumerate((left, right), 1):
            site.add(f"host h{number} netns {netns.name}")
            netns.ip(f"addr add 10.0.0.{number}/24 dev h{number}")
        assert site.switch.port_info("h1")["kind"] == "host"
        left.run("ping", "-c", "3", "-i", "0.2", "-W", "2", "10.0.0.2")
        # Renamed, as container runtimes do, it is still the same port.
        left.ip("link set h1 down")
        site.switch.wait_state("h1", state="down", timeout_s=2)
        left.ip("link set h1 name eth0")
        left.ip("link set eth0 up")
        site.switch.wait_state("h1", timeout_s=2)
        left.run("ping", "-c", "1", "-W", "2", "10.0.0.2")
        for name in ("h1", "h2"):
            site.switch.ctl(f"port del {name}")
        assert left.interfaces() == right.interfaces() == {"lo"}
        assert "qdisc" not in site.switch.child.log(), "what the driver says of each tap"


def test_host_port_in_the_own_namespace(site):
    site.add("host h0")
    assert "h0" in site.netns.interfaces()
    exchange(site, site.netns.open("h0"))
    site.switch.ctl("port del h0")
    assert "h0" not in site.netns.interfaces()


REFUSED = {
    "eth x devargs net_nothing0": "net_nothing0",
    "eth x devargs net_af_packet7,iface=nothing": "net_af_packet7,iface=nothing",
    "eth x devargs net_tap_up": 'port "up"',
    "host h0123456789abcde": "15 characters",
    "host lo": "exists already",
    "host h0 netns nothing": "nothing",
}


def test_refusals(site):
    """One sentence that names the object; nothing is left behind."""
    site.add("eth up devargs net_tap_up,iface=wire0")
    ports = [entry["port"] for entry in site.switch.ctl("show port info all")["ports"]]
    interfaces = site.netns.interfaces()
    for command, reason in REFUSED.items():
        with pytest.raises(ControlError) as refusal:
            site.add(command)
        assert reason in refusal.value.error["text"], command
    assert ports == [entry["port"] for entry in site.switch.ctl("show port info all")["ports"]]
    assert interfaces == site.netns.interfaces()
    site.switch.ctl("port del up")


def test_xstats(site):
    with site.wire() as wire:
        wire.send(ether(STATION, BROADCAST), count=3)
        assert len(site.receive(0, 3)) == len(site.receive(1, 3)) == 3
        entries = site.switch.ctl("show port xstats all")["ports"]
        xstats = {entry["port"]: entry.get("xstats") for entry in entries}
        assert xstats["up0"]["rx_good_packets"] == 3
        assert xstats["vhost0"] is None


def write_pcap(path, frames):
    with open(path, "wb") as file:
        file.write(struct.pack("=IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for frame in frames:
            file.write(struct.pack("=IIII", 0, 0, len(frame), len(frame)) + frame)


def read_pcap(path):
    with open(path, "rb") as file:
        data = file.read()[24:]
    while data:
        length = struct.unpack_from("=I", data, 8)[0]
        yield data[16:16 + length]
        data = data[16 + length:]


def test_pcap_files_and_null(site):
    """A file is played to the guests, what they send is written to another; null swallows."""
    directory = site.switch.directory
    frames = [ether(STATION, BROADCAST, bytes([n])) for n in range(5)]
    write_pcap(f"{directory}/in", frames)
    site.add(f"eth file devargs net_pcap0,rx_pcap={directory}/in,tx_pcap={directory}/out")
    assert site.receive(0, 5) == site.receive(1, 5) == frames
    site.add("eth null devargs net_null0,no-rx=1")
    reply = ether(mac_of(0), STATION)
    site.guest.send(reply)
    site.guest.send(ether(mac_of(0), BROADCAST))
    assert len(site.receive(1, 1)) == 1
    site.switch.wait_quiet()
    assert site.switch.port_stats()["null"]["tx_frames"] == 1
    site.switch.ctl("port del null")
    site.switch.ctl("port del file")
    assert list(read_pcap(f"{directory}/out"))[0] == reply


def test_device_of_eal_is_borrowed(rig):
    """A device that EAL has probed is used and stays; lcores share its one transmit queue."""
    with Netns("borrow") as netns:
        site = Site(rig, netns, n_lcores=2, eal=("--vdev", "net_tap0,iface=wire0"))
        for _ in range(2):
            site.add("eth up devargs net_tap0")
            site.switch.wait_state("up", timeout_s=3)
            exchange(site, netns.open("wire0"))
            site.switch.ctl("port del up")
            assert "wire0" in netns.interfaces()
        rig.finish()


# The near end of a cable between two switches, and the far end, which is made first.
CABLES = {
    "memif": ("eth up devargs net_memif0,role=client,socket={0}/memif,socket-abstract=no",
              "eth up devargs net_memif0,role=server,socket={0}/memif,socket-abstract=no"),
    "virtio_user": ("eth up devargs net_virtio_user0,path={0}/far,queue_size=1024",
                    "vhost up path {0}/far"),
}


@pytest.mark.parametrize("cable", CABLES)
def test_two_switches(rig, cable):
    """Guests of two switches reach each other; the near one sees that the far one is gone."""
    near, far = [rig.switch(ports=1, name=name, in_memory=False,
                            eal=("--single-file-segments",)) for name in ("near", "far")]
    guests = [rig.lan(switch, 1, name=f"guest{switch.name}").guest for switch in (near, far)]
    near.foreign_sockets = [far.ctl_path, far.socket_path(0), f"{rig.directory}/far"]
    far.ctl("port add " + CABLES[cable][1].format(rig.directory))
    near.ctl("port add " + CABLES[cable][0].format(rig.directory))
    near.wait_state("up")
    far.wait_state("up")
    frames = sized_frames(STATION, OTHER_STATION)
    for source, sink in (guests, guests[::-1]):
        for frame in frames:
            source.send(frame)
        wait_until(lambda: sink.received() == len(frames), 5, "all frames")
        assert sink.receive() == frames
    if cable == "virtio_user":  # other software devices know no jumbo frames
        near.ctl("port set up mtu 9000")
        assert near.port_info("up")["mtu"] == 9000
    far.ctl("port del up")
    near.wait_state("up", state="down", timeout_s=2)
    near.ctl("port del up")
