# SPDX-License-Identifier: BSD-3-Clause
"""Promise: each mode sees what it is there to find: here the fault is planted."""


import pytest

import lab

PORTS = range(4)  # of vsw-bench; the meddler is on the ports behind them


@pytest.fixture(scope="module")
def small():
    with lab.running([""] * 4, "--fdb-size", "1024") as switch:
        yield switch


@pytest.fixture(scope="module")
def relayed():
    with lab.running([f",vlan={10 + number % 4}" for number in range(8)]) as switch:
        yield switch


def test_caching(small):
    found = lab.measure(small, PORTS, "--mode", "caching", "--macs", "2000").measured()
    assert 256 < found["results"]["caching"]["addresses"] <= 1024


def test_learning(small):
    small.ctl("set fdb limit 10")
    try:
        found = lab.measure(small, PORTS, "--mode", "learning", "--macs", "20").measured()
    finally:
        small.ctl("set fdb limit 0")
    assert found["results"]["learning"]["pps"] == 0
    assert {step["unknown"] for step in found["results"]["learning"]["steps"]} == {10}


def test_too_many_addresses(small):
    sentence = lab.measure(small, (0, 1), "--macs", "1000").refused()
    assert "of 2000 addresses; give it a greater --fdb-size" in sentence


def test_reconf(small):
    result = lab.measure(small, (0, 1), "--mode", "reconf", "--load", "20000", "--change",
                         "port set vhost1 vlan access 30", "--undo",
                         "port set vhost1 vlan access 1").measured()
    found = result["results"]["reconf"]
    assert found["baseline_blocked_s"] < 0.1 and 0.2 < found["blocked_s"] < 0.49
    assert lab.measure(small, (0, 1)).measured()["trials"][-1]["received"] > 0


def test_refused_change(small):
    sentence = lab.measure(small, (0, 1), "--mode", "reconf", "--load", "20000", "--change",
                           "port set vhost9 mtu 9000").refused()
    assert sentence.startswith('--change "port set vhost9 mtu 9000": ')


def lossy(result, mode):
    """Of what mode has lost with every tenth frame gone."""
    found = result["results"][mode]
    return {"losscurve": lambda: min(row["loss_ratio"] for row in found),
            "latency": lambda: found[0]["loss_ratio"],
            "soak": lambda: found["loss_ratio"],
            # Every second frame of a sender is for the same port, and so is every tenth.
            "hol": lambda: max(found["baseline_loss_ratio"],
                               found["baseline_congested_loss_ratio"]),
            "reconf": lambda: found["baseline_blocked_s"] / 0.5}[mode]()


@pytest.fixture(scope="module")
def meddled(relayed, request):
    """Every tenth frame suffers this fault."""
    with lab.meddling(relayed, range(4, 8), [f"--{request.param}", "10"]):
        yield relayed


def suffering(*faults):
    return pytest.mark.parametrize("meddled", faults, indirect=True)


def harmed(switch, mode, *words, ports=(0, 1)):
    if mode == "reconf":
        words += ("--change", "fdb flush vlan 40")
    return lab.measure(switch, ports, "--mode", mode, "--flows", "1", *words)


@suffering("drop")
@pytest.mark.parametrize("mode", ["losscurve", "latency", "soak", "hol", "reconf"])
def test_loss(meddled, mode):
    ports = PORTS if mode == "hol" else (0, 1)
    result = harmed(meddled, mode, "--load", "20000", ports=ports).measured()
    assert 0.05 < lossy(result, mode) < 0.3


@suffering("drop")
def test_loss_in_mrr(meddled):
    trial = harmed(meddled, "mrr", "--load", "closed:64").measured()["trials"][-1]
    assert trial["lost"] > 0


@suffering("drop")
def test_loss_in_a_search(meddled):
    found = harmed(meddled, "search", "--max-load", "20000").measured()["results"]
    for goal in ("ndr", "pdr"):
        assert found[goal]["complete"] and found[goal]["lower_pps"] is None


@suffering("drop")
def test_loss_in_bursts(meddled):
    """Of twenty frames, ten in each direction, one is the tenth."""
    found = harmed(meddled, "backtoback", "--trial-s", "0.01").measured()["results"]["backtoback"]
    assert found["frames"]["max"] < 10


MODES = ["mrr", "search", "losscurve", "latency", "soak", "backtoback", "hol"]


def check_broken(switch, mode):
    """All ports take part: what is redirected goes to a third one."""
    load = ("--max-load", "20000") if mode == "search" else ("--load", "20000")
    done = harmed(switch, mode, *load, ports=PORTS)
    assert "the switch is broken, its speed does not matter" in done.refused()
    assert done.result["trials"]


@suffering("duplicate")
def test_broken(meddled):
    check_broken(meddled, "search")


@pytest.mark.long
@suffering("duplicate", "swap", "redirect", "corrupt")
@pytest.mark.parametrize("mode", MODES)
def test_broken_in_all_modes(meddled, mode):
    check_broken(meddled, mode)
