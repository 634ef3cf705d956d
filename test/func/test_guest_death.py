# SPDX-License-Identifier: BSD-3-Clause
"""
Promise: a guest that dies takes nothing with it but its own port, which serves the next guest.

    guest a -- v0 [      ] v2 --+
                  [switch]      +-- pair, exchanging traffic
    guest b -- v1 [      ] v3 --+
"""

from child import wait_until
from guest import assert_flawless, device, mac_of
from honest import HonestPair


def start_pair(rig, switch):
    guest = rig.guest("pair", *[device(switch.socket_path(n), mac_of(n)) for n in (2, 3)])
    switch.wait_state("vhost2", "vhost3")
    return HonestPair(guest, macs=(mac_of(2), mac_of(3)))


def start_guest(rig, switch, number, name):
    guest = rig.guest(name, device(switch.socket_path(number), mac_of(number)))
    switch.wait_state(f"vhost{number}")
    return guest


def talk(switch, a, b, count=2000):
    """Traffic from a on vhost0 to b on vhost1, both known to the switch."""
    b.stream(0, 9, mac_of(0), mac_of(1), 1)
    b.wait_sent(5)
    wait_until(lambda: (1, mac_of(1)) in switch.fdb(), 2, "the MAC of guest b is learned")
    a.command("reset")
    b.command("reset")
    a.stream(0, 1, mac_of(1), mac_of(0), count)
    a.wait_sent(10)
    assert_flawless(b.wait_received(0, 1, count), count)


def test_killed_guest_is_forgotten_and_replaced(rig):
    switch = rig.switch(ports=4)
    pair = start_pair(rig, switch)
    a = start_guest(rig, switch, 0, "a")
    b = start_guest(rig, switch, 1, "b")
    talk(switch, a, b)
    pair.start()
    for attempt in range(3):
        a.stream(0, 2, mac_of(1), mac_of(0), 0, 20000)
        wait_until(lambda: (1, mac_of(0)) in switch.fdb(), 2, "the MAC of guest a is learned")
        a.kill()
        wait_until(lambda: "vhost0" not in switch.fdb().values(), 1, "guest a is forgotten")
        assert {mac_of(2), mac_of(3), mac_of(1)} <= {mac for _, mac in switch.fdb()}
        switch.wait_state("vhost0", state="listening", timeout_s=1)
        a = start_guest(rig, switch, 0, f"a{attempt}")
        talk(switch, a, b)
    pair.finish(at_least=20000)


def test_killed_receiver_does_not_hold_up_its_sender(rig):
    switch = rig.switch(ports=4)
    pair = start_pair(rig, switch)
    a = start_guest(rig, switch, 0, "a")
    b = start_guest(rig, switch, 1, "b")
    talk(switch, a, b)
    pair.start()
    a.stream(0, 2, mac_of(1), mac_of(0), 20000, 20000)
    b.kill()
    a.wait_sent(10)
    pair.finish()
