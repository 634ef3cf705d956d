# SPDX-License-Identifier: BSD-3-Clause
"""Promise: what a frame costs a peer is counted within trials, near and far apart."""

import json
import socket
import threading

import pytest

import sample
from bench import cycles, digest, suites, testpmd, unixctl
from bench.fault import Fault

SUITE = suites.SUITES["2vu-eth-l2bdbasemaclrn"]
S = 10**9


def call_of(*trials):
    """Each trial lasts a second: (kind, when it begins, placement)."""
    slices = [[{"start_ns": (begin * 10 + tenth) * S // 10, "ms": 100, "placement": placement}
               for tenth in range(10)] for _, begin, placement in trials]
    return {"mode": "mrr", "trials": [
        {"kind": kind, "placement": placement, "slices": pieces, "switch": None}
        for (kind, _, placement), pieces in zip(trials, slices)]}


def readings_of(*taken):
    """Each took 10 ms: (when it began, ticks, frames)."""
    readings = cycles.Readings(None, 0)
    readings.taken = [(round(at * S), round((at + 0.01) * S), ticks, frames)
                      for at, ticks, frames in taken]
    return readings


def test_what_lies_within_a_trial_counts():
    """From its first reading to its last; not what is between trials, nor the warm-up."""
    call = call_of(("warmup", 0, "near"), ("mrr", 2, "near"), ("mrr", 4, "far"))
    readings = readings_of((0.2, 0, 0), (0.8, 900, 1), (1.99, 1000, 10), (2.1, 5000, 100),
                           (2.5, 7000, 110), (2.9, 25000, 200), (2.995, 99000, 300),
                           (4.1, 100000, 300), (4.9, 150000, 400))
    assert readings.of_trials(call) == {"near": [200], "far": [500]}


@pytest.mark.parametrize("taken", [
    [], [(2.1, 100, 1)], [(2.1, 100, 5), (2.5, 200, 5)], [(1.9, 100, 1), (3.1, 200, 2)]])
def test_too_few_readings_are_no_figure(taken):
    assert readings_of(*taken).of_trials(call_of(("mrr", 2, "near"))) == {"near": [], "far": []}


def test_a_trial_of_both_placements_counts_for_none():
    readings = readings_of((2.1, 0, 0), (2.9, 100, 1))
    assert readings.of_trials(call_of(("mrr", 2, "mixed"))) == {"near": [], "far": []}


def test_ours_are_those_of_its_trials():
    call = sample.Maker().call("vsw", SUITE, "64", "mrr", ("near", "far"))
    assert cycles.told(call) == {
        placement: [trial["switch"]["busy_ticks_per_frame"] for trial in call["trials"][1:]
                    if trial["placement"] == placement] for placement in digest.PLACEMENTS}
    assert cycles.told(sample.Maker().call("vsw", SUITE, "64", "search")) == {"near": [], "far": []}


def windows_of(ours, theirs):
    """Lists of the near and far ticks of each round."""
    windows = sample.cell(sample.Maker(), SUITE, "64", "mrr", [("near", "near")] * len(ours),
                          ("vsw", "ovs"))["windows"]
    for window in windows:
        near, far = (ours if window["peer"] == "vsw" else theirs)[window["round"]]
        window["cycles"] = {"near": near, "far": far}
    return windows


def test_ratios_are_of_one_round_and_placement():
    found = digest.of_cell(windows_of([([100, 110, 300], []), ([60], [500]), ([], [700])],
                                      [([200, 240], []), ([], [1000]), ([50], [])]))
    assert found["peers"]["ovs"]["cycles"]["near"] == {"n": 3, "median": 200, "min": 50, "max": 240}
    ratios = found["ratios"]["ovs"][digest.CYCLES]
    assert ratios["near"] == {"pairs": 1, "median": 0.5, "min": 0.5, "max": 0.5}
    assert ratios["far"] == {"pairs": 1, "median": 0.5, "min": 0.5, "max": 0.5}
    assert not ratios["insufficient"]


def test_peers_that_do_not_tell_are_no_gap():
    found = digest.of_cell(windows_of([([100], [])], [([], [])]))
    assert set(found["ratios"]["ovs"]) == {"rate"}


def test_what_testpmd_says():
    text = "\n  CPU cycles/packet=171.53 (total cycles=6110046 / total io packets=35622) at 2600 M"
    assert testpmd.CYCLES.search(text).groups() == ("6110046", "35622")


@pytest.fixture
def daemon(tmp_path):
    """Answers one question with given bytes, in pieces; tells what it was asked."""
    path = str(tmp_path / "ctl")
    asked = []

    def serve(*pieces):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        listener.listen()

        def answer():
            connection, _ = listener.accept()
            with connection, listener:
                asked.append(json.loads(connection.recv(65536)))
                for piece in pieces:
                    connection.sendall(piece)
        threading.Thread(target=answer, daemon=True).start()
        return path
    serve.asked = asked
    return serve


def test_unixctl(daemon):
    path = daemon(b'{"id":0,"result":"pmd ', b'thread","error":null}')
    assert unixctl.ask(path, "dpif-netdev/pmd-stats-show", "-pmd") == "pmd thread"
    assert daemon.asked == [{"id": 0, "method": "dpif-netdev/pmd-stats-show", "params": ["-pmd"]}]


@pytest.mark.parametrize("pieces, sentence", [
    ((b'{"id":0,"error":"not a command\\n","result":null}',), "not a command"),
    ((b'{"id":0,',), "it closed the connection")])
def test_unixctl_fails(daemon, pieces, sentence):
    with pytest.raises(Fault, match=sentence):
        unixctl.ask(daemon(*pieces), "list")


def test_unixctl_without_a_daemon(tmp_path):
    with pytest.raises(Fault, match="No such file"):
        unixctl.ask(str(tmp_path / "none"), "list")
