# SPDX-License-Identifier: BSD-3-Clause
"""Promise: switches take turns, all results are kept, and no process outlives a run."""

import os
import signal
import time

import pytest

from bench import __main__ as command
from bench import machine
from bench.fault import Fault

BASE = "2vu-eth-l2bdbasemaclrn"
ONE_CELL = (BASE, "--sizes", "64", "--modes", "mrr")
SHORT = (*ONE_CELL, "--rounds", "1")


def test_turns(bench):
    """A B C, B C A, C A B: each switch is first, second and last once."""
    code, errors = bench.run(*ONE_CELL, "--rounds", "3", *bench.peer("two"), *bench.peer("three"),
                             FAKE_PUBLISH="yes")
    assert (code, errors) == (0, "")
    assert f"report: {bench.out}/report.html" in bench.output
    with open(os.path.join(bench.out, "report.html")) as page:
        assert BASE in page.read()
    assert os.path.getsize(os.path.join(bench.directory, "history.jsonl")) > 0
    run = bench.result()
    assert run["complete"] and run["error"] is None
    assert [peer["name"] for peer in run["peers"]] == ["vsw", "two", "three"]
    windows = run["cells"][0]["windows"]
    assert [(window["round"], window["position"], window["peer"]) for window in windows] == [
        (0, 0, "vsw"), (0, 1, "two"), (0, 2, "three"), (1, 0, "two"), (1, 1, "three"),
        (1, 2, "vsw"), (2, 0, "three"), (2, 1, "vsw"), (2, 2, "two")]
    assert [call["peer"] for call in bench.calls()] == [window["peer"] for window in windows]
    assert all(os.path.exists(os.path.join(bench.out, window["file"])) for window in windows)
    assert len(bench.started()["switch"]) == 9 + 1  # one was asked for its version
    bench.check_clean()
    assert "vsw divided by" in bench.output and "near Mpps" in bench.output


def test_what_vsw_bench_is_told(bench):
    assert bench.run("2vu-dot1q-l2bdbasemaclrn", "--sizes", "64", "--modes", "mrr", "--rounds", "1",
                     "--profile", "nightly", "--option=--seed=7")[0] == 0
    arguments = bench.calls()[0]["arguments"]
    assert arguments.count("--socket") == 2 and "--ctl" in arguments
    assert "--seed=7" in arguments
    switch, generator = machine.cpus()
    for option, value in {"-l": str(generator), "--switch-cpu": str(switch), "--size": "64",
                          "--mode": "mrr", "--profile": "nightly", "--vlan": "1:100",
                          "--ring-size": "1024", "--driver": "own"}.items():
        assert arguments[arguments.index(option) + 1] == value


@pytest.mark.parametrize("mpps, is_bound", [("60", False), ("20", True)])
def test_the_generator_is_tested_first(bench, mpps, is_bound):
    assert bench.run(*SHORT, FAKE_MPPS=mpps) == (0, "")
    run = bench.result()
    assert [(found["size"], found["mpps"]) for found in run["selftests"]] == [("64", float(mpps))]
    assert f"at most {mpps}.0 Mpps (near)" in bench.output
    assert (run["cells"][0]["digest"]["peers"]["vsw"]["generator_bound"] > 0) == is_bound
    assert ("generator-bound" in bench.output) == is_bound


def test_a_generator_that_fails_alone(bench):
    assert bench.refused(*SHORT, FAKE_SELFTEST="fails").startswith(
        "self-test of the generator: vsw-bench ended with exit status 1 without a result: "
        "vsw-bench: no thread on CPU 0 (log: ")
    assert bench.result()["cells"] == []


def test_cells(bench):
    assert bench.run(BASE, "--sizes", "64,imix", "--modes", "mrr,search", "--profile", "smoke")[0] \
        == 0
    assert [cell["name"] for cell in bench.result()["cells"]] == [
        f"vs-{BASE}-{end}" for end in ("64b-1c-mrr", "64b-1c-ndrpdr", "imix-1c-mrr",
                                       "imix-1c-ndrpdr")]


REFUSED = {
    "suite": (["2vu-eth-l3"], "no suite \"2vu-eth-l3\""),
    "size": ([BASE, "--sizes", "65"], "no size \"65\": there are 64, "),
    "mode": ([BASE, "--modes", "guess"], "no mode \"guess\": there are mrr, "),
    "mode of another suite": ([BASE, "--modes", "hol"], "does not measure hol"),
    "no sizes": ([BASE, "--sizes", ","], "--sizes: none is named"),
    "profile": ([BASE, "--profile", "huge"], "argument --profile: invalid choice: 'huge'"),
    "rounds": ([BASE, "--rounds", "0"], "--rounds: at least 1"),
    "option": ([BASE, "--fast"], "unrecognized arguments: --fast"),
    "peer": ([BASE, "--vs", "vpp"], "no peer \"vpp\": there are testpmd-io, "),
    "template": ([BASE, "--peer", "vpp"], "--peer vpp: not NAME=COMMAND"),
    "template of a known one": ([BASE, "--peer", "ovs=true"], "peer of this name already"),
    "program": ([BASE, "--peer", "vpp=/no/vpp {sockets}"], "there is no program /no/vpp"),
    "quotes": ([BASE, "--peer", "vpp=sh -c 'x"], "--peer vpp: No closing quotation"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused(bench, monkeypatch, what):
    """Before anything is started."""
    words, sentence = REFUSED[what]
    for name, value in bench.environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Fault) as fault:
        command.run_suites(command.arguments([*words, "--out", bench.out]))
    assert sentence in str(fault.value) and "\n" not in str(fault.value)
    assert not os.path.exists(bench.out) and not bench.started()


def test_refusal_is_a_sentence(bench):
    assert bench.refused("2vu-eth-l3").startswith("no suite \"2vu-eth-l3\"")


def test_no_build(bench):
    os.unlink(os.path.join(bench.directory, "app", "vsw-bench", "vsw-bench"))
    assert "vsw-bench: build the tree" in bench.refused(*SHORT)


def test_no_package(bench, tmp_path):
    """What apt-get says is passed on."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "apt-get").write_text("#!/bin/sh\necho 'E: Unable to locate package'; exit 100\n")
    (programs / "apt-get").chmod(0o755)
    sentence = bench.refused(*SHORT, "--vs", "ovs", PATH=f"{programs}:{os.environ['PATH']}",
                             VSW_PEERS_DIR=str(tmp_path / "peers"))
    assert "apt-get cannot fetch openvswitch-switch-dpdk" in sentence
    assert "E: Unable to locate package" in sentence


def test_one_cpu(bench, monkeypatch):
    with pytest.raises(Fault, match="two CPUs are needed, .* but only CPU 3 may be used"):
        monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {3})
        machine.cpus()


@pytest.mark.parametrize("free, sentence", [
    ("hugepages: 700 pages free", None), ("hugepages: 600 pages free", "656 hugepages of 2 MiB"),
    ("hugepages: 5 of 656 pages are free and only root can add more; start DPDK programs with",
     "needed: 5 of 656 pages are free and only root can add more; as root")])
def test_hugepages(tmp_path, monkeypatch, free, sentence):
    script = tmp_path / "scripts" / "hugepages"
    script.parent.mkdir()
    script.write_text(f"#!/bin/sh\necho '{free}'\n")
    script.chmod(0o755)
    monkeypatch.setattr(machine, "TREE", str(tmp_path))
    if sentence is None:
        machine.check_hugepages(400)
    else:
        with pytest.raises(Fault, match=sentence):
            machine.check_hugepages(400)


FAILURES = {
    "switch ends at start": ({"FAKE_SWITCH": "dies-at-start"},
                             "vhost-switch ended with exit status 3 before its control socket "
                             "answered: vhost-switch: it has no wish to start"),
    "sockets never ready": ({"FAKE_SWITCH": "no-sockets", "FAKE_READY_S": "2"},
                            "vsw was given 2 s, but not all of its 2 sockets were ready"),
    "switch ends in the middle": ({"FAKE_BENCH": "hang", "FAKE_SWITCH": "dies-in-a-trial"},
                                  "ended with exit status 4 in the middle of a trial: "
                                  "vhost-switch: that was all"),
    "switch is killed": ({"FAKE_BENCH": "kills-switch"},
                         "vhost-switch ended by SIGKILL in the middle of a trial"),
    "vsw-bench crashes": ({"FAKE_BENCH": "crash"}, "vsw-bench ended by SIGSEGV without a result"),
    "vsw-bench says nothing": ({"FAKE_BENCH": "silent"}, "ended with exit status 0 without a res"),
    "vsw-bench gives up": ({"FAKE_BENCH": "incomplete"}, "vsw-bench: the sums do not close"),
    "vsw-bench hangs": ({"FAKE_BENCH": "hang", "FAKE_CALL_S": "1"},
                        "vsw-bench has not ended within 1 s"),
    "result is not valid": ({"FAKE_BENCH": "invalid"}, "not valid by schema/call.json: mode"),
    "result is torn": ({"FAKE_BENCH": "torn"}, "result.json cannot be read as JSON"),
}


@pytest.mark.parametrize("what", FAILURES)
def test_failures(bench, what):
    environment, sentence = FAILURES[what]
    found = bench.refused(*SHORT, **environment)
    assert sentence in found
    run = bench.result()
    assert not run["complete"] and run["error"] == found
    window = run["cells"][0]["windows"][0]
    assert not window["complete"] and sentence in window["error"]
    if "log: " in found:  # it is kept, and the sentence says where
        assert os.path.exists(found.partition("log: ")[2].strip(") "))


def test_no_figure_under_a_wrong_name(bench):
    """A suite that the machine cannot carry is refused."""
    assert "does not take its vectorized path here" in bench.refused(
        f"{BASE}-packed-vec", "--sizes", "64", "--rounds", "1")


def test_no_network_namespace(bench, tmp_path):
    (tmp_path / "unshare").write_text("#!/bin/sh\necho 'unshare: not permitted'; exit 1\n")
    (tmp_path / "unshare").chmod(0o755)
    sentence = bench.refused("1up1vu-eth-l2bdbasemaclrn", "--sizes", "64", "--rounds", "1",
                             PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert "needs a network namespace with veth devices, which cannot be made here: unshare: not " \
        "permitted; run it as root" in sentence


def test_partial_results_are_kept(bench):
    """The second switch fails in the first round: the first one's window is whole."""
    bench.refused(*ONE_CELL, "--rounds", "2", *bench.peer("two"), FAKE_BENCH="incomplete:two",
                  FAKE_PUBLISH="yes")
    assert os.path.exists(os.path.join(bench.out, "report.html"))
    cell = bench.result()["cells"][0]
    assert [(window["peer"], window["complete"]) for window in cell["windows"]] == [
        ("vsw", True), ("two", False)]
    assert cell["windows"][1]["call"]["error"] == "the sums do not close"
    assert cell["digest"]["peers"]["vsw"]["near"]["slices"] > 0
    assert cell["digest"]["peers"]["two"]["incomplete"] == 1


def test_nothing_was_measured(bench):
    """There is a page that says so."""
    bench.refused(*SHORT, FAKE_BENCH="crash", FAKE_PUBLISH="yes")
    with open(os.path.join(bench.out, "report.html")) as page:
        assert "ended by SIGSEGV without a result" in page.read()


@pytest.mark.parametrize("keep_going", [False, True])
def test_keep_going(bench, keep_going):
    bench.refused(BASE, "--sizes", "64,imix", "--modes", "mrr", "--rounds", "1",
                  *bench.peer("two"), *["--keep-going"] * keep_going, FAKE_BENCH="crash:two")
    run = bench.result()
    assert not run["complete"]
    assert len(run["cells"]) == (2 if keep_going else 1)


def wait_for_window(bench):
    """vsw-bench runs."""
    deadline = time.monotonic() + 30
    while "vsw-bench" not in bench.started() or not os.path.exists(
            os.path.join(bench.pids, "calls.jsonl")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    time.sleep(0.1)  # its handler of signals is there


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals(bench, number):
    process = bench.start(*SHORT, FAKE_BENCH="hang")
    wait_for_window(bench)
    process.send_signal(number)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 128 + number
    assert errors == f"bench: interrupted by {number.name}\n"
    bench.check_clean()
    run = bench.result()
    assert not run["complete"] and run["error"] == f"interrupted by {number.name}"
    window = run["cells"][0]["windows"][0]
    assert not window["complete"] and window["call"]["error"] == "it was interrupted"


def test_killed(bench):
    """Nobody can tidy up then but the kernel."""
    process = bench.start(*SHORT, FAKE_BENCH="hang")
    wait_for_window(bench)
    process.kill()
    process.communicate()
    deadline = time.monotonic() + 20
    pids = [pid for pids in bench.started().values() for pid in pids]
    while any(os.path.exists(f"/proc/{pid}") for pid in pids):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_switch_that_does_not_listen_is_killed(bench):
    process = bench.start(*SHORT, FAKE_SWITCH="ignores-sigterm")
    process.communicate(timeout=60)
    assert process.returncode == 0
    bench.check_clean()
