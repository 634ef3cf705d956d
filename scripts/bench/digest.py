# SPDX-License-Identifier: BSD-3-Clause
"""
What the windows of a cell come to.

The host moves CPUs between cache domains, which changes every figure by a factor of 2 and more. So
near and far are kept apart all the way, and nothing is computed over both. Rates are medians of
windows' medians of slices; ticks a frame are those of trials (cycles.py); ratios divide windows of
the same round, hence minutes apart at most, and of the same placement.
"""

import itertools
import statistics

from . import selftest

OURS = "vsw"
NEAR_SLICES_MIN = 10  # below, a cell says nothing
WINDOW_SLICES_MIN = 3  # below, a window's median is a matter of luck
ONE_PLACEMENT = 0.9  # share of a window's slices that makes it a near or a far one

PLACEMENTS = ("near", "far")
CYCLES = "cycles"  # what is compared beside rates: less is better
# By the end of a member's name; the longest that fits counts.
UNITS = {"_pps": "pps", "_ns": "ns", "_us": "us", "_ms": "ms", "_s": "s", "_ratio": "", "_mb": "MB",
         "_bits_per_second": "bit/s", "bits_per_second": "bit/s", "_frames": "frames",
         "_addresses": "addresses"}


def spread(values):
    values = [value for value in values if value is not None]
    return {"n": len(values),
            "median": statistics.median(values) if values else None,
            "min": min(values, default=None), "max": max(values, default=None)}


def measured(call):
    """The trials that count."""
    return [trial for trial in call["trials"] if trial["kind"] != "warmup"]


def slices(call, placement):
    """
    How many slices of that placement there are and, where all of them had as much load as the
    switch took, their rates.
    """
    rates = [piece["pps"] for trial in measured(call) for piece in trial.get("slices", ())
             if piece["placement"] == placement]
    values = spread(rates if call["mode"] == "mrr" else ())
    return {"n": len(rates), "median_pps": values["median"], "min_pps": values["min"],
            "max_pps": values["max"]}


def placement_of(call):
    seen = [piece["placement"] for trial in measured(call) for piece in trial.get("slices", ())]
    known = [placement for placement in seen if placement != "unknown"]
    if not known:
        return "unknown"
    for placement in PLACEMENTS:
        if known.count(placement) >= ONE_PLACEMENT * len(known):
            return placement
    return "mixed"


def without_slices(call):
    """For the run's file: the whole call has a file of its own."""
    trials = [{key: value for key, value in trial.items() if key != "slices"}
              for trial in call["trials"]]
    return {**call, "trials": trials}


def _unit(name):
    fits = [end for end in UNITS if ("_" + name).endswith(end)]
    return UNITS[max(fits, key=len)] if fits else ""


def _is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _of_loss_curve(curve):
    """The greatest load, and from it on down no other one, of which nothing was lost."""
    points = sorted(curve, key=lambda point: point["load_pps"])
    if points:
        yield "loss_ratio_at_full_load", ("", points[-1]["loss_ratio"], points[-1].get("placement"))
    lossless = list(itertools.takewhile(lambda point: point["loss_ratio"] == 0, points))
    if lossless:
        yield "lossless_pps", ("pps", lossless[-1]["load_pps"], lossless[-1].get("placement"))


def figures_of(call):
    """name -> (unit, value, placement or None for the window's), of what the mode has found."""
    found = {}
    results = call["results"]
    for name in ("ndr", "pdr"):
        bound = results.get(name)
        if bound and bound["complete"] and bound["conditional_pps"] is not None:
            found[name] = ("pps", bound["conditional_pps"], bound.get("placement"))
    found.update(_of_loss_curve(results.get("losscurve", ())))
    for entry in results.get("latency", ()):
        for percentile in ("p50", "p90", "p99", "p999"):
            found[f"{percentile}_at_{entry['load_percent']:g}"] = (
                "ns", entry[percentile + "_ns"], entry.get("placement"))
    for mode in ("soak", "backtoback", "caching", "learning", "hol", "reconf", "tcp"):
        for name, value in results.get(mode, {}).items():
            if _is_number(value):
                found[name] = (_unit(name), value, results[mode].get("placement"))
    return found


def _rate(windows, placement):
    pieces = [window[placement] for window in windows
              if window[placement]["n"] >= WINDOW_SLICES_MIN]
    medians = spread(piece["median_pps"] for piece in pieces)
    return {"slices": sum(piece["n"] for piece in pieces), "windows": len(pieces),
            "median_pps": medians["median"], "min_pps": medians["min"],
            "max_pps": medians["max"]}


def _figures(windows):
    found = {}  # name -> (unit, {placement: values})
    for window in windows:
        for name, (unit, value, placement) in figures_of(window["call"]).items():
            placement = placement or window["placement"]
            values = found.setdefault(name, (unit, {"near": [], "far": [], "mixed": []}))[1]
            values[placement if placement in PLACEMENTS else "mixed"].append(value)
    return {name: {"unit": unit, **{placement: spread(values[placement]) for placement in values}}
            for name, (unit, values) in found.items()}


def _peer(windows, alone):
    good = [window for window in windows if window["complete"]]
    return {"windows": len(windows), "incomplete": len(windows) - len(good),
            "generator_bound": sum(is_generator_bound(window, alone) for window in good),
            "near": _rate(good, "near"), "far": _rate(good, "far"),
            "insufficient": sum(window["near"]["n"] for window in good) < NEAR_SLICES_MIN,
            "cycles": {placement: spread(ticks for window in good
                                         for ticks in window["cycles"][placement])
                       for placement in PLACEMENTS},
            "figures": _figures(good)}


def is_generator_bound(window, alone):
    """It had no time left, or does hardly more with nobody to wait for: `alone` is its self-test."""
    return window["call"]["generator_bound"] or selftest.limits(alone, window)


def _comparable(window):
    """(what, placement) -> value, of one window: what another switch can be held against."""
    values = {}
    for placement in PLACEMENTS:
        if window[placement]["n"] >= WINDOW_SLICES_MIN:
            values["rate", placement] = window[placement]["median_pps"]
        if window["cycles"][placement]:
            values[CYCLES, placement] = statistics.median(window["cycles"][placement])
    for name, (_, value, placement) in figures_of(window["call"]).items():
        if name in ("ndr", "pdr", "bits_per_second"):
            values[name, placement or window["placement"]] = value
    return {key: value for key, value in values.items() if value}


def _ratios(ours, theirs, insufficient):
    """what -> ratios: of each pair of windows of one round."""
    pairs = {}
    by_round = {window["round"]: _comparable(window) for window in theirs if window["complete"]}
    # Few of them tell: it is no gap if they do not.
    untold = {CYCLES} - {what for other in by_round.values() for what, _ in other}
    for window in ours:
        if not window["complete"]:
            continue
        other = by_round.get(window["round"], {})
        for (what, placement), value in _comparable(window).items():
            if what in untold:
                continue
            kept = pairs.setdefault(what, {"near": [], "far": []})
            if placement in PLACEMENTS and (what, placement) in other:
                kept[placement].append(value / other[what, placement])
    return {what: {"insufficient": insufficient or not kept["near"],
                   **{placement: _ratio(kept[placement]) for placement in PLACEMENTS}}
            for what, kept in pairs.items()}


def _ratio(values):
    found = spread(values)
    return {"pairs": found.pop("n"), **found}


def of_cell(windows, alone=None):
    """
    The digest of a cell, of the windows as they are in the run's file. `alone` is the self-test of
    the generator with frames of its size.
    """
    by_peer = {}
    for window in windows:
        by_peer.setdefault(window["peer"], []).append(window)
    peers = {name: _peer(own, alone) for name, own in by_peer.items()}
    ratios = {name: _ratios(by_peer[OURS], own,
                            peers[OURS]["insufficient"] or peers[name]["insufficient"])
              for name, own in by_peer.items() if name != OURS and OURS in by_peer}
    return {"peers": peers, "ratios": ratios}
