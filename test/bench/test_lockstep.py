# SPDX-License-Identifier: BSD-3-Clause
"""
Promise: vsw-lockstep finds what a frame costs the switch, the same each time, and what is added.
"""

import os
import signal
import subprocess
import sys
import time

import pytest
from bench import schema

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "func"))
from child import BUILD, OTHERS_CPU  # noqa: E402

LOCKSTEP = os.path.join(BUILD, "app", "vsw-bench", "vsw-lockstep")
PLANTED = 2000  # ticks a frame: more than whatever else happens on a machine
ONE_POINT = ["--size", "64", "--macs", "1", "--packed", "0"]


def command(result, *words, eal=("--no-huge", "-m", "192")):
    return [LOCKSTEP, "-l", str(OTHERS_CPU), *eal, "--", "--result", str(result), *words]


def lockstep(tmp_path, *words, eal=("--no-huge", "-m", "192"), timeout=120):
    result = tmp_path / "lockstep.json"
    subprocess.run(command(result, *words, eal=eal), stdin=subprocess.DEVNULL, check=True,
                   timeout=timeout)
    return schema.read(result, "lockstep")


def ticks(tmp_path, *words, **options):
    return lockstep(tmp_path, *words, **options)["points"][0]["ticks_per_frame"]["min"]


def test_points(tmp_path):
    """All combinations, in the order of the lists; the least of the runs is the figure."""
    found = lockstep(tmp_path, "--size", "64,1518", "--macs", "1,300", "--mergeable", "0,1",
                     "--runs", "2", "--slices", "5")
    assert found["complete"] and found["error"] is None
    points = [(point["size"], point["macs"], point["packed"], point["mergeable"])
              for point in found["points"]]
    assert points == [(size, macs, packed, mergeable) for size in (64, 1518) for macs in (1, 300)
                      for packed in (False, True) for mergeable in (False, True)]
    for point in found["points"]:
        assert len(point["run_min_ticks_per_frame"]) == 2
        assert point["ticks_per_frame"]["min"] == min(point["run_min_ticks_per_frame"])


def test_planted_ticks_are_found(tmp_path):
    words = [*ONE_POINT, "--runs", "3", "--slices", "20"]
    without = ticks(tmp_path, *words)
    added = ticks(tmp_path, *words, "--plant-ticks", str(PLANTED)) - without
    assert 0.5 * PLANTED < added < 3 * PLANTED


@pytest.mark.long
def test_ten_planted_ticks_are_found(tmp_path):
    """On hugepages, as a regression gate has it: 2 % from call to call, and 10 ticks of 200."""
    words = [*ONE_POINT, "--runs", "12"]
    first = ticks(tmp_path, *words, eal=())
    again = ticks(tmp_path, *words, eal=())
    planted = ticks(tmp_path, *words, "--plant-ticks", "10", eal=())
    assert abs(first - again) < 0.02 * first
    assert 7 < planted - min(first, again) < 15


def test_interrupted(tmp_path):
    """It ends what it has started, and marks what it has as incomplete."""
    result = tmp_path / "lockstep.json"
    with subprocess.Popen(command(result, "--runs", "1000"), stdin=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True,
                          env={**os.environ, "TMPDIR": str(tmp_path)}) as process:
        children = f"/proc/{process.pid}/task/{process.pid}/children"
        # The first run has sockets: it measures, or soon will.
        while not [name for name in os.listdir(tmp_path) if os.path.isdir(tmp_path / name)]:
            time.sleep(0.05)
        with open(children) as file:
            child = int(file.read())
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 1
        assert process.stderr.read() == "vsw-lockstep: interrupted\n"
    assert not os.path.exists(f"/proc/{child}")
    assert os.listdir(tmp_path) == ["lockstep.json"]
    found = schema.read(result, "lockstep")
    assert not found["complete"] and found["error"] == "interrupted"


@pytest.mark.parametrize("words, said", [
    (["--size", "63"], "--size 63: not a number from 64 to 9216"),
    (["--ring-size", "300"], "--ring-size: 300 is no power of 2"),
    (["--packed", "0,2"], "--packed 2: not a number from 0 to 1"),
    (["x"], "'x' is not expected"),
])
def test_refused(words, said):
    done = subprocess.run([LOCKSTEP, *words], capture_output=True, text=True, timeout=10)
    assert (done.returncode, done.stderr) == (1, f"vsw-lockstep: {said}\n")
