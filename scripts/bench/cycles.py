# SPDX-License-Identifier: BSD-3-Clause
"""
What a frame costs a switch: busy ticks of the time stamp counter, by its own counters, of the
trials at full load. A frame that comes alone costs more, and says nothing of the capacity.

Ours tells vsw-bench. Others are asked by the runner while vsw-bench measures, every quarter of a
second: what lies between the first and the last reading within a trial is that trial's figure, so
that warm-up and learning are no part of it, and near and far stay apart.

    readings = cycles.Readings(switch, cycles.EVERY_S)
    while ...: readings.take()
    found = readings.of_trials(call)        # {"near": [ticks a frame of a trial, ...], "far": []}
"""

import time

from . import digest

EVERY_S = 0.25
EVERY_SMOKE_S = 0.05  # its trials are short


def _by_placement(call, ticks_of):
    found = {placement: [] for placement in digest.PLACEMENTS}
    for trial in digest.measured(call) if call["mode"] == "mrr" else ():
        ticks = ticks_of(trial)
        if ticks and trial["placement"] in found:
            found[trial["placement"]].append(ticks)
    return found


def told(call):
    """Of a switch that vsw-bench has asked itself."""
    return _by_placement(
        call, lambda trial: (trial["switch"] or {}).get("busy_ticks_per_frame"))


class Readings:
    """Of switch.cycles(), as they come."""

    def __init__(self, switch, every_s):
        self.switch = switch
        self.every_s = every_s
        self.due = 0
        self.taken = []  # (before, after) by CLOCK_MONOTONIC in ns, ticks, frames

    def take(self):
        """If it is time for one."""
        if time.monotonic() < self.due:
            return
        before = time.monotonic_ns()
        counted = self.switch.cycles()
        if counted:
            self.taken.append((before, time.monotonic_ns(), *counted))
        self.due = time.monotonic() + self.every_s

    def _of(self, trial):
        pieces = trial.get("slices", ())
        if not pieces or "start_ns" not in pieces[0]:
            return None
        begin, end = pieces[0]["start_ns"], pieces[-1]["start_ns"] + pieces[-1]["ms"] * 1e6
        inside = [counted for before, after, *counted in self.taken
                  if begin <= before and after <= end]
        if not inside:
            return None
        ticks, frames = (last - first for first, last in zip(inside[0], inside[-1]))
        return ticks / frames if frames > 0 else None

    def of_trials(self, call):
        """The whole call, with its slices."""
        return _by_placement(call, self._of)
