# SPDX-License-Identifier: BSD-3-Clause
"""
Promise: the rig itself sees loss, duplication, reordering and any change of a byte.

    guest -- v0 [switch] v1 -- raw front end that sends the guest's own frames back, tampered with
"""

import pytest

from child import wait_until
from frames import BROADCAST, ether
from guest import device, mac_of

ID = 3
LENGTH = 60
COUNT = 20
HEADER = 14  # Ethernet
# Where a change makes a frame no probe: the magic number, and the upper bytes of the id.
NO_PROBE = [*range(HEADER, HEADER + 4), *range(HEADER + 5, HEADER + 8)]


@pytest.fixture
def bench(rig):
    """The guest, the raw front end, and frames of a stream that were addressed to the guest."""
    switch = rig.switch(ports=2)
    guest = rig.guest("guest", device(switch.socket_path(0), mac_of(0)))
    front = rig.front(switch.socket_path(1))
    switch.wait_state("vhost0", "vhost1")
    guest.send(ether(mac_of(0), BROADCAST))
    guest.stream(0, ID, BROADCAST, mac_of(9), COUNT, length=LENGTH)
    guest.wait_sent(5)
    frames = []
    wait_until(lambda: frames.extend(front.receive()) or len(frames) == 1 + COUNT, 5, "all frames")
    assert {len(frame) for frame in frames} == {LENGTH}
    return guest, front, frames[1:]


def judge(bench, probes):
    guest, front, _ = bench
    before = guest.received()
    for probe in probes:
        front.send(probe)
    wait_until(lambda: guest.received() == before + len(probes), 5, "all frames")
    verdict = guest.verdict(0, ID)
    return {key: verdict[key] for key in
            ("received", "lost", "duplicated", "reordered", "corrupted")}


def flawless(**differences):
    return {"received": COUNT, "lost": 0, "duplicated": 0, "reordered": 0, "corrupted": 0,
            **differences}


def test_flawless(bench):
    assert judge(bench, bench[2]) == flawless()


def test_loss(bench):
    probes = bench[2]
    assert judge(bench, probes[:4] + probes[7:]) == flawless(received=COUNT - 3, lost=3)


def test_duplicates(bench):
    probes = bench[2]
    assert judge(bench, probes + probes[:2]) == flawless(duplicated=2)


def test_reordering(bench):
    probes = bench[2]
    order = [probes[1], probes[0], *probes[2:10], *probes[11:], probes[10]]
    assert judge(bench, order) == flawless(reordered=2)


def test_any_changed_byte(bench):
    """All but the destination and the EtherType, by which the switch goes."""
    guest, _, probes = bench
    places = [*range(6, 12), *range(HEADER, LENGTH)]
    tampered = [probes[0][:place] + bytes([probes[0][place] ^ 0x10]) + probes[0][place + 1:]
                for place in places]
    assert judge(bench, [*tampered, probes[0]])["received"] == 1
    port = guest.report()["ports"][0]
    assert port["unknown"] == len(NO_PROBE)
    assert sum(stream["corrupted"] for stream in port["streams"]) == len(places) - len(NO_PROBE)


def test_cut_and_padded_frames(bench):
    probe = bench[2][0]
    assert judge(bench, [probe[:-1], probe + b"\0", probe]) == \
        flawless(received=1, corrupted=2)
