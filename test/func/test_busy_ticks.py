# SPDX-License-Identifier: BSD-3-Clause
"""
Promise: while the switch is the limit, its busy ticks are all the time there is.

    vsw-bench port 0 -- [switch v0, v1] -- vsw-bench port 1

The generator keeps 512 frames in flight for each port. It is idle now and then, so all of them wait
for the switch, and no round of its lcore is empty: ticks for a frame by the switch's own count are
the wall clock's, by frames that came back. Where the generator stands still, the switch runs dry:
such time does not count.
"""

import json
import os
import statistics
import subprocess

import pytest

from child import BUILD, OTHERS_CPU, SWITCH_CPU

BENCH = os.path.join(BUILD, "app", "vsw-bench", "vsw-bench")
GENERATOR_IDLE = 0.1  # of its time, at least
STALLED = 0.05  # of the generator's time, at most
SLICES = 10  # fewer tell nothing


def slices_at_saturation(switch, size):
    """Slices of some seconds in which the switch was the limit, and their TSC frequency."""
    result = os.path.join(switch.directory, f"{size}.json")
    subprocess.run(
        [BENCH, "--lcores", f"1@{OTHERS_CPU}", "--no-pci", "--in-memory", "-m", "256",
         "--single-file-segments", "--file-prefix", f"bench{os.getpid()}", "--",
         "--socket", switch.socket_path(0), "--socket", switch.socket_path(1),
         "--ctl", switch.ctl_path, "--switch-cpu", str(SWITCH_CPU), "--mode", "mrr",
         "--size", str(size), "--trials", "3", "--trial-s", "1", "--result", result],
        check=True, timeout=60, stdin=subprocess.DEVNULL)
    with open(result) as file:
        call = json.load(file)
    return call["host"]["tsc_hz"], [
        entry for trial in call["trials"] for entry in trial["slices"]
        if entry.get("busy_ticks_per_frame") and entry["generator_idle"] >= GENERATOR_IDLE
        and entry["stalled_ms"] <= STALLED * entry["ms"]]


@pytest.mark.long
@pytest.mark.parametrize("size", [64, 1518])
def test_busy_ticks_are_wall_time_at_saturation(rig, size):
    switch = rig.switch(ports=2)
    tsc_hz, slices = slices_at_saturation(switch, size)
    if len(slices) < SLICES:
        pytest.skip(f"the switch was the limit in {len(slices)} slices only")
    shares = [entry["busy_ticks_per_frame"] * entry["pps"] / tsc_hz
              / (1 - entry["stalled_ms"] / entry["ms"]) for entry in slices]
    print(f"{size} B: {len(shares)} slices, busy by wall time "
          f"{min(shares):.3f} .. {statistics.median(shares):.3f} .. {max(shares):.3f}")
    assert 0.95 < statistics.median(shares) < 1.05, shares
