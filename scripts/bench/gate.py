#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Has the switch become faster or slower than its own history says?

    python3 -m bench.gate [--history FILE] [--fingerprint HASH] [--peers]

Each series of history.py is cut into groups of runs that agree. What came last is the median of
the last five samples, or of the last two to four as soon as those all lie outside the group; it
is held against the average of the group before. It has left the group when it lies more than
3 sigma and more than 2 % off. A single sample never counts, and a step is reported until five
samples have confirmed it: then it is the new group.

Exit status: 0 no regression of our switch, 1 a regression, 2 the history cannot be read.
"""

import argparse
import statistics
import sys

from . import digest, history
from .fault import Fault

WINDOW = 5
MIN_GROUP = 5
MIN_SAMPLES = 2
LEAST_SHARE = 0.02
REGRESSION, PROGRESSION, SUSPECT = "regression", "progression", "suspect"
NORMAL, TOO_FEW = "normal", "too few"
HIGHER_IS_BETTER = {history.RATE: True, history.CYCLES: False, history.LOCKSTEP: False}
LABELS = {history.RATE: "rate", history.CYCLES: "cycles", history.LOCKSTEP: "lock-step"}
UNITS = {history.RATE: (1e6, "Mpps"), history.CYCLES: (1, "ticks a frame"),
         history.LOCKSTEP: (1, "ticks a frame")}


def student(freedom):
    """What 3 sigma are when sigma is an estimate of so many degrees of freedom: the quantile of
    Student's t that is exceeded as rarely (series of Cornish and Fisher).
    """
    z, f = 3.0, freedom
    return (z + (z**3 + z) / (4 * f) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * f**2)
            + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * f**3))


class Group:
    """Samples that agree, and how far from their average another one may lie. The spread, as a
    share of the average, is taken from the groups before as well: a step does not change it.
    """

    def __init__(self, values, before=()):
        self.n = len(values)
        self.average = statistics.fmean(values)
        self.squares = sum((value / self.average - 1) ** 2 for value in values)
        freedom = self.n - 1 + sum(group.n - 1 for group in before)
        squares = self.squares + sum(group.squares for group in before)
        self.sigma = self.average * (squares / freedom) ** 0.5
        share = student(freedom) * (1 + 1 / self.n) ** 0.5
        self.margin = max(share * self.sigma, LEAST_SHARE * self.average)

    def side(self, value):
        """-1 below the group, 1 above it, 0 inside."""
        off = value - self.average
        return 0 if abs(off) <= self.margin else (1 if off > 0 else -1)


def median_of_last(values, group):
    """Of the last five; of the last two to four as soon as those all lie to one side of the group;
    None of a single sample.
    """
    if len(values) < MIN_SAMPLES:
        return None
    run = 1
    side = group.side(values[-1])
    while side and run < len(values) and group.side(values[-1 - run]) == side:
        run += 1
    return statistics.median(values[-run:] if run >= MIN_SAMPLES else values)


class Verdict:
    """What is said of one series of n samples: word, the group that is normal, the median of what
    came last; groups: (first, end, Group) of all that the series falls into.
    """

    def __init__(self, metric, values):
        self.n, self.group, self.last, self.word, self.groups = len(values), None, None, TOO_FEW, []
        start, before = 0, []
        for end in range(MIN_GROUP + 1, len(values) + 1):
            if end - start <= MIN_GROUP:
                continue
            cut = max(start + MIN_GROUP, end - WINDOW)
            self.group = Group(values[start:cut], before)
            self.last = median_of_last(values[cut:end], self.group)
            side = 0 if self.last is None else self.group.side(self.last)
            self.word = SUSPECT if self.group.side(values[end - 1]) else NORMAL
            if side:
                better = (side > 0) == HIGHER_IS_BETTER[metric]
                self.word = PROGRESSION if better else REGRESSION
                step = next(i for i in range(cut, end) if self.group.side(values[i]) == side)
                before.append(Group(values[start:step], before))
                self.groups.append((start, step, before[-1]))
                start = step
        if self.word in (PROGRESSION, REGRESSION):
            self.group, self.last = before[-1], statistics.median(values[start:])
        elif self.group:
            self.last = values[-1] if self.last is None else self.last
            self.groups.append((start, len(values), self.group))

    @property
    def change(self):
        return self.last / self.group.average - 1

    def in_words(self, unit):
        if self.group is None:
            return "%d samples; %d are needed" % (self.n, MIN_GROUP + 1)
        scale, name = unit
        return ("%.4g %s, %+.1f %% from %.4g %s (%d samples, sigma %.1f %%, normal within %.1f %%)"
                % (self.last / scale, name, 100 * self.change, self.group.average / scale, name,
                   self.group.n, 100 * self.group.sigma / self.group.average,
                   100 * self.group.margin / self.group.average))


def moved(verdict):
    return verdict.word in (PROGRESSION, REGRESSION)


def judge(samples):
    """Verdicts by key; samples that were too thin to publish take no part."""
    sufficient = [entry for entry in samples if entry.get("sufficient", True)]
    for key, entries in history.series(sufficient).items():
        yield key, Verdict(key[-1], [entry["value"] for entry in entries])


def name_of(key):
    _, suite, size, cores, peer, placement, metric = key
    parts = ["vs-%s-%s-%s" % (suite, size, cores), peer, placement, LABELS[metric]]
    return " ".join(part for part in parts if part)


def report(verdicts, with_peers):
    """Print the verdicts, the worst first, and return the number of regressions of ours."""
    words = (REGRESSION, PROGRESSION, SUSPECT, NORMAL, TOO_FEW)
    ours = [(key, verdict) for key, verdict in verdicts if key[4] == digest.OURS]
    others = [(key, verdict) for key, verdict in verdicts if key[4] != digest.OURS]
    for key, verdict in sorted(ours + (others if with_peers else []),
                               key=lambda row: (words.index(row[1].word), str(row[0]))):
        print("%-11s %s: %s" % (verdict.word, name_of(key), verdict.in_words(UNITS[key[-1]])))
        if verdict.word in (REGRESSION, PROGRESSION) and key[4] == digest.OURS:
            same = {other[4]: theirs.change for other, theirs in others
                    if other[:4] == key[:4] and other[5:] == key[5:] and moved(theirs)
                    and theirs.word == verdict.word}
            for peer, change in sorted(same.items()):
                print("%-11s %s moved by %+.1f %% as well: look at the machine first"
                      % ("", peer, 100 * change))
    counts = {word: sum(1 for _, verdict in ours if verdict.word == word) for word in words}
    print("gate: " + ", ".join("%d %s" % (counts[word], word) for word in words))
    return counts[REGRESSION]


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--history", default=history.default_path(), metavar="FILE")
    parser.add_argument("--fingerprint", metavar="HASH",
                        help="the machine; default: that of the last sample")
    parser.add_argument("--peers", action="store_true", help="show the peers' series as well")
    options = parser.parse_args(arguments)
    try:
        samples, strange = history.read(options.history)
    except Fault as error:
        print("gate: %s" % error, file=sys.stderr)
        return 2
    if strange:
        print("gate: %s: passed over %d lines that are no samples" % (options.history, strange),
              file=sys.stderr)
    if not samples:
        print("gate: no history in %s yet: scripts/bench.sh adds each run" % options.history)
        return 0
    machine = options.fingerprint or samples[-1]["fingerprint"]
    verdicts = list(judge([entry for entry in samples if entry["fingerprint"] == machine]))
    return 1 if report(verdicts, options.peers) else 0


if __name__ == "__main__":
    sys.exit(main())
