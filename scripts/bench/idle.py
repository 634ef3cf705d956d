# SPDX-License-Identifier: BSD-3-Clause
"""Guests that are connected to a switch and do nothing, in one process (vsw-idle-guests)."""

import contextlib
import os

from .fault import Fault
from .process import Child, wait_until

CONNECT_TIMEOUT_S = 30


@contextlib.contextmanager
def guests(site, listens):
    """Those that the suite asks for, while the context lasts. `listens`: the switch does."""
    if not site.idle_sockets:
        yield
        return
    command = [os.path.join(site.build, "app", "vsw-bench", "vsw-idle-guests"),
               *(() if listens else ["--server"]), *site.idle_sockets]
    with Child("vsw-idle-guests", command, site.log("idle-guests")) as child:
        wait_until(lambda: child.log().endswith("ready\n") or not child.alive, CONNECT_TIMEOUT_S)
        if not child.alive or not child.log().endswith("ready\n"):
            raise Fault(f"{len(site.idle_sockets)} idle guests are not connected after "
                        f"{CONNECT_TIMEOUT_S} s: {child.last_words()} (log: {child.log_path})")
        yield
