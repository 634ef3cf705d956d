# SPDX-License-Identifier: BSD-3-Clause
"""
The switch in lock-step with its traffic, on one core: vsw-lockstep as a part of a run. Its points
have names like those of suites, and no placement.

    result = lockstep.measure(build, cpu, "ci", path)   # schema/lockstep.json
    for suite, size, point in lockstep.points(result): ...
"""

import os
import time

from . import schema
from .fault import Fault
from .process import POLL_S, Child

NAME = "lockstep"  # on the command line
TIMEOUT_S = 1800
STOP_S = 5
PORTS = 2
OPTIONS = {"smoke": ["--size", "64", "--macs", "1", "--runs", "1", "--slices", "5"]}


def program(build):
    return os.path.join(build, "app", "vsw-bench", "vsw-lockstep")


def check(build):
    if not os.access(program(build), os.X_OK):
        raise Fault(f"no {program(build)}: build the tree, or say by VSW_BUILD where its build is")


def measure(build, cpu, profile, path):
    """On that CPU; the result is left at `path`. Fault, too, if it is not complete."""
    log_path = path + ".log"
    command = [program(build), "-l", str(cpu), "--", "--result", path, *OPTIONS.get(profile, ())]
    child = Child("vsw-lockstep", command, log_path, cpus={cpu})
    deadline = time.monotonic() + TIMEOUT_S
    try:
        while child.alive:
            if time.monotonic() > deadline:
                raise Fault(f"vsw-lockstep has not ended within {TIMEOUT_S} s (log: {log_path})")
            time.sleep(POLL_S)
    finally:
        child.stop(STOP_S)
    if not os.path.exists(path):
        raise child.death("without a result")
    result = schema.read(path, "lockstep")
    if result["complete"]:
        os.unlink(log_path)
    return result


def suite_of(point):
    n_macs = PORTS * point["macs"]
    text = f"{n_macs // 1000}k" if n_macs % 1000 == 0 else str(n_macs)
    scale = "base" if point["macs"] == 1 else "scale" + text
    return (f"lockstep-l2bd{scale}maclrn-{'packed' if point['packed'] else 'split'}-"
            f"{'mrg' if point['mergeable'] else 'nomrg'}")


def points(result):
    """(name of a suite, size, point) of each; of None, too."""
    for point in result["points"] if result else ():
        yield suite_of(point), str(point["size"]), point


def spread(point):
    """The figure of a point is the least of its runs."""
    runs = point["run_min_ticks_per_frame"]
    return {"n": len(runs), "median": point["ticks_per_frame"]["min"], "min": min(runs),
            "max": max(runs)}
