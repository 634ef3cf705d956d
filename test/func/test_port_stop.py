# SPDX-License-Identifier: BSD-3-Clause
"""
Promise: a stopped vhost port has no front end, which sees its link go down, and a started one takes
the next; what was set and counted stays.

    pair ---- v0, v1 [      ]
    front --- v2     [switch]
    fronts -- v3     [      ]    vhost3-0, vhost3-1, vhost3-2: slots of one socket
"""

import os
import socket
import time

import pytest

from child import wait_until
from frames import BROADCAST, ether
from guest import device, mac_of
from honest import HonestPair
from rawfront import RawFront
from switch import ControlError

CLIENTS = 3


@pytest.fixture(scope="module")
def site(shared_rig):
    """A switch and a pair of guests whose frames nothing here may cost."""
    switch = shared_rig.switch(ports=["", "", ",vlan=7", f",clients={CLIENTS}"])
    guest = shared_rig.guest("pair", *[device(switch.socket_path(n), mac_of(n)) for n in (0, 1)])
    switch.wait_state("vhost0", "vhost1")
    return switch, guest


@pytest.fixture
def switch(site):
    switch, guest = site
    guest.command("reset")
    pair = HonestPair(guest).start()
    yield switch
    pair.finish()


@pytest.fixture
def connect(switch):
    """Connects front ends, and closes them at the end."""
    fronts = []

    def connect_one(number, port, **options):
        fronts.append(RawFront(switch.socket_path(number), size=64, **options))
        switch.wait_state(port, timeout_s=2)
        return fronts[-1]
    yield connect_one
    for front in fronts:
        front.close()
    wait_until(lambda: all_listen(switch), 5, "all have gone")


def state(switch, port):
    return switch.ctl(f"show port info {port}")["ports"][0]["state"]


def all_listen(switch):
    ports = ["vhost2", *[f"vhost3-{slot}" for slot in range(CLIENTS)]]
    return all(state(switch, port) == "listening" for port in ports)


def assert_disconnected(front):
    assert front.socket.recv(1) == b"", "the switch has something to say"


def learn(switch, front, mac, port):
    front.send(ether(mac, BROADCAST))
    wait_until(lambda: switch.fdb_ports().get(mac) == port, 2, f"{mac} is learned")


def test_stop_and_start(switch, connect):
    path = switch.socket_path(2)
    switch.ctl("port set vhost2 mtu 1400")
    switch.ctl(f"fdb add {mac_of(99)} port vhost2 vlan 7")
    front = connect(2, "vhost2")
    learn(switch, front, mac_of(2), "vhost2")
    before = switch.port_stats()["vhost2"]
    connections = switch.ctl("show vhost vhost2")["ports"][0]["connections"]
    for _ in range(2):
        switch.ctl("port stop vhost2")
        assert mac_of(2) not in switch.fdb_ports()
        assert not os.path.exists(path)
        shown, = switch.ctl("show vhost vhost2")["ports"]
        assert (shown["state"], shown["connections"]) == ("stopped", connections)
        assert (shown["features"], shown["queues"], shown["memory"]) == ("0x0", [], [])
    assert_disconnected(front)
    front.close()
    for _ in range(2):
        switch.ctl("port start vhost2")
    assert state(switch, "vhost2") == "listening"
    assert os.stat(path).st_mode & 0o777 == 0o660
    learn(switch, connect(2, "vhost2"), mac_of(3), "vhost2")
    assert switch.fdb_ports()[mac_of(99)] == "vhost2"
    assert switch.port_stats()["vhost2"]["rx_frames"] == before["rx_frames"] + 1
    info = switch.port_info("vhost2")
    assert (info["vlan"], info["mtu"]) == ("access 7", 1400)
    switch.ctl("port set vhost2 mtu 9000")


@pytest.mark.parametrize("rounds", [5, pytest.param(100, marks=pytest.mark.long)])
def test_many_times(switch, connect, rounds):
    """No frame of others is lost; no file is left open."""
    def open_files():
        return len(os.listdir(f"/proc/{switch.child.process.pid}/fd"))

    before = open_files()
    for number in range(rounds):
        front = connect(2, "vhost2")
        slots = [connect(3, f"vhost3-{slot}") for slot in range(number % 2 + 1)]
        learn(switch, front, mac_of(2), "vhost2")
        learn(switch, slots[0], mac_of(3), "vhost3-0")
        for port in ("vhost2", "vhost3-0"):
            switch.ctl(f"port stop {port}")
        assert_disconnected(front)
        assert_disconnected(slots[0])
        for front in (front, *slots):
            front.close()
        for port in ("vhost2", "vhost3-0"):
            switch.ctl(f"port start {port}")
        wait_until(lambda: all_listen(switch), 5, "all have gone")
    wait_until(lambda: open_files() <= before, 2, "all files are closed")


def test_front_end_that_says_nothing(switch, connect):
    for number, port in ((2, "vhost2"), (3, "vhost3-0")):
        front = RawFront(switch.socket_path(number), size=8, start=False)
        switch.wait_state(port, state="connected")
        switch.ctl(f"port stop {port}")
        assert_disconnected(front)
        front.close()
        switch.ctl(f"port start {port}")


def test_slot(switch, connect):
    """Its connection ends alone, and nobody takes it until it is started."""
    fronts = [connect(3, f"vhost3-{slot}") for slot in (0, 1)]
    learn(switch, fronts[0], mac_of(4), "vhost3-0")
    switch.ctl("port stop vhost3-0")
    assert mac_of(4) not in switch.fdb_ports()
    assert_disconnected(fronts[0])
    wait_until(lambda: switch.ctl("show vhost vhost3-0")["ports"][0]["queues"] == [], 1,
               "its rings are gone")
    assert state(switch, "vhost3-0") == "stopped"
    learn(switch, fronts[1], mac_of(5), "vhost3-1")
    connect(3, "vhost3-2")
    further = RawFront(switch.socket_path(3), size=8, start=False)
    assert_disconnected(further)
    further.close()
    switch.ctl("port start vhost3-0")
    assert state(switch, "vhost3-0") == "listening"
    learn(switch, connect(3, "vhost3-0"), mac_of(6), "vhost3-0")


def take_by_file(path):
    with open(path, "w") as file:
        file.write("precious")


def take_by_process(path):
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(path)
    listener.listen()
    return listener


@pytest.mark.parametrize("take", [take_by_file, take_by_process])
def test_start_where_somebody_has_taken_the_path(switch, connect, take):
    path = switch.socket_path(2)
    switch.ctl("port stop vhost2")
    keep = take(path)
    with pytest.raises(ControlError) as refused:
        switch.ctl("port start vhost2")
    assert all(words in str(refused.value) for words in ('"vhost2"', path, "another path"))
    assert state(switch, "vhost2") == "stopped"
    assert os.path.exists(path)
    del keep
    os.unlink(path)
    switch.ctl("port start vhost2")
    connect(2, "vhost2")


def test_since_when_it_is_stopped(switch):
    def since():
        return switch.ctl("show vhost vhost2")["ports"][0]["since_s"]

    wait_until(lambda: since() >= 2, 5, "the state is 2 s old")
    switch.ctl("port stop vhost2")
    assert since() < 2
    switch.ctl("port start vhost2")


def test_path_of_a_stopped_port_is_its_own(switch):
    switch.ctl("port stop vhost2")
    with pytest.raises(ControlError, match='"vhost2"'):
        switch.ctl(f"port add vhost other path {switch.socket_path(2)}")
    switch.ctl("port start vhost2")


def test_delete_while_stopped(switch):
    path = switch.socket_path(9)
    for clients in (1, 2):
        switch.ctl(f"port add vhost extra path {path} clients {clients}")
        front = RawFront(path, size=8)
        port = "extra" if clients == 1 else "extra-0"
        switch.wait_state(port)
        switch.ctl(f"port stop {port}")
        switch.ctl("port del extra")
        assert_disconnected(front)
        front.close()
        assert not os.path.exists(path)
        assert not [name for name in switch.port_stats() if name.startswith("extra")]


def test_client_connects_again(rig):
    """The guest owns the socket: it sees the link go down, and come again."""
    path = os.path.join(rig.directory, "v0")
    switch = rig.switch(ports=[",client"])
    switch.foreign_sockets = [path]
    guest = rig.guest("server", device(path, mac_of(0), server=1))
    for _ in range(2):
        switch.wait_state("vhost0")
        wait_until(guest.link_is_up, 5, "the link is up")
        switch.ctl("port stop vhost0")
        wait_until(lambda: not guest.link_is_up(), 5, "the link is down")
        assert state(switch, "vhost0") == "stopped"
        time.sleep(1.1)  # in which a client would try again
        assert not guest.link_is_up()
        switch.ctl("port start vhost0")
    switch.wait_state("vhost0")
    wait_until(guest.link_is_up, 5, "the link is up")
    guest.send(ether(mac_of(0), BROADCAST))
    wait_until(lambda: mac_of(0) in switch.fdb_ports(), 2, "it talks")
    guest.kill()
    switch.ctl("port stop vhost0")
    switch.ctl("port start vhost0")
    assert state(switch, "vhost0") == "connecting"
