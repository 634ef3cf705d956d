# SPDX-License-Identifier: BSD-3-Clause
"""DPDK's testpmd on net_vhost devices: forwards between pairs of ports, looks up nothing."""

import os
import re
import shutil

from . import packages
from .fault import Fault
from .peers import Peer, Switch
from .process import wait_until

PROGRAM = "dpdk-testpmd"
GENERATOR_MAC = "02:{:02x}:00:00:00:00"  # the first one of a port: lib/traffic, vsw_probe.h
MBUF_BYTES_JUMBO = 10240  # so that a frame of 9000 bytes lies in one buffer
STOP_TIMEOUT_S = 3
ANSWER_TIMEOUT_S = 1
PROMPT = "testpmd> "
CYCLES = re.compile(r"CPU cycles/packet=[^(]*\(total cycles=(\d+) / total \S+ packets=(\d+)\)")


def check(who):
    if not shutil.which(PROGRAM):
        raise Fault(f"{who} needs {PROGRAM}: install the package dpdk-dev, or run scripts/deps")


def command(name, cpu, devices, mode, n_mbufs=32768):
    """All of it, the console too, on one CPU. `devices`: values of --vdev."""
    # Its console would say nothing before the end if it were not for stdbuf.
    words = ["stdbuf", "-oL", PROGRAM, "--lcores", f"0@{cpu},1@{cpu}", "--no-pci", "--in-memory",
             "--single-file-segments", "--file-prefix", f"bench-{name}-{os.getpid()}"]
    for device in devices:
        words += ["--vdev", device]
    return [*words, "--", "--interactive", "--forward-mode=" + mode, "--port-topology=paired",
            "--nb-cores=1", f"--total-num-mbufs={n_mbufs}", "--disable-link-check",
            "--no-lsc-interrupt"]


def start(child):
    """Let it forward; forwards() tells that it does."""
    child.say("start")
    child.say("show fwd stats all")


def forwards(child):
    """It has answered what it was asked after "start"."""
    return "Accumulated forward statistics" in child.log()


class TestpmdSwitch(Switch):
    __test__ = False  # pytest takes the name for a test

    def command(self):
        site = self.site
        devices = [f"net_vhost{number},iface={path}" for number, path in enumerate(site.sockets)]
        words = command("testpmd", site.switch_cpu, devices, self.peer.mode)
        if site.is_jumbo:
            words.append(f"--mbuf-size={MBUF_BYTES_JUMBO}")
        if self.peer.mode == "mac":
            words += [f"--eth-peer={number},{GENERATOR_MAC.format(number)}"
                      for number in range(site.suite.n_ports)]
        return words

    def begin(self):
        self.child = self.run(self.peer.name, self.command(), console=True)
        self.wait_sockets()
        if self.peer.cycles:
            self.child.say("set record-core-cycles on")
        start(self.child)
        self.wait_ready(lambda: forwards(self.child), "its forwarding had begun")

    def generator_options(self):
        foreign = ["--foreign-macs", "1"] if self.peer.mode == "mac" else []
        return [*super().generator_options(), *foreign]

    def cycles(self):
        start = os.path.getsize(self.child.log_path)
        self.child.say("show fwd stats all")
        # Its answer ends with the prompt, which is echoed before it, too.
        wait_until(lambda: PROMPT in self.child.log(start) or not self.child.alive,
                   ANSWER_TIMEOUT_S)
        found = CYCLES.search(self.child.log(start))
        return (int(found[1]), int(found[2])) if found else None

    def counters(self):
        self.child.say("stop")
        text = wait_until(lambda: "Done." in self.child.log() and self.child.log(),
                          STOP_TIMEOUT_S) or ""
        drops = re.findall(r"TX-dropped: ([0-9]+)", text)
        return {"tx_dropped": int(drops[-1])} if drops else {}

    def stop(self):
        if self.child and self.child.alive:
            self.child.say("quit")
            wait_until(lambda: not self.child.alive, STOP_TIMEOUT_S)
        super().stop()


class Testpmd(Peer):
    """`cycles`: have it count its own cycles, at the price of reading the TSC for each burst."""

    __test__ = False

    gives = ("tx_dropped", "busy ticks (only with --cycles)")
    switch_class = TestpmdSwitch

    def __init__(self, mode, cycles=False):
        self.mode = mode
        self.cycles = cycles
        self.name = f"testpmd-{mode}"
        self.title = f"testpmd, {mode}"
        self.settings = (
            f"--forward-mode={mode}, one forwarding core, net_vhost vdevs with one queue pair, "
            "bursts of 32, 32768 mbufs on hugepages; mbufs of 10240 bytes for frames above 1518 "
            "bytes, so that none is chained. " +
            ("It forwards from each port to its partner and looks up nothing." if mode == "io" else
             "It writes both addresses of each frame; --eth-peer gives it those of the generator."))
        if cycles:
            self.settings += " It counts its cycles (set record-core-cycles on)."

    def check(self):
        check(self.name)

    def version(self):
        return packages.version("dpdk")
