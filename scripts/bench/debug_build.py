# SPDX-License-Identifier: BSD-3-Clause
"""
A build of this tree like that of a release, with debug information, which tells what is inlined
where: build/profile. Made when it is not there, updated when it is.
"""

import os
import shutil
import subprocess
import sys

from .fault import Fault
from .packages import TREE

DIRECTORY = os.path.join(TREE, "build", "profile")


def _run(*command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        sys.stderr.write("".join(done.stdout.splitlines(keepends=True)[-20:]))
        raise Fault(f"{' '.join(command)} failed with exit status {done.returncode}")


def make():
    """Returns its directory."""
    for tool in ("meson", "ninja"):
        if shutil.which(tool) is None:
            raise Fault(f"there is no {tool}: run scripts/deps --bench, or name a build with -b")
    if not os.path.exists(os.path.join(DIRECTORY, "build.ninja")):
        print(f"profile: making {DIRECTORY}, which takes minutes", file=sys.stderr)
        _run("meson", "setup", "--buildtype=release", "-Ddebug=true", DIRECTORY, TREE)
    _run("ninja", "-C", DIRECTORY)
    return DIRECTORY
