# SPDX-License-Identifier: BSD-3-Clause
"""
Promise: what a guest asks for in struct virtio_net_hdr reaches who has agreed to it as it is,
others get complete frames, and nonsense goes nowhere.

    sender ---- v0 [switch] v1 ---- takes all
                            v2 ---- takes checksums
                            v3 ---- takes nothing, and merges no buffers
"""

import itertools
import random
import struct

import pytest

from frames import Partial, checksums_are_right, tcp_frame, tcp_payload
from rawfront import F_MRG_RXBUF, F_PROTOCOL_FEATURES, F_VERSION_1

F_CSUM, F_GUEST_CSUM = 1 << 0, 1 << 1
F_GUEST_TSO = 1 << 7 | 1 << 8
F_HOST_TSO = 1 << 11 | 1 << 12
BASE = F_VERSION_1 | F_PROTOCOL_FEATURES
ALL = BASE | F_MRG_RXBUF | F_CSUM | F_GUEST_CSUM | F_GUEST_TSO | F_HOST_TSO

NEEDS_CSUM = 1
NONE, TCPV4, UDP, TCPV6, UDP_L4, ECN = 0, 1, 3, 4, 5, 0x80
MSS = 1400
HEADER = struct.Struct("<BBHHHHH")  # virtio 1.2 section 5.1.6: flags .. csum_offset, num_buffers
CSUM_OFFSET = 16  # of TCP

LAYOUTS = [(4, ()), (6, ()), (4, (7,)), (6, (7, 8))]  # version of IP, VLANs


class Bench:
    def __init__(self, rig):
        self.switch = rig.switch(ports=4)
        for number in range(4):  # tags that guests put on are payload
            self.switch.ctl(f"port set vhost{number} vlan tunnel 1")
        self.fronts = [rig.front(self.switch.socket_path(number), features=features)
                       for number, features in enumerate(
                           (ALL, ALL, BASE | F_MRG_RXBUF | F_GUEST_CSUM, BASE))]
        self.switch.wait_state("vhost0", "vhost1", "vhost2", "vhost3")

    def send(self, frame, header):
        """Returns what comes out of v1, v2 and v3: lists of (header, frame)."""
        self.fronts[0].send(frame, HEADER.pack(*header, 0))
        self.switch.wait_quiet()
        return self.received()

    def received(self):
        return [[(HEADER.unpack_from(data)[:6], data[HEADER.size:])
                 for data in front.receive_raw()] for front in self.fronts[1:]]


@pytest.fixture(scope="module")
def bench(shared_rig):
    return Bench(shared_rig)


def request(frame, gso_type=NONE, gso_size=0, hdr_len=0):
    return (NEEDS_CSUM, gso_type, hdr_len, gso_size, frame.csum_start, CSUM_OFFSET)


@pytest.mark.parametrize("version,tags", LAYOUTS)
def test_partial_checksum(bench, version, tags):
    frame = Partial(version, tags, 100)
    header = request(frame)
    complete = bytes(tcp_frame(version, tags, 100))
    assert bench.send(frame.data, header) == [
        [(header, frame.data)], [(header, frame.data)], [((0,) * 6, complete)]]


@pytest.mark.parametrize("version,tags", LAYOUTS)
def test_segmentation(bench, version, tags):
    """60000 bytes: one frame for who takes it, segments with right checksums for the others."""
    frame = Partial(version, tags, 60000)
    gso_type = TCPV4 if version == 4 else TCPV6
    header = request(frame, gso_type, MSS, frame.header_bytes)
    whole, *cut = bench.send(frame.data, header)
    assert whole == [(header, frame.data)]
    for segments in cut:
        assert len(segments) == -(-60000 // MSS)
        assert {described for described, _ in segments} == {(0,) * 6}
        assert all(checksums_are_right(data) for _, data in segments)
        assert b"".join(tcp_payload(data) for _, data in segments) == frame.payload
    stats = bench.switch.port_stats()
    assert stats["vhost1"]["segmented"] == 0
    assert stats["vhost3"]["segments"] >= len(cut[1]) - 1


def test_complete_frame_needs_nothing(bench):
    data = bytes(tcp_frame(4, (), 100))
    assert bench.send(data, (0,) * 6) == [[((0,) * 6, data)]] * 3


def test_unknown_flags_are_ignored(bench):
    data = bytes(tcp_frame(4, (), 100))
    assert bench.send(data, (0xfe, 0, 0, 0, 0, 0)) == [[((0,) * 6, data)]] * 3


FRAMES = {f"IPv{version}{' tag' * len(tags)}": Partial(version, tags, 3000)
          for version, tags in LAYOUTS}


def nonsense():
    """Headers that do not fit their frame, each in one way."""
    for name, frame in FRAMES.items():
        gso_type = TCPV4 if "IPv4" in name else TCPV6
        other = TCPV6 if "IPv4" in name else TCPV4
        start = frame.csum_start
        length = len(frame.data)
        for flags, kind, hdr_len, size, at, offset in (
                (NEEDS_CSUM, NONE, 0, 0, 0, CSUM_OFFSET),
                (NEEDS_CSUM, NONE, 0, 0, 13, CSUM_OFFSET),
                (NEEDS_CSUM, NONE, 0, 0, start - 1, CSUM_OFFSET),
                (NEEDS_CSUM, NONE, 0, 0, start, 6),
                (NEEDS_CSUM, NONE, 0, 0, start, 65535),
                (NEEDS_CSUM, NONE, 0, 0, length - 1, 0),
                (NEEDS_CSUM, NONE, 0, 0, length, 0),
                (NEEDS_CSUM, NONE, 0, 0, 65535, 65535),
                (0, gso_type, 0, MSS, start, CSUM_OFFSET),
                (NEEDS_CSUM, other, 0, MSS, start, CSUM_OFFSET),
                (NEEDS_CSUM, gso_type | ECN, 0, MSS, start, CSUM_OFFSET),
                (NEEDS_CSUM, UDP, 0, MSS, start, CSUM_OFFSET),
                (NEEDS_CSUM, UDP_L4, 0, MSS, start, CSUM_OFFSET),
                (NEEDS_CSUM, 0x7f, 0, MSS, start, CSUM_OFFSET),
                (NEEDS_CSUM, gso_type, 0, 0, start, CSUM_OFFSET),
                (NEEDS_CSUM, gso_type, 0, 1, start, CSUM_OFFSET),
                (NEEDS_CSUM, gso_type, 0, 63, start, CSUM_OFFSET),
                (NEEDS_CSUM, gso_type, 65535, MSS, start, CSUM_OFFSET),
                (NEEDS_CSUM, gso_type, length + 1, MSS, start, CSUM_OFFSET),
                (NEEDS_CSUM, gso_type, 0, MSS, start - 2, CSUM_OFFSET),
                (NEEDS_CSUM, gso_type, 0, MSS, start, CSUM_OFFSET + 2)):
            yield frame, (flags, kind, hdr_len, size, at, offset)


def test_nonsense_is_dropped(bench):
    cases = list(nonsense())
    with bench.switch.dropping("vhost0", offload_invalid=len(cases)):
        for frame, header in cases:
            bench.fronts[0].send(frame.data, HEADER.pack(*header, 0))
    assert bench.received() == [[], [], []]


def agrees(header, data):
    """What a receiver may rely on, judged from the bytes alone."""
    flags, gso_type, hdr_len, gso_size, start, offset = header
    if flags == 0:
        return header == (0,) * 6
    if flags != NEEDS_CSUM or start < 14 or start + offset + 2 > min(len(data), 256):
        return False
    if gso_type == NONE:
        return (hdr_len, gso_size) == (0, 0)
    at, kind = 12, 0x8100
    while kind in (0x8100, 0x88a8):
        kind, at = struct.unpack_from("!H", data, at)[0], at + 4
    at -= 2
    if gso_type == TCPV4:
        transport = at + (data[at] & 15) * 4
        fits = (kind == 0x0800 and data[at] >> 4 == 4 and data[at + 9] == 6 and
                at + struct.unpack_from("!H", data, at + 2)[0] == len(data))
    else:
        transport = at + 40
        fits = (gso_type == TCPV6 and kind == 0x86dd and data[at + 6] == 6 and
                transport + struct.unpack_from("!H", data, at + 4)[0] == len(data))
    return (fits and (start, offset) == (transport, CSUM_OFFSET) and 64 <= gso_size and
            hdr_len == transport + (data[transport + 12] >> 4) * 4 < len(data))


def corners():
    """Requests whose fields are at their edges, over frames that fit and frames that do not."""
    random.seed(1)
    frames = [frame.data for frame in FRAMES.values()]
    frames += [bytes(14), random.randbytes(200),
               bytes.fromhex("ffffffffffff020000000000") + b"\x08\x06" + random.randbytes(28)]
    for data in frames:
        edges = {0, 1, 13, 14, 34, 38, 54, 58, len(data) - 1, len(data), 65535}
        for flags, kind in itertools.product((0, 1, 2, 0xff),
                                             (NONE, TCPV4, TCPV6, UDP, UDP_L4, TCPV4 | ECN, 0xff)):
            for _ in range(6):
                fields = [random.choice(sorted(edges | {16, 64, 1400})) for _ in range(4)]
                yield data, (flags, kind, *fields)


def test_nothing_inconsistent_leaves_a_port(bench):
    """Each frame is dropped by name, or comes out in a form that its receiver can rely on."""
    before = bench.switch.port_stats()["vhost0"]["rx_frames"]
    n_sent = 0
    for data, header in corners():
        bench.fronts[0].send(data, HEADER.pack(*header, 0))
        n_sent += 1
        if n_sent % 16 == 0:
            check_received(bench)
    bench.switch.wait_quiet()
    check_received(bench)
    assert bench.switch.port_stats()["vhost0"]["rx_frames"] == before + n_sent


def check_received(bench):
    for number, frames in enumerate(bench.received(), 1):
        for header, data in frames:
            assert agrees(header, data), (number, header)
            assert number == 1 or header[1] == NONE
            assert number < 3 or header == (0,) * 6


def test_who_has_agreed_to_nothing_asks_for_nothing(bench, shared_rig):
    """The header of such a guest is not looked at, and no receiver sees what is in it."""
    path = f"{shared_rig.directory}/plain"
    bench.switch.ctl(f"port add vhost plain path {path} vlan 9")
    bench.switch.ctl("port set vhost1 vlan access 9")
    front = shared_rig.front(path, features=BASE)
    bench.switch.wait_state("plain")
    data = bytes(tcp_frame(4, (), 100))
    front.send(data, HEADER.pack(NEEDS_CSUM, TCPV4, 1, 2, 3, 4, 0))
    bench.switch.wait_quiet()
    assert bench.fronts[1].receive_raw() == [HEADER.pack(0, 0, 0, 0, 0, 0, 1) + data]
    front.close()
    bench.switch.ctl("port del plain")
    bench.switch.ctl("port set vhost1 vlan tunnel 1")
