# SPDX-License-Identifier: BSD-3-Clause
"""
What all switches have in common that are put side by side. Each polls on one CPU and has
suite.n_ports vhost-user ports; each is started anew for every window:

    peer.check()                            # Fault if it cannot be had here
    with peer.start(site) as switch:        # returns when its sockets are ready
        ... vsw-bench with switch.generator_options() ...
        switch.check_alive()
        counters = switch.counters()

`settings` tells the report what was chosen for a peer, and why. all_peers.py lists them.
"""

import dataclasses
import os
import stat

from .fault import Fault
from .process import Child, wait_until
from .suites import Suite

READY_TIMEOUT_S = 30
LARGEST_NORMAL = 1518  # bytes with FCS


@dataclasses.dataclass(frozen=True)
class Site:
    """Where and for what a switch is started."""

    directory: str  # of this window: sockets, logs; short, for a socket's path is
    suite: Suite
    size: str
    switch_cpu: int
    build: str  # of this tree
    wires: object  # wiring.Wires

    @property
    def sockets(self):
        return [os.path.join(self.directory, f"p{number}")
                for number in range(self.suite.n_sockets)]

    @property
    def idle_sockets(self):
        return [os.path.join(self.directory, f"idle{number}")
                for number in range(self.suite.idle_guests)]

    @property
    def all_sockets(self):
        """Those of the switch: the generator's first."""
        return [*self.sockets, *self.idle_sockets]

    def log(self, name):
        return os.path.join(self.directory, name + ".log")

    @property
    def is_jumbo(self):
        return self.size != "imix" and int(self.size) > LARGEST_NORMAL


def is_socket(path):
    try:
        return stat.S_ISSOCK(os.stat(path).st_mode)
    except FileNotFoundError:
        return False


class Switch:
    """One that runs. `listens`: it makes the sockets, and the generator connects to them."""

    listens = True

    def __init__(self, peer, site):
        self.peer = peer
        self.site = site
        self.children = []
        self.child = None  # the process that forwards

    def begin(self):
        """Start what is needed, and wait until it is ready."""
        raise NotImplementedError

    def run(self, name, command, **options):
        options.setdefault("cpus", {self.site.switch_cpu})
        child = Child(name, command, self.site.log(name), **options)
        self.children.append(child)
        return child

    def stop(self):
        while self.children:
            self.children.pop().stop()

    def check_alive(self, when="in the middle of a trial"):
        if not self.child.alive:
            raise self.child.death(when)

    def wait_ready(self, ready, what):
        def is_ready():
            self.check_alive(f"before {what}")
            return ready()
        if not wait_until(is_ready, READY_TIMEOUT_S):
            raise Fault(f"{self.peer.name} was given {READY_TIMEOUT_S} s, but not {what}: "
                        f"{self.child.last_words()} (log: {self.child.log_path})")

    def wait_sockets(self):
        paths = self.site.all_sockets
        self.wait_ready(lambda: all(is_socket(path) for path in paths),
                        f"all of its {len(paths)} sockets were ready")

    def generator_options(self):
        """Of vsw-bench: its ports, and what it can know of this switch."""
        side = "" if self.listens else ",server"
        ports = self.site.wires.ports([path + side for path in self.site.sockets])
        return [*ports, "--switch-pid", str(self.child.pid),
                "--switch-cpu", str(self.site.switch_cpu)]

    def cycles(self):
        """
        (busy ticks, frames received) since it was started, by its own counters; None if it does not
        count them, or tells vsw-bench itself. Does not raise when it has just ended.
        """
        return None

    def counters(self):
        """What it says itself of what it has done, by name: numbers or texts."""
        return {}

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.stop()


class Peer:
    name = title = settings = ""
    gives = ()  # which counters it can give
    hugepages = 256  # of 2 MiB, that it needs
    switch_class = Switch

    def check(self):
        """Fault, with what to install, if it cannot be had here."""

    def version(self):
        return None

    def start(self, site):
        switch = self.switch_class(self, site)
        try:
            switch.begin()
        except BaseException:
            switch.stop()
            raise
        return switch

    def description(self):
        """For the run's file."""
        return {"name": self.name, "title": self.title, "version": self.version(),
                "settings": self.settings, "counters": list(self.gives)}
