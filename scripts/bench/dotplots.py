# SPDX-License-Identifier: BSD-3-Clause
"""The drawings of the report that have a row for each cell, and a mark for each switch."""

from . import digest, figure
from .look import WIDTH, number, size_name, times


def ratio_rows(run):
    """(cell, what, {peer: ratios}) of the rates that were measured side by side."""
    for cell in run["cells"]:
        found = {}
        for peer, compared in cell["digest"]["ratios"].items():
            for what, ratio in compared.items():
                found.setdefault(what, {})[peer] = ratio
        found.pop(digest.CYCLES, None)
        for what, by_peer in found.items():
            yield cell, what, by_peer


def by_suite(run, rows):
    """Rows whose first member is a cell, those of a suite together."""
    order = list(dict.fromkeys(cell["suite"] for cell in run["cells"]))
    return sorted(rows, key=lambda row: order.index(row[0]["suite"]))


class Rows:
    """Rows of a dot plot, downwards, under a heading for each suite."""

    ROW, HEADING, LEFT = 28, 34, 150

    def __init__(self, rows, name_of):
        self.rows, self.name_of = rows, name_of
        self.height = sum(self.ROW for _ in rows) + sum(self.HEADING for _ in self.headings())

    def headings(self):
        for i, (cell, _) in enumerate(self.rows):
            if not i or self.rows[i - 1][0]["suite"] != cell["suite"]:
                yield i

    def figure(self, title, right=150):
        fig, [axes] = figure.new(WIDTH, self.height + 88)
        figure.margins(fig, self.LEFT, right, 44, 44)
        axes.set_ylim(self.height, 0)
        axes.set_yticks([])
        axes.grid(axis="y", visible=False)
        figure.title(axes, title, -self.LEFT / (WIDTH - self.LEFT - right))
        return fig, axes

    def draw(self, axes, draw_row):
        """Calls draw_row(y, cell, entry) for each."""
        y, headings = 0, set(self.headings())
        for i, (cell, entry) in enumerate(self.rows):
            if i in headings:
                y += self.HEADING
                self.text(axes, y - 6, cell["suite"], figure.INK, 0)
            y += self.ROW
            self.text(axes, y - self.ROW / 2, self.name_of(cell, entry), figure.QUIET, 14)
            axes.axhline(y - self.ROW / 2, color=figure.LINE, linewidth=0.6, zorder=0)
            draw_row(y - self.ROW / 2, cell, entry)

    def text(self, axes, y, text, colour, indent):
        axes.annotate(text, (0, y), xycoords=axes.get_yaxis_transform(), va="center",
                      xytext=(indent - self.LEFT, 0), textcoords="offset points", color=colour,
                      fontweight="normal" if indent else "bold")


def dot(axes, look, peer, y, spread, near, full, text):
    """A median with its range."""
    low, middle, high = spread
    colour = look.colour(peer)
    axes.plot([low, high], [y, y], color=colour, linewidth=2 if near else 1, zorder=3,
              solid_capstyle="butt")
    mark, = axes.plot([middle], [y], look.marker(peer), color=colour, zorder=4,
                      markersize=8 if near else 4.5, markeredgewidth=1.4,
                      markerfacecolor=colour if full else figure.PAPER, clip_on=False)
    figure.hover(mark, text)


RATIO_EDGE = 8
RATIO_NAMES = {"rate": "", "ndr": ", NDR", "pdr": ", PDR", "bits_per_second": ", TCP"}


def ratios(run, look):
    """A row a cell: how many times the peer's rate ours is; near full, far small and open."""
    rows = Rows(by_suite(run, [(cell, (what, by_peer))
                               for cell, what, by_peer in ratio_rows(run)]),
                lambda cell, entry: size_name(cell["size"])
                + RATIO_NAMES.get(entry[0], ", " + entry[0]))
    values = [ratio[placement][key] for _, (_, by_peer) in rows.rows for ratio in by_peer.values()
              for placement in digest.PLACEMENTS for key in ("min", "max")
              if ratio[placement]["pairs"]]
    if not values:
        return None
    # What is far beyond would press all others together: it is drawn at the edge.
    low = max(min(values + [0.85]) * 0.95, 1 / RATIO_EDGE)
    high = min(max(values + [1.2]) * 1.05, RATIO_EDGE)
    peers = [peer for peer in look.order if peer != digest.OURS]
    fig, axes = rows.figure("Our rate as a multiple of theirs", 20 + 76 * len(peers))
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    figure.decades(axes.xaxis, low, high, "\u00d7")
    axes.axvline(1, color=figure.QUIET, linewidth=1.4, zorder=1)
    rows.draw(axes, lambda y, cell, entry: draw_ratios(axes, look, y, cell, entry[1]))
    legend(axes, look, peers)
    return figure.svg(fig, "ratios", "Our rate as a multiple of each peer's")


def draw_ratios(axes, look, y, cell, by_peer):
    for peer, ratio in by_peer.items():
        for placement, shift in (("far", 5), ("near", -3)):
            pairs = ratio[placement]
            if not pairs["pairs"]:
                continue
            text = ("%s to %s, %s: %s [%s..%s], %d pairs"
                    % (size_name(cell["size"]), look.title(peer), placement,
                       times(pairs["median"]), times(pairs["min"]), times(pairs["max"]),
                       pairs["pairs"]))
            ends = [min(max(pairs[key], 1 / RATIO_EDGE), RATIO_EDGE)
                    for key in ("min", "median", "max")]
            dot(axes, look, peer, y + shift, ends, placement == "near",
                placement == "near" and not ratio["insufficient"], text)
        value(axes, y, look.number(peer),
              *(("insufficient", figure.WARN) if ratio["insufficient"] else
                (times(ratio["near"]["median"]), look.colour(peer))))


def value(axes, y, column, text, colour):
    """A number at the right of a row; column 1 is the first."""
    axes.annotate(text, (1, y), xycoords=axes.get_yaxis_transform(), va="center", ha="right",
                  xytext=(12 + 76 * column, 0), textcoords="offset points", color=colour,
                  fontsize=figure.SMALL, fontweight="bold")


def legend(axes, look, peers):
    """The names of the switches, above, to the right."""
    x = 0
    for peer in reversed(peers):
        title = look.title(peer)
        axes.annotate(title, (1, 1), xycoords="axes fraction", xytext=(x, 18), ha="right",
                      textcoords="offset points", color=look.colour(peer), fontweight="bold")
        x -= figure.BOLD * len(title) + 14
        axes.plot([1 + (x + 8) / pixels(axes)], [1 + 22 / pixels(axes, 1)], look.marker(peer),
                  color=look.colour(peer), transform=axes.transAxes, clip_on=False, markersize=7)
        x -= 14


def pixels(axes, dimension=0):
    size = axes.figure.get_size_inches()[dimension] * 72
    return axes.get_position().bounds[2 + dimension] * size


def cycles(run, look):
    """A row a cell: busy ticks a frame of those switches that tell them."""
    found = []
    for cell in run["cells"]:
        by_peer = {peer: entry["cycles"] for peer, entry in cell["digest"]["peers"].items()
                   if any(entry["cycles"][placement]["n"] for placement in digest.PLACEMENTS)}
        if by_peer:
            found.append((cell, by_peer))
    if not found:
        return None
    rows = Rows(by_suite(run, found), lambda cell, _: size_name(cell["size"]))
    peers = [peer for peer in look.order if any(peer in row for _, row in found)]
    fig, axes = rows.figure("Busy TSC ticks a frame", 20 + 76 * len(peers))
    ends = [by_peer[peer][placement][end] for _, by_peer in found for peer in by_peer
            for placement in digest.PLACEMENTS if by_peer[peer][placement]["n"]
            for end in ("min", "max")]
    low, high = min(ends) * 0.85, max(ends) * 1.1
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    figure.decades(axes.xaxis, low, high)
    rows.draw(axes, lambda y, cell, by_peer: draw_cycles(axes, look, y, cell, by_peer, peers))
    legend(axes, look, peers)
    return figure.svg(fig, "cycles", "Busy TSC ticks a frame")


def draw_cycles(axes, look, y, cell, by_peer, peers):
    for peer, cycles_ in by_peer.items():
        for placement, shift in (("far", 5), ("near", -3)):
            spread = cycles_[placement]
            if not spread["n"]:
                continue
            text = ("%s, %s, %s: %s ticks a frame [%s..%s], %d trials"
                    % (look.title(peer), size_name(cell["size"]), placement,
                       number(spread["median"]), number(spread["min"]), number(spread["max"]),
                       spread["n"]))
            dot(axes, look, peer, y + shift, (spread["min"], spread["median"], spread["max"]),
                placement == "near", placement == "near", text)
        near = cycles_["near"]
        value(axes, y, peers.index(peer) + 1,
              *((number(near["median"]), look.colour(peer)) if near["n"] else
                ("far only", figure.WARN)))
