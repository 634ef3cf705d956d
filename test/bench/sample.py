#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""
Results of a machine that does not exist, as vsw-bench and bench.sh write them.

    test/bench/sample.py FILE       writes a whole run: data/run-example.json is made so

The figures are drawn at random around guesses, near and far slices apart by a factor of 2.4; they
are good for tests of what reads them, and for nothing else.
"""

import datetime
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts"))
from bench import cycles, digest, schema, suites  # noqa: E402

START = datetime.datetime(2026, 11, 21, 12, 0, tzinfo=datetime.timezone.utc)
TSC_HZ = 2.6e9
FAR_FACTOR = 2.4
BYTES = {"imix": 354}
# Mpps at 64 B and what a byte costs, of the switches that the run compares.
SWITCHES = {"vsw": (20.0, 0.11), "testpmd-io": (12.5, 0.15), "ovs": (9.0, 0.14)}

HOST = {
    "facts": {"cpu": "Example CPU 9000", "cpus": 2, "smt": False, "kernel": "6.18.0",
              "boot_line": "quiet", "isolated": "", "dpdk": "DPDK 22.11.11", "hugepages": 1024,
              "governor": None, "hypervisor": "KVM", "fingerprint": "e5a3c1d2"},
    "jitter": [{"cpu": cpu, "seconds": 2.0, "stalls_20us": 320 + cpu, "stalls_200us": 4,
                "longest_us": 812.5} for cpu in (0, 1)],
    "tsc_hz": TSC_HZ,
}


def iso(seconds):
    return (START + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


class Maker:
    """Calls of one switch after the other; each takes its time on the made-up clock."""

    def __init__(self, seed=1):
        self.random = random.Random(seed)
        self.seconds = 0.0

    def near_pps(self, switch, size, n_macs):
        mpps, per_byte = SWITCHES[switch]
        ticks = TSC_HZ / (mpps * 1e6) + per_byte * (BYTES.get(size) or int(size))
        if switch == "vsw" and n_macs > 2:
            ticks += 8 * len(str(n_macs))
        if switch == "ovs" and n_macs > 2:
            ticks *= 1 + n_macs / 1000
        return TSC_HZ / ticks

    def slice(self, pps, placement):
        pps *= self.random.uniform(0.95, 1.05) / (FAR_FACTOR if placement == "far" else 1)
        rtt = 220 if placement == "near" else 700
        return {"ms": 100, "received": round(pps / 10), "pps": pps, "placement": placement,
                "rtt_ticks": [rtt + self.random.randrange(40), rtt + self.random.randrange(40)],
                "stalls_20us": self.random.randrange(50), "stalls_200us": self.random.randrange(2),
                "generator_idle": 0.2}

    def trial(self, kind, load, pps, placement, n_slices=10, ours=True, loss_ratio=0.0):
        slices = [self.slice(pps, placement) for _ in range(n_slices)]
        received = sum(piece["received"] for piece in slices)
        lost = round(received * loss_ratio)
        rate = received / (n_slices / 10)
        ticks = TSC_HZ / rate
        counters = {"rx": received + lost, "tx": received, "drops": {"rx_full": lost},
                    "frames": received + lost, "busy_ticks": round(ticks * received),
                    "ticks": round(TSC_HZ * n_slices / 10), "busy_ticks_per_frame": ticks}
        self.seconds += n_slices / 10
        return {"kind": kind, "load": load, "duration_s": n_slices / 10,
                "elapsed_s": n_slices / 10 + 0.05, "intended": received + lost,
                "sent": received + lost, "unsent": 0, "received": received, "lost": lost,
                "duplicated": 0, "reordered": 0, "corrupted": 0, "misdelivered": 0, "strange": 0,
                "flooded": 0, "loss_ratio": lost / max(1, received + lost), "rate_pps": rate,
                "placement": placement, "slices": slices,
                "runq": {"generator": 0.005, "switch": 0.01}, "steal": 0.0,
                "switch": counters if ours else None, "sums": "ok" if ours else None,
                "latency": None}

    def latency(self, percent, pps):
        base = 900 + 40 * percent + self.random.randrange(100)
        return {"load_percent": percent, "load_pps": pps * percent / 100, "loss_ratio": 0.0,
                "p50_ns": base, "p90_ns": base * 2, "p99_ns": base * 20, "p999_ns": base * 300,
                "max_ns": base * 2000, "n": 50000, "placement": "near"}

    def results(self, mode, trials, pps, placement):
        if mode == "search":
            bound = {"lower_pps": pps * 0.8, "upper_pps": pps * 0.81, "conditional_pps": pps * 0.8,
                     "trials": 18, "seconds": 20.1, "stall_limited": True, "complete": True,
                     "placement": placement}
            return {"ndr": bound, "pdr": {**bound, "lower_pps": pps * 0.95, "upper_pps": pps * 0.96,
                                          "conditional_pps": pps * 0.95, "stall_limited": False}}
        if mode == "latency":
            return {"latency": [self.latency(percent, pps) for percent in (0, 10, 50, 90)]}
        if mode != "mrr":
            return {mode: {"example_pps": pps}}
        rates = [trial["rate_pps"] for trial in trials]
        found = {"mean_pps": sum(rates) / len(rates), "stdev_pps": 1e5, "min": min(rates),
                 "max": max(rates)}
        for name in digest.PLACEMENTS:
            piece = digest.slices({"trials": trials, "mode": mode}, name)
            found[name] = {"n": piece["n"], "median_pps": piece["median_pps"],
                           "min": piece["min_pps"], "max": piece["max_pps"]}
        return {"mrr": found}

    def call(self, switch, suite, size, mode, placements=("near", "near"), profile="ci"):
        """A whole result; a trial for each placement."""
        started = iso(self.seconds)
        pps = self.near_pps(switch, size, suite.n_macs)
        load = {"type": "closed", "value": 512} if mode == "mrr" else {"type": "rate", "value": pps}
        trials = [self.trial("warmup", load, pps, placements[0], 1, switch == "vsw")]
        trials += [self.trial(mode, load, pps, placement, 10, switch == "vsw")
                   for placement in placements]
        cycles = {name: digest.spread([TSC_HZ / trial["rate_pps"] for trial in trials[1:]
                                       if trial["placement"] == name])
                  for name in digest.PLACEMENTS}
        results = self.results(mode, trials[1:], pps, placements[0])
        if switch == "vsw":
            results["cycles"] = cycles
        config = {"ports": suite.n_ports, "driver": suite.driver, "packed": suite.packed,
                  "mergeable": suite.mergeable, "in_order": suite.in_order,
                  "ring_size": suite.ring_size, "queues": 1, "size": size,
                  "macs": suite.macs_per_port, "flows": 254, "pattern": suite.pattern, "seed": 1}
        return {"schema": "vsw-bench-1", "complete": True, "error": None, "started": started,
                "mode": mode, "profile": profile, "config": config, "host": HOST,
                "selftest": None,
                "generator_bound": pps > 25e6, "trials": trials, "results": results}


def window(peer, number, position, call, error=None):
    """As the runner makes it of a call, or of a failure."""
    nothing = {"n": 0, "median_pps": None, "min_pps": None, "max_pps": None}
    return {"peer": peer, "round": number, "position": position,
            "started": call["started"] if call else iso(0), "elapsed_s": 4.2,
            "complete": error is None, "error": error,
            "file": f"calls/{peer}-{number}.json" if call else None,
            "placement": digest.placement_of(call) if call else "unknown",
            "near": digest.slices(call, "near") if call else nothing,
            "far": digest.slices(call, "far") if call else nothing,
            "cycles": cycles.told(call) if call else {"near": [], "far": []},
            "counters": {}, "call": digest.without_slices(call) if call else None}


def cell(maker, suite, size, mode, placements, peers=tuple(SWITCHES)):
    """One round for each of `placements`, the order of the switches rotated."""
    windows = []
    for number, placement in enumerate(placements):
        order = peers[number % len(peers):] + peers[:number % len(peers)]
        for position, peer in enumerate(order):
            call = maker.call(peer, suite, size, mode, placement)
            windows.append(window(peer, number, position, call))
    return {"name": suites.cell_name(suite, size, "1c", mode), "suite": suite.name, "size": size,
            "cores": "1c", "mode": mode, "config": suite.config(), "note": suite.note,
            "skipped": dict(suite.skipped), "windows": windows,
            "digest": digest.of_cell(windows)}


def lockstep(ticks=230.0, sizes=(64, 1518), macs=(1, 10000), runs=5, planted=0):
    """As vsw-lockstep writes it; the figure of the first point is `ticks`."""
    def spread(value):
        return {"n": 200, "median": value + 5, "min": value, "max": value + 90, "p10": value + 2}

    def point(size, n_macs, packed):
        least = ticks + planted + 0.13 * (size - 64) + 2 * len(str(n_macs)) - 2 + 6 * packed
        return {"size": size, "macs": n_macs, "packed": packed, "mergeable": False,
                "ring_size": 256, "plant_ticks": planted, "frames": 3276800,
                "ticks_per_frame": spread(least), "generator_ticks_per_frame": spread(40.0),
                "sink_ticks_per_frame": spread(45.0), "ticks_per_addition": spread(0.5),
                "run_min_ticks_per_frame": [least + number / 2 for number in range(runs)]}
    return {"schema": "vsw-lockstep-1", "complete": True, "error": None, "ended": iso(60),
            "config": {"runs": runs, "slices": 200, "slice_frames": 16384},
            "host": {"facts": HOST["facts"], "tsc_hz": int(TSC_HZ)},
            "points": [point(size, n_macs, packed) for size in sizes for n_macs in macs
                       for packed in (False, True)]}


def run(seed=1):
    """A run with all that a reader must expect: far windows, too few near slices, a failure."""
    maker = Maker(seed)
    base = suites.SUITES["2vu-eth-l2bdbasemaclrn"]
    rounds = [("near", "near"), ("near", "far"), ("far", "far"), ("near", "near")]
    cells = [cell(maker, base, size, "mrr", rounds) for size in ("64", "1518", "imix")]
    cells.append(cell(maker, base, "9000", "mrr", [("far", "far")]))  # insufficient
    cells += [cell(maker, base, "64", mode, [("near", "near")]) for mode in ("search", "latency")]
    for name in ("1k", "10k", "100k"):
        suite = suites.SUITES[f"2vu-eth-l2bdscale{name}maclrn"]
        cells.append(cell(maker, suite, "64", "mrr", [("near", "near")]))
    dot1q = suites.SUITES["2vu-dot1q-l2bdbasemaclrn"]
    cells.append(cell(maker, dot1q, "64", "mrr", [("near", "near")], ("vsw", "ovs")))
    broken = cells[0]["windows"][-1]
    cells[0]["windows"][-1] = window(broken["peer"], broken["round"], broken["position"], None,
                                     "the switch has ended in the middle of a trial, by signal 9")
    cells[0]["digest"] = digest.of_cell(cells[0]["windows"])
    peers = [{"name": name, "title": title, "version": version, "settings": settings,
              "counters": counters} for name, title, version, settings, counters in (
                  ("vsw", "vhost-switch", "0.1.0", "One lcore on CPU 0.", ["busy ticks", "drops"]),
                  ("testpmd-io", "testpmd, io", "DPDK 22.11.11", "net_vhost vdevs.", []),
                  ("ovs", "Open vSwitch", "3.1.0", "One pmd core.", ["pmd-stats-show"]))]
    return {"schema": "vsw-run-1", "complete": False,
            "error": "vs-2vu-eth-l2bdbasemaclrn-64b-1c-mrr: one window has failed",
            "started": iso(0), "finished": iso(maker.seconds), "profile": "ci",
            "command": ["scripts/bench.sh", base.name, "--vs", "testpmd-io,ovs"],
            "git": {"commit": "0123456789abcdef0123456789abcdef01234567",
                    "subject": "bench: be an example", "dirty": False},
            "host": {**HOST, "fingerprint": HOST["facts"]["fingerprint"]},
            "peers": peers, "lockstep": lockstep(), "selftests": [
                {"size": "64", "ticks_per_frame": 84.0, "mpps": 31.0, "placement": "near"}],
            "cells": cells}


if __name__ == "__main__":
    schema.write(sys.argv[1], "run", run())
