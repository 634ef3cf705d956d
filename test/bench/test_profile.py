# SPDX-License-Identifier: BSD-3-Clause
"""Promise: scripts/profile says what it lacks, leaves nothing running, and its ticks add up."""

import os
import signal
import subprocess
import time

import pytest

from bench import stages

TREE = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
DRIVER = """
import runpy, sys
sys.path.insert(0, sys.argv[1] + "/scripts")
from bench import machine
machine.check_hugepages = lambda needed: None
sys.argv[:2] = ["profile"]
runpy.run_path(sys.path[0] + "/profile", run_name="__main__")
"""


def start(bench, *words, **changes):
    """With tools that only pretend, if there are any in the directory "tools"."""
    environment = {**os.environ, "TMPDIR": bench.directory, "VSW_BUILD": bench.directory,
                   "FAKE_DIRECTORY": bench.pids, "FAKE_BENCH": "hang",
                   "PATH": os.path.join(bench.directory, "tools"), **changes}
    return subprocess.Popen(["/usr/bin/python3", "-c", DRIVER, TREE, *words], env=environment,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True)


def add_tools(bench):
    os.mkdir(os.path.join(bench.directory, "tools"))
    for name, does in (("readelf", "echo .debug_info"), ("addr2line", ":"), ("git", ":"),
                       ("perf", "printf perf >$FAKE_DIRECTORY/$$; exec /bin/sleep 600")):
        path = os.path.join(bench.directory, "tools", name)
        with open(path, "w") as file:
            file.write(f"#!/bin/sh\n{does}\n")
        os.chmod(path, 0o755)


@pytest.mark.parametrize("tools, sentence", [
    ((), "there is no "), (("meson", "ninja"), " failed with exit status 3")])
def test_its_own_build(bench, tools, sentence):
    """Without a build that is named it makes one, or says why not."""
    os.mkdir(os.path.join(bench.directory, "tools"))
    for name in tools:
        path = os.path.join(bench.directory, "tools", name)
        with open(path, "w") as file:
            file.write("#!/bin/sh\nexit 3\n")
        os.chmod(path, 0o755)
    process = start(bench, VSW_BUILD="")
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 1 and errors.startswith("profile: "), errors
    assert sentence in errors and ("build/profile" in errors) == bool(tools)


@pytest.mark.parametrize("words, sentence", [
    ((), "there is no perf: install linux-perf"),
    (("-b", "/nowhere"), "no /nowhere/app/vhost-switch/vhost-switch"),
    (("64/1/round",), '"64/1/round" is no SIZE/MACS/RING'),
])
def test_refused(bench, words, sentence):
    process = start(bench, *words)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 1 and errors.count("\n") == 1, errors
    assert errors.startswith("profile: ") and sentence in errors


def test_never_near(bench):
    add_tools(bench)
    process = start(bench, "--limit", "0", "64/1/split")
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert errors.startswith("profile: 64/1/split: no trial within 0 s with the two CPUs near")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals(bench, number):
    add_tools(bench)
    process = start(bench, "64/1/split")
    try:
        deadline = time.monotonic() + 30
        while not os.path.exists(os.path.join(bench.pids, "calls.jsonl")) or \
                "perf" not in bench.started():
            assert time.monotonic() < deadline and process.poll() is None, process.communicate()
            time.sleep(0.02)
        process.send_signal(number)
        _, errors = process.communicate(timeout=30)
    finally:
        process.kill()  # and the kernel its children
    assert process.returncode == 128 + number
    assert errors == f"profile: interrupted by {number.name}\n"
    bench.check_clean()
    assert not [name for name in os.listdir(bench.directory) if name.startswith("vsw-profile-")]


def test_ticks_add_up():
    """Those of empty rounds are nobody's; the loop goes round for nothing 9 times out of 10."""
    shares = {stage: 0 for stage in stages.ORDER}
    shares.update({"rx ring": 0.5, "lookup": 0.3, "loop": 0.2})
    lcore = {"frames": 10, "busy_ticks": 600, "rounds": 100, "busy_rounds": 10}
    ticks = stages.ticks(shares, lcore, elapsed=1000)
    assert ticks["lookup"] == pytest.approx(30)
    assert ticks["loop"] == pytest.approx(2)
    assert ticks["rx ring"] == pytest.approx(50 - (40 - 18))
    assert sum(ticks.values()) == pytest.approx(60)


@pytest.mark.parametrize("stage, file, names", [
    ("rx head", "vhost-switch", ["vsw_frame_copy_short", "take_view", "vhost_rx"]),
    ("rx head", "libc.so.6", ["take_chains", "vhost_rx", "vsw_fwd_burst"]),
    ("tx copy", "libc.so.6", ["put_burst", "vsw_fwd_egress"]),
    ("tx ring", "vhost-switch", ["put_burst", "vsw_fwd_egress"]),
    ("loop", "vhost-switch", ["run_polling"]),
    ("kernel", "[kernel.kallsyms]", ["run_polling"]),
    ("other", "vhost-switch", ["??"]),
])
def test_stage_of(stage, file, names):
    assert stages._stage("/lib/" + file if "libc" in file else file, names) == stage
