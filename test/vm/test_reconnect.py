# SPDX-License-Identifier: BSD-3-Clause
"""
Promise: when one side of a vhost-user socket is killed and started again, traffic returns, and
nobody touches the other side. It does not matter which of the two owns the socket.

    a, whose QEMU owns the socket -- v0 [switch] v1, which the switch owns -- b
"""

import time

from child import wait_until
from guest import mac_of
from vm import Nic

RETURN_TIMEOUT_S = 60  # what is printed is 1 s on a busy machine


def boot(guests, switch):
    a, b = guests.boot(
        ("a", [Nic(switch.socket_path(0), mac_of(0), server=True)]),
        ("b", [Nic(switch.socket_path(1), mac_of(1), reconnect_ms=200)]))
    a.configure("eth0", "10.0.0.1/24")
    b.configure("eth0", "10.0.0.2/24")
    a.ping("10.0.0.2")
    return a, b


def test_killed_and_started_again(rig, guests):
    switch = rig.switch([",client", ""], options=["--idle-sleep", "100"])
    switch.foreign_sockets = [switch.socket_path(0)]
    a, b = boot(guests, switch)
    for _ in range(2):
        switch.child.kill()
        start = time.monotonic()
        switch.start()
        wait_until(lambda: a.reaches("10.0.0.2"), RETURN_TIMEOUT_S, "traffic returns")
        print(f"\nfirst reply {time.monotonic() - start:.1f} s after the switch was started")
        b.ping("10.0.0.1")

    a.kill()
    b.kill()
    boot(guests, switch)
