# SPDX-License-Identifier: BSD-3-Clause
"""What the tests of scripts/bench share."""

import json
import os
import subprocess
import sys

import pytest

TREE = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
sys.path.insert(0, os.path.join(TREE, "scripts"))
from bench import schema  # noqa: E402

# What the default run spares; --long runs it. By the beginning of a test's name.
LONG = (
    "test_a_switch_that_does_not_listen", "test_broken[backtoback", "test_broken[hol",
    "test_broken[latency", "test_broken[losscurve", "test_broken[search", "test_broken[soak",
    "test_cells", "test_failures[sockets", "test_failures[vsw-bench hangs",
    "test_interrupted_modes", "test_keep_going", "test_killed", "test_loss[hol",
    "test_loss[reconf", "test_loss[soak", "test_loss_in_a_search", "test_loss_in_bursts",
    "test_nothing_was_measured", "test_other_drivers[2", "test_partial_results_are_kept",
    "test_paths[own-0-0-1", "test_paths[own-0-1-", "test_paths[own-1-0-", "test_paths[own-1-1-1",
    "test_paths[pmd-1", "test_planted_ticks", "test_queues[pmd", "test_refused_change",
    "test_ring_sizes[own-64", "test_search_with_stalls", "test_switch_connects[own]",
    "test_switch_connects[pmd", "test_switch_dies[pmd", "test_tags[imix",
    "test_the_switch_connects", "test_too_many_addresses", "test_turns", "test_uneven_mesh",
)

FAKES = os.path.join(TREE, "test", "bench", "fakes.py")
FAKE_CTL = os.path.join(TREE, "test", "bench", "fake-ctl")

# bench.sh without what it needs of the machine, and with as much patience as a test has.
DRIVER = """
import os, sys
from bench import __main__ as command, generator, machine, peers, process
if not os.environ.get("FAKE_PUBLISH"):
    command.publish = lambda *_: None
machine.check_hugepages = lambda needed: None
process.STOP_TIMEOUT_S = 1
peers.READY_TIMEOUT_S = int(os.environ.get("FAKE_READY_S", 60))
generator.CALL_TIMEOUT_S = int(os.environ.get("FAKE_CALL_S", 60))
sys.exit(command.main())
"""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        if item.name.startswith(LONG):
            item.add_marker("long")


class Bench:
    """bench.sh with programs that only pretend (fakes.py), in a directory of its own."""

    def __init__(self, directory):
        self.directory = str(directory)
        self.out = os.path.join(self.directory, "out")
        self.pids = os.path.join(self.directory, "pids")
        self.other = os.path.join(self.directory, "other")
        os.mkdir(self.pids)
        os.symlink(FAKES, self.other)
        for name in ("vhost-switch", "vsw-ctl", "vsw-bench"):
            os.makedirs(os.path.join(self.directory, "app", name))
            os.symlink(FAKES if name != "vsw-ctl" else FAKE_CTL,
                       os.path.join(self.directory, "app", name, name))
        os.symlink(FAKES, os.path.join(self.directory, "app", "vsw-bench", "vsw-lockstep"))

    def peer(self, name):
        return ["--peer", f"{name}={self.other} {{sockets}} name={name}"]

    @property
    def environment(self):
        return {"PYTHONPATH": os.path.join(TREE, "scripts"), "PYTHONDONTWRITEBYTECODE": "1",
                "VSW_BUILD": self.directory, "TMPDIR": self.directory, "FAKE_DIRECTORY": self.pids,
                "VSW_BENCH_HISTORY": os.path.join(self.directory, "history.jsonl")}

    def start(self, *words, **environment):
        environment = {**os.environ, **self.environment, **environment}
        return subprocess.Popen(
            ["/usr/bin/python3", "-c", DRIVER, *words, "--out", self.out], env=environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, *words, **environment):
        """Returns the exit status and what it has printed as errors."""
        process = self.start(*words, **environment)
        self.output, errors = process.communicate(timeout=120)
        return process.returncode, errors

    def refused(self, *words, **environment):
        """It fails in one sentence, which is returned; nothing is left of what it has started."""
        code, errors = self.run(*words, **environment)
        assert code == 1, (code, self.output, errors)
        assert errors.startswith("bench: ") and errors.count("\n") == 1, errors
        self.check_clean()
        return errors[len("bench: "):].strip()

    def result(self):
        return schema.read(os.path.join(self.out, "run.json"), "run")

    def calls(self):
        with open(os.path.join(self.pids, "calls.jsonl")) as file:
            return [json.loads(line) for line in file]

    def started(self):
        """name -> pids."""
        found = {}
        for pid in os.listdir(self.pids):
            if pid.isdigit():
                with open(os.path.join(self.pids, pid)) as file:
                    found.setdefault(file.read(), []).append(int(pid))
        return found

    def check_clean(self):
        left = [pid for pids in self.started().values() for pid in pids
                if os.path.exists(f"/proc/{pid}")]
        assert not left, f"still running: {left}"
        assert not [name for name in os.listdir(self.directory) if name.startswith("vsw-bench-")]


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)
