# SPDX-License-Identifier: BSD-3-Clause
"""Promise: near and far are never put together, and too little data says so."""

import pytest

import sample
from bench import digest, suites

SUITE = suites.SUITES["2vu-eth-l2bdbasemaclrn"]
NEAR, FAR = ("near", "near"), ("far", "far")


def windows_of(rounds, mode="mrr", peers=("vsw", "ovs")):
    return sample.cell(sample.Maker(), SUITE, "64", mode, rounds, peers)["windows"]


def set_rates(windows, peer, number, placement, pps):
    """Give a window 20 slices of one rate."""
    for window in windows:
        if (window["peer"], window["round"]) == (peer, number):
            window[placement] = {"n": 20, "median_pps": pps, "min_pps": pps, "max_pps": pps}


def test_placements_stay_apart():
    windows = windows_of([NEAR, FAR, NEAR, FAR])
    for number, (ours, theirs) in enumerate([(12e6, 6e6), (5e6, 1e6), (15e6, 5e6), (4e6, 2e6)]):
        placement = "far" if number % 2 else "near"
        set_rates(windows, "vsw", number, placement, ours)
        set_rates(windows, "ovs", number, placement, theirs)
    found = digest.of_cell(windows)
    near, far = (found["peers"]["vsw"][placement] for placement in digest.PLACEMENTS)
    assert near == {"slices": 40, "windows": 2, "median_pps": 13.5e6, "min_pps": 12e6,
                    "max_pps": 15e6}
    assert (far["median_pps"], far["min_pps"], far["max_pps"]) == (4.5e6, 4e6, 5e6)
    ratios = found["ratios"]["ovs"]["rate"]
    assert ratios["near"] == {"pairs": 2, "median": 2.5, "min": 2.0, "max": 3.0}
    assert ratios["far"] == {"pairs": 2, "median": 3.5, "min": 2.0, "max": 5.0}


def test_no_ratio_over_rounds_or_placements():
    """Ours was near in rounds 0 and 1, theirs in rounds 2 and 3: there is nothing to divide."""
    windows = [window for window in windows_of([NEAR, NEAR, NEAR, NEAR])
               if (window["peer"] == "vsw") == (window["round"] < 2)]
    windows += [window for window in windows_of([FAR, FAR], peers=("ovs",))]
    found = digest.of_cell(windows)
    assert not found["peers"]["vsw"]["insufficient"] and not found["peers"]["ovs"]["insufficient"]
    ratios = found["ratios"]["ovs"]["rate"]
    assert ratios["near"]["pairs"] == ratios["far"]["pairs"] == 0
    assert ratios["near"]["median"] is None and ratios["insufficient"]


@pytest.mark.parametrize("mpps, placement, n_bound", [
    (12.1, "near", 0), (11.9, "near", 1), (4.7, "far", 0)])
def test_a_rate_near_that_of_the_generator_alone_is_its_own(mpps, placement, n_bound):
    windows = windows_of([NEAR, FAR])
    set_rates(windows, "vsw", 0, "near", 10e6)
    set_rates(windows, "vsw", 1, "far", 4e6)
    alone = {"size": "64", "ticks_per_frame": 100, "mpps": mpps, "placement": placement}
    assert digest.of_cell(windows, alone)["peers"]["vsw"]["generator_bound"] == n_bound
    assert digest.of_cell(windows)["peers"]["vsw"]["generator_bound"] == 0


@pytest.mark.parametrize("n_slices, insufficient", [(9, True), (10, False)])
def test_insufficient(n_slices, insufficient):
    windows = windows_of([NEAR])
    for window in windows:
        window["near"]["n"] = n_slices if window["peer"] == "ovs" else 20
    found = digest.of_cell(windows)
    assert found["peers"]["vsw"]["insufficient"] is False
    assert found["peers"]["ovs"]["insufficient"] is insufficient
    assert found["ratios"]["ovs"]["rate"]["insufficient"] is insufficient


def test_windows_that_failed_do_not_count():
    windows = windows_of([NEAR, NEAR])
    set_rates(windows, "vsw", 0, "near", 7e6)
    windows[0]["complete"] = windows[0]["peer"] == "vsw"
    failed = next(window for window in windows if window["peer"] == "vsw" and window["round"] == 1)
    failed.update(complete=False, error="it has failed")
    found = digest.of_cell(windows)["peers"]["vsw"]
    assert (found["windows"], found["incomplete"], found["near"]["median_pps"]) == (2, 1, 7e6)


def test_warm_up_does_not_count():
    call = sample.Maker().call("vsw", SUITE, "64", "mrr", NEAR)
    assert call["trials"][0]["kind"] == "warmup" and len(call["trials"][0]["slices"]) == 1
    assert digest.slices(call, "near")["n"] == 20


@pytest.mark.parametrize("placements, expected", [
    (["near"] * 9 + ["far"], "near"), (["near"] * 8 + ["far"] * 2, "mixed"),
    (["far"] * 10, "far"), (["unknown"] * 10, "unknown"), ([], "unknown")])
def test_placement_of_a_window(placements, expected):
    call = sample.Maker().call("vsw", SUITE, "64", "mrr", NEAR)
    call["trials"] = call["trials"][1:2]
    call["trials"][0]["slices"] = [{"placement": placement, "pps": 1} for placement in placements]
    assert digest.placement_of(call) == expected


def test_figures():
    found = digest.of_cell(windows_of([NEAR, FAR], "search"))
    ndr = found["peers"]["vsw"]["figures"]["ndr"]
    assert (ndr["unit"], ndr["near"]["n"], ndr["far"]["n"], ndr["mixed"]["n"]) == ("pps", 1, 1, 0)
    assert set(found["ratios"]["ovs"]) == {"ndr", "pdr"}
    latency = digest.of_cell(windows_of([NEAR], "latency"))["peers"]["vsw"]["figures"]
    assert latency["p50_at_50"]["unit"] == "ns" and latency["p50_at_50"]["near"]["n"] == 1


def test_a_search_that_was_cut_short_finds_nothing():
    call = sample.Maker().call("vsw", SUITE, "64", "search")
    assert set(digest.figures_of(call)) == {"ndr", "pdr"}
    call["results"]["ndr"]["complete"] = False
    assert set(digest.figures_of(call)) == {"pdr"}


@pytest.mark.parametrize("ratios, lossless_pps", [((0, 0, 0.5), 2e6), ((0, 0.1, 0), 1e6),
                                                  ((0.1, 0, 0), None)])
def test_loss_curve(ratios, lossless_pps):
    call = sample.Maker().call("vsw", SUITE, "64", "losscurve")
    call["results"]["losscurve"] = [{"load_pps": (number + 1) * 1e6, "loss_ratio": ratio}
                                    for number, ratio in enumerate(ratios)][::-1]
    found = digest.figures_of(call)
    assert found["loss_ratio_at_full_load"][1] == ratios[-1]
    assert found.get("lossless_pps", (None, None))[1] == lossless_pps
