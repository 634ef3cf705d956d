# SPDX-License-Identifier: BSD-3-Clause
"""
Promise: two containers exchange frames both ways without loss, duplication, reordering or damage.

    guest a -- v0 [switch] v1 -- guest b      two processes, one stream each way
"""

import pytest

from child import wait_until
from frames import BROADCAST, ether
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
    exchange_streams(rig, length, seconds=3)


@pytest.mark.long
@pytest.mark.parametrize("length", [60, 1514])
def test_two_streams_arrive_whole_for_a_minute(rig, length):
    exchange_streams(rig, length, seconds=60)


def send_flows(rig, queues, n_lcores, count, pps):
    """
    As many flows as there are queues, and one more, from one guest to another. Returns the
    verdicts, and the frames that were dropped.
    """
    switch = rig.switch(ports=2, n_lcores=n_lcores)
    lan = rig.lan(switch, 2, options=[{"queues": queues}] * 2)
    lan.exchange((0, ether(mac_of(0), BROADCAST)), (1, ether(mac_of(1), BROADCAST)))
    polled = [queue for lcore in switch.ctl("show lcores")["lcores"] for queue in lcore["queues"]]
    assert sorted(polled) == [f"vhost{port}:{queue}" for port in (0, 1) for queue in range(queues)]
    flows = range(queues + 1)
    for flow in flows:
        lan.guest.stream(0, flow, mac_of(1), mac_of(0), count // len(flows), pps)
    lan.guest.wait_sent(300)
    switch.wait_quiet()
    drops = switch.drops()
    sent = count // len(flows) * len(flows)
    wait_until(lambda: sum(lan.guest.verdict(1, flow)["received"] for flow in flows) +
               sum(drops.values()) >= sent, 5, "every frame has come or has been dropped")
    return [lan.guest.verdict(1, flow) for flow in flows], drops


@pytest.mark.parametrize("queues, n_lcores", [(2, 2), (3, 1)])
def test_flows_stay_in_order_on_several_queues(rig, queues, n_lcores):
    verdicts, drops = send_flows(rig, queues, n_lcores, 12000, 2500)
    for verdict in verdicts:
        assert_flawless(verdict, 12000 // len(verdicts))
    assert drops == {}


@pytest.mark.long
@pytest.mark.parametrize("queues", [1, 2, 4])
def test_ten_million_frames_stay_in_order(rig, queues):
    """As fast as they go, so that the receiver may lose some, but all of them by name."""
    verdicts, drops = send_flows(rig, queues, 1, 10000000, 1000000)
    for verdict in verdicts:
        assert [verdict[fault] for fault in ("duplicated", "reordered", "corrupted")] == [0, 0, 0]
    assert sum(verdict["received"] for verdict in verdicts) >= 1000000
    assert set(drops) <= {"ring_full"}


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
