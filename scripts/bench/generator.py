# SPDX-License-Identifier: BSD-3-Clause
"""
The load generator as a process: one call of vsw-bench after the other, on one CPU.

    generator = Generator(program, cpu, "ci", extra=["--trial-s=0.25"])
    generator.measure(site, switch, "mrr", result)      # leaves the result at that path
    generator.test("64", switch_cpu, result)
"""

import os
import re
import time

from . import selftest
from .fault import Fault
from .process import POLL_S, Child, wait_until

# Smoke is about the machinery: it shall not fail because other work holds the machine up.
OPTIONS = {"smoke": ["--late-us", "20000", "--search-s", "5", "--jitter-s", "0.2"]}
# What the vectorized path of virtio-user needs, and what makes it say that it is taken.
VECTORIZED = ["--force-max-simd-bitwidth", "512", "--log-level", "pmd.net.virtio.*:info"]
CALL_TIMEOUT_S = 3600
SOAK_TIMEOUT_S = 14 * 3600
TEST_TIMEOUT_S = 30
STOP_S = 5
DEATH_S = 0.5


def check_vectorized(child, n_ports):
    """virtio-user falls back to another path without a word, unless asked for one."""
    log = child.log()
    if len(re.findall(r"vectorized Rx path on port", log)) < n_ports:
        why = re.findall(r"disabled .* ring vectorized .*", log) or ["it does not say why"]
        raise Fault(f"DPDK's virtio-user does not take its vectorized path here: {why[0]}")


class Generator:
    """`extra`: more options of vsw-bench."""

    def __init__(self, program, cpu, profile, extra=()):
        self.program = program
        self.cpu = cpu
        self.profile = profile
        self.extra = list(extra)

    def start(self, log_path, options, enter=(), eal=(), **environment):
        command = [*enter, self.program, "-l", str(self.cpu), "--no-pci", "--in-memory",
                   "--single-file-segments", "--file-prefix", f"bench-generator-{os.getpid()}",
                   *eal, "--", *options]
        return Child("vsw-bench", command, log_path, cpus={self.cpu}, environment=environment)

    def test(self, size, switch_cpu, result):
        """Of what it can do by itself: selftest.py."""
        log_path = result + ".log"
        options = [*selftest.OPTIONS, "--size", size, "--switch-cpu", str(switch_cpu),
                   "--result", result]
        with self.start(log_path, options) as child:
            if not wait_until(lambda: not child.alive, TEST_TIMEOUT_S):
                raise Fault(f"vsw-bench has not ended within {TEST_TIMEOUT_S} s (log: {log_path})")
            if child.stop() != 0:
                raise child.death("without a result")
        os.unlink(log_path)

    def measure(self, site, switch, mode, result, readings=None):
        """`readings` are taken of the switch meanwhile."""
        vectorized = site.suite.vectorized
        changes = [option.format(directory=site.directory)
                   for option in site.suite.generator_options(site.size, mode)]
        options = [*switch.generator_options(), *changes, "--profile", self.profile,
                   "--result", result, *OPTIONS.get(self.profile, ()), *self.extra]
        child = self.start(site.log("vsw-bench"), options, site.wires.enter,
                           [*site.wires.eal, *(VECTORIZED if vectorized else ())],
                           RUNTIME_DIRECTORY=site.directory)
        try:
            self.wait(child, switch, SOAK_TIMEOUT_S if mode == "soak" else CALL_TIMEOUT_S, readings)
        finally:
            code = child.stop(STOP_S)
        if code != 0:  # it may have seen the switch end before we do
            wait_until(lambda: not switch.child.alive, DEATH_S)
            switch.check_alive()
        if not os.path.exists(result):
            raise child.death("without a result")
        if vectorized:
            check_vectorized(child, site.suite.n_ports)

    @staticmethod
    def wait(child, switch, limit_s, readings):
        deadline = time.monotonic() + limit_s
        while child.alive:
            switch.check_alive()
            if readings:
                readings.take()
            if time.monotonic() > deadline:
                raise Fault(f"vsw-bench has not ended within {limit_s} s: {child.last_words()} "
                            f"(log: {child.log_path})")
            time.sleep(POLL_S)
