# SPDX-License-Identifier: BSD-3-Clause
"""Promise: every mode, on every path of a virtio driver, measures, and its books balance."""

import itertools
import signal
import time

import pytest

import lab

LONG = pytest.mark.long
# Ports 4 and 5 are in VLAN 100, 5 with tags; 2 and 3 take jumbo frames.
COMMANDS = ("port set vhost2 mtu 9000", "port set vhost3 mtu 9000",
            "port set vhost4 vlan access 100", "port set vhost5 vlan trunk 100")
SLOW = ("--load", "20000")


@pytest.fixture(scope="module")
def switch():
    with lab.running([""] * 6) as switch:
        for line in COMMANDS:
            switch.ctl(line)
        yield switch


@pytest.fixture(scope="module")
def client():
    with lab.running([""] * 2, "--client") as switch:
        yield switch


def check_mrr(result, frames=1):
    """The last trial has moved frames, and none of them is worse for it."""
    trial = result["trials"][-1]
    assert trial["received"] >= frames and trial["received"] + trial["lost"] == trial["sent"]
    assert trial["strange"] == trial["switch"]["drops"].get("malformed", 0) == 0
    assert set(result["results"]["mrr"]["near"]) == {"n", "median_pps", "min", "max"}
    return trial


def paths():
    """(driver, packed, mergeable, in_order, vectorized); the common ones in every run."""
    for driver, packed, mergeable, in_order in itertools.product(
            ("own", "pmd"), (0, 1), (0, 1), (0, 1)):
        marks = [LONG] if driver == "pmd" and (packed, mergeable, in_order) not in (
            (0, 0, 0), (1, 1, 1)) else []
        yield pytest.param(driver, packed, mergeable, in_order, 0, marks=marks)
    yield pytest.param("pmd", 0, 0, 0, 1)
    yield pytest.param("pmd", 1, 0, 1, 1, marks=LONG)


@pytest.mark.parametrize("driver,packed,mergeable,in_order,vectorized", paths())
def test_paths(switch, driver, packed, mergeable, in_order, vectorized):
    vector = ["--vectorized", vectorized] if driver == "pmd" else []
    check_mrr(lab.measure(
        switch, (0, 1), "--driver", driver, "--packed", packed, "--mergeable", mergeable,
        "--in-order", in_order, *vector).measured())


@pytest.mark.parametrize("driver", ["own", pytest.param("pmd", marks=LONG)])
def test_switch_connects(client, driver):
    check_mrr(lab.call(client.directory, *lab.sockets(client, (0, 1), ",server"),
                       *lab.of_switch(client), "--driver", driver).measured())


@pytest.mark.parametrize("driver,ring_size", [
    ("own", 256), pytest.param("own", 64, marks=LONG), pytest.param("pmd", 256, marks=LONG)])
def test_ring_sizes(switch, driver, ring_size):
    result = lab.measure(switch, (0, 1), "--driver", driver, "--ring-size", ring_size,
                         "--load", "max").measured()
    check_mrr(result)
    assert result["config"]["ring_size"] == ring_size


@pytest.mark.parametrize("driver", ["own", pytest.param("pmd", marks=LONG)])
def test_queues(switch, driver):
    """All of them get frames."""
    result = lab.measure(switch, (0, 1), "--driver", driver, "--queues", "2", "--packed", "1")
    check_mrr(result.measured())


@pytest.mark.parametrize("size,driver,mean", [
    ("imix", "own", 353.8), (1518, "own", 1518), (9000, "own", 9000),
    pytest.param("imix", "pmd", 353.8, marks=LONG), pytest.param(1518, "pmd", 1518, marks=LONG),
    pytest.param(9000, "pmd", 9000, marks=LONG), pytest.param(64, "pmd", 64, marks=LONG)])
def test_sizes(switch, size, driver, mean):
    before = switch.port_stats()["vhost2"]
    check_mrr(lab.measure(switch, (2, 3), "--size", size, "--driver", driver,
                          "--load", "closed:128").measured(), 100)
    after = switch.port_stats()["vhost2"]
    octets = after["rx_bytes"] - before["rx_bytes"]
    frames = after["rx_frames"] - before["rx_frames"]
    assert octets / frames == pytest.approx(mean - 4, rel=0.05)


@pytest.mark.parametrize("size", [64, pytest.param("imix", marks=LONG)])
def test_tags(switch, size):
    """Port 1 of the generator sends with the tag, and gets it on what it receives."""
    check_mrr(lab.measure(switch, (4, 5), "--vlan", "1:100", "--size", size).measured())


def test_many_addresses(switch):
    check_mrr(lab.measure(switch, (0, 1), "--macs", "1000").measured())


@pytest.mark.parametrize("driver", ["own", pytest.param("pmd", marks=LONG)])
def test_mesh(switch, driver):
    check_mrr(lab.measure(switch, (0, 1, 2, 3), "--pattern", "mesh", "--driver",
                          driver).measured(), 12 * 254)


def test_uneven_mesh(switch):
    check_mrr(lab.measure(switch, (0, 1, 2), "--pattern", "mesh").measured())


@pytest.mark.parametrize("eal", [["--no-huge"], ["--no-huge", "-m", "256"]])
def test_without_hugepages(switch, eal):
    driver = "own" if "-m" not in eal else "pmd"
    check_mrr(lab.measure(switch, (0, 1), "--driver", driver, eal=eal).measured())


def test_low_load_in_short_slices(switch):
    """Less than a frame in a slice is not nothing."""
    result = lab.measure(switch, (0, 1), "--load", "400", "--slice-ms", "1").measured()
    assert result["trials"][-1]["intended"] == 20
    assert check_mrr(result)["received"] == 20


def test_search(switch):
    result = lab.measure(switch, (0, 1), "--mode", "search", "--max-load", "40000").measured()
    for goal in ("ndr", "pdr"):
        found = result["results"][goal]
        assert found["complete"] and found["lower_pps"] >= 9001, found


def test_search_with_stalls(switch):
    """A machine that stands still only while the search runs is noticed all the same."""
    with lab.started(switch, (0, 1), *lab.of_switch(switch), "--mode", "search", "--max-load",
                     "40000", "--trial-s", "0.1", "--ring-size", "256", "--search-s", "3") as child:
        while child.alive:
            child.process.send_signal(signal.SIGSTOP)
            time.sleep(0.06)
            child.process.send_signal(signal.SIGCONT)
            time.sleep(0.2)
        results = lab.ended(child).measured()["results"]
    assert results["ndr"]["stall_limited"] and results["pdr"]["stall_limited"], results


def test_latency(switch):
    result = lab.measure(switch, (0, 1), "--mode", "latency").measured()
    assert [row["load_percent"] for row in result["results"]["latency"]] == [0, 10, 50, 90]
    for row in result["results"]["latency"]:
        assert 0 < row["p50_ns"] <= row["p99_ns"] <= row["max_ns"] and row["n"] > 0


def test_soak(switch):
    soak = lab.measure(switch, (0, 1), "--mode", "soak", *SLOW).measured()["results"]["soak"]
    assert soak["sent"] == 1000 and soak["lost"] == 0
    assert soak["held"]["descriptors"][0] == soak["held"]["descriptors"][1] > 0
    assert soak["held"]["frames"] is not None


def test_losscurve(switch):
    curve = lab.measure(switch, (0, 1), "--mode", "losscurve", *SLOW).measured()
    assert [row["load_pps"] for row in curve["results"]["losscurve"]] == [20000, 18000]


def test_backtoback(switch):
    """A ring holds that much in any case."""
    result = lab.measure(switch, (0, 1), "--mode", "backtoback", "--ring-size", "256").measured()
    assert result["results"]["backtoback"]["frames"]["min"] >= 128
    assert {trial["load"]["type"] for trial in result["trials"]} == {"burst"}


@pytest.mark.parametrize("mode", ["caching", "learning"])
def test_addresses(switch, mode):
    result = lab.measure(switch, (0, 1, 2, 3), "--mode", mode, "--macs", "2000").measured()
    found = result["results"][mode]
    assert found["addresses"] == 2000
    if mode == "learning":
        assert 0 < found["pps"] <= max(step["took_pps"] for step in found["steps"])


def test_hol(switch):
    """A guest that does not look at its ring loses its own frames alone."""
    found = lab.measure(switch, (0, 1, 2, 3), "--mode", "hol",
                        *SLOW).measured()["results"]["hol"]
    # A machine that stands still may lose frames, but not most of them.
    assert max(found["loss_ratio"], found["baseline_loss_ratio"],
               found["baseline_congested_loss_ratio"]) < 0.2 < found["congested_loss_ratio"], found


def test_reconf(switch):
    result = lab.measure(switch, (0, 1), "--mode", "reconf", "--load", "20000", "--change",
                         "port set vhost5 vlan access 7", "--undo",
                         "port set vhost5 vlan trunk 100").measured()["results"]["reconf"]
    assert max(result["blocked_s"], result["baseline_blocked_s"]) < 0.1 and result["command_s"] > 0
    assert switch.port_info("vhost5")["vlan"].startswith("trunk"), "the change was not undone"


def test_facts(switch):
    result = lab.call(switch.directory, "--mode", "facts").measured()
    assert result["host"]["facts"]["fingerprint"] and result["host"]["jitter"]
