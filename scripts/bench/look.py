# SPDX-License-Identifier: BSD-3-Clause
"""How switches and figures look: one name, colour and mark for each switch, three digits."""

import math

from . import digest, figure

M = 1e6
WIDTH = 1000  # of a drawing; that of the page's text, in report.css
BYTES_OF_IMIX = (28 * 64 + 16 * 570 + 4 * 1518) / 48


class Look:
    """How each switch is drawn: ours in the first colour, and heavier."""

    def __init__(self, run):
        self.titles = {peer["name"]: peer["title"] for peer in run["peers"]}
        self.order = list(self.titles)

    def number(self, peer):
        return self.order.index(peer) if peer in self.order else len(self.order)

    def colour(self, peer):
        return figure.SERIES[self.number(peer) % len(figure.SERIES)]

    def marker(self, peer):
        return figure.MARKERS[self.number(peer) % len(figure.MARKERS)]

    def width(self, peer):
        return 2.6 if peer == digest.OURS else 1.6

    def title(self, peer):
        return self.titles.get(peer, peer)

    def beside(self):
        """Room for the longest title at the end of a line, in pixels."""
        return 24 + figure.BOLD * max(map(len, self.titles.values()))


def mpps(pps):
    return number(pps / M)


def number(value):
    """Three digits."""
    if value is None or not math.isfinite(value):
        return "-"
    if value == 0:
        return "0"
    places = max(0, 2 - math.floor(math.log10(abs(value))))
    return "%.*f" % (places, value) if abs(value) < 9999.5 else grouped(value)


def grouped(value):
    return figure.grouped(value)


def size_name(size):
    return "IMIX" if size == "imix" else "%s B" % size


def times(ratio):
    return number(ratio) + "\u00d7"


SCALES = {"pps": ((1e6, "Mpps"), (1e3, "kpps"), (1, "pps")),
          "bit/s": ((1e9, "Gbit/s"), (1e6, "Mbit/s"), (1, "bit/s")),
          "s": ((1, "s"), (1e-3, "ms"), (1e-6, "\u00b5s")),
          "ns": ((1e6, "ms"), (1e3, "\u00b5s"), (1, "ns"))}


def scale_of(value, unit):
    """(divisor, unit) that give a figure one to three digits before the point."""
    scales = SCALES.get(unit, ((1, unit),))
    return next((entry for entry in scales if abs(value or 0) >= entry[0]), scales[-1])


def with_unit(value, unit):
    scale, name = scale_of(value, unit)
    return ("%s %s" % (number(value / scale), name)).strip()


def span(spread, unit):
    """The range of a spread, in the unit of its median, and how many it is of."""
    scale, _ = scale_of(spread["median"], unit)
    return "[%s..%s] (%d)" % (number(spread["min"] / scale), number(spread["max"] / scale),
                              spread["n"])
