# SPDX-License-Identifier: BSD-3-Clause
"""
Promise: what is set of a port at run time, VLANs, groups, wires, MTU, is what its frames meet.

    guest -- v0 .. v3 [switch]      one process, frames by hand; every test sets all it needs
"""

import struct

import pytest

from frames import BROADCAST, ether, tagged
from guest import mac_of
from switch import ControlError

UNKNOWN = "02:00:00:00:ff:01"


@pytest.fixture(scope="module")
def shared_lan(shared_rig):
    return shared_rig.lan(shared_rig.switch(ports=4), 4)


@pytest.fixture
def lan(shared_lan):
    yield shared_lan
    for port in shared_lan.ports:
        info = shared_lan.switch.port_info(port)
        if info["service"] == "connect":
            shared_lan.switch.ctl(f"port disconnect {port}")
        for setting in ("vlan access 1", "mtu 9000", "group none", "unknown-unicast on"):
            shared_lan.switch.ctl(f"port set {port} {setting}")
    for entry in shared_lan.switch.ctl("show fdb")["entries"]:
        if entry["type"] != "dynamic":
            shared_lan.switch.ctl(f"fdb del {entry['mac']} vlan {entry['vlan']}")
    shared_lan.switch.ctl("fdb flush")


def configure(lan, *settings):
    for port, setting in zip(lan.ports, settings):
        lan.switch.ctl(f"port set {port} {setting}")


def outer(frame, tpid, tci):
    return frame[:12] + struct.pack("!HH", tpid, tci) + frame[12:]


def test_each_member_gets_its_own_form(lan):
    """One flood from an access port: untagged, tagged, native, and with a service tag."""
    configure(lan, "vlan access 10", "vlan trunk 10,20", "vlan trunk 1-99 native 10",
          "vlan trunk 10 dot1ad")
    assert [lan.switch.port_info(port)["vlan"] for port in lan.ports] == \
        ["access 10", "trunk 10,20", "trunk 1-99 native 10", "trunk 10 dot1ad"]
    frame = ether(mac_of(0), BROADCAST)
    wanted = [[], [outer(frame, 0x8100, 10)], [frame], [outer(frame, 0x88a8, 10)]]
    assert lan.exchange((0, frame)) == wanted
    # A priority tag's priority goes where there is a tag to carry it.
    assert lan.exchange((0, outer(frame, 0x8100, 5 << 13))) == \
        [[], [outer(frame, 0x8100, 5 << 13 | 10)], [frame], [outer(frame, 0x88a8, 5 << 13 | 10)]]


def test_trunk_carries_its_list_alone(lan):
    configure(lan, "vlan trunk 10,20", "vlan access 10", "vlan access 20", "vlan access 30")
    assert lan.reach(0, tagged(mac_of(0), BROADCAST, 10)) == {1}
    assert lan.reach(0, tagged(mac_of(0), BROADCAST, 20)) == {2}
    with lan.switch.dropping("vhost0", vlan_denied=3):
        lan.exchange((0, tagged(mac_of(0), BROADCAST, 30)),
                     (0, tagged(mac_of(0), BROADCAST, 4095)), (0, ether(mac_of(0), BROADCAST)))
    assert lan.switch.fdb() == {(10, mac_of(0)): "vhost0", (20, mac_of(0)): "vhost0"}


def test_reserved_addresses_stay_under_a_tag(lan):
    """The sixteen, behind the tag of a VLAN and behind a priority tag; the next one passes."""
    configure(lan, "vlan trunk 10", "vlan trunk 10", "vlan access 1", "vlan access 1")
    for port, vid, other in ((0, 10, 1), (2, 0, 3)):
        with lan.switch.dropping(f"vhost{port}", reserved_da=16):
            out = lan.exchange(*[(port, tagged(mac_of(port), f"01:80:c2:00:00:{last:02x}", vid))
                                 for last in range(16)])
            assert out == [[], [], [], []]
        assert lan.reach(port, tagged(mac_of(port), "01:80:c2:00:00:10", vid)) == {other}


def test_customer_tags_pass_a_tunnel(lan):
    configure(lan, "vlan tunnel 40", "vlan trunk 40 dot1ad", "vlan tunnel 40", "vlan access 40")
    frame = tagged(mac_of(0), BROADCAST, 7, priority=3)
    with lan.switch.dropping("vhost3", vlan_denied=1):
        assert lan.exchange((0, frame)) == [[], [outer(frame, 0x88a8, 40)], [frame], []]
    back = outer(tagged(mac_of(1), BROADCAST, 7), 0x88a8, 40)
    assert lan.exchange((1, back))[0] == [tagged(mac_of(1), BROADCAST, 7)]


@pytest.mark.parametrize("setting", ["vlan access 10", "vlan trunk 10-20 native 10"])
def test_no_hopping_by_two_tags(lan, setting):
    """The outer tag is the port's own VLAN; nobody gets the frame with the inner one as outer."""
    configure(lan, setting, "vlan access 10", "vlan access 20", "vlan trunk 1-99 native 10")
    out = lan.exchange((0, outer(tagged(mac_of(0), BROADCAST, 20), 0x8100, 10)))
    assert out == [[], [], [], []]


def test_groups_keep_apart(lan):
    configure(lan, "group 1", "group 1", "group 2", "group none")
    for number in range(4):
        lan.exchange((number, ether(mac_of(number), BROADCAST)))
    assert lan.reach(0, ether(mac_of(0), BROADCAST)) == {2, 3}
    with lan.switch.dropping("vhost0", isolated=1):
        lan.exchange((0, ether(mac_of(0), mac_of(1))))
    assert lan.reach(2, ether(mac_of(2), mac_of(1))) == {1}
    assert [lan.switch.port_info(port)["group"] for port in lan.ports] == ["1", "1", "2", "none"]


def test_unknown_unicast_can_be_kept_off(lan):
    lan.switch.ctl("port set vhost2 unknown-unicast off")
    assert lan.reach(0, ether(mac_of(0), UNKNOWN)) == {1, 3}
    assert lan.reach(0, ether(mac_of(0), BROADCAST)) == {1, 2, 3}


def test_connected_ports_are_a_wire(lan):
    lan.switch.ctl("port connect vhost0 vhost3")
    for frame in (ether(mac_of(0), "01:80:c2:00:00:0e"), tagged(mac_of(0), UNKNOWN, 77),
                  ether(BROADCAST, BROADCAST), ether(mac_of(0), mac_of(0))):
        assert lan.exchange((0, frame)) == [[], [], [], [frame]]
    assert lan.reach(1, ether(mac_of(1), BROADCAST)) == {2}
    assert mac_of(0) not in lan.switch.fdb_ports()
    with pytest.raises(ControlError, match="port disconnect"):
        lan.switch.ctl("port connect vhost1 vhost3")
    lan.switch.ctl("port disconnect vhost3")
    assert lan.reach(0, ether(mac_of(0), BROADCAST)) == {1, 2, 3}


def test_delete_of_a_connected_port(lan):
    path = lan.switch.socket_path("extra")
    lan.switch.ctl(f"port add vhost extra path {path}")
    lan.switch.ctl("port connect vhost0 extra")
    with lan.switch.dropping("vhost0", port_down=1):
        lan.exchange((0, ether(mac_of(0), BROADCAST)))
    lan.switch.ctl("port del extra")
    assert lan.switch.port_info("vhost0")["service"] == "bridge"
    assert lan.reach(0, ether(mac_of(0), BROADCAST)) == {1, 2, 3}


def test_blackhole(lan):
    lan.switch.ctl(f"fdb add {UNKNOWN} blackhole")
    with lan.switch.dropping("vhost0", blackhole=1, fdb_violation=1):
        lan.exchange((0, ether(mac_of(0), UNKNOWN)), (0, ether(UNKNOWN, BROADCAST)))
    entry, = (e for e in lan.switch.ctl("show fdb")["entries"] if e["mac"] == UNKNOWN)
    assert (entry["type"], entry["port"]) == ("blackhole", "-")
    lan.switch.ctl(f"fdb del {UNKNOWN}")
    assert lan.reach(0, ether(mac_of(0), UNKNOWN)) == {1, 2, 3}


def test_mtu_counts_no_tags(lan):
    """C21: the MTU and the header exactly, one byte more, four bytes more by a tag."""
    configure(lan, "vlan access 10", "vlan trunk 10", "vlan access 10", "vlan access 20")
    lan.switch.ctl("port set vhost1 mtu 1000")
    fits, too_long = (ether(mac_of(0), BROADCAST, length=length) for length in (1014, 1015))
    assert lan.exchange((0, fits)) == [[], [outer(fits, 0x8100, 10)], [fits], []]
    with lan.switch.dropping("vhost1", oversize=1):
        assert lan.exchange((0, too_long)) == [[], [], [too_long], []]
    with lan.switch.dropping("vhost1", oversize=1):
        lan.exchange(*[(1, outer(ether(mac_of(1), BROADCAST, length=length), 0x8100, 10))
                       for length in (1014, 1015)])


def test_change_of_vlan_forgets(lan):
    lan.exchange((0, ether(mac_of(0), BROADCAST)))
    lan.switch.ctl("port set vhost0 vlan access 5")
    assert lan.switch.fdb() == {}


def test_flush_by_what_is_named(lan):
    configure(lan, "vlan trunk 1-4", "vlan trunk 1-4")
    lan.switch.ctl(f"fdb add {UNKNOWN} port vhost0 vlan 2")

    def teach():
        lan.exchange(*[(port, tagged(mac_of(port), BROADCAST, vid))
                       for port in (0, 1) for vid in (1, 2)])
    every = {(vid, mac_of(port)): f"vhost{port}" for vid in (1, 2) for port in (0, 1)}
    for words, gone in (("vlan 2", lambda vid, port: vid == 2), ("", lambda vid, port: True),
                        ("port vhost0", lambda vid, port: port == 0),
                        (f"mac {mac_of(1)}", lambda vid, port: port == 1),
                        ("port vhost1 vlan 1", lambda vid, port: (vid, port) == (1, 1))):
        teach()
        assert lan.switch.fdb() == {**every, (2, UNKNOWN): "vhost0"}
        lan.switch.ctl(f"fdb flush {words}")
        left = {key: port for key, port in every.items() if not gone(key[0], int(port[-1]))}
        assert lan.switch.fdb() == {**left, (2, UNKNOWN): "vhost0"}, words


@pytest.mark.parametrize("line", [
    "port set nobody vlan access 1", "port set vhost0 vlan access 4095",
    "port set vhost0 vlan trunk 0-3", "port set vhost0 vlan trunk 3-1",
    "port set vhost0 vlan trunk 1 native 2 native-tagged 3", "port set vhost0 mtu 67",
    "port set vhost0 mtu 9001", "port set vhost0 group 0", "port set vhost0 group 1001",
    "port connect vhost0 vhost0", "port disconnect vhost0", "fdb add ff:ff:ff:ff:ff:ff blackhole",
    f"fdb add {UNKNOWN} port vhost0 vlan 2"])
def test_nonsense_changes_nothing(lan, line):
    before = lan.switch.ctl("show port info all")
    with pytest.raises(ControlError):
        lan.switch.ctl(line)
    assert lan.switch.ctl("show port info all") == before
