# SPDX-License-Identifier: BSD-3-Clause
"""The switch of this tree."""

import os
import subprocess

from .digest import OURS
from .fault import Fault
from .peers import Peer, Switch

FDB_SIZE_DEFAULT, FDB_SIZE_MAX = 65536, 4194304
JUMBO_MTU = 9000
CTL_TIMEOUT_S = 30
GUESTS_IDLE_SLEEP_US = 100  # guests without KVM need all that the switch does not


class OurSwitch(Switch):
    @property
    def ctl_path(self):
        return os.path.join(self.site.directory, "ctl")

    def run_ctl(self, *words):
        """Returns the completed process."""
        ctl = os.path.join(self.site.build, "app", "vsw-ctl", "vsw-ctl")
        return subprocess.run([ctl, "-s", self.ctl_path, *words], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=CTL_TIMEOUT_S)

    def commands(self):
        """Of the console, at start."""
        suite = self.site.suite
        yield from self.site.wires.console()
        if suite.cross:
            yield "port connect vhost0 vhost1"
        for port, vlan in enumerate(suite.vlans):
            if vlan:
                yield f"port set vhost{port} vlan {vlan[0]} {vlan[1]}"
        if self.site.is_jumbo:
            for port in range(suite.n_ports):
                yield f"port set vhost{port} mtu {JUMBO_MTU}"

    def sockets(self):
        spare = [os.path.join(self.site.directory, f"spare{number}")
                 for number in range(self.site.suite.spare_ports)]
        return [*self.site.all_sockets, *spare]

    def command(self):
        # Twice as many as there are addresses, so that no two of them compete for a place.
        fdb_size = min(max(FDB_SIZE_DEFAULT, 2 * self.site.suite.n_macs), FDB_SIZE_MAX)
        path = os.path.join(self.site.directory, "commands")
        with open(path, "w") as file:
            file.write("".join(command + "\n" for command in self.commands()))
        program = os.path.join(self.site.build, "app", "vhost-switch", "vhost-switch")
        command = [*self.site.wires.enter, program, "--lcores", f"0@{self.site.switch_cpu}",
                   "--no-pci", "--in-memory", "--file-prefix", f"bench-{os.getpid()}", "--",
                   "--ctl-socket", self.ctl_path, "--fdb-size", str(fdb_size),
                   "--cmdline-file", path]
        if self.site.suite.wiring == "tcp":
            command += ["--idle-sleep", str(GUESTS_IDLE_SLEEP_US)]
        for socket in self.sockets():
            command += ["--socket-file", socket]
        return command

    def begin(self):
        self.child = self.run("vhost-switch", self.command(),
                              environment={"RUNTIME_DIRECTORY": self.site.directory})
        self.wait_ready(lambda: self.run_ctl("show", "version").returncode == 0,
                        "its control socket answered")
        self.wait_sockets()

    def generator_options(self):
        return [*super().generator_options(), "--ctl", self.ctl_path]


class Ours(Peer):
    name = OURS
    title = "vhost-switch"
    settings = ("One lcore, hugepages, the defaults of the README; a table of addresses twice as "
                "large as there are addresses, an MTU of 9000 for frames above 1518 bytes.")
    gives = ("frames by port", "drops by name", "busy ticks")
    switch_class = OurSwitch

    def __init__(self, build):
        self.build = build

    def check(self):
        for words in (("app", "vhost-switch", "vhost-switch"), ("app", "vsw-ctl", "vsw-ctl")):
            program = os.path.join(self.build, *words)
            if not os.access(program, os.X_OK):
                raise Fault(f"no {program}: build the tree, or say by VSW_BUILD where its build is")

    def version(self):
        program = os.path.join(self.build, "app", "vhost-switch", "vhost-switch")
        done = subprocess.run([program, "--version"], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL)
        return done.stdout.strip().splitlines()[0] if done.stdout.strip() else None
