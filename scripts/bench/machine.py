# SPDX-License-Identifier: BSD-3-Clause
"""What a run needs of the machine, looked at before anything is started."""

import os
import re
import subprocess

from .fault import Fault
from .packages import TREE

GENERATOR_HUGEPAGES = 256


def cpus():
    """(of the switch, of the generator): each polls."""
    found = sorted(os.sched_getaffinity(0))
    if len(found) < 2:
        raise Fault(f"two CPUs are needed, one for the switch and one for the generator, but only "
                    f"CPU {found[0]} may be used here: use a larger machine, or look at taskset")
    return found[0], found[1]


def check_hugepages(needed):
    """`needed` of 2 MiB for the largest switch; makes them if it may."""
    needed += GENERATOR_HUGEPAGES
    script = os.path.join(TREE, "scripts", "hugepages")
    done = subprocess.run([script, str(needed)], stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    words = done.stdout.strip().splitlines()[-1:] or ["it said nothing"]
    free = re.match(r"hugepages: (\d+) pages free", words[0])
    if done.returncode != 0 or not free or int(free[1]) < needed:
        reason = words[0].removeprefix("hugepages: ").partition(";")[0]
        raise Fault(f"{needed} hugepages of 2 MiB are needed: {reason}; as root, scripts/hugepages "
                    f"{needed} makes them where memory suffices")


def git():
    """The state of the tree, for the run's file."""
    def ask(*words):
        try:
            done = subprocess.run(["git", "-c", "safe.directory=*", "-C", TREE, *words],
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True)
        except FileNotFoundError:
            return None
        return done.stdout.strip() if done.returncode == 0 else None
    return {"commit": ask("rev-parse", "HEAD"), "subject": ask("log", "-1", "--format=%s"),
            "dirty": bool(ask("status", "--porcelain", "--untracked-files=no"))}
