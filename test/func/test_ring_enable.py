# SPDX-License-Identifier: BSD-3-Clause
"""
Promise: a front end may switch its rings on and off as often as it likes; it disturbs nobody.

    pair 0 -- v0 [      ]
                 [switch] v2 -- raw front end, 100,000 messages SET_VRING_ENABLE
    pair 1 -- v1 [      ]
"""

import struct
import time

import rawfront
from child import wait_until
from frames import BROADCAST, ether
from guest import device, mac_of
from honest import HonestPair
from rawfront import RX, TX

FLIPS = 100000
CHUNK = 100


def flip(front, flips):
    """Ring 0 and ring 1, off and on; the last messages switch them on."""
    chunk = b"".join(
        rawfront.encode(rawfront.SET_VRING_ENABLE, struct.pack("<II", queue, on))
        for number in range(CHUNK // 4) for on in (0, 1) for queue in (RX, TX))
    front.socket.settimeout(60)
    for _ in range(flips // CHUNK):
        front.socket.sendall(chunk)
    front.sync()


def start(rig):
    switch = rig.switch(ports=3)
    guest = rig.guest("pair", *[device(switch.socket_path(n), mac_of(n)) for n in (0, 1)])
    front = rig.front(switch.socket_path(2))
    switch.wait_state("vhost0", "vhost1", "vhost2")
    return switch, guest, front


def assert_port_works(guest, front):
    """A broadcast comes in through the port, another one goes out."""
    front.receive()
    guest.command("reset")
    front.send(ether(mac_of(2), BROADCAST, b"from the flipped port"))
    wait_until(lambda: any(b"from the flipped" in frame for frame in guest.receive(0)), 2,
               "a frame from the port")
    guest.send(ether(mac_of(0), mac_of(2), b"to the flipped port"))
    wait_until(lambda: any(b"to the flipped" in frame for frame in front.receive()), 2,
               "a frame to the port")


def test_flips_disturb_nobody(rig):
    switch, guest, front = start(rig)
    pair = HonestPair(guest).start()
    flip(front, FLIPS)
    pair.finish()
    switch.wait_state("vhost2", timeout_s=1)
    assert_port_works(guest, front)


def test_library_lines_are_bounded(rig):
    """librte_vhost logs every flip; our log keeps to 10 lines a second for each socket."""
    switch = rig.switch(ports=1, eal=["--log-level=lib.vhost.config:info"])
    front = rig.front(switch.socket_path(0))
    begin = time.monotonic()
    flip(front, FLIPS // 4)
    # Lines of the seconds that the flips began and ended in, too.
    seconds = time.monotonic() - begin + 2
    wait_until(lambda: "suppressed" in switch.child.log() or "lost" in switch.child.log(), 3,
               "a word on what was left out")
    lines = [line for line in switch.child.log().splitlines() if switch.socket_path(0) in line]
    assert 10 <= len(lines) <= 10 * seconds


def test_disabled_receive_ring_gets_nothing(rig):
    switch, guest, front = start(rig)
    front.enable(RX, False)
    front.sync()
    front.receive()
    guest.send(ether(mac_of(0), BROADCAST))
    wait_until(lambda: switch.drops("vhost2") == {"ring_disabled": 1}, 2, "the drop is counted")
    assert front.receive() == []
    assert switch.port_stats()["vhost2"]["retries"] == 0
    front.enable(RX)
    front.sync()
    assert_port_works(guest, front)
