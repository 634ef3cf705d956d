# SPDX-License-Identifier: BSD-3-Clause
"""Promise: bench.sh runs vsw-lockstep, keeps its points, and the gate sees ten ticks more."""

import os
import re
import sys

import pytest

import sample
from bench import __main__ as command
from bench import gate, history, lockstep, report, schema, table

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "func"))
from child import BUILD, OTHERS_CPU  # noqa: E402

POINT = "lockstep-l2bdbasemaclrn-split-nomrg"


def run_of(result, day=1):
    """As the runner writes one of lock-step alone."""
    run = sample.run()
    run.update(started=f"2026-11-{day:02}T12:00:00Z", lockstep=result, cells=[])
    schema.check("run", run, "the run")
    return run


def add(path, result, day):
    history.append(path, history.samples_of(run_of(result, day)))


def judged(path):
    """The word for each series by (suite, size)."""
    return {key[1:3]: verdict.word for key, verdict in gate.judge(history.read(path)[0])}


def test_names():
    points = lockstep.points(sample.lockstep(sizes=(64,), macs=(1, 300, 10000)))
    assert [(suite, size) for suite, size, _ in points] == [
        (f"lockstep-l2bd{scale}maclrn-{ring}-nomrg", "64")
        for scale in ("base", "scale600", "scale20k") for ring in ("split", "packed")]


def test_bench_sh(bench):
    assert bench.run("lockstep", FAKE_PUBLISH="yes") == (0, "")
    run = bench.result()
    assert run["complete"] and run["cells"] == [] and len(run["lockstep"]["points"]) == 8
    assert run["host"]["fingerprint"]
    assert re.search(r"lockstep-l2bdscale20kmaclrn-packed-nomrg-64b +\S+ \[\S+\] \(5\)\n",
                     bench.output)
    samples, _ = history.read(os.path.join(bench.directory, "history.jsonl"))
    assert {entry["metric"] for entry in samples} == {history.LOCKSTEP} and len(samples) == 8
    with open(os.path.join(bench.out, "report.html")) as page:
        assert "230 ticks a frame at 64 B, in lock-step" in page.read()
    bench.check_clean()


@pytest.mark.parametrize("words, wanted", [
    (("lockstep",), True), (("all",), True), (("all", "--modes", "all"), True),
    (("all", "--modes", "mrr"), False), (("2vu-eth-l2xcbase",), False),
    (("2vu-eth-l2xcbase,lockstep", "--modes", "mrr"), True)])
def test_when_it_is_asked(words, wanted):
    options = command.arguments(words)
    assert command.with_lockstep(options) == wanted
    assert (command.cells(options) == []) == (words == ("lockstep",))


@pytest.mark.parametrize("how, sentence", [
    ("fails", "vsw-lockstep: the switch has lost a frame"),
    ("silent", "vsw-lockstep ended with exit status 0 without a result")])
def test_failures(bench, how, sentence):
    assert sentence in bench.refused("lockstep", FAKE_LOCKSTEP=how)
    assert not bench.result()["complete"]


def test_ten_ticks_are_a_regression(tmp_path):
    path = str(tmp_path / "history.jsonl")
    for day in range(1, 7):
        add(path, sample.lockstep(230 + 0.5 * (day % 3)), day)
    assert set(judged(path).values()) == {gate.NORMAL}
    add(path, sample.lockstep(230, planted=10), 7)
    assert judged(path)[POINT, "64"] == gate.SUSPECT
    add(path, sample.lockstep(231, planted=10), 8)
    assert judged(path)[POINT, "64"] == gate.REGRESSION


def test_thin_ones_take_no_part(tmp_path):
    path = str(tmp_path / "history.jsonl")
    add(path, {**sample.lockstep(), "complete": False, "error": "interrupted"}, 1)
    assert history.read(path)[0] and not judged(path)


def test_it_is_shown(tmp_path):
    path = str(tmp_path / "history.jsonl")
    for day in range(1, 3):
        add(path, sample.lockstep(230 + day), day)
    run = run_of(sample.lockstep(), 3)
    page = report.render(run, path)
    assert "In lock-step" in page and POINT in page and "Earlier runs" in page
    assert f"{POINT}-64b" in "\n".join(table.of_run(run))


@pytest.mark.long
def test_ten_planted_ticks_are_a_regression(tmp_path, monkeypatch):
    """Of the real one: again is within 2 %, and normal after six like it; ten ticks are not."""
    path = str(tmp_path / "history.jsonl")

    def measure(*words):
        monkeypatch.setitem(lockstep.OPTIONS, "ci", [
            "--size", "64", "--macs", "1", "--packed", "0", "--runs", "12", *words])
        return lockstep.measure(BUILD, OTHERS_CPU, "ci", str(tmp_path / "lockstep.json"))

    def ticks(result):
        return result["points"][0]["ticks_per_frame"]["min"]

    first, again = measure(), measure()
    assert abs(ticks(first) / ticks(again) - 1) < 0.02
    for day in range(1, 6):
        like = sample.lockstep(ticks(first) * (1 + 0.002 * (day % 3 - 1)), (64,), (1,))
        add(path, {**like, "points": like["points"][:1]}, day)
    for day, result in enumerate((first, again), 6):
        add(path, result, day)
    assert judged(path) == {(POINT, "64"): gate.NORMAL}
    for day in (8, 9):
        add(path, measure("--plant-ticks", "10"), day)
    assert judged(path) == {(POINT, "64"): gate.REGRESSION}
