# SPDX-License-Identifier: BSD-3-Clause
"""Promise: bench.sh measures what it names, with the real programs, and leaves nothing behind."""

import os
import socket
import subprocess
import sys

import pytest

from bench import schema, suites

TREE = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
sys.path.insert(0, os.path.join(TREE, "test", "func"))
from child import BUILD  # noqa: E402

BASE = "2vu-eth-l2bdbasemaclrn"
TIMEOUT_S = 120
LONG_S = 1800


def measure(tmp_path, *words, timeout_s=TIMEOUT_S):
    """Returns the run and its page."""
    interfaces = socket.if_nameindex()
    environment = {**os.environ, "VSW_BUILD": BUILD, "TMPDIR": "/tmp",
                   "VSW_BENCH_HISTORY": str(tmp_path / "history.jsonl")}
    done = subprocess.run(
        [os.path.join(TREE, "scripts", "bench.sh"), *words, "--profile", "smoke", "--rounds", "1",
         "--out", str(tmp_path / "out")], env=environment, stdin=subprocess.DEVNULL, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout_s)
    assert done.returncode == 0, done.stdout
    assert socket.if_nameindex() == interfaces
    with open(tmp_path / "out" / "report.html") as page:
        return schema.read(str(tmp_path / "out" / "run.json"), "run"), page.read()


def check_cell(cell, page):
    assert cell["suite"] in page
    for window in cell["windows"]:
        assert window["complete"]
        for trial in window["call"]["trials"]:
            assert trial["received"] > 0, (cell["name"], window["peer"])
            if window["peer"] == "vsw":
                assert trial["sums"] == "ok"


def test_side_by_side(tmp_path):
    """And what a frame costs each, by its own counters."""
    run, page = measure(tmp_path, BASE, "--sizes", "64", "--vs", "testpmd-io", "--cycles",
                        "--option=--trial-s=0.5")
    (cell,) = run["cells"]
    assert [window["peer"] for window in cell["windows"]] == ["vsw", "testpmd-io"]
    check_cell(cell, page)
    for window in cell["windows"]:
        placements = [trial["placement"] for trial in window["call"]["trials"]
                      if trial["kind"] == "mrr"]
        for placement, ticks in window["cycles"].items():
            assert len(ticks) == placements.count(placement) and all(each > 0 for each in ticks)
    assert "testpmd" in page
    assert run["host"]["fingerprint"]


@pytest.mark.parametrize("name", [
    *(suite.name for suite in suites.SUITES.values() if suite.wiring in ("uplink", "vmfwd")),
    f"{BASE}-split-vec"])
def test_other_drivers(tmp_path, name):
    """Uplinks through the kernel, in a namespace that goes with the run; virtio-user."""
    run, page = measure(tmp_path, name)
    check_cell(run["cells"][0], page)


@pytest.mark.long
def test_all(tmp_path):
    """Every suite in every mode."""
    run, page = measure(tmp_path, "all", "--modes", "all", timeout_s=LONG_S)
    assert {(cell["suite"], cell["mode"]) for cell in run["cells"]} == {
        (suite.name, mode) for suite in suites.SUITES.values() for mode in suite.modes}
    for cell in run["cells"]:
        check_cell(cell, page)


@pytest.mark.long
def test_all_sizes(tmp_path):
    run, page = measure(tmp_path, BASE, "--sizes", "all")
    assert [cell["size"] for cell in run["cells"]] == list(suites.SIZES)
    for cell in run["cells"]:
        check_cell(cell, page)
