# SPDX-License-Identifier: BSD-3-Clause
"""
The drawings of the report that have lines, each from a run (schema/run.json) or its history:
markup, or None where there is nothing to draw.
"""

import math
import re
import statistics

from . import digest, figure, gate
from .look import M, WIDTH, mpps, number, size_name


def rate_hover(title, cell, placement, rate):
    return ("%s, %s, %s: %s Mpps [%s..%s], %d slices in %d windows"
            % (title, size_name(cell["size"]), placement, mpps(rate["median_pps"]),
               mpps(rate["min_pps"]), mpps(rate["max_pps"]), rate["slices"], rate["windows"]))


def rates_of(cells, peer, placement):
    """(cell, rate, whether it may be published) of the cells in which that switch has one."""
    for cell in cells:
        found = cell["digest"]["peers"].get(peer)
        if found and found[placement]["median_pps"]:
            enough = found[placement]["slices"] >= digest.NEAR_SLICES_MIN
            yield cell, found[placement], enough, found


def draw_rates(axes, look, cells, place):
    """One line a switch over places: near full, far thin; open marks are insufficient."""
    ends = []
    places = sorted({place(cell) for cell in cells})
    for peer in reversed(look.order):
        for placement in ("far", "near"):
            points = [(place(cell), rate, enough, cell, found)
                      for cell, rate, enough, found in rates_of(cells, peer, placement)]
            if not points:
                continue
            points.sort(key=lambda point: point[0])
            draw_line(axes, look, peer, placement, points, places)
            if placement == "near":
                ends.append((points[-1][1]["median_pps"] / M, look.title(peer), look.colour(peer)))
    return ends


def draw_line(axes, look, peer, placement, points, places):
    colour, near = look.colour(peer), placement == "near"
    # IMIX is no size, and what is missing is not bridged.
    known = {x: rate["median_pps"] / M for x, rate, _, cell, _ in points if cell["size"] != "imix"}
    axes.plot(places, [known.get(x, math.nan) for x in places], color=colour,
              linewidth=look.width(peer) if near else 1, linestyle="-" if near else (0, (1, 2)),
              alpha=1 if near else 0.8, zorder=3 if near else 2)
    for x, rate, enough, cell, found in points:
        middle = rate["median_pps"] / M
        if near:
            axes.plot([x, x], [rate["min_pps"] / M, rate["max_pps"] / M], color=colour,
                      linewidth=1.2, zorder=3)
        mark, = axes.plot([x], [middle], look.marker(peer), color=colour, zorder=4,
                          markersize=7 if near else 4, markeredgewidth=1.4,
                          markerfacecolor=colour if near and enough else figure.PAPER)
        figure.hover(mark, rate_hover(look.title(peer), cell, placement, rate))
        if near and found["generator_bound"]:
            axes.annotate("\u2265", (x, rate["max_pps"] / M), xytext=(0, 6), ha="center",
                          textcoords="offset points", color=figure.WARN, fontweight="bold")


def lacking_near(cell, look):
    peers = cell["digest"]["peers"]
    return [peer for peer in look.order
            if peer not in peers or peers[peer]["near"]["median_pps"] is None]


def draw_lacking(axes, look, cells, place):
    """What is missing near, at the foot of its place."""
    for cell in cells:
        lacking = lacking_near(cell, look)
        text = "\n".join(look.title(peer) for peer in lacking)
        if len(lacking) == len(look.order):
            text = "all"
        if lacking:
            axes.annotate("no near rate:\n" + text, (place(cell), 0), ha="center", va="bottom",
                          xycoords=axes.get_xaxis_transform(), xytext=(0, 5), fontsize=9.5,
                          textcoords="offset points", color=figure.WARN, linespacing=1.25)


def rate_axis(axes, look, cells):
    values = [rate[key] / M for cell in cells for peer in cell["digest"]["peers"]
              for placement in digest.PLACEMENTS
              for _, rate, _, _ in rates_of([cell], peer, placement)
              for key in ("min_pps", "max_pps")]
    low, high = min(values) * 0.8, max(values) * 1.35
    # Room for what draw_lacking() writes.
    rows = max(len(lacking_near(cell, look)) for cell in cells)
    low *= (low / high) ** (0.06 * min(rows + 1, 4) if rows else 0)
    axes.set_yscale("log")
    axes.set_ylim(low, high)
    figure.decades(axes.yaxis, low, high)
    axes.grid(axis="x", visible=False)


def has_rates(cells, look):
    return any(True for peer in look.order for placement in digest.PLACEMENTS
               for _ in rates_of(cells, peer, placement))


def rate_over_size(run, look, suite, name):
    """Mpps, logarithmic: equal ratios have equal distances; sizes side by side."""
    cells = [cell for cell in run["cells"] if cell["suite"] == suite and cell["mode"] == "mrr"]
    if len({cell["size"] for cell in cells}) < 2 or not has_rates(cells, look):
        return None
    sizes = sorted({cell["size"] for cell in cells},
                   key=lambda size: math.inf if size == "imix" else int(size))
    def place(cell):
        # IMIX stands apart.
        return sizes.index(cell["size"]) + (0.4 if cell["size"] == "imix" else 0)

    fig, [axes] = figure.new(WIDTH, 380)
    figure.margins(fig, 44, look.beside(), 40, 44)
    rate_axis(axes, look, cells)
    axes.set_xticks([place({"size": size}) for size in sizes])
    axes.set_xticklabels([size.upper() if size == "imix" else size for size in sizes])
    last = place({"size": sizes[-1]})
    axes.set_xlim(-0.04 * last, 1.03 * last)
    figure.title(axes, "Rate, Mpps")
    axes.set_xlabel("Frame size with FCS, bytes")
    ends = draw_rates(axes, look, cells, place)
    draw_lacking(axes, look, cells, place)
    figure.labels(axes, ends, 1.015, fontweight="bold")
    return figure.svg(fig, name, "Rate over frame size of suite " + suite)


SCALE = re.compile(r"l2bd(base|scale\w+?)maclrn")


def rate_over_macs(run, look):
    """(title, markup) for each set of suites that differ in nothing but the number of MACs."""
    groups = {}
    for cell in run["cells"]:
        if cell["mode"] == "mrr" and SCALE.search(cell["suite"]):
            key = SCALE.sub("l2bd...maclrn", cell["suite"]), cell["size"], cell["cores"]
            groups.setdefault(key, []).append(cell)
    for number_, ((suite, size, _), cells) in enumerate(groups.items()):
        counts = sorted({cell["config"]["macs"] for cell in cells})
        if len(counts) < 2 or not has_rates(cells, look):
            continue
        fig, [axes] = figure.new(WIDTH, 340)
        figure.margins(fig, 44, look.beside(), 40, 44)
        rate_axis(axes, look, cells)
        axes.set_xscale("log")
        axes.set_xticks(counts)
        axes.set_xticklabels([figure.grouped(count) for count in counts])
        axes.minorticks_off()
        figure.title(axes, "Rate, Mpps")
        axes.set_xlabel("Source MAC addresses, all ports together")
        ends = draw_rates(axes, look, cells, lambda cell: cell["config"]["macs"])
        draw_lacking(axes, look, cells, lambda cell: cell["config"]["macs"])
        figure.labels(axes, ends, 1.015, fontweight="bold")
        yield ("%s, %s" % (suite, size_name(size)),
               figure.svg(fig, "macs-%d" % number_, "Rate over number of MAC addresses"))


PERCENTILES = {"p50_ns": 0.5, "p90_ns": 0.9, "p99_ns": 0.99, "p999_ns": 0.999,
               "p9999_ns": 0.9999}


def percentile_points(entry):
    """(share, ns) in rising order; the largest of n frames is at 1 - 1/n."""
    points = {share: entry[key] for key, share in PERCENTILES.items() if key in entry}
    if entry["n"]:
        points[1 - 1 / entry["n"]] = entry["max_ns"]
    return sorted((share, ns) for share, ns in points.items() if 0 < share < 1)


def latency_windows(cell, peer, load):
    for window in cell["windows"]:
        if window["peer"] == peer and window["complete"]:
            for entry in window["call"]["results"].get("latency", ()):
                if entry["load_percent"] == load:
                    yield entry


def latency(cell, look, name):
    """Microseconds over percentile as HdrHistogram draws it: each nine has the same width. Each
    window is a thin line, the median window by p99 a heavy one; one panel for each load.
    """
    loads = sorted({entry["load_percent"] for window in cell["windows"] if window["complete"]
                    for entry in window["call"]["results"].get("latency", ())})
    if not loads:
        return None
    columns = min(len(loads), 2)
    rows = -(-len(loads) // columns)
    fig, panels = figure.new(WIDTH, 40 + 290 * rows, columns, rows, sharey=True, sharex=True)
    figure.margins(fig, 56, look.beside(), 40, 30, wspace=0.08, hspace=0.24)
    for i, axes in enumerate(panels):
        if i >= len(loads):
            axes.set_axis_off()
            continue
        ends = draw_latency(axes, cell, look, loads[i])
        axes.tick_params(labelbottom=True)
        if i % columns == 0:
            axes.set_ylabel("Microseconds, one way")
        if i % columns == columns - 1:
            figure.labels(axes, ends, 1.03, fontweight="bold")
    return figure.svg(fig, name, "Latency by percentile")


def load_name(percent):
    """0 stands for CSIT's floor."""
    return "%g %% of PDR" % percent if percent else "9 kpps each way"


def draw_latency(axes, cell, look, load):
    ends = []
    axes.set_yscale("log")
    for peer in reversed(look.order):
        entries = sorted(latency_windows(cell, peer, load), key=lambda entry: entry["p99_ns"])
        for i, entry in enumerate(entries):
            points = percentile_points(entry)
            middle = i == len(entries) // 2
            nines, us = zip(*((-math.log10(1 - share), ns / 1e3) for share, ns in points))
            axes.plot(nines, us, color=look.colour(peer), alpha=1 if middle else 0.35,
                      linewidth=look.width(peer) if middle else 0.8, zorder=3)
            if middle:
                ends.append((us[-1], look.title(peer), look.colour(peer)))
                for nine, (share, ns) in zip(nines, points):
                    mark, = axes.plot([nine], [ns / 1e3], look.marker(peer), markersize=4.5,
                                      color=look.colour(peer), zorder=4)
                    figure.hover(mark, "%s at %s, %.7g %%: %s \u00b5s (%s)"
                                 % (look.title(peer), load_name(load), 100 * share,
                                    number(ns / 1e3), entry.get("placement", "placement unknown")))
    figure.decades(axes.yaxis, *axes.get_ylim())
    ticks = {-math.log10(0.5): "50 %", **{n: "%.*f" % (max(n - 2, 0), 100 - 10.0**(2 - n))
                                          for n in range(1, 8)}}
    shown = [tick for tick in ticks if tick <= axes.get_xlim()[1]]
    axes.set_xticks(shown, [ticks[tick] for tick in shown])
    figure.title(axes, load_name(load))
    return ends


def losscurves(run, look):
    """(title, markup) of each cell with a loss curve: the median window of each switch."""
    for cell in run["cells"]:
        found = {}
        for window in cell["windows"]:
            curve = window["complete"] and window["call"]["results"].get("losscurve")
            if isinstance(curve, list) and curve:
                found.setdefault(window["peer"], []).append(curve)
        if found:
            yield cell["name"], losscurve(cell, look, found)


def losscurve(cell, look, found):
    fig, [axes] = figure.new(WIDTH, 300)
    figure.margins(fig, 44, look.beside() / 2, 40, 44)
    for peer, curves in found.items():
        drawn = []
        for curve in curves:
            points = sorted((entry["load_pps"] / M, 100 * entry["loss_ratio"]) for entry in curve)
            drawn.append(points)
            axes.plot(*zip(*points), color=look.colour(peer), marker=look.marker(peer),
                      markersize=4, linewidth=1.2, alpha=0.8)
        x, y = max(points[-1] for points in drawn)
        axes.annotate(look.title(peer), (x, y), xytext=(0, 9), textcoords="offset points",
                      ha="center", color=look.colour(peer), fontweight="bold")
    axes.set_ylim(bottom=0, top=axes.get_ylim()[1] * 1.1)
    figure.title(axes, "Frames lost, %")
    axes.set_xlabel("Offered load, Mpps")
    return figure.svg(fig, "loss-" + cell["name"], "Loss over offered load")


def history_panels(series, metric):
    """Small multiples of our near series, oldest to newest run, with what the gate calls normal."""
    panels = [(key, entries) for key, entries in series if len(entries) > 1 and key[-1] == metric]
    if not panels:
        return None
    columns = 3
    rows = -(-len(panels) // columns)
    fig, every = figure.new(WIDTH, 46 + 130 * rows, columns, rows)
    figure.margins(fig, 8, 52, 40, 22, hspace=0.62, wspace=0.3)
    for axes, (key, entries) in zip(every, panels):
        draw_history(axes, key, entries)
    for axes in every[len(panels):]:
        axes.set_axis_off()
    return figure.svg(fig, "history-" + metric, "Earlier runs on this machine")


def draw_history(axes, key, entries):
    scale, unit = gate.UNITS[key[-1]]
    colour = figure.SERIES[0]
    values = [entry["value"] / scale for entry in entries]
    verdict = gate.Verdict(key[-1], [entry["value"] for entry in entries])
    for start, end, group in verdict.groups:
        low, high = ((group.average + sign * group.margin) / scale for sign in (-1, 1))
        axes.fill_between([start - 0.4, end - 0.6], low, high, color=figure.LINE, alpha=0.6,
                          linewidth=0, zorder=0)
    for x, entry in enumerate(entries):
        axes.plot([x, x], [entry["min"] / scale, entry["max"] / scale], color=colour, linewidth=1,
                  alpha=0.6)
        mark, = axes.plot([x], [values[x]], "o", color=colour, markersize=4,
                          markerfacecolor=colour if entry["sufficient"] else figure.PAPER)
        figure.hover(mark, "%s, %s: %s %s [%s..%s]"
                     % (entry["started"], entry["git"], number(values[x]), unit,
                        number(entry["min"] / scale), number(entry["max"] / scale)))
    axes.plot(values, color=colour, linewidth=1)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.grid(False)
    middle = statistics.median(values)
    axes.set_ylim(min([entry["min"] / scale for entry in entries] + [middle / 1.2]),
                  max([entry["max"] / scale for entry in entries] + [middle * 1.2]))
    bad = verdict.word == gate.REGRESSION
    figure.title(axes, "%s, %s" % (key[1], size_name(key[2])), size=figure.SMALL)
    axes.annotate(number(values[-1]), (len(values) - 1, values[-1]), xytext=(8, 0), va="center",
                  textcoords="offset points", fontweight="bold",
                  color=figure.WARN if bad else colour)
    axes.set_xlabel("%s, %d runs: %s" % (unit, len(values), verdict.word), loc="left",
                    color=figure.WARN if bad else figure.QUIET)
