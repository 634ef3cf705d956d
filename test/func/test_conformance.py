# SPDX-License-Identifier: BSD-3-Clause
"""
Promise: what test/conformance.rst promises of rings, features and long frames, and no other file
of tests is about.

    guest -- v0 [      ] v2 -- raw front end
    guest -- v1 [switch] v3 -- raw front end
"""

import struct

import pytest

import rawfront
from child import wait_until
from frames import BROADCAST, ether
from guest import mac_of
from honest import HonestPair
from rawfront import (BUFFER_BYTES, F_MRG_RXBUF, F_MTU, F_PROTOCOL_FEATURES, F_VERSION_1,
                      HEADER_BYTES, PROTOCOL_F_NET_MTU, RX, TX)
from splitring import DESC_NEXT, DESC_WRITE

MTU = 9000
LONGEST = 14 + MTU
ROOM_BYTES = 9728  # of a frame buffer: longer frames do not come in


class Bench:
    """Raw front ends come and go on v2 and v3, beside a guest on v0 and v1."""

    def __init__(self, rig):
        self.rig = rig
        self.switch = rig.switch(ports=4)
        self.lan = rig.lan(self.switch, 2)
        self.fronts = []

    def connect(self, number, **options):
        """A front end on port vhost<number>; not set up with start=False."""
        front = self.rig.front(self.switch.socket_path(number), **options)
        self.fronts.append((number, front))
        if options.get("start", True):
            self.switch.wait_state(f"vhost{number}")
        return front

    def disconnect(self, *numbers):
        """Those on these ports, or all."""
        for number, front in self.fronts:
            if not numbers or number in numbers:
                front.close()
                self.switch.wait_state(f"vhost{number}", state="listening")
        self.fronts = [entry for entry in self.fronts if numbers and entry[0] not in numbers]

    def from_front(self, send, count=1):
        """What send() makes a front end send comes out at both ports of the guest."""
        first, second = self.lan.outcome(send, count)
        assert first == second
        return first


@pytest.fixture(scope="module")
def shared_bench(shared_rig):
    return Bench(shared_rig)


@pytest.fixture
def bench(shared_bench, request):
    request.node.log_directory = shared_bench.switch.directory
    yield shared_bench
    shared_bench.disconnect()


def frame_of(number, length=60, payload=bytes(range(251)) * 300):
    return ether(mac_of(number), BROADCAST, payload[:length - 14], 0)


# Rings


@pytest.mark.parametrize("enable_first", [True, False])
def test_ring_may_be_enabled_before_or_after_its_kick(bench, enable_first):
    front = bench.connect(2, start=False)
    front.negotiate()
    front.set_memory()
    front.post_receive_buffers()
    steps = [front.enable, front.set_ring]
    for step in steps if enable_first else reversed(steps):
        for queue in (RX, TX):
            step(queue)
    bench.switch.wait_state("vhost2")
    assert bench.from_front(lambda: front.send(frame_of(2))) == [frame_of(2)]
    bench.lan.exchange((0, frame_of(0)))
    assert front.receive() == [frame_of(0)]


def test_disabled_transmit_ring_sends_nothing(bench):
    front = bench.connect(2)
    front.enable(TX, False)
    front.sync()

    def send():
        front.offer_frame(frame_of(2))
        bench.lan.guest.send(frame_of(0))
    with bench.switch.dropping("vhost2", ring_disabled=1):
        assert bench.lan.outcome(send, 1) == [[], [frame_of(0)]]
        front.wait_taken()
        front.enable(TX)
        front.sync()
    assert bench.from_front(lambda: front.send(frame_of(2))) == [frame_of(2)]


def test_stopped_ring_is_left_alone(bench):
    """After the answer to GET_VRING_BASE not a byte of rings and buffers is written or taken."""
    front = bench.connect(2)
    front.send(frame_of(2))
    assert [front.stop_ring(RX), front.stop_ring(TX)] == [front.rings[RX].used_index(), 1]
    front.offer_frame(frame_of(2, payload=b"too late"))
    before = bytes(front.memory)
    with bench.switch.dropping("vhost2"):
        assert bench.lan.exchange((0, frame_of(0)), (1, frame_of(1)), count=50)
    assert bytes(front.memory) == before
    assert bench.switch.port_info("vhost2")["state"] == "negotiated"


def test_ring_starts_again_where_it_stopped(bench):
    front = bench.connect(2)
    for _ in range(3):
        assert bench.from_front(lambda: front.send(frame_of(2))) == [frame_of(2)]
        bench.lan.exchange((0, frame_of(0)))
        assert front.receive() == [frame_of(0)]
        bases = [front.stop_ring(queue) for queue in (RX, TX)]
        for queue in (RX, TX):
            front.set_ring(queue, bases[queue])
            front.enable(queue)
        bench.switch.wait_state("vhost2")


# Features


@pytest.mark.parametrize("bit", [6, 10, 13, 24, 40, 63])
def test_features_not_offered_are_refused(bench, bit):
    """UFO, ECN, the obsolete GSO and bits nobody knows; the front end may then ask for less."""
    front = bench.connect(2, start=False)
    front.negotiate()
    assert not front.ask(rawfront.GET_FEATURES) & 1 << bit
    wanted = struct.pack("<Q", front.features | 1 << bit)
    assert front.ask_ack(rawfront.SET_FEATURES, wanted) != 0
    assert front.ask_ack(rawfront.SET_FEATURES, struct.pack("<Q", front.features)) == 0
    front.set_up()
    bench.switch.wait_state("vhost2")
    shown, = bench.switch.ctl("show vhost vhost2")["ports"]
    assert int(shown["features"], 16) == front.features
    assert bench.from_front(lambda: front.send(frame_of(2))) == [frame_of(2)]


def test_front_end_that_insists_is_disconnected(bench):
    """Without NEED_REPLY there is no other answer to features that were not offered."""
    front = bench.connect(2, start=False)
    front.negotiate()
    front.message(rawfront.SET_FEATURES, struct.pack("<Q", front.features | 1 << 63))
    assert front.socket.recv(1) == b""
    bench.switch.wait_state("vhost2", state="listening")


def test_rings_start_enabled_without_protocol_features(bench):
    """Bit 30 is not negotiated: there is no SET_VRING_ENABLE, a kick suffices."""
    front = bench.connect(2, start=False, features=F_VERSION_1 | F_MRG_RXBUF)
    front.negotiate()
    front.set_memory()
    front.post_receive_buffers()
    for queue in (RX, TX):
        front.set_ring(queue)
    bench.switch.wait_state("vhost2")
    assert bench.from_front(lambda: front.send(frame_of(2))) == [frame_of(2)]
    bench.lan.exchange((0, frame_of(0)))
    assert front.receive() == [frame_of(0)]


def test_every_message_is_answered_on_demand(bench):
    """NEED_REPLY: one answer to each message, in order, 0 for those that are carried out."""
    front = bench.connect(2, start=False)
    front.negotiate()
    assert front.protocol_features & rawfront.PROTOCOL_F_REPLY_ACK
    plain, answers = front.message, []

    def message(request, payload=b"", fds=(), flags=rawfront.VERSION):
        plain(request, payload, fds, flags | rawfront.NEED_REPLY)
        if request != rawfront.GET_FEATURES:  # which has its own answer
            answers.append((request, struct.unpack("<Q", front.reply(request))[0]))

    front.message = message
    front.set_up()
    front.message = plain
    assert len(answers) == 1 + 2 * 5 + 2 and {answer for _, answer in answers} == {0}
    assert front.ask_ack(rawfront.SET_VRING_NUM, struct.pack("<II", RX, 1 << 20)) != 0
    bench.switch.wait_state("vhost2")


def test_unknown_header_flags_are_ignored(bench):
    """Each bit of the header's flags and type alone; no offload is negotiated."""
    front = bench.connect(2)
    headers = [struct.pack("<BBHHHHH", 1 << bit if not high else 0, 1 << bit if high else 0,
                           0, 0, 0, 0, 0) for high in (False, True) for bit in range(8)]
    headers += [b"\xff" * HEADER_BYTES]

    def send():
        for header in headers:
            front.send(frame_of(2), header)
    with bench.switch.dropping("vhost2"):
        assert bench.from_front(send, len(headers)) == [frame_of(2)] * len(headers)


# Lengths and chains


def test_jumbo_frames(bench):
    """Up to the MTU they arrive whole; what is longer has its name, and hurts nothing."""
    front = bench.connect(2, size=64)
    fits = frame_of(2, LONGEST)
    assert bench.from_front(lambda: front.send(fits)) == [fits]
    for length, reason in ((LONGEST + 1, "oversize"), (ROOM_BYTES, "oversize"),
                           (ROOM_BYTES + 1, "buffer_invalid"), (65535, "buffer_invalid"),
                           (14 + 65536, "buffer_invalid")):
        with bench.switch.dropping("vhost2", **{reason: 1}):
            assert bench.from_front(lambda: front.send(frame_of(2, length))) == []
    other = bench.connect(3)
    assert bench.from_front(lambda: front.send(fits)) == [fits]
    assert other.receive() == [fits]


def test_mtu_that_the_guest_was_told(bench):
    """What is longer is dropped, both ways, if that MTU is lower than the port's."""
    def told():
        return bench.switch.ctl("show vhost vhost2")["ports"][0].get("mtu")

    def check(mtu):
        fits = 14 + mtu
        other = bench.connect(3)
        assert bench.from_front(lambda: front.send(frame_of(2, fits))) == [frame_of(2, fits)]
        other.receive()
        bench.from_front(lambda: other.send(frame_of(3, fits)))
        assert front.receive() == [frame_of(3, fits)]
        with bench.switch.dropping("vhost2", oversize=1 if mtu == MTU else 2):
            assert bench.from_front(lambda: front.send(frame_of(2, fits + 1))) == []
            bench.from_front(lambda: other.send(frame_of(3, fits + 1)))
        assert (front.receive(), other.receive()) == ([], [])
        bench.disconnect(3)

    front = bench.connect(2, features=F_VERSION_1 | F_PROTOCOL_FEATURES | F_MRG_RXBUF | F_MTU,
                          start=False)
    front.negotiate()
    assert front.features & F_MTU and front.protocol_features & PROTOCOL_F_NET_MTU
    for mtu in (67, 65536):
        assert front.ask_ack(rawfront.NET_SET_MTU, struct.pack("<Q", mtu)) != 0
    front.message(rawfront.NET_SET_MTU, struct.pack("<Q", 1400))
    front.set_up()
    bench.switch.wait_state("vhost2")
    assert told() == 1400
    check(1400)
    bench.switch.ctl("port set vhost2 mtu 1300")
    check(1300)
    bench.switch.ctl("port set vhost2 mtu 9000")
    front.message(rawfront.NET_SET_MTU, struct.pack("<Q", 2000))
    wait_until(lambda: told() == 2000, 2, "the MTU while it runs")
    check(2000)
    bench.disconnect()
    assert told() is None
    front = bench.connect(2)  # that has not heard of any
    check(MTU)


CHAINS = (2, 3, 17, 64, 255, 256)


def cuts(length, parts):
    """Split `length` bytes into pieces as unequal as their number allows: the first are short."""
    sizes = [1 + number % 3 for number in range(parts - 1)]
    return [*sizes, length - sum(sizes)]


def test_frames_out_of_many_descriptors(bench):
    front = bench.connect(2)
    ring = front.rings[TX]
    data = bytes(HEADER_BYTES) + frame_of(2, LONGEST)

    def send():
        for parts in CHAINS:
            front.write_chain(0, data)
            offset = front.buffer_address(TX, 0)
            for index, size in enumerate(cuts(len(data), parts)):
                last = index == parts - 1
                ring.write_descriptor(index, offset, size, 0 if last else DESC_NEXT, index + 1)
                offset += size
            ring.offer(0)
            front.wait_taken()
    assert bench.from_front(send, len(CHAINS)) == [data[HEADER_BYTES:]] * len(CHAINS)


def test_frames_into_many_descriptors(bench):
    """Without mergeable buffers: the frame lies in one chain, cut as the driver likes."""
    front = bench.connect(2, features=F_VERSION_1 | F_PROTOCOL_FEATURES, start=False)
    front.negotiate()
    ring = front.rings[RX]
    front.post_receive_buffers = lambda queue: None
    front.set_up()
    bench.switch.wait_state("vhost2")
    sender = bench.connect(3)
    frame = frame_of(3, LONGEST)
    for parts in CHAINS:
        sizes = cuts(HEADER_BYTES + len(frame), parts)
        address = front.buffer_address(RX, 0)
        for index, size in enumerate(sizes):
            last = index == parts - 1
            ring.write_descriptor(index, address, size, DESC_WRITE | (0 if last else DESC_NEXT),
                                  index + 1)
            address += size
        ring.offer(0)
        bench.from_front(lambda: sender.send(frame))
        assert ring.take_used() == [(0, HEADER_BYTES + len(frame))]
        offset = front.buffer_offset(RX, 0) + HEADER_BYTES
        assert bytes(front.memory[offset:offset + len(frame)]) == frame


# Books and buffers


def test_books_balance_for_each_port_and_reason(bench):
    """Rows of all kinds; every frame is found again as sent or in one reason."""
    front = bench.connect(2)
    before = bench.switch.port_stats(), bench.switch.drops()
    bad = [frame_of(2)[:10], ether("01:00:5e:00:00:01", BROADCAST), ether(mac_of(2), mac_of(2)),
           ether(mac_of(2), "01:80:c2:00:00:0e"), ether(mac_of(2), BROADCAST)[:13]]
    bad_and_good = [frame for one in bad * 4 for frame in (frame_of(2), one)]
    for number in (0, 1):
        bench.lan.guest.stream(number, number, mac_of(1 - number), mac_of(number), 2000, 10000)
    front.send_all(bad_and_good)
    bench.lan.guest.wait_sent(10)
    bench.switch.wait_quiet()
    stats, drops = bench.switch.port_stats(), bench.switch.drops()

    def sum_of(key):
        return sum(entry[key] - before[0][port][key] for port, entry in stats.items())
    gone = {reason: n - before[1].get(reason, 0) for reason, n in drops.items()}
    assert {reason: n for reason, n in gone.items() if n} == {
        "runt": 8, "src_group": 4, "same_port": 4, "reserved_da": 4}
    assert sum_of("rx_frames") == 4000 + 40
    assert sum_of("rx_frames") + sum_of("copies") == sum_of("tx_frames") + sum(gone.values())
    bench.lan.guest.command("reset")


def test_only_what_was_taken_counts_as_sent(bench):
    """A receiver with 16 buffers, which it never fills up, delays nobody and gets 16 frames."""
    front = bench.connect(2, size=16)
    with bench.switch.dropping("vhost2", ring_full=484):
        before = bench.switch.port_stats()["vhost2"]["tx_frames"]
        pair = HonestPair(bench.lan.guest)
        bench.switch.wait_quiet()
        taken = bench.switch.port_stats()["vhost2"]["tx_frames"] - before
        pair.start(pps=2000)
        bench.lan.guest.stream(0, 7, BROADCAST, mac_of(0), 500 - taken, 5000)
        wait_until(lambda: bench.switch.drops("vhost2").get("ring_full", 0) >= 484, 5, "all drops")
        pair.finish(at_least=200)
        bench.lan.guest.command("stop")
    assert bench.switch.port_stats()["vhost2"]["tx_frames"] - before == 16
    assert len(front.receive()) == 16
    bench.lan.guest.command("reset")


def test_removed_port_loses_no_buffer(bench):
    """Frames from it, to it and through it while it goes; then every buffer is back."""
    path = bench.switch.socket_path("extra")
    bench.lan.guest.stream(0, 8, mac_of(9), mac_of(0), 0, 5000)
    bench.lan.guest.stream(1, 9, BROADCAST, mac_of(1), 0, 5000)
    for _ in range(2):
        bench.switch.ctl(f"port add vhost extra path {path}")
        front = bench.rig.front(path)
        bench.switch.wait_state("extra")
        front.send(ether(mac_of(9), BROADCAST))
        wait_until(lambda: mac_of(9) in bench.switch.fdb_ports(), 2, "the address is learned")
        for _ in range(20):
            front.write_chain(0, bytes(HEADER_BYTES) + frame_of(9, BUFFER_BYTES))
            front.rings[TX].offer(*[0] * 8)
        bench.switch.ctl("port del extra")
        front.close()
    bench.lan.guest.command("stop")
    bench.switch.wait_quiet()
    bench.switch.check_frames()
    bench.lan.guest.command("reset")


def test_refused_frames_return_their_buffers(bench):
    """Frames of a source that is another's, of their own port, of a guest that talks nonsense."""
    front = bench.connect(2)
    bench.switch.ctl(f"fdb add {mac_of(8)} port vhost3")
    assert bench.from_front(lambda: front.send(frame_of(2))) == [frame_of(2)]
    frames = [ether(mac_of(8), BROADCAST), ether(mac_of(2), mac_of(2)), bytes(10)]
    count = 512
    with bench.switch.dropping("vhost2", fdb_violation=count, same_port=count, runt=count):
        front.send_all(frames * count)
    assert bench.from_front(lambda: None, 0) == []
    bench.switch.check_frames()
    bench.switch.ctl(f"fdb del {mac_of(8)}")
