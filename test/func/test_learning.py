# SPDX-License-Identifier: BSD-3-Clause
"""
Promise: the switch learns, moves, ages and protects MAC addresses as a bridge of IEEE 802.1Q does.

    guest -- v0 [      ]
    guest -- v1 [switch]      one process, frames by hand
    guest -- v2 [      ]
"""

import time

import pytest

from child import wait_until
from frames import BROADCAST, MULTICAST, ether, tagged
from guest import mac_of
from switch import ControlError

HOST_A = "02:00:00:00:aa:01"
HOST_B = "02:00:00:00:bb:01"
UNKNOWN = "02:00:00:00:ff:01"


@pytest.fixture
def lan(rig):
    return rig.lan(rig.switch(ports=3), 3)


def station(number):
    return f"02:00:00:01:{number >> 8:02x}:{number & 0xff:02x}"


def test_first_frame_teaches(lan):
    assert lan.reach(0, ether(HOST_A, UNKNOWN)) == {1, 2}
    assert lan.switch.fdb() == {(1, HOST_A): "vhost0"}
    assert lan.reach(1, ether(HOST_B, HOST_A)) == {0}
    assert lan.reach(0, ether(HOST_A, HOST_B)) == {1}
    entry = next(e for e in lan.switch.ctl("show fdb")["entries"] if e["mac"] == HOST_A)
    assert entry["type"] == "dynamic" and entry["age_s"] <= 2
    assert lan.switch.port_info("vhost0")["macs"] == 1


def test_frames_pass_unchanged(lan):
    """Of every length below Ethernet's least, which guests do not know, and of some above."""
    payload = bytes(number % 251 for number in range(1500))
    frames = [ether(HOST_A, BROADCAST, payload[:length - 14], 0)
              for length in (*range(14, 62), 127, 128, 129, 1514)]
    assert lan.exchange(*[(0, frame) for frame in frames]) == [[], frames, frames]


def test_station_moves_at_once(lan):
    lan.reach(0, ether(HOST_A, BROADCAST))
    assert lan.reach(2, ether(HOST_B, HOST_A)) == {0}
    moved = lan.switch.ctl("show fdb")["moved"]
    lan.reach(1, ether(HOST_A, BROADCAST))
    assert lan.reach(2, ether(HOST_B, HOST_A)) == {1}
    assert lan.switch.fdb()[(1, HOST_A)] == "vhost1"
    assert lan.switch.ctl("show fdb")["moved"] == moved + 1
    assert lan.switch.ctl("show fdb")["count"] == 2


def test_no_hairpin(lan):
    lan.reach(0, ether(HOST_A, BROADCAST))
    assert lan.reach(0, ether(HOST_B, HOST_A)) == set()
    assert lan.switch.drops() == {"same_port": 1}


def test_flood_with_nobody_there(rig):
    lan = rig.lan(rig.switch(ports=1), 1)
    assert lan.reach(0, ether(HOST_A, BROADCAST)) == set()
    assert lan.switch.drops() == {"no_member": 1}


def test_reserved_addresses_stay(lan):
    for last in range(16):
        assert lan.reach(0, ether(HOST_A, f"01:80:c2:00:00:{last:02x}")) == set()
    assert lan.switch.drops() == {"reserved_da": 16}
    for address in ("01:80:c2:00:00:10", "01:80:c2:00:00:20", MULTICAST, "33:33:00:00:00:01"):
        assert lan.reach(0, ether(HOST_A, address)) == {1, 2}


@pytest.mark.parametrize("source, reason", [
    (BROADCAST, "src_group"), (MULTICAST, "src_group"), ("00:00:00:00:00:00", "src_zero")])
def test_bad_sources_are_dropped_unlearned(lan, source, reason):
    assert lan.reach(0, ether(source, BROADCAST)) == set()
    assert lan.switch.drops() == {reason: 1}
    assert lan.switch.fdb() == {}


@pytest.mark.long
def test_ageing(lan):
    """Gone 15 s after the last frame *from* a station; frames to it keep nothing."""
    lan.switch.ctl("set fdb ageing 15")
    assert lan.switch.ctl("show fdb")["ageing_s"] == 15
    start = time.monotonic()
    lan.reach(0, ether(HOST_A, BROADCAST))
    lan.reach(1, ether(HOST_B, BROADCAST))
    while time.monotonic() < start + 12:
        lan.reach(1, ether(HOST_B, HOST_A))
        time.sleep(1)
    assert lan.switch.fdb_ports() == {HOST_A: "vhost0", HOST_B: "vhost1"}
    wait_until(lambda: HOST_A not in lan.switch.fdb_ports(), 8, "the silent station is forgotten")
    assert 14 <= time.monotonic() - start <= 20
    assert lan.switch.fdb_ports() == {HOST_B: "vhost1"}
    assert lan.reach(1, ether(HOST_B, HOST_A)) == {0, 2}


def test_static_entry_is_the_operators(lan):
    lan.switch.ctl(f"fdb add {HOST_A} port vhost0")
    entry = lan.switch.ctl("show fdb")["entries"][0]
    assert (entry["mac"], entry["port"], entry["type"]) == (HOST_A, "vhost0", "static")
    assert lan.reach(1, ether(HOST_B, HOST_A)) == {0}
    assert lan.reach(2, ether(HOST_A, BROADCAST)) == set()
    assert lan.switch.drops() == {"fdb_violation": 1}
    assert lan.switch.fdb_ports()[HOST_A] == "vhost0"
    assert lan.reach(0, ether(HOST_A, BROADCAST)) == {1, 2}
    lan.switch.ctl("fdb flush")
    assert lan.switch.fdb_ports() == {HOST_A: "vhost0"}
    lan.switch.ctl(f"fdb del {HOST_A}")
    assert lan.switch.fdb() == {}
    assert lan.reach(2, ether(HOST_A, BROADCAST)) == {0, 1}


def test_static_entry_needs_sense(lan):
    for line in (f"fdb add {BROADCAST} port vhost0", "fdb add 00:00:00:00:00:00 port vhost0",
                 f"fdb add {HOST_A} port nowhere", f"fdb del {HOST_A}", "set fdb limit x"):
        with pytest.raises(ControlError):
            lan.switch.ctl(line)
    assert lan.switch.fdb() == {}


def test_flush_takes_what_is_named(lan):
    def learn():
        for number in range(3):
            lan.reach(number, ether(mac_of(number), BROADCAST))
            lan.reach(number, ether(station(number), BROADCAST))

    learn()
    lan.switch.ctl("fdb flush port vhost1")
    assert set(lan.switch.fdb_ports().values()) == {"vhost0", "vhost2"}
    assert lan.reach(0, ether(mac_of(0), mac_of(1))) == {1, 2}
    learn()
    lan.switch.ctl(f"fdb flush mac {station(2)}")
    assert station(2) not in lan.switch.fdb_ports() and mac_of(2) in lan.switch.fdb_ports()
    lan.switch.ctl("fdb flush vlan 1")
    assert lan.switch.fdb() == {}
    learn()
    lan.switch.ctl("fdb flush")
    assert lan.switch.fdb() == {}


def test_port_limit(lan):
    """Over the limit: forwarded, not learned; static entries are not concerned."""
    lan.switch.ctl("set fdb limit 5")
    for number in range(10):
        assert lan.reach(0, ether(station(number), BROADCAST)) == {1, 2}
    for number in range(3):
        lan.reach(1, ether(station(100 + number), BROADCAST))
    owners = list(lan.switch.fdb_ports().values())
    assert (owners.count("vhost0"), owners.count("vhost1")) == (5, 3)
    lan.switch.ctl(f"fdb add {HOST_A} port vhost0")
    assert lan.switch.fdb_ports()[HOST_A] == "vhost0"
    lan.switch.ctl("set fdb limit 0")
    lan.reach(0, ether(station(9), BROADCAST))
    assert lan.switch.fdb_ports()[station(9)] == "vhost0"


def test_full_table_stays_fair(rig):
    """10 entries: 2 stations on each of 5 ports, then 16 on a sixth. All frames are forwarded."""
    lan = rig.lan(rig.switch(ports=6, options=["--fdb-size", "10"]), 6)
    assert lan.switch.ctl("show fdb")["size"] == 10
    for port in range(5):
        for number in range(2):
            lan.exchange((port, ether(station(16 * port + number), BROADCAST)))
    owners = list(lan.switch.fdb_ports().values())
    assert [owners.count(port) for port in lan.ports] == [2, 2, 2, 2, 2, 0]
    for number in range(16):
        assert lan.reach(5, ether(station(0x1000 + number), BROADCAST)) == {0, 1, 2, 3, 4}
    owners = list(lan.switch.fdb_ports().values())
    counts = [owners.count(port) for port in lan.ports]
    assert counts[5] == 3 and min(counts) >= 1 and sum(counts) == 10, counts


def test_access_vlans_are_separate(rig):
    lan = rig.lan(rig.switch(ports=[",vlan=10", ",vlan=10", ",vlan=20", ",vlan=20"]), 4)
    assert [lan.switch.port_info(port)["vlan"] for port in lan.ports] == \
        ["access 10", "access 10", "access 20", "access 20"]
    assert lan.reach(0, ether(HOST_A, BROADCAST)) == {1}
    assert lan.reach(2, ether(HOST_A, BROADCAST)) == {3}
    assert lan.switch.fdb() == {(10, HOST_A): "vhost0", (20, HOST_A): "vhost2"}
    assert lan.reach(1, ether(HOST_B, HOST_A)) == {0}
    assert lan.reach(3, ether(HOST_B, HOST_A)) == {2}
    lan.switch.ctl("fdb flush vlan 10")
    assert {vlan for vlan, _ in lan.switch.fdb()} == {20}


@pytest.mark.parametrize("vid", [1, 2, 4094, 4095])
def test_access_port_refuses_tags(lan, vid):
    assert lan.reach(0, tagged(HOST_A, BROADCAST, vid)) == set()
    assert lan.switch.drops() == {"vlan_denied": 1}
    assert lan.switch.fdb() == {}


def test_priority_tag_is_taken_off(lan):
    frame = tagged(HOST_A, BROADCAST, 0, priority=5)
    assert lan.exchange((0, frame)) == [[], *[[frame[:12] + frame[16:]]] * 2]
    assert lan.switch.fdb() == {(1, HOST_A): "vhost0"}


def test_priority_tag_hides_no_other(lan):
    inner = tagged(HOST_A, BROADCAST, 20)
    frame = inner[:12] + b"\x81\x00\x00\x00" + inner[12:]
    assert lan.reach(0, frame) == set()
    assert lan.switch.drops() == {"vlan_denied": 1}
