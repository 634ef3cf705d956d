# SPDX-License-Identifier: BSD-3-Clause
"""
What the generator does when there is nothing to wait for: vsw-bench against a device in its own
process that copies frames from ring to ring, on the CPU of the switch. Once for each size, at the
begin of a run. A rate that comes near it says more of the generator than of a switch: csit.md 4.6,
step 7.

    found = selftest.of_call(call)      # {"size", "ticks_per_frame", "mpps", "placement"}
    if selftest.limits(found, window): ...
"""

MARGIN = 1.2  # by which the generator must be faster than what it measures
OPTIONS = ("--mode", "selftest", "--profile", "smoke", "--jitter-s", "0", "--late-us", "20000")


TRIES = 3  # other work, and CPUs that are far, only ever make it slower


def of_call(call):
    return {"size": str(call["config"]["size"]), **call["selftest"]}


def of_size(run, size):
    """That of a run, or None."""
    return next((found for found in run.get("selftests", ()) if found["size"] == size), None)


def best(found):
    """Of several: the fastest near one."""
    return max(found, key=lambda own: (own["placement"] == "near", own["mpps"]))


def limits(found, window):
    """
    Whether a window's rate comes too near, of near slices: far, the device that stands for a switch
    waits for the same cache lines as a switch does, and may be slower than one.
    """
    pps = window["near"]["median_pps"] if found and found["placement"] == "near" else None
    return pps is not None and pps * MARGIN > found["mpps"] * 1e6
