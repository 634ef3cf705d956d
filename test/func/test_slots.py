# SPDX-License-Identifier: BSD-3-Clause
"""
Promise: one socket takes as many front ends as it was made for, each a port of its own.

    pair --- v0, v1 [      ]
    a, b --- v2     [switch]    vhost2-0, vhost2-1, ...: slots of one socket
"""

import os
import time

import pytest

from child import wait_until
from frames import BROADCAST, ether
from guest import assert_flawless, device, mac_of
from honest import HonestPair
from rawfront import RawFront
from switch import ControlError

CLIENTS = 3


@pytest.fixture
def switch(rig):
    return rig.switch(ports=["", "", f",clients={CLIENTS}"])


def honest_pair(rig, switch):
    guest = rig.guest("pair", *[device(switch.socket_path(n), mac_of(n)) for n in (0, 1)])
    switch.wait_state("vhost0", "vhost1")
    return HonestPair(guest).start()


def state(switch, port):
    return switch.ctl(f"show port info {port}")["ports"][0]["state"]


def fill(rig, switch, n=CLIENTS):
    """Connect front ends one after the other; number i is on slot i and known by mac_of(16 + i)."""
    fronts = []
    for number in range(n):
        fronts.append(rig.front(switch.socket_path(2)))
        switch.wait_state(f"vhost2-{number}")
        fronts[-1].send(ether(mac_of(16 + number), BROADCAST))
        wait_until(lambda: switch.fdb_ports().get(mac_of(16 + number)) == f"vhost2-{number}", 2,
                   "the front end is known by its slot")
    return fronts


def assert_connection_is_refused(path):
    further = RawFront(path, start=False)
    try:
        further.message(1)
        assert further.socket.recv(1) == b"", "a further front end is answered"
    except (BrokenPipeError, ConnectionResetError):
        pass
    finally:
        further.close()


def test_guests_on_one_socket_talk_to_each_other(rig, switch):
    """Two guests on the slots, a third on a socket of its own: all pairs, all frames."""
    path = switch.socket_path(2)
    guests = []
    for number, place in enumerate((path, path, switch.socket_path(0))):
        guests.append(rig.guest(f"guest{number}", device(place, mac_of(number))))
        switch.wait_state(("vhost2-0", "vhost2-1", "vhost0")[number])
    for number, guest in enumerate(guests):
        guest.send(ether(mac_of(number), BROADCAST))
    wait_until(lambda: switch.fdb_ports() == {mac_of(0): "vhost2-0", mac_of(1): "vhost2-1",
                                              mac_of(2): "vhost0"}, 2, "all three are learned")
    for number, guest in enumerate(guests):
        guest.stream(0, number, mac_of((number + 1) % 3), mac_of(number), 2000)
    for number, guest in enumerate(guests):
        guest.wait_sent(10)
        assert_flawless(guests[(number + 1) % 3].wait_received(0, number, 2000), 2000)


def test_dev_basename(rig, monkeypatch):
    """In the directory where the switch was started, as in the guide."""
    monkeypatch.chdir(rig.directory)
    switch = rig.switch(options=["--dev-basename", "usvhost"])
    for number in range(2):
        rig.front(os.path.join(rig.directory, "usvhost"))
        switch.wait_state(f"usvhost-{number}")


def test_listing_shows_one_unused_slot(rig, switch):
    def listed():
        return [port for port in switch.port_stats() if port.startswith("vhost2")]

    assert listed() == ["vhost2-0"]
    assert state(switch, "vhost2-2") == "listening"
    first = rig.front(switch.socket_path(2))
    switch.wait_state("vhost2-0")
    assert listed() == ["vhost2-0", "vhost2-1"]
    first.close()
    switch.wait_state("vhost2-0", state="listening")
    assert listed() == ["vhost2-0", "vhost2-1"]
    assert switch.ctl("show vhost vhost2-1")["ports"][0]["clients"] == CLIENTS


def test_next_front_end_takes_the_lowest_free_slot(rig, switch):
    """A slot keeps its name, VLAN, static entry and counters; it forgets what was learned."""
    fronts = fill(rig, switch)
    switch.ctl("port set vhost2-0 vlan access 7")
    switch.ctl(f"fdb add {mac_of(99)} port vhost2-1")
    before = switch.port_stats()["vhost2-1"]["rx_frames"]
    fronts[1].close()
    switch.wait_state("vhost2-1", state="listening")
    assert switch.fdb_ports() == {mac_of(18): "vhost2-2", mac_of(99): "vhost2-1"}
    fronts[0].close()
    switch.wait_state("vhost2-0", state="listening")
    for number in (0, 1):
        fronts[number] = rig.front(switch.socket_path(2))
        switch.wait_state(f"vhost2-{number}")
    fronts[1].send(ether(mac_of(20), BROADCAST))
    wait_until(lambda: switch.fdb_ports().get(mac_of(20)) == "vhost2-1", 2, "its MAC is learned")
    assert switch.port_stats()["vhost2-1"]["rx_frames"] == before + 1
    fronts[0].send(ether(mac_of(21), BROADCAST))
    wait_until(lambda: switch.fdb().get((7, mac_of(21))) == "vhost2-0", 2, "in the slot's VLAN")


def test_one_front_end_too_many_is_refused(rig, switch):
    pair = honest_pair(rig, switch)
    fill(rig, switch)
    for _ in range(3):
        assert_connection_is_refused(switch.socket_path(2))
    for slot in range(CLIENTS):
        assert state(switch, f"vhost2-{slot}") == "forwarding"
    assert switch.ctl("show vhost vhost2-0")["ports"][0]["refused"] == 3
    wait_until(lambda: f"takes {CLIENTS}" in switch.child.log(), 1, "a line in the log")
    pair.finish()


def test_slots_are_stopped_one_by_one_and_deleted_together(rig, switch):
    pair = honest_pair(rig, switch)
    fronts = fill(rig, switch, 2)
    switch.ctl("port stop vhost2-0")
    assert [state(switch, f"vhost2-{slot}") for slot in (0, 1)] == ["stopped", "forwarding"]
    switch.ctl("port start vhost2-0")
    fronts[0] = rig.front(switch.socket_path(2))
    switch.wait_state("vhost2-0", "vhost2-1")
    with pytest.raises(ControlError, match="'port del vhost2'"):
        switch.ctl("port del vhost2-0")
    switch.ctl("port connect vhost2-0 vhost2-1")
    switch.ctl("port del vhost2")
    assert list(switch.port_stats()) == ["vhost0", "vhost1"]
    assert set(switch.fdb_ports().values()) == {"vhost0", "vhost1"}
    assert not os.path.exists(switch.socket_path(2))
    for front in fronts:
        assert front.socket.recv(1) == b"", "the connection has ended"
    switch.ctl(f"port add vhost vhost2 path {switch.socket_path(2)} clients 64")
    rig.front(switch.socket_path(2))
    switch.wait_state("vhost2-0")
    start = time.monotonic()
    switch.ctl("port del vhost2")
    assert time.monotonic() - start < 1, "nobody waits longer for the control plane"
    pair.finish()


@pytest.mark.parametrize("line, words", [
    ("port add vhost a path {0} clients 0", "1 to 64"),
    ("port add vhost a path {0} clients 65", "1 to 64"),
    ("port add vhost a path {0} clients 65537", "1 to 64"),
    ("port add vhost a path {0} clients 2 client", "'clients'"),
    ("port add vhost vhost0 path {0} clients 2", '"vhost0" exists'),
    ("port add vhost vhost2 path {0}", '"vhost2-0"'),
    ("port add vhost vhost2 path {0} clients 2", '"vhost2-0"'),
    ("port add vhost vhost2-1 path {0}", '"vhost2-1" exists'),
    ("port add vhost a path {1} clients 2", 'port "vhost2"'),
    ("port stop vhost2", "vhost2-0"),
    ("port del vhost2-7", "no port"),
], ids=lambda value: value.split(" path")[0] if value.startswith("port") else "")
def test_what_cannot_be_is_refused(shared_switch, line, words):
    switch = shared_switch
    path = switch.socket_path(9)
    with pytest.raises(ControlError) as refused:
        switch.ctl(line.format(path, switch.socket_path(2)))
    assert words in str(refused.value)
    assert not os.path.exists(path)
    assert list(switch.port_stats()) == ["vhost0", "vhost1", "vhost2-0"]


@pytest.fixture(scope="module")
def shared_switch(shared_rig):
    return shared_rig.switch(ports=["", "", f",clients={CLIENTS}"])


def test_names_that_slots_would_take_must_be_free(rig):
    """All or nothing: where the second slot cannot be, the first is not, either."""
    switch = rig.switch(ports=[",name=a-1"])
    path = switch.socket_path(1)
    with pytest.raises(ControlError, match='"a-1" exists'):
        switch.ctl(f"port add vhost a path {path} clients 2")
    assert list(switch.port_stats()) == ["a-1"]
    assert not os.path.exists(path)


def test_killed_guest_frees_its_slot_only(rig, switch):
    path = switch.socket_path(2)
    pair = honest_pair(rig, switch)
    first, second = fill(rig, switch, 2)
    guest = rig.guest("killed", device(path, mac_of(30)))
    switch.wait_state("vhost2-2")
    guest.stream(0, 1, mac_of(16), mac_of(30), 0, 5000)
    wait_until(lambda: len(first.receive()) > 0, 2, "the guest sends to the first slot")
    guest.kill()
    wait_until(lambda: state(switch, "vhost2-2") == "listening", 1, "its slot is free")
    assert mac_of(30) not in switch.fdb_ports()
    frame = bytes(ether(mac_of(16), mac_of(17)))
    second.receive()
    first.send(frame)
    wait_until(lambda: frame in second.receive(), 2, "the other slots talk on")
    pair.finish()
