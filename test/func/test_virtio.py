# SPDX-License-Identifier: BSD-3-Clause
"""
Promise: a driver gets the virtio features it negotiates, bit for bit.

    guest -- v0 [switch] v1 -- raw front end, which lays out headers and descriptors by hand
"""

import struct

import pytest

from child import wait_until
from frames import BROADCAST, ether
from guest import device, mac_of
from rawfront import (F_EVENT_IDX, F_INDIRECT_DESC, F_MRG_RXBUF, F_PROTOCOL_FEATURES, F_VERSION_1,
                      HEADER_BYTES, LEGACY_HEADER_BYTES, RX, SEND_RARP, TX)
from splitring import DESC_INDIRECT, DESC_NEXT, NO_INTERRUPT

BASE = F_PROTOCOL_FEATURES


class Bench:
    """A guest on v0 and a raw front end with the given features on v1."""

    def __init__(self, rig, features, **options):
        self.switch = rig.switch(ports=2)
        self.guest = rig.guest("guest", device(self.switch.socket_path(0), mac_of(0)))
        self.front = rig.front(self.switch.socket_path(1), features=features, **options)
        self.switch.wait_state("vhost0", "vhost1")
        assert self.front.features == features, "the switch offers what is asked for"

    def to_front(self, frame):
        """Send a frame to the front end. Returns what it has received."""
        self.guest.send(frame)
        return wait_until(self.front.receive, 2, "a frame for the front end")

    def from_front(self, send):
        """Let the front end send one frame. Returns what the guest has received."""
        send()
        self.front.wait_taken()
        return wait_until(self.guest.receive, 2, "a frame for the guest")


@pytest.mark.parametrize("features, length", [
    (BASE, LEGACY_HEADER_BYTES),
    (BASE | F_VERSION_1, HEADER_BYTES),
    (BASE | F_MRG_RXBUF, HEADER_BYTES),
    (BASE | F_MRG_RXBUF | F_VERSION_1, HEADER_BYTES),
], ids=["legacy", "version-1", "mergeable", "both"])
def test_header_length_follows_the_features(rig, features, length):
    bench = Bench(rig, features)
    assert bench.switch.ctl("show vhost vhost1")["ports"][0]["header_bytes"] == length
    out = bytes(ether(mac_of(1), BROADCAST, b"out"))
    back = bytes(ether(mac_of(0), mac_of(1), b"back"))
    assert bench.from_front(lambda: bench.front.send(out)) == [out]
    assert bench.to_front(back) == [back]


def test_frame_over_several_mergeable_buffers(rig):
    bench = Bench(rig, BASE | F_MRG_RXBUF | F_VERSION_1, receive_bytes=256)
    frame = bytes(ether(mac_of(0), BROADCAST, bytes(range(256)) * 5))
    assert bench.to_front(frame) == [frame]
    assert bench.front.rings[RX].used_index() == -(-(len(frame) + HEADER_BYTES) // 256)


def test_frame_too_large_for_plain_buffers_is_dropped(rig):
    """That frame alone: those before and behind it, in one burst, arrive."""
    bench = Bench(rig, BASE | F_VERSION_1, receive_bytes=256)
    path = f"{rig.directory}/other"
    bench.switch.ctl(f"port add vhost other path {path}")
    sender = rig.front(path)
    bench.switch.wait_state("other")
    frames = [ether(mac_of(2), BROADCAST, bytes([number]), length)
              for number, length in enumerate((60, 300, 100))]
    sender.send_all(frames)
    wait_until(lambda: bench.switch.drops("vhost1") == {"buffer_small": 1}, 2, "the drop")
    assert bench.front.receive() == [frames[0], frames[2]]
    assert bench.switch.port_stats()["vhost1"]["tx_dropped"] == 1


def test_indirect_descriptors(rig):
    bench = Bench(rig, BASE | F_INDIRECT_DESC | F_VERSION_1)
    front = bench.front
    frame = bytes(ether(mac_of(1), BROADCAST, b"through a table"))

    def send():
        pieces = [bytes(front.header_bytes), frame[:20], frame[20:]]
        table = front.buffer_offset(TX, 1)
        for number, piece in enumerate(pieces):
            offset = front.buffer_offset(TX, 2 + number)
            front.memory[offset:offset + len(piece)] = piece
            struct.pack_into("<QIHH", front.memory, table + 16 * number,
                             front.buffer_address(TX, 2 + number), len(piece),
                             DESC_NEXT if number < 2 else 0, number + 1)
        front.rings[TX].write_descriptor(0, front.buffer_address(TX, 1), 16 * len(pieces),
                                         DESC_INDIRECT)
        front.rings[TX].offer(0)

    assert bench.from_front(send) == [frame]


def test_notification_can_be_suppressed(rig):
    bench = Bench(rig, BASE | F_VERSION_1)
    ring = bench.front.rings[RX]
    ring.set_avail_flags(NO_INTERRUPT)
    bench.front.called(RX)
    bench.to_front(ether(mac_of(0), BROADCAST))
    assert not bench.front.called(RX)
    ring.set_avail_flags(0)
    bench.to_front(ether(mac_of(0), BROADCAST))
    wait_until(lambda: bench.front.called(RX), 1, "a notification")


def test_event_index(rig):
    bench = Bench(rig, BASE | F_EVENT_IDX | F_VERSION_1)
    ring = bench.front.rings[RX]
    ring.set_used_event(ring.used_index())
    bench.front.called(RX)
    bench.to_front(ether(mac_of(0), BROADCAST))
    wait_until(lambda: bench.front.called(RX), 1, "a notification at the event index")
    ring.set_used_event(ring.used_index() + 2)
    for _ in range(2):
        bench.to_front(ether(mac_of(0), BROADCAST))
    assert not bench.front.called(RX), "notified before the event index"
    bench.to_front(ether(mac_of(0), BROADCAST))
    wait_until(lambda: bench.front.called(RX), 1, "a notification at the event index")


def test_guest_is_announced_without_traffic(rig):
    """As QEMU asks for behind a migration, of a guest that cannot do so itself."""
    bench = Bench(rig, BASE | F_VERSION_1)
    mac = bytes.fromhex(mac_of(1).replace(":", ""))

    def ask():
        bench.front.message(SEND_RARP, mac + bytes(2))
        bench.front.sync()

    ask()
    frame, = wait_until(bench.guest.receive, 2, "the announcement")
    assert frame[:14] == bytes.fromhex("ffffffffffff") + mac + b"\x80\x35"
    assert len(frame) == 60
    assert frame[20:42] == b"\0\3" + mac + bytes(4) + mac + bytes(4)
