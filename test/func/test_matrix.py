# SPDX-License-Identifier: BSD-3-Clause
"""
Promise: whatever rings the guests have agreed on, unicast goes to one port, floods go to all others
once, and a stream stays in order.

    guest -- v0 .. v7 [switch]      each port with rings of another kind
"""

import pytest

from frames import BROADCAST, MULTICAST, ether
from guest import assert_flawless, mac_of

UNKNOWN = "02:00:00:00:ff:01"

# Arguments of virtio-user for each of the eight ports.
KINDS = [
    {"packed_vq": 0, "mrg_rxbuf": 1, "in_order": 0},
    {"packed_vq": 0, "mrg_rxbuf": 0, "in_order": 0},
    {"packed_vq": 1, "mrg_rxbuf": 1, "in_order": 0},
    {"packed_vq": 1, "mrg_rxbuf": 0, "in_order": 0},
    {"packed_vq": 0, "mrg_rxbuf": 1, "in_order": 1},
    {"packed_vq": 1, "mrg_rxbuf": 1, "in_order": 1},
    {"packed_vq": 0, "mrg_rxbuf": 0, "in_order": 0, "vectorized": 1},
    {"packed_vq": 1, "mrg_rxbuf": 0, "in_order": 1},
]
LAYOUTS = ["packed" if kind["packed_vq"] else "split" for kind in KINDS]


def name_of(kind):
    return "-".join(f"{key.split('_')[0]}{value}" for key, value in kind.items())


def start(rig, packed="on"):
    switch = rig.switch(ports=[f",packed={packed}"] * len(KINDS))
    return switch, rig.lan(switch, len(KINDS), options=KINDS)


def learn_all(lan):
    lan.exchange(*[(number, ether(mac_of(number), BROADCAST)) for number in range(lan.n_ports)])


def test_rings_are_as_asked(rig):
    switch, _ = start(rig)
    ports = switch.ctl("show vhost")["ports"]
    for port, layout in zip(ports, LAYOUTS):
        assert {queue["layout"] for queue in port["queues"]} == {layout}, port
        assert {queue["size"] for queue in port["queues"]} == {1024}, port
    rings = [set(port["feature_names"]) for port in ports]
    assert [any("MRG_RXBUF" in name.upper() for name in names) for names in rings] == \
        [bool(kind["mrg_rxbuf"]) for kind in KINDS]


def test_floods_reach_all_others_once(rig):
    switch, lan = start(rig)
    learn_all(lan)
    for dst in (BROADCAST, MULTICAST, UNKNOWN):
        for sender in range(lan.n_ports):
            frame = ether(mac_of(sender), dst, length=60 + sender)
            out = lan.exchange((sender, frame))
            wanted = [[] if number == sender else [frame] for number in range(lan.n_ports)]
            assert out == wanted, f"{dst} from port {sender}"
    assert switch.drops() == {}


def test_unicast_reaches_one_port(rig):
    switch, lan = start(rig)
    learn_all(lan)
    pairs = [(sender, receiver) for sender in range(lan.n_ports)
             for receiver in range(lan.n_ports) if sender != receiver]
    sent = [(sender, ether(mac_of(sender), mac_of(receiver), b"to %d" % receiver, 1514))
            for sender, receiver in pairs]
    out = lan.exchange(*sent)
    for receiver, received in enumerate(out):
        wanted = [frame for (_, to), (_, frame) in zip(pairs, sent) if to == receiver]
        assert sorted(received) == sorted(wanted), f"port {receiver}"
    assert switch.drops() == {}


def test_streams_stay_in_order(rig):
    """100,000 frames from each kind of ring to the next."""
    switch, lan = start(rig)
    learn_all(lan)
    count = 100000
    for sender in range(lan.n_ports):
        lan.guest.stream(sender, sender, mac_of((sender + 1) % lan.n_ports), mac_of(sender), count,
                         pps=20000, length=60 + 100 * sender)
    lan.guest.wait_sent(60)
    for sender in range(lan.n_ports):
        verdict = lan.guest.wait_received((sender + 1) % lan.n_ports, sender, count)
        assert_flawless(verdict, count)
    assert switch.drops() == {}


@pytest.mark.parametrize("kind", [
    {"queue_size": 256}, {"queue_size": 1024}, {"queue_size": 4096}, {"queue_size": 32768},
    {"queue_size": 1000, "packed_vq": 1}, {"queue_size": 256, "packed_vq": 1},
    {"queue_size": 4096, "packed_vq": 1}], ids=name_of)
def test_ring_sizes(rig, kind):
    """More frames than the ring has entries, so that every entry is used more than once."""
    switch = rig.switch(ports=[",packed=on"] * 2)
    large = kind["queue_size"] > 4096
    lan = rig.lan(switch, 2, options=[kind] * 2, memory_mb=768 if large else 256)
    lan.exchange((0, ether(mac_of(0), BROADCAST)), (1, ether(mac_of(1), BROADCAST)))
    size = switch.ctl("show vhost vhost0")["ports"][0]["queues"][0]["size"]
    assert size == kind["queue_size"]
    count = 3 * kind["queue_size"]
    for sender in (0, 1):
        lan.guest.stream(sender, sender, mac_of(1 - sender), mac_of(sender), count, 40000)
    lan.guest.wait_sent(30)
    for sender in (0, 1):
        assert_flawless(lan.guest.wait_received(1 - sender, sender, count), count)


def test_mergeable_buffers_can_be_refused(rig):
    """--mergeable 0 is the guide's; a port may say otherwise."""
    switch = rig.switch(ports=["", ",mergeable=on"], options=["--mergeable", "0"])
    lan = rig.lan(switch, 2)
    names = [" ".join(port["feature_names"]).upper()
             for port in switch.ctl("show vhost")["ports"]]
    assert ["MRG_RXBUF" in text for text in names] == [False, True]
    assert lan.reach(0, ether(mac_of(0), BROADCAST)) == {1}
    assert lan.reach(1, ether(mac_of(1), BROADCAST)) == {0}
