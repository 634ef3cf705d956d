# SPDX-License-Identifier: BSD-3-Clause
"""
Promise: two containers exchange frames both ways without loss, duplication, reordering or damage.

    guest a -- v0 [switch] v1 -- guest b      two processes, one stream each way
"""

import pytest

from guest import assert_flawless, device, mac_of

PPS = 50000


def two_guests(rig, switch):
    return [rig.guest(name, device(switch.socket_path(number), mac_of(number)))
            for number, name in enumerate("ab")]


def exchange_streams(rig, length, seconds):
    switch = rig.switch(ports=2)
    guests = two_guests(rig, switch)
    switch.wait_state("vhost0", "vhost1")
    count = PPS * seconds
    for number, guest in enumerate(guests):
        guest.stream(0, number, mac_of(1 - number), mac_of(number), count, PPS, length)
    for guest in guests:
        guest.wait_sent(seconds * 2 + 10)
    for number, guest in enumerate(guests):
        assert_flawless(guest.wait_received(0, 1 - number, count), count)
        assert guest.report()["ports"][0]["unknown"] == 0
    assert switch.fdb() == {(1, mac_of(0)): "vhost0", (1, mac_of(1)): "vhost1"}
    assert switch.drops() == {}


# Lengths without FCS: what the field calls 64 and 1518 bytes.
@pytest.mark.parametrize("length", [60, 1514])
def test_two_streams_arrive_whole(rig, length):
    exchange_streams(rig, length, seconds=5)


@pytest.mark.long
@pytest.mark.parametrize("length", [60, 1514])
def test_two_streams_arrive_whole_for_a_minute(rig, length):
    exchange_streams(rig, length, seconds=60)


def test_counters_agree_with_the_guests(rig):
    switch = rig.switch(ports=2)
    lan = rig.lan(switch, 2)
    lan.guest.stream(0, 7, mac_of(1), mac_of(0), 1000, length=100)
    lan.guest.wait_sent(5)
    assert_flawless(lan.guest.wait_received(1, 7, 1000), 1000)
    switch.wait_quiet()
    stats = switch.port_stats()
    assert (stats["vhost0"]["rx_frames"], stats["vhost0"]["rx_bytes"]) == (1000, 100000)
    assert (stats["vhost1"]["tx_frames"], stats["vhost1"]["tx_bytes"]) == (1000, 100000)
    assert stats["vhost0"]["drops"] == 0
    switch.ctl("clear port stats all")
    assert switch.port_stats()["vhost0"]["rx_frames"] == 0
