# SPDX-License-Identifier: BSD-3-Clause
"""A run as text, for the terminal: medians, spread, ratios."""

from . import digest, lockstep

NAMES = {digest.CYCLES: "ticks/frame"}
SCALES = {"pps": (1e6, "Mpps"), "ns": (1e3, "us"), "bit/s": (1e6, "Mbit/s")}


def _named(figure, unit):
    """The name of a figure with its unit, and what to divide it by."""
    scale, text = SCALES.get(unit, (1.0, unit))
    return (figure if scale == 1 and figure.endswith(text) else f"{figure} {text}"), scale


def of_figure(figure, unit, value):
    """One value of it, in words."""
    name, scale = _named(figure, unit)
    return f"{name} {_short(value / scale)}"


def _short(value):
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _range(median, least, greatest, count, scale=1.0, text="{:.2f}".format):
    if median is None:
        return "-"
    middle, low, high = (text(value / scale) for value in (median, least, greatest))
    return f"{middle} [{low}..{high}] ({count})"


def _rate(rate):
    return _range(rate["median_pps"], rate["min_pps"], rate["max_pps"], rate["slices"], 1e6)


def _ratio(compared, placement):
    ratio = compared[placement]
    return _range(ratio["median"], ratio["min"], ratio["max"], ratio["pairs"])


def _spread(spread, scale=1.0):
    return _range(spread["median"], spread["min"], spread["max"], spread["n"], scale, _short)


def _columns(rows):
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip()
            for row in rows]


def _rate_rows(found):
    yield "switch", "near Mpps", "far Mpps", "ticks/frame near", "far", ""
    for name, peer in found["peers"].items():
        notes = ["insufficient"] * peer["insufficient"] + \
            ["generator-bound"] * (peer["generator_bound"] > 0) + \
            [f"{peer['incomplete']} incomplete"] * (peer["incomplete"] > 0)
        yield (name, _rate(peer["near"]), _rate(peer["far"]), _spread(peer["cycles"]["near"]),
               _spread(peer["cycles"]["far"]), ", ".join(notes))


def _figure_rows(found):
    yield "switch", "figure", "near", "far", "mixed"
    for name, peer in found["peers"].items():
        for figure, values in peer["figures"].items():
            named, scale = _named(figure, values["unit"])
            yield (name, named,
                   *(_spread(values[placement], scale) for placement in ("near", "far", "mixed")))


def _ratio_rows(found):
    yield digest.OURS + " divided by", "of", "near", "far", ""
    for name, ratios in found["ratios"].items():
        for what, compared in ratios.items():
            yield (name, NAMES.get(what, what), _ratio(compared, "near"), _ratio(compared, "far"),
                   "insufficient" if compared["insufficient"] else "")


def of_cell(cell):
    """Lines."""
    lines = [cell["name"] + (f"   ({cell['note']})" if cell["note"] else "")]
    for rows in (_rate_rows if cell["mode"] == "mrr" else _figure_rows, _ratio_rows):
        rows = list(rows(cell["digest"]))
        if len(rows) > 1:
            lines += ["    " + line for line in _columns(rows)]
    lines += [f"    {name} takes no part: {why}" for name, why in cell["skipped"].items()]
    return lines


def of_lockstep(result):
    """Lines."""
    if not result:
        return []
    rows = [("lock-step", "ticks/frame: least of the runs [least..greatest] (runs)")]
    rows += [(f"{suite}-{size}b", _spread(lockstep.spread(point)))
             for suite, size, point in lockstep.points(result)]
    return ["", *("    " + line for line in _columns(rows))]


def of_selftests(found):
    """A line."""
    words = [f"{own['size']}: {own['ticks_per_frame']:.0f} ticks a frame, at most "
             f"{own['mpps']:.1f} Mpps ({own['placement']})" for own in found]
    return ["", "generator on bare rings, " + "; ".join(words)] if words else []


def of_run(run):
    lines = of_lockstep(run.get("lockstep"))
    for cell in run["cells"]:
        lines += ["", *of_cell(cell)]
    lines += of_selftests(run.get("selftests", ()))
    if any(cell["mode"] == "mrr" for cell in run["cells"]):
        lines += ["", "Mpps: median of windows [min..max] (100 ms slices); ratios: median "
                  "[min..max] (pairs of windows of one round).",
                  "ticks/frame: busy ticks of the time stamp counter, by each switch's own counters "
                  "(trials); less is better.",
                  f"insufficient: fewer than {digest.NEAR_SLICES_MIN} near slices."]
    return lines
