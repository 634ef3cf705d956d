# SPDX-License-Identifier: BSD-3-Clause
"""
Promise: what cannot be measured ends with exit status 1 and one sentence on standard error; what
there was by then is in the result, which says that it is not complete.
"""

import os
import signal
import time

import pytest

import lab
from child import OTHERS_CPU, SWITCH_CPU, wait_until

# Goes on for as long as a test needs.
ENDLESS = ("--trials", "10000", "--trial-s", "0.1")


@pytest.fixture(scope="module")
def switch():
    with lab.running([""] * 2) as switch:
        yield switch


def some_trials(switch, child):
    """Wait until vsw-bench has done a trial, at least."""
    def received():
        return switch.port_stats()["vhost0"]["rx_frames"]
    before = received()

    def sending():
        assert child.alive, child.log()
        return received() > before + 1000
    wait_until(sending, 10, "frames come")
    time.sleep(1)


WORDS = {
    "size": (("--size", "63"), "--size 63: not a number from 64"),
    "size without": (("--size",), "--size: unknown, or without its value"),
    "option": (("--speed", "9"), "--speed: unknown, or without its value"),
    "word": (("fast",), '"fast": not an option'),
    "mode": (("--mode", "quick"), "--mode quick: unknown"),
    "profile": (("--profile", "slow"), "--profile slow: unknown; there are smoke"),
    "load": (("--load", "-1"), "--load -1: not a number from 1"),
    "in flight": (("--load", "closed:0"), "--load closed 0: not a number from 1"),
    "ports": ((), "0 ports given; mode mrr needs at least 2: --socket PATH"),
    "pairs": (("--socket", "a", "--socket", "b", "--socket", "c"), "3 ports cannot be paired"),
    "listener": (("--socket", "a", "--socket", "b", "--mode", "caching"),
                 "2 ports given; mode caching needs at least 3"),
    "control": (("--socket", "a", "--socket", "b", "--socket", "c", "--socket", "d", "--mode",
                 "learning"), "--mode learning needs --ctl"),
    "change": (("--socket", "a", "--socket", "b", "--mode", "reconf"),
               "--mode reconf and --change need each other"),
    "tag": (("--mode", "facts", "--vlan", "1:5"), "--vlan 1:5: there is no port 1"),
    "vectorized": (("--mode", "facts", "--vectorized", "1"), "--vectorized 1 needs --driver pmd"),
    "ring": (("--socket", "a", "--socket", "b", "--ring-size", "100"),
             "rings of 100 entries are not possible; take a power of 2"),
    "key": (("--socket", "a,client"), "the only key is"),
    "result": (("--mode", "facts", "--result", "/nowhere/x.json"),
               "--result /nowhere/x.json: No such file"),
}


@pytest.mark.parametrize("words,sentence", WORDS.values(), ids=WORDS)
def test_words(tmp_path, words, sentence):
    assert sentence in lab.call(str(tmp_path), *words).refused()


EAL_WORDS = {
    "cpu": (["-l", str(os.cpu_count())], f"this machine has {os.cpu_count()} CPUs"),
    "option": (["--speed", "9"], "EAL: unrecognized option '--speed'"),
}


@pytest.mark.parametrize("eal,sentence", EAL_WORDS.values(), ids=EAL_WORDS)
def test_eal(tmp_path, eal, sentence):
    assert sentence in lab.call(str(tmp_path), "--mode", "facts", eal=eal).refused()


def test_no_hugepages(tmp_path):
    """In a mount namespace whose kernel seems to have none."""
    hidden = ["unshare", "-m", "sh", "-c",
              'mount -t tmpfs none /sys/kernel/mm/hugepages && exec "$@"', "sh"]
    done = lab.call(str(tmp_path), "--mode", "facts", eal=[], prefix=hidden)
    assert "MiB of hugepages are needed, 0 are free" in done.refused()
    assert "--no-huge -m" in done.refused()


def test_no_socket(tmp_path):
    done = lab.call(str(tmp_path), "--socket", "a", "--socket", "b", "--connect-s", "0.2")
    assert "socket a does not exist" in done.refused()
    assert done.result["trials"] == [] and done.result["results"] == {}


def test_nobody_connects(tmp_path):
    done = lab.call(str(tmp_path), "--socket", str(tmp_path / "a") + ",server", "--socket", "b",
                    "--connect-s", "0.2")
    assert str(tmp_path / "a") in done.refused()
    assert not (tmp_path / "a").exists()


def test_cpus(switch):
    def refused(*words):
        return lab.call(switch.directory, *lab.sockets(switch, (0, 1)), *words).refused()
    assert (f"switch and generator share CPU {OTHERS_CPU}: give each its own" in
            refused("--switch-cpu", OTHERS_CPU))
    assert "CPU 900" in refused("--switch-cpu", "900")
    assert "not a list of up to 16 CPUs" in refused("--switch-cpu", "0;1")
    gone = 2 ** 22 + switch.child.process.pid
    assert refused("--switch-cpu", SWITCH_CPU, "--switch-pid", gone) == (
        f"there is no process {gone}")


def test_another_port(switch, tmp_path):
    """The sockets are not those of the switch that --ctl is of."""
    with lab.running([""] * 2) as other:
        done = lab.call(str(tmp_path), *lab.sockets(switch, (0, 1)), "--ctl", other.ctl_path)
    assert "the switch has no port with the socket" in done.refused()


def test_taken_and_interrupted(switch):
    """Who comes second is turned away, and SIGTERM ends the first."""
    with lab.started(switch, (0, 1), *ENDLESS, *lab.of_switch(switch)) as child:
        some_trials(switch, child)
        second = lab.measure(switch, (0, 1), "--connect-s", "0.5").refused()
        assert switch.socket_path(0) in second
        child.process.terminate()
        first = lab.ended(child)
    assert first.refused() == "interrupted by SIGTERM"
    assert first.result["trials"]


@pytest.mark.parametrize("mode", ["reconf", pytest.param("learning", marks=pytest.mark.long)])
def test_interrupted_modes(mode):
    """Also while no slice ends, and no trial runs."""
    with lab.running([""] * 4) as switch:
        words = {"reconf": ["--change", "fdb flush", "--trial-s", "1"],
                 "learning": ["--macs", "1000000"]}[mode]
        with lab.started(switch, range(4), "--mode", mode, *words,
                         *lab.of_switch(switch)) as child:
            some_trials(switch, child)
            child.process.send_signal(signal.SIGINT)
            done = lab.ended(child)
        assert done.refused().startswith("interrupted")


def test_killed(switch):
    """The result has said from the beginning that it is none."""
    with lab.started(switch, (0, 1), *ENDLESS) as child:
        wait_until(lambda: os.path.exists(child.path) and os.path.getsize(child.path), 10, "a file")
        child.kill()
        done = lab.ended(child)
    assert done.result["error"] == "the measurement has not ended"


@pytest.mark.parametrize("driver,knows_switch", [("own", True), ("own", False), ("pmd", False)])
def test_switch_dies(driver, knows_switch):
    """Also if only the sockets can tell."""
    with lab.running([""] * 2) as switch:
        words = lab.of_switch(switch) if knows_switch else []
        with lab.started(switch, (0, 1), *ENDLESS, "--driver", driver, *words) as child:
            some_trials(switch, child)
            switch.child.kill()
            done = lab.ended(child)
    done.refused()
    assert done.result["trials"]
