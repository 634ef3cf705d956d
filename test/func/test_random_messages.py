# SPDX-License-Identifier: BSD-3-Clause
"""
Promise: whatever a front end sends, in whatever order and at whatever moment it goes away, the
switch lives, serves the next front end, and its books balance.

    random front end -- v0 [switch] v1 -- honest front end

The messages are well-formed or nearly so: what is far from the protocol is the library's to refuse.
VSW_TEST_SEED repeats a run.
"""

import os
import random
import struct
import time

import pytest

from child import wait_until
from frames import BROADCAST, ether
from guest import mac_of
from rawfront import (F_LOG_ALL, F_MQ, F_MRG_RXBUF, F_RING_PACKED, GUEST_BASE, NEED_REPLY,
                      NET_SET_MTU, RESET_OWNER, SET_FEATURES, SET_LOG_BASE, SET_MEM_TABLE,
                      SET_VRING_ADDR, SET_VRING_BASE, SET_VRING_CALL, SET_VRING_ENABLE,
                      SET_VRING_KICK, SET_VRING_NUM, TX, USER_BASE, VERSION)

N_PAIRS = 2
N_RINGS = 2 * N_PAIRS
SEND_RARP = 19
NO_DESCRIPTOR = 0x100  # virtqueue kick without a file descriptor: the ring is polled
MESSAGES_PER_CONNECTION = 60


class Stranger:
    """One connection that sends a random mixture of messages and frames."""

    def __init__(self, rig, path, rng):
        self.rng = rng
        self.front = rig.front(path, start=False, n_pairs=N_PAIRS, size=64)
        self.front.socket.settimeout(2)

    def set_up(self):
        """As a driver does it, with steps left out."""
        front, rng = self.front, self.rng
        front.features |= rng.choice([0, F_MQ, F_RING_PACKED, 3, 3 | 15 << 7])
        if rng.random() < 0.9:
            front.negotiate()
        if rng.random() < 0.9:
            front.set_memory()
        for ring in range(N_RINGS):
            if rng.random() < 0.8:
                front.set_ring(ring)
            if ring % 2 != TX:
                front.post_receive_buffers(ring)
        for ring in range(N_RINGS):
            if rng.random() < 0.8:
                front.enable(ring)

    def any_ring(self):
        if self.rng.random() < 0.2:
            return self.rng.choice([4, 5, 63, 127, 128, 255])
        return self.rng.randrange(N_RINGS)

    def memory_table(self):
        size, user = self.rng.choice([(self.front.region_bytes, USER_BASE), (4096, USER_BASE),
                                      ((1 << 64) - 1, 0), (0, 0)])
        region = struct.pack("<QQQQ", GUEST_BASE, size, user, 0)
        return SET_MEM_TABLE, struct.pack("<II", 1, 0) + region, [self.front.memory_fd]

    def ring_address(self):
        number = self.rng.randrange(N_RINGS)
        ring = self.front.rings[number]
        desc = USER_BASE + ring.desc_offset + self.rng.choice(
            [0, 0, 0, 8, 4096, self.front.region_bytes - 64])
        return SET_VRING_ADDR, struct.pack(
            "<IIQQQQ", number, self.rng.randrange(2), desc, USER_BASE + ring.used_offset,
            USER_BASE + ring.avail_offset, 0), []

    def any_message(self):
        """request, payload, descriptors"""
        rng, front = self.rng, self.front
        ring = self.any_ring()
        return rng.choice([
            self.memory_table,
            self.ring_address,
            lambda: (SET_VRING_NUM,
                     struct.pack("<II", ring, rng.choice([0, 63, 64, 256, 32768])), []),
            lambda: (SET_VRING_BASE, struct.pack("<II", ring, rng.randrange(1 << 16)), []),
            lambda: (SET_VRING_KICK, struct.pack("<Q", ring | NO_DESCRIPTOR), []),
            lambda: (SET_VRING_CALL, struct.pack("<Q", ring),
                     [front.call_fds[ring % N_RINGS]]),
            lambda: (SET_VRING_ENABLE, struct.pack("<II", ring, rng.randrange(2)), []),
            lambda: (SET_FEATURES, struct.pack("<Q", front.features ^ rng.choice(
                [0, 0, F_LOG_ALL, F_MRG_RXBUF, F_MQ])), []),
            lambda: (RESET_OWNER, b"", []),
            lambda: (SEND_RARP, struct.pack("<Q", rng.getrandbits(48)), []),
            lambda: (NET_SET_MTU, struct.pack("<Q", rng.choice([0, 1, 68, 1500, 65535])), []),
        ])()

    def send_any(self):
        request, payload, descriptors = self.any_message()
        need_reply = self.rng.random() < 0.6
        self.front.message(request, payload, descriptors,
                           VERSION | (NEED_REPLY if need_reply else 0))
        if need_reply and request != RESET_OWNER:
            self.front.reply(request)

    def start_log(self):
        log = os.memfd_create("log")
        os.ftruncate(log, 1 << 20)
        self.front.message(SET_LOG_BASE, struct.pack(
            "<QQ", self.rng.choice([1 << 20, 4096, 8]), 0), [log])
        os.close(log)
        self.front.reply(SET_LOG_BASE)

    def offer_frames(self):
        for _ in range(3):
            self.front.offer_frame(ether(mac_of(2), BROADCAST, bytes(20)),
                                   head=self.rng.randrange(64))

    def step(self):
        self.rng.choices(
            [self.send_any, self.start_log, self.front.sync, self.offer_frames,
             lambda: self.front.stop_ring(self.rng.randrange(N_RINGS))],
            weights=[11, 1, 1, 2, 1])[0]()

    def run(self):
        try:
            self.set_up()
            for _ in range(self.rng.randrange(MESSAGES_PER_CONNECTION)):
                self.step()
        except (OSError, AssertionError):
            pass  # refused: the switch closed the connection
        finally:
            self.front.close()


def assert_survives(rig, duration_s):
    seed = int(os.environ.get("VSW_TEST_SEED", time.time_ns() % 1000000))
    print(f"VSW_TEST_SEED={seed}")
    rng = random.Random(seed)
    switch = rig.switch(ports=2)
    end = time.monotonic() + duration_s
    while time.monotonic() < end:
        Stranger(rig, switch.socket_path(0), rng).run()
        assert switch.child.process.poll() is None, switch.child.log()[-2000:]
    switch.wait_state("vhost0", state="listening")
    honest = [rig.front(switch.socket_path(port)) for port in range(2)]
    frame = ether(mac_of(1), BROADCAST, bytes(40))
    switch.wait_state("vhost0", "vhost1")
    honest[0].send(frame)
    wait_until(lambda: honest[1].receive() == [frame], 1,
               "the frame has arrived")


def test_random_messages(rig):
    assert_survives(rig, 4)


@pytest.mark.long
def test_random_messages_for_long(rig):
    assert_survives(rig, 120)
