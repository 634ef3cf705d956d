#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""One HTML file that shows a run: drawings, tables, the machine and the method.

    python3 -m bench.report RUN.json [-o FILE.html] [--history FILE]

The page holds all it needs: no script, nothing fetched. What is incomplete, insufficient,
generator-bound or stall-limited is marked where it stands and named at the top.
"""

import argparse
import os
import sys

import jinja2

from . import digest, dotplots, history, lockstep, look, plots, schema
from .fault import Fault

DIRECTORY = os.path.dirname(os.path.abspath(__file__))
HERO_SIZES = ("64", "imix", "1518")
COUNTS = ("lost", "duplicated", "reordered", "corrupted", "misdelivered", "strange")
# Any of these fails a trial: the switch is wrong, not slow.
FAULTS = COUNTS[1:5]


def cells_at_full_load(run):
    return [cell for cell in run["cells"] if cell["mode"] == "mrr"]


def suites(run):
    """Suites measured at full load, in the order of the run."""
    return list(dict.fromkeys(cell["suite"] for cell in cells_at_full_load(run)))


def calls(cell, peer=None):
    for window in cell["windows"]:
        if window["call"] and peer in (None, window["peer"]):
            yield window["call"]


def trials(cell, peer):
    for call in calls(cell, peer):
        yield from digest.measured(call)


def heroes(run):
    """The first suite's figures of three sizes, for the top of the page."""
    first = suites(run)[:1]
    cells = {cell["size"]: cell for cell in cells_at_full_load(run) if cell["suite"] in first}
    for size in [size for size in HERO_SIZES if size in cells] or list(cells)[:1]:
        cell = cells[size]
        yield {"cell": cell, "found": cell["digest"]["peers"].get(digest.OURS),
               "ratios": rate_ratios(cell)}


def rate_ratios(cell):
    """peer -> ratios of the rate."""
    return {peer: compared["rate"] for peer, compared in cell["digest"]["ratios"].items()
            if "rate" in compared}


def cycle_ratios(run):
    """(cell, peer, our spread, theirs, ratios) of the ticks a frame."""
    for cell in run["cells"]:
        found = cell["digest"]["peers"]
        for peer, compared in cell["digest"]["ratios"].items():
            if digest.CYCLES in compared:
                yield (cell, peer, found[digest.OURS]["cycles"], found[peer]["cycles"],
                       compared[digest.CYCLES])


def missing(cell, peer):
    """Why there are no figures of a switch in a cell, in a sentence; None if there are."""
    if peer in cell["skipped"]:
        return "not run: " + cell["skipped"][peer]
    own = [window for window in cell["windows"] if window["peer"] == peer]
    if not own:
        return "not run"
    if not any(window["complete"] for window in own):
        return own[-1]["error"]
    return None


def searches(run):
    """(cell, goal, peer, figure, bounds) of each NDR and PDR."""
    for cell in run["cells"]:
        for goal in ("ndr", "pdr"):
            for peer, found in cell["digest"]["peers"].items():
                bounds = [call["results"][goal] for call in calls(cell, peer)
                          if goal in call["results"]]
                if bounds:
                    yield cell, goal, peer, found["figures"].get(goal), bounds


def other_figures(run):
    """(cell, name, figure by peer) of what the remaining modes found."""
    for cell in run["cells"]:
        if cell["mode"] in ("mrr", "search", "latency"):
            continue
        by_name = {}
        for peer, found in cell["digest"]["peers"].items():
            for name, entry in found["figures"].items():
                by_name.setdefault(name, {})[peer] = entry
        for name, by_peer in by_name.items():
            yield cell, name, by_peer


def drops(run):
    """(peer, name, frames, share of the received, cell with the highest share, its share)."""
    found = {}  # (peer, name) -> [(frames, received, cell)]
    for cell in run["cells"]:
        for peer in cell["digest"]["peers"]:
            total, received = {}, 0
            for trial in trials(cell, peer):
                if trial["switch"]:
                    received += trial["switch"]["rx"]
                    for name, frames in trial["switch"]["drops"].items():
                        total[name] = total.get(name, 0) + frames
            for name, frames in total.items():
                if frames:
                    found.setdefault((peer, name), []).append((frames, max(received, 1), cell))
    for (peer, name), rows in found.items():
        frames = sum(row[0] for row in rows)
        worst = max(rows, key=lambda row: row[0] / row[1])
        yield (peer, name, frames, frames / sum(row[1] for row in rows), worst[2]["name"],
               worst[0] / worst[1])


def gathered(warnings_):
    """(what, sentence, [where]), those first that say that the switch is wrong."""
    found = {}
    for what, sentence, where in warnings_:
        found.setdefault((what, sentence), []).append(where)
    order = ("wrong frames", "sums", "incomplete", "insufficient", "generator-bound",
             "stall-limited")
    for (what, sentence), wheres in sorted(found.items(), key=lambda e: order.index(e[0][0])):
        yield what, sentence, wheres


def warnings(run, looks):
    """(what, sentence, where) of all that keeps a figure from being read as it stands."""
    if not run["complete"]:
        yield "incomplete", run["error"], "the run"
    for cell in run["cells"]:
        for peer, found in cell["digest"]["peers"].items():
            for what, sentence in cell_warnings(cell, peer, found):
                yield what, sentence, "%s in %s" % (looks.title(peer), cell["name"])


def cell_warnings(cell, peer, found):
    counts = {name: sum(trial[name] for trial in trials(cell, peer)) for name in FAULTS}
    wrong = ["%d %s" % (count, name) for name, count in counts.items() if count]
    if wrong:
        yield "wrong frames", ", ".join(wrong)
    sums = [trial["sums"] for trial in trials(cell, peer) if isinstance(trial["sums"], list)]
    if sums:
        yield "sums", ("what was sent and received does not add up in %d trials; in the first: %s"
                       % (len(sums), "; ".join(sums[0])))
    if found["incomplete"]:
        errors = dict.fromkeys(window["error"] for window in cell["windows"]
                               if window["peer"] == peer and not window["complete"])
        yield "incomplete", ("%d of %d windows: %s"
                             % (found["incomplete"], found["windows"], "; ".join(errors)))
    if cell["mode"] == "mrr" and found["insufficient"] and found["incomplete"] < found["windows"]:
        yield "insufficient", ("%d near slices, %d are needed"
                               % (found["near"]["slices"], digest.NEAR_SLICES_MIN))
    if found["generator_bound"]:
        yield "generator-bound", ("%d of %d windows: the switch may be faster than this"
                                  % (found["generator_bound"], found["windows"]))
    limited = [goal for goal in ("ndr", "pdr") for call in calls(cell, peer)
               if call["results"].get(goal, {}).get("stall_limited")]
    if limited:
        yield "stall-limited", ("%s of %d searches: says how long the machine stood still, not "
                                "what the switch can do"
                                % (" and ".join(sorted(set(limited))).upper(), len(limited)))


def gbits(cell, pps):
    """At layer 2, FCS included."""
    size = look.BYTES_OF_IMIX if cell["size"] == "imix" else int(cell["size"])
    return "-" if pps is None else look.number(pps * size * 8 / 1e9)


def flat(facts, prefix=""):
    """Nested facts as (name, value)."""
    for name, value in facts.items():
        name = (prefix + " " + name).strip().replace("_", " ")
        if isinstance(value, dict):
            yield from flat(value, name)
        elif isinstance(value, list):
            yield name, "; ".join(", ".join("%s %s" % pair for pair in flat(entry))
                                  if isinstance(entry, dict) else str(entry) for entry in value)
        elif isinstance(value, bool):
            yield name, "yes" if value else "no"
        elif value not in (None, ""):
            yield name, value


def jitter(run):
    """(CPU, gaps over 20 us a second, over 200 us, the longest in us or None)."""
    found = run["host"] and run["host"]["jitter"]
    for entry in found if isinstance(found, list) else ():
        yield (entry["cpu"], *(entry["stalls_%dus" % limit] / (entry["seconds"] or 1)
                               for limit in (20, 200)), entry.get("longest_us"))


def earlier(run, path):
    """Our series on this machine, near or without placement, this run's samples as the newest."""
    samples = history.read(path)[0] if path else []
    known = {history.identity(entry) for entry in samples}
    samples += [entry for entry in history.samples_of(run)
                if history.identity(entry) not in known]
    machine = run["host"] and run["host"]["fingerprint"]
    found = history.series([entry for entry in samples if entry["placement"] in ("near", None)],
                           fingerprint=machine, peer=digest.OURS)
    # What this run did not measure is not shown.
    order = [(cell["suite"], cell["size"]) for cell in run["cells"]]
    order += [(suite, size) for suite, size, _ in lockstep.points(run.get("lockstep"))]
    return sorted((entry for entry in found.items() if entry[0][1:3] in order),
                  key=lambda entry: order.index(entry[0][1:3]))


def context(run, history_path):
    """All that the template shows."""
    looks = look.Look(run)
    return {
        "run": run, "look": looks, "ours": digest.OURS, "css": read("report.css"),
        "heroes": list(heroes(run)), "warnings": list(gathered(warnings(run, looks))),
        "cells": cells_at_full_load(run), "rate_ratios": rate_ratios, "missing": missing,
        "gbits": gbits,
        "searches": list(searches(run)), "other_figures": list(other_figures(run)),
        "drops": list(drops(run)), "ratios": dotplots.ratios(run, looks),
        "rates": [(suite, svg) for number, suite in enumerate(suites(run))
                  for svg in [plots.rate_over_size(run, looks, suite, "rates-%d" % number)] if svg],
        "macs": list(plots.rate_over_macs(run, looks)),
        "latencies": [(cell, svg) for number, cell in enumerate(run["cells"])
                      for svg in [plots.latency(cell, looks, "latency-%d" % number)] if svg],
        "losscurves": list(plots.losscurves(run, looks)),
        "cycles": dotplots.cycles(run, looks), "cycle_ratios": list(cycle_ratios(run)),
        "histories": [svg for metric in (history.RATE, history.CYCLES, history.LOCKSTEP)
                      for svg in [plots.history_panels(earlier(run, history_path), metric)]
                      if svg],
        "facts": list(flat(run["host"]["facts"])) if run["host"] else [],
        "jitter": list(jitter(run)),
        "selftests": run.get("selftests", ()),
        "near_least": digest.NEAR_SLICES_MIN,
        "lockstep": [(suite, size, lockstep.spread(point))
                     for suite, size, point in lockstep.points(run.get("lockstep"))],
    }


def read(name):
    with open(os.path.join(DIRECTORY, name), encoding="utf-8") as file:
        return file.read()


def render(run, history_path=None):
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    environment.filters.update(mpps=look.mpps, number=look.number, size=look.size_name,
                               times=look.times, figure=look.with_unit, span=look.span,
                               grouped=look.grouped)
    # The first line is the file's licence.
    template = read("report.html.j2").partition("\n")[2]
    page = environment.from_string(template).render(context(run, history_path))
    return page.lstrip() + "\n"


def write(path, run, history_path=None):
    page = render(run, history_path)
    new = "%s.%d.new" % (path, os.getpid())
    try:
        with open(new, "w", encoding="utf-8") as file:
            file.write(page)
        os.replace(new, path)
    except OSError as error:
        raise Fault("report %s cannot be written: %s" % (path, error.strerror)) from None


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("run", metavar="RUN.json")
    parser.add_argument("-o", "--output", metavar="FILE.html", help="default: beside RUN.json")
    parser.add_argument("--history", default=history.default_path(), metavar="FILE")
    options = parser.parse_args(arguments)
    output = options.output or os.path.splitext(options.run)[0] + ".html"
    try:
        write(output, schema.read(options.run, "run"), options.history)
    except Fault as error:
        print("report: %s" % error, file=sys.stderr)
        return 1
    print(output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
