# SPDX-License-Identifier: BSD-3-Clause
"""
Promise: a receiver whose ring is full is waited for, but no longer than others can afford.

    raw front end or guest -- [switch] -- raw front end, which supplies few buffers or none
"""

import time

import pytest

from child import wait_until
from frames import BROADCAST, ether
from guest import device, mac_of
from honest import HonestPair
from rawfront import RX, TX

NUM = 4  # retries of a burst, by default
BURSTS = 3  # lib/port/vhost_retry.h: VHOST_RETRY_BURSTS


def retry_stats(switch, port):
    stats = switch.port_stats()[port]
    return stats["retries"], stats["retried"], stats["retry_ticks"]


class TwoBuffers:
    """A sender on v0 and a receiver on v1 whose ring holds two frames; three are sent at once."""

    def __init__(self, rig, options):
        self.switch = rig.switch(ports=2, options=options)
        self.sender = rig.front(self.switch.socket_path(0))
        self.receiver = rig.front(self.switch.socket_path(1), size=2)
        self.switch.wait_state("vhost0", "vhost1")
        self.frames = [bytes(ether(mac_of(0), BROADCAST, bytes([number]))) for number in range(3)]
        for head, frame in enumerate(self.frames):
            self.sender.write_chain(head, bytes(self.sender.header_bytes) + frame)

    def send(self):
        """Returns when the receiver's ring is full."""
        self.sender.rings[TX].offer(0, 1, 2)
        while self.receiver.rings[RX].pending() > 0:
            pass


def test_frame_waits_for_a_buffer(rig):
    bench = TwoBuffers(rig, ["--rx-retry-num", "20"])

    def supplied_in_time():
        bench.send()
        received = bench.receiver.receive()
        bench.sender.wait_taken()
        received += bench.receiver.receive()
        time.sleep(0.05)  # in which the switch saves for the next attempt
        return received == bench.frames and retry_stats(bench.switch, "vhost1")[1] > 0
    wait_until(supplied_in_time, 10, "a frame that a retry has sent")


def test_no_retries(rig):
    bench = TwoBuffers(rig, ["--rx-retry", "0"])
    for attempt in range(5):
        bench.send()
        bench.sender.wait_taken()
        assert bench.receiver.receive() == bench.frames[:2]
        assert bench.switch.drops("vhost1") == {"ring_full": attempt + 1}
    assert retry_stats(bench.switch, "vhost1") == (0, 0, 0)


def test_many_receivers_share_what_an_lcore_has(rig):
    """One burst for 32 full rings, each of which alone would be waited for 990 us."""
    switch = rig.switch(ports=["", ",clients=32"], options=["--rx-retry-num", "66"])
    sender = rig.front(switch.socket_path(0))
    for _ in range(32):
        rig.front(switch.socket_path(1), size=2)
    ports = [f"vhost1-{slot}" for slot in range(32)]
    switch.wait_state("vhost0", *ports)
    for head in range(3):
        sender.write_chain(head, bytes(sender.header_bytes) + ether(mac_of(0), BROADCAST))
    begin = time.monotonic()
    for heads in ((0, 1, 2), (0,)):
        # When the second burst is taken, the first is done with.
        sender.rings[TX].offer(*heads)
        sender.wait_taken()
    passed_us = (time.monotonic() - begin) * 1e6
    wait_until(lambda: switch.drops() == {"ring_full": 64}, 5, "every ring was full, twice")
    retries = sum(retry_stats(switch, port)[0] for port in ports)
    assert 66 <= retries <= 66 + 66 + passed_us / 10 / 15, "1 ms for each burst, and a tenth"


def flood(rig, switch, pps, count=0):
    """Let a guest on v0 send to a front end on v1, which it knows."""
    front = rig.front(switch.socket_path(1))
    guest = rig.guest("flood", device(switch.socket_path(0), mac_of(0)))
    switch.wait_state("vhost0", "vhost1")
    front.send(ether(mac_of(1), BROADCAST))
    wait_until(lambda: mac_of(1) in switch.fdb_ports(), 2, "the receiver is known")
    guest.stream(0, 1, mac_of(1), mac_of(0), count, pps)
    return front, guest


def test_receiver_that_stopped_is_given_up(rig):
    """It gets three bursts' worth of retries in all; a pair on its lcore loses nothing."""
    switch = rig.switch(ports=4)
    pair = HonestPair(rig.guest("pair", *[device(switch.socket_path(number), mac_of(number))
                                          for number in (2, 3)]), macs=(mac_of(2), mac_of(3)))
    pair.start()
    front, guest = flood(rig, switch, 100000, 40000)
    guest.wait_sent(20)
    pair.finish(at_least=5000)
    switch.wait_quiet()
    stats = switch.port_stats()["vhost1"]
    assert stats["tx_frames"] == front.rings[RX].size
    assert switch.drops("vhost1")["ring_full"] >= 40000 - stats["tx_frames"]
    assert (stats["retries"], stats["retried"]) == (BURSTS * NUM, 0)
    # Once it takes a frame it is waited for again.
    front.receive()
    guest.stream(0, 2, mac_of(1), mac_of(0), 10000, 100000)
    guest.wait_sent(5)
    switch.wait_quiet()
    assert retry_stats(switch, "vhost1")[0] == 2 * BURSTS * NUM


def test_slow_receiver_costs_its_share(rig):
    switch = rig.switch(ports=2)
    front, guest = flood(rig, switch, 200000)
    ring = front.rings[RX]
    wait_until(lambda: ring.pending() == 0, 5, "the receiver's ring is full")
    end = time.monotonic() + 1
    while time.monotonic() < end:
        # The next of the buffers, as it is: one at a time, and what is in it is lost.
        if ring.pending() == 0:
            ring.set_avail_index(ring.avail_index + 1)
    retries, _, waited = retry_stats(switch, "vhost1")
    passed = switch.ctl("show lcores")["lcores"][0]["ticks"]
    guest.command("stop")
    assert retries > BURSTS * NUM, "it is slow, and is taken for one that has stopped"
    assert waited <= passed / 100 + NUM * waited / retries
