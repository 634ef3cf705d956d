# SPDX-License-Identifier: BSD-3-Clause
"""
Promise: what a guest puts into its ring is counted by name, and hurts no other guest.

    pair 0 -- v0 [      ]
                 [switch] v2 -- raw front end, frames and descriptors by hand
    pair 1 -- v1 [      ]
"""

import struct

import pytest

from child import wait_until
from frames import BROADCAST, ether
from guest import device, mac_of
from honest import HonestPair
from rawfront import GUEST_BASE, HEADER_BYTES, RX, SET_MEM_TABLE, TX
from splitring import DESC_INDIRECT, DESC_NEXT, DESC_WRITE, PAGE

OUTSIDE = 0x100000


@pytest.fixture
def bench(rig):
    """The switch, the raw front end and the honest pair, which must lose nothing."""
    switch = rig.switch(ports=3)
    guest = rig.guest("pair", *[device(switch.socket_path(n), mac_of(n)) for n in (0, 1)])
    front = rig.front(switch.socket_path(2))
    switch.wait_state("vhost0", "vhost1", "vhost2")
    pair = HonestPair(guest).start()
    yield switch, guest, front
    pair.finish()


def assert_port_works(guest, front):
    front.send(ether(mac_of(2), mac_of(0), b"still alive"))
    wait_until(lambda: any(b"still alive" in frame for frame in guest.receive(0)), 2,
               "a frame from the port")


def wait_drops(switch, reason, frames):
    wait_until(lambda: switch.drops("vhost2").get(reason, 0) >= frames, 2, f"{frames} x {reason}")
    assert switch.drops("vhost2") == {reason: frames}


def test_runts(bench):
    """Frames of 1 to 13 bytes; 14 is an Ethernet header."""
    switch, guest, front = bench
    frame = ether(mac_of(2), BROADCAST)
    for length in range(1, 14):
        front.send(frame[:length])
    wait_drops(switch, "runt", 13)
    assert_port_works(guest, front)


def test_header_without_frame(bench):
    """Chains of 1 to 12 bytes: not longer than the virtio header."""
    switch, guest, front = bench
    for length in range(1, HEADER_BYTES + 1):
        front.offer_frame(b"", bytes(length))
        front.wait_taken()
    wait_drops(switch, "buffer_invalid", HEADER_BYTES)
    assert_port_works(guest, front)


def test_frame_larger_than_any_buffer(bench):
    switch, guest, front = bench
    front.send(ether(mac_of(2), BROADCAST, length=60000))
    wait_drops(switch, "buffer_invalid", 1)
    assert_port_works(guest, front)


def test_frame_in_many_pieces(bench):
    """The header and the frame cut into pieces of 1 to 40 bytes."""
    switch, guest, front = bench
    data = bytes(HEADER_BYTES) + ether(mac_of(2), mac_of(0), b"in pieces", 200)
    guest.receive(0)
    for piece in (1, 2, 5, 11, 12, 13, 40):
        front.write_chain(0, data)
        offsets = list(range(0, len(data), piece))
        ring = front.rings[TX]
        for index, offset in enumerate(offsets):
            last = offset == offsets[-1]
            ring.write_descriptor(index, front.buffer_address(TX, 0) + offset,
                                  min(piece, len(data) - offset), 0 if last else DESC_NEXT,
                                  index + 1)
        ring.offer(0)
        front.wait_taken()
    wait_until(lambda: guest.report()["ports"][0]["unknown"] >= 7, 2, "all frames")
    assert guest.receive(0) == [data[HEADER_BYTES:]] * 7
    assert switch.drops("vhost2") == {}


def point(address=None, length=100, flags=0, following=0):
    """One descriptor 0 with these members."""
    def write(front):
        where = front.buffer_address(TX, 0) if address is None else address
        front.rings[TX].write_descriptor(0, where, length, flags, following)
        front.rings[TX].offer(0)
    return write


def index_out_of_range(front):
    front.rings[TX].offer(front.rings[TX].size)


def loop(front):
    for index in (0, 1):
        front.rings[TX].write_descriptor(index, front.buffer_address(TX, index), 100, DESC_NEXT,
                                         1 - index)
    front.rings[TX].offer(0)


def next_out_of_range(front):
    point(flags=DESC_NEXT, following=front.rings[TX].size)(front)


def straddling(front):
    point(GUEST_BASE + front.region_bytes - 50)(front)


@pytest.mark.parametrize("write", [
    pytest.param(point(GUEST_BASE - OUTSIDE), id="before memory"),
    pytest.param(point(GUEST_BASE + (1 << 40)), id="behind memory"),
    pytest.param(point((1 << 64) - 50), id="address wraps"),
    pytest.param(straddling, id="beyond the end"),
    pytest.param(index_out_of_range, id="index out of range"),
    pytest.param(next_out_of_range, id="next out of range"),
    pytest.param(loop, id="loop"),
    pytest.param(point(flags=DESC_INDIRECT, length=7), id="indirect of no table"),
])
def test_unreadable_chain_stops_its_ring_only(bench, write):
    """The ring stands still until it is reset, and the port says why."""
    switch, guest, front = bench
    write(front)
    wait_until(lambda: switch.drops("vhost2"), 2, "the chain is counted")
    assert set(switch.drops("vhost2")) <= {"desc_invalid", "buffer_invalid"}
    guest.receive(0)
    front.close()
    switch.wait_state("vhost2", state="listening", timeout_s=1)


def test_reconnect_revives_a_stopped_ring(bench, rig):
    switch, guest, front = bench
    index_out_of_range(front)
    wait_drops(switch, "desc_invalid", 1)
    front.close()
    switch.wait_state("vhost2", state="listening", timeout_s=1)
    again = rig.front(switch.socket_path(2))
    switch.wait_state("vhost2", timeout_s=1)
    assert_port_works(guest, again)


def test_write_only_buffer_in_transmit_ring(bench):
    """Not the driver's to offer; whatever the switch does with it, it does to this port alone."""
    _, _, front = bench
    point(flags=DESC_WRITE)(front)


def test_rings_without_memory_wait_for_it(bench, rig):
    """A memory table is refused when all but the enabling of the rings is done."""
    switch, guest, front = bench
    front.close()
    switch.wait_state("vhost2", state="listening", timeout_s=1)
    front = rig.front(switch.socket_path(2), start=False)
    front.negotiate()
    front.set_memory()
    for queue in (RX, TX):
        front.set_ring(queue)
    endless = struct.pack("<QQQQ", GUEST_BASE, (1 << 64) - 1, 0, PAGE)
    assert front.ask_ack(SET_MEM_TABLE, struct.pack("<II", 1, 0) + endless, [front.memory_fd]) != 0
    for queue in (RX, TX):
        front.enable(queue)
    front.sync()
    assert switch.port_info("vhost2")["state"] == "negotiated"
    front.set_memory()
    front.sync()
    switch.wait_state("vhost2")
    assert_port_works(guest, front)


def test_available_index_leaps(bench):
    """More chains announced than the ring has entries; the frame is one that nobody forwards."""
    _, _, front = bench
    front.write_chain(0, bytes(HEADER_BYTES) + ether(mac_of(2), "01:80:c2:00:00:00"))
    front.rings[TX].set_avail_index(60000)
