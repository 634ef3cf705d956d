# SPDX-License-Identifier: BSD-3-Clause
"""
Promise: receive queues are spread over the lcores or pinned to one, and may move under traffic.

    lan: v0 .. v3 -- [switch: lcore 0, lcore 1] -- guests on v4 ..
"""

import time

import pytest

from frames import BROADCAST, ether
from guest import assert_flawless, device, mac_of
from honest import HonestPair


def queues_by_lcore(switch):
    return {entry["lcore"]: entry["queues"] for entry in switch.ctl("show lcores")["lcores"]}


def test_queues_are_balanced(rig):
    switch = rig.switch(ports=4, n_lcores=2)
    rig.lan(switch, 4)
    assert [len(queues) for queues in queues_by_lcore(switch).values()] == [2, 2]


def test_pinned_queues_stay_where_they_are(rig):
    switch = rig.switch(ports=[",lcore=1", ",lcore=1", ",lcore=1", ""], n_lcores=2)
    lan = rig.lan(switch, 4)
    assert queues_by_lcore(switch) == {0: ["vhost3:0"],
                                       1: ["vhost0:0", "vhost1:0", "vhost2:0"]}
    assert switch.port_info("vhost1")["lcores"] == [1]
    # No frame waits for another one, whichever lcore has it.
    for number in (0, 3):
        assert lan.reach(number, ether(mac_of(number), BROADCAST)) == {0, 1, 2, 3} - {number}


@pytest.mark.parametrize("n_lcores", [2, 3])
def test_lcores_share_a_receiver(rig, n_lcores):
    """Three senders on different lcores, one receiver: nothing lost, torn or out of order."""
    switch = rig.switch(ports=4, n_lcores=n_lcores)
    lan = rig.lan(switch, 4)
    count = 5000
    for number in (1, 2, 3):
        lan.guest.stream(number, number, mac_of(0), mac_of(number), count, pps=2500)
    lan.guest.wait_sent(20)
    for number in (1, 2, 3):
        assert_flawless(lan.guest.wait_received(0, number, count), count)
    assert {lcore["lcore"] for lcore in switch.ctl("show lcores")["lcores"]
            if lcore["rx_frames"] > 0} == set(range(n_lcores))


@pytest.mark.parametrize("n_lcores", [1, 2, 4])
def test_pairs_get_fair_shares(rig, n_lcores):
    """Four pairs send all that their rings take: nobody gets less than half of the mean."""
    switch = rig.switch(ports=8, n_lcores=n_lcores)
    lan = rig.lan(switch, 8)
    for number in range(8):
        lan.guest.stream(number, number, mac_of(number ^ 1), mac_of(number), 0, pps=1000000)
    time.sleep(0.2)
    # The kernel shares the CPU out, too: a switch that is unfair is so in every window.
    windows = []
    while not any(min(shares) >= sum(shares) / len(shares) / 2 for shares in windows):
        assert len(windows) < 5, windows
        before = switch.port_stats()
        time.sleep(0.5)
        after = switch.port_stats()
        windows.append([after[port]["rx_frames"] - before[port]["rx_frames"]
                        for port in lan.ports])
    lan.guest.command("stop")
    for number in range(8):
        verdict = lan.guest.verdict(number, number ^ 1)
        assert (verdict["duplicated"], verdict["reordered"], verdict["corrupted"]) == (0, 0, 0)


def test_queues_move_under_traffic(rig):
    """Ports come and go, so that queues of a busy pair change their lcore; it must not notice."""
    switch = rig.switch(ports=2, n_lcores=2)
    pair = HonestPair(rig.lan(switch, 2).guest).start(pps=2000)
    places = set()
    for number in range(2):
        for name in ("x", "y"):
            path = switch.socket_path(f"{name}{number}")
            switch.ctl(f"port add vhost {name} path {path} lcore {number % 2}")
            rig.guest(f"{name}{number}", device(path, mac_of(16 + number)))
        switch.wait_state("x", "y")
        places.add(tuple(switch.port_info(port)["lcores"][0] for port in ("vhost0", "vhost1")))
        switch.ctl("port del x")
        switch.ctl("port del y")
        rig.guests.pop().kill()
        rig.guests.pop().kill()
    assert places == {(0, 0), (1, 1)}
    pair.finish(at_least=1000)
