# SPDX-License-Identifier: BSD-3-Clause
"""Runs that never happened, valid by scripts/bench/schema: what the report must be able to show.

    run = example.run(seed=1, gaps=True)    # with what goes wrong in a run: see GAPS
"""

import datetime
import random

from bench import cycles, digest

TSC_HZ = 2.6e9
SIZES = ("64", "128", "256", "512", "1024", "1280", "1518", "9000", "imix")
BYTES = {"imix": 354}
PEERS = (("vsw", "vhost-switch", "0.5", "1 lcore, in-place rings"),
         ("testpmd-io", "testpmd io", "DPDK 22.11.11", "--nb-cores=1 --forward-mode=io --burst=32"),
         ("ovs", "Open vSwitch", "3.1.0, DPDK 22.11.11", "pmd-cpu-mask=1, normal learning"))
# Ticks a frame near: per frame, per byte; what far costs more.
COST = {"vsw": (92, 0.11, 2.1), "testpmd-io": (190, 0.15, 2.6), "ovs": (255, 0.14, 1.9)}
MACS = {"base": 2, "scale1k": 1000, "scale10k": 10000, "scale100k": 100000}
MAC_COST = {"vsw": (0, 8, 25, 70), "testpmd-io": (0, 0, 0, 0), "ovs": (0, 460, 1180, 30000)}
GAPS = {"died": ("ovs", "512"), "insufficient": "1518", "skipped": ("testpmd-io", "9000"),
        "bound": ("vsw", "64"), "never": ("ovs", "1280"), "stalled": "64", "sums": "256"}


def stamp(seconds):
    start = datetime.datetime(2026, 11, 21, 18, 0, 0)
    return (start + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


class Example:
    def __init__(self, seed, gaps, rounds, day, speed):
        self.random = random.Random(seed)
        self.gaps, self.rounds, self.speed = gaps, rounds, speed
        self.clock = day * 86400

    def gap(self, what, value):
        return self.gaps and GAPS[what] == value

    def ticks(self, peer, size, macs, placement):
        frame, byte, far = COST[peer]
        extra = MAC_COST[peer][list(MACS.values()).index(macs)] if macs in MACS.values() else 0
        ticks = frame + extra + byte * BYTES.get(size, int(size) if size != "imix" else 0)
        ticks *= (far if placement == "far" else 1) * (1 / self.speed if peer == "vsw" else 1)
        return ticks * self.random.gauss(1, 0.03)

    def slices(self, ticks, placements):
        for placement in placements:
            pps = TSC_HZ / ticks[placement] * self.random.gauss(1, 0.015)
            yield {"ms": 100, "received": int(pps / 10), "pps": pps, "placement": placement,
                   "rtt_ticks": [200, 210] if placement == "near" else [650, 700],
                   "stalls_20us": 3, "stalls_200us": 0, "generator_idle": 0.3}

    def trial(self, peer, size, kind, ticks, placements):
        slices = list(self.slices(ticks, placements))
        received = sum(piece["received"] for piece in slices)
        lost = int(received * self.random.random() * 1e-4)
        sent = received + lost
        seen = set(placements)
        switch = None
        if peer != "testpmd-io":
            switch = {"rx": sent, "tx": received, "frames": sent,
                      "drops": {"rx_full": lost} if lost else {}}
            if peer == "vsw":
                placement = placements[0]
                switch["busy_ticks_per_frame"] = 0.82 * ticks[placement]
        broken = self.gap("sums", size) and peer == "vsw"
        sums = ["switch tx %d = generator rx %d + 17" % (received, received - 17)]
        return {"kind": kind, "load": {"type": "closed", "value": 512}, "duration_s": 1.0,
                "elapsed_s": 1.02, "intended": sent, "sent": sent, "unsent": 0,
                "received": received, "lost": lost, "duplicated": 0, "reordered": 0,
                "corrupted": 0, "misdelivered": 3 if broken else 0, "strange": 0,
                "loss_ratio": lost / sent if sent else 0, "rate_pps": received / 1.0,
                "placement": placements[0] if len(seen) == 1 else "mixed", "slices": slices,
                "runq": {"generator": 0.01, "switch": 0.02}, "steal": 0.01, "switch": switch,
                "sums": (sums if broken else "ok") if switch else None, "latency": None}

    def placements(self, few_near):
        """Of ten slices: the host moves the CPUs now and then."""
        if few_near:
            return ["far"] * 10
        first = self.random.choice(["near", "near", "far"])
        cut = self.random.choice([0, 0, 0, 4])
        return [first] * (10 - cut) + [self.random.choice(["near", "far"])] * cut

    def call(self, mode, peer, size, config):
        ticks = {placement: self.ticks(peer, size, config["macs"], placement)
                 for placement in digest.PLACEMENTS}
        few = self.gap("insufficient", size)
        trials = [self.trial(peer, size, mode, ticks, self.placements(few)) for _ in range(4)]
        call = {"schema": "vsw-bench-1", "complete": True, "error": None,
                "started": stamp(self.clock), "mode": mode, "profile": "ci",
                "config": {"size": size, "ports": config["ports"], "ring_size": 1024},
                "host": {"facts": FACTS, "jitter": JITTER, "tsc_hz": TSC_HZ},
                "selftest": None,
                "generator_bound": self.gap("bound", (peer, size)), "trials": trials,
                "results": {}}
        getattr(self, "result_" + mode)(call["results"], peer, size, TSC_HZ / ticks["near"])
        return call

    def result_mrr(self, results, peer, size, near_pps):
        pass

    def result_search(self, results, peer, size, near_pps):
        for name, share in (("ndr", 0.55), ("pdr", 0.8)):
            lower = near_pps * share * self.random.gauss(1, 0.02)
            results[name] = {"lower_pps": lower, "upper_pps": lower * 1.005,
                             "conditional_pps": lower * 0.999, "trials": 21, "seconds": 24.5,
                             "stall_limited": self.gap("stalled", size) and name == "ndr",
                             "complete": True, "placement": "near"}

    def result_latency(self, results, peer, size, near_pps):
        base = {"vsw": 480, "testpmd-io": 520, "ovs": 900}[peer]
        results["latency"] = []
        for load in (0, 10, 50, 90):
            unit = base * (1 + load / 60) * self.random.gauss(1, 0.05)
            results["latency"].append(
                {"load_percent": load, "load_pps": near_pps * load / 125, "placement": "near",
                 "p50_ns": unit, "p90_ns": unit * 1.7, "p99_ns": unit * 9, "p999_ns": unit * 120,
                 "p9999_ns": unit * 400, "max_ns": unit * 900, "n": 90000, "loss_ratio": 0})

    def result_losscurve(self, results, peer, size, near_pps):
        results["losscurve"] = [
            {"load_pps": near_pps * share / 100, "loss_ratio": max(0, 1 - 92 / share)}
            for share in (150, 140, 130, 120, 110, 100, 90, 80)]

    def result_reconf(self, results, peer, size, near_pps):
        results["reconf"] = {"blocked_s": 0.0004, "lost_frames": 1921, "load_pps": near_pps / 2}

    def window(self, mode, peer, number, position, size, config):
        self.clock += 5
        window = {"peer": peer, "round": number, "position": position,
                  "started": stamp(self.clock), "elapsed_s": 5.0, "complete": True,
                  "error": None, "file": None, "placement": "unknown", "near": NOTHING,
                  "far": NOTHING, "cycles": {"near": [], "far": []}, "counters": {}, "call": None}
        died = self.gap("died", (peer, size)) and number == self.rounds - 1
        if died or self.gap("never", (peer, size)):
            sentence = "%s: ended with signal 11 after 2.1 s; see its log" % peer
            return {**window, "complete": False, "error": sentence}
        call = self.call(mode, peer, size, config)
        return {**window, "placement": digest.placement_of(call),
                "near": digest.slices(call, "near"), "far": digest.slices(call, "far"),
                "cycles": cycles.told(call),
                "call": digest.without_slices(call)}

    def cell(self, suite, size, mode="mrr", ports=2, macs=2, kind=None):
        config = {"ports": ports, "macs": macs, "ring_size": 1024,
                  "pattern": "pairs", "driver": "own split-nomrg"}
        skipped = {peer: "testpmd has no table for jumbo frames"
                   for peer, _, _, _ in PEERS if self.gap("skipped", (peer, size))}
        windows = []
        for number in range(self.rounds):
            for position, (peer, _, _, _) in enumerate(PEERS):
                if peer not in skipped and (mode != "reconf" or peer == "vsw"):
                    windows.append(self.window(mode, peer, number, position, size, config))
        name = "vs-%s-%s-1c-%s" % (suite, size, kind or mode)
        return {"name": name, "suite": suite, "size": size, "cores": "1c", "mode": mode,
                "config": config, "note": "", "skipped": skipped, "windows": windows,
                "digest": digest.of_cell(windows)}

    def cells(self):
        base = "2vu-eth-l2bdbasemaclrn"
        for size in SIZES:
            yield self.cell(base, size)
        for size in ("64", "1518"):
            yield self.cell("2vu-eth-l2xcbase", size)
        for macs, count in list(MACS.items())[1:]:
            yield self.cell("2vu-eth-l2bd%smaclrn" % macs, "64", macs=count)
        yield self.cell("4vu-eth-l2bdbasemaclrn", "64", ports=4)
        for size in ("64", "imix"):
            yield self.cell(base, size, "search", kind="ndrpdr")
        yield self.cell(base, "64", "latency")
        yield self.cell(base, "64", "losscurve")
        yield self.cell("reconf-port-add", "64", "reconf")


FACTS = {"cpu": {"model": "AMD EPYC 9B14", "cpus": 2, "smt": False, "last_cache": "32768K"},
         "kernel": {"release": "6.18.5", "boot_line": "quiet console=ttyS0", "clock": "tsc"},
         "isolation": {"isolated": None, "nohz_full": None}, "dpdk": "DPDK 22.11.11",
         "hugepages": [{"size_kb": 2048, "total": 1024, "free": 512}],
         "hypervisor": "KVMKVMKVM", "fingerprint": "8c1f03a2"}
JITTER = [{"cpu": 0, "seconds": 10, "stalls_20us": 4012, "stalls_200us": 17, "longest_us": 2210.5},
          {"cpu": 1, "seconds": 10, "stalls_20us": 3877, "stalls_200us": 9, "longest_us": 1140.0}]
NOTHING = {"n": 0, "median_pps": None, "min_pps": None, "max_pps": None}


def run(seed=1, gaps=False, rounds=5, day=0, speed=1.0, commit="fe51e9e"):
    example = Example(seed, gaps, rounds, day, speed)
    cells = list(example.cells())
    error = "interrupted after 19 of 24 cells" if gaps else None
    return {"schema": "vsw-run-1", "complete": not gaps, "error": error,
            "started": stamp(day * 86400), "finished": stamp(example.clock),
            "command": ["scripts/bench.sh", "all", "--vs", "testpmd-io,ovs", "--profile", "ci"],
            "profile": "ci",
            "git": {"commit": commit, "subject": "app: look once", "dirty": False},
            "host": {"facts": FACTS, "jitter": JITTER, "tsc_hz": TSC_HZ,
                     "fingerprint": FACTS["fingerprint"]},
            "peers": [{"name": name, "title": title, "version": version, "settings": settings,
                       "counters": []} for name, title, version, settings in PEERS],
            "selftests": [{"size": "64", "ticks_per_frame": 71, "mpps": 36.6,
                           "placement": "near"}],
            "cells": cells}
