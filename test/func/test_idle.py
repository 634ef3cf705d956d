# SPDX-License-Identifier: BSD-3-Clause
"""
Promise: with --idle-sleep an idle switch leaves its CPU alone, and a busy one loses nothing by it.

    lan: v0, v1 -- [switch --idle-sleep]
"""

import os
import time

import pytest

from honest import HonestPair
from guest import assert_flawless, mac_of


def cpu_seconds(process):
    with open(f"/proc/{process.pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def cpu_share(switch, seconds=1):
    start, cpu_start = time.monotonic(), cpu_seconds(switch.child.process)
    time.sleep(seconds)
    return (cpu_seconds(switch.child.process) - cpu_start) / (time.monotonic() - start)


def test_idle_switch_sleeps_and_loses_nothing(rig):
    """Steady streams, then single frames that each find the lcores asleep, then nothing."""
    switch = rig.switch(ports=2, options=["--idle-sleep", "1000"], n_lcores=2)
    lan = rig.lan(switch, 2)
    HonestPair(lan.guest).start().finish(at_least=20000)
    lan.guest.stream(0, 1, mac_of(1), mac_of(0), 100, pps=100)
    lan.guest.wait_sent(5)
    assert_flawless(lan.guest.wait_received(1, 1, 100), 100)
    switch.ctl("clear lcores")
    assert cpu_share(switch) < 0.5
    assert all(lcore["sleep_percent"] > 50 for lcore in switch.ctl("show lcores")["lcores"])
    assert switch.drops() == {}


def test_without_the_option_lcores_never_sleep(rig):
    switch = rig.switch(ports=1)
    assert [lcore["sleep_percent"] for lcore in switch.ctl("show lcores")["lcores"]] == [0]


@pytest.mark.long
@pytest.mark.parametrize("idle_sleep_us", [0, 100, 1000])
def test_single_frames_wait_no_longer_than_said(rig, idle_sleep_us):
    """Prints the share of a CPU that an idle switch takes, and how long single frames travel."""
    switch = rig.switch(ports=2, options=["--idle-sleep", str(idle_sleep_us)])
    lan = rig.lan(switch, 2)
    HonestPair(lan.guest)
    print(f"\n--idle-sleep {idle_sleep_us}: idle CPU {100 * cpu_share(switch, 5):.1f} %")
    for _ in range(5):
        trip = lan.guest.command(f"trip 0 1 5000 id=1 dst={mac_of(1)} src={mac_of(0)} len=60 "
                                 "count=1000", timeout_s=30)
        print(", ".join(f"{key[:-3]} {value / 1000:.1f} us"
                        for key, value in trip.items() if key.endswith("_ns")))
        assert trip["lost"] == 0
        # The median is the machine's wake-up time and half of the sleep; the rest is noise.
        assert trip["median_ns"] < (idle_sleep_us + 500) * 1000
