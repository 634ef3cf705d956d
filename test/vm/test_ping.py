# SPDX-License-Identifier: BSD-3-Clause
"""Promise: two guests with a real Linux reach each other."""

from guest import mac_of
from vm import Nic


def test_ping(rig, guests):
    switch = rig.switch(ports=2)
    a, b = guests.boot(("a", [Nic(switch.socket_path(0), mac_of(0))]),
                       ("b", [Nic(switch.socket_path(1), mac_of(1))]))
    for number, guest in enumerate((a, b), 1):
        guest.configure("eth0", f"10.0.0.{number}/24", f"fd00::{number}/64")
    switch.wait_state("vhost0", "vhost1")
    a.ping("10.0.0.2")
    b.ping("fd00::1")
