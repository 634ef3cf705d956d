# SPDX-License-Identifier: BSD-3-Clause
"""
Promise: while a front end migrates its guest, it finds every page that the switch has written in
its log, and those alone. (Source: vhost-user protocol, "Migration".)

    guest -- v0 [switch] v1 -- raw front end
"""

import struct

import pytest

from child import wait_until
from frames import BROADCAST, ether
from guest import device, mac_of
from rawfront import (BUFFER_BYTES, F_MRG_RXBUF, F_PROTOCOL_FEATURES, F_RING_PACKED, F_VERSION_1,
                      RX, TX, RawFront)
from splitring import DESC_WRITE, PAGE

FEATURES = F_VERSION_1 | F_PROTOCOL_FEATURES | F_MRG_RXBUF
SIZE = 1024
LENGTHS = (60, 1514, 1000)
PACKED_AVAIL, PACKED_USED = 1 << 7, 1 << 15  # descriptor flags
PACKED_START = 1 << 15  # index 0, wrap counter 1
PACKED_DESC = struct.Struct("<QIHH")


class SplitRings:
    features = FEATURES

    def __init__(self, front):
        self.front = front
        front.set_up()
        self.written = [ring.used_offset for ring in front.rings]

    def received(self):
        return self.front.rings[RX].used_index()

    def prepare(self, data):
        self.front.write_chain(0, data)

    def send(self):
        self.front.rings[TX].offer(0)
        self.front.wait_taken()


class PackedRings:
    """Each is used from its start on, and does not come round."""

    features = FEATURES | F_RING_PACKED

    def __init__(self, front):
        self.front = front
        self.written = [ring.desc_offset for ring in front.rings]
        front.set_memory()
        for queue in (RX, TX):
            front.set_ring(queue, PACKED_START)
        for index in range(SIZE):
            self._write(RX, index, BUFFER_BYTES, DESC_WRITE | PACKED_AVAIL)
        for queue in (RX, TX):
            front.enable(queue)
        front.sync()

    def _write(self, queue, index, length, flags):
        PACKED_DESC.pack_into(self.front.memory, self.written[queue] + 16 * index,
                              self.front.buffer_address(queue, index), length, index, flags)

    def _used(self, queue):
        flags = (PACKED_DESC.unpack_from(self.front.memory, self.written[queue] + 16 * index)[3]
                 for index in range(SIZE))
        return sum(flag & PACKED_USED != 0 for flag in flags)

    def received(self):
        return self._used(RX)

    def prepare(self, data):
        offset = self.front.buffer_offset(TX, 0)
        self.front.memory[offset:offset + len(data)] = data
        self._write(TX, 0, len(data), 0)

    def send(self):
        flags = self.written[TX] + PACKED_DESC.size - 2
        self.front.rings[TX].words[flags // 2] = PACKED_AVAIL
        wait_until(lambda: self._used(TX), 2, "the switch has taken the frame")


def changed(before, after):
    return {number for number in range(len(before) // PAGE)
            if before[number * PAGE:][:PAGE] != after[number * PAGE:][:PAGE]}


@pytest.fixture(scope="module")
def site(shared_rig):
    switch = shared_rig.switch(ports=2)
    return switch, shared_rig.guest("guest", device(switch.socket_path(0), mac_of(0)))


@pytest.mark.parametrize("kind", [SplitRings, PackedRings])
def test_every_page_written_is_logged(site, kind):
    switch, guest = site
    front = RawFront(switch.socket_path(1), features=kind.features, size=SIZE, start=False)
    front.negotiate()
    assert front.features == kind.features
    rings = kind(front)
    switch.wait_state("vhost0", "vhost1")
    rings.prepare(bytes(front.header_bytes) + ether(mac_of(1), BROADCAST))

    def receive():
        """Returns the pages that frames to the front end change."""
        before, count = bytes(front.memory), rings.received()
        for length in LENGTHS:
            guest.send(ether(mac_of(0), BROADCAST, bytes([count + 1]) * (length - 14)))
        wait_until(lambda: rings.received() >= count + len(LENGTHS), 2, "the frames")
        switch.wait_quiet()
        return changed(before, bytes(front.memory))

    receive()
    log = front.start_log()
    written = receive()
    assert len(written) > len(LENGTHS), "buffers and the ring"
    logged = front.take_log(log)
    assert written <= logged
    assert {page for page in logged if page * PAGE >= front.buffers_offset} <= written
    rings.send()
    assert rings.written[TX] // PAGE in front.take_log(log)
    front.stop_log()
    receive()
    assert not front.take_log(log)
    log.close()
    front.close()
    switch.wait_state("vhost1", state="listening")
