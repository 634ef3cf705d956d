# SPDX-License-Identifier: BSD-3-Clause
"""
Drawings that belong to the page they stand in: matplotlib's SVG, with the page's fonts and colours.

    fig, [axes] = figure.new(1000, 320)
    ...
    svg = figure.svg(fig, "rates", "Rate over frame size")

One unit of a drawing is one CSS pixel at full width. Colours are the page's custom properties, so
that a drawing is readable light, dark and printed; hover() gives a mark a text for the pointer.
"""

import io
import re
import xml.etree.ElementTree as ElementTree

import matplotlib
matplotlib.use("svg")
import matplotlib.figure  # noqa: E402  the backend is chosen first
import matplotlib.ticker  # noqa: E402

# Each stands for a custom property of report.css: matplotlib knows only colours.
INK, QUIET, LINE, PAPER, WARN = "#fe0001", "#fe0002", "#fe0003", "#fe0004", "#fe0005"
NAMES = {INK: "--ink", QUIET: "--quiet", LINE: "--line", PAPER: "--paper", WARN: "--warn"}
SERIES = ["#fe01%02x" % number for number in range(6)]
NAMES.update({colour: "--series-%d" % number for number, colour in enumerate(SERIES)})
MARKERS = "osD^vP"

SMALL, NORMAL = 11, 12
BOLD = 8.3  # pixels of a letter of bold text, of normal size
SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
HOVER = "hover:"

STYLE = {
    "svg.fonttype": "none", "text.parse_math": False,
    "font.family": "DejaVu Sans", "font.size": NORMAL,
    "text.color": INK, "axes.edgecolor": LINE, "axes.labelcolor": QUIET, "axes.titlecolor": INK,
    "axes.labelsize": SMALL, "axes.facecolor": "none",
    "axes.spines.top": False, "axes.spines.right": False, "axes.spines.left": False,
    "axes.grid": True, "axes.axisbelow": True, "grid.color": LINE, "grid.linewidth": 0.8,
    "xtick.color": LINE, "ytick.color": LINE, "xtick.labelcolor": QUIET, "ytick.labelcolor": QUIET,
    "xtick.labelsize": SMALL, "ytick.labelsize": SMALL, "ytick.major.size": 0,
    "xtick.minor.size": 0, "ytick.minor.size": 0, "figure.facecolor": "none",
    "lines.solid_capstyle": "round",
}
matplotlib.rcParams.update(STYLE)


def new(width, height, columns=1, rows=1, **shared):
    """A figure of so many pixels, and the list of its axes."""
    fig = matplotlib.figure.Figure(figsize=(width / 72, height / 72), dpi=72)
    return fig, fig.subplots(rows, columns, squeeze=False, **shared).ravel().tolist()


def margins(fig, left, right, top, bottom, **between):
    """In pixels."""
    width, height = fig.get_size_inches() * 72
    fig.subplots_adjust(left=left / width, right=1 - right / width, top=1 - top / height,
                        bottom=bottom / height, **between)


def title(axes, text, x=0, size=NORMAL):
    axes.set_title(text, x=x, loc="left", fontsize=size, fontweight="bold", pad=12, color=INK)


def hover(artist, text):
    artist.set_gid(HOVER + text)
    return artist


def decades(axis, low, high, unit=""):
    """Ticks at round numbers of a logarithmic axis, written as one writes numbers."""
    inside = []
    for factors in ((1, 2, 5), (1, 1.5, 2, 3, 4, 5, 6, 8)):
        if len(inside) < 4:
            places = [factor * 10.0**power for power in range(-9, 12) for factor in factors]
            inside = [place for place in places if low <= place <= high]
    if len(inside) > 9:
        inside = [place for place in inside if "%e" % place < "2"]
    axis.set_major_locator(matplotlib.ticker.FixedLocator(inside))
    axis.set_minor_locator(matplotlib.ticker.NullLocator())
    axis.set_major_formatter(lambda value, _: "%s%s" % (grouped(value), unit))


def grouped(value):
    return "{:,.0f}".format(value).replace(",", "\u2009") if value >= 1000 else "%g" % value


def labels(axes, entries, x, gap=15, **options):
    """Write (y, text, colour) beside the ends of lines, apart from each other: gap in pixels."""
    transform = axes.transData
    ends = sorted((transform.transform((0, y))[1], text, colour) for y, text, colour in entries)
    places = [end[0] for end in ends]
    for _ in range(50):
        for i in range(1, len(places)):
            lack = gap - (places[i] - places[i - 1])
            if lack > 0.1:
                places[i] += lack / 2
                places[i - 1] -= lack / 2
    for place, (_, text, colour) in zip(places, ends):
        y = axes.transAxes.inverted().transform((0, place))[1]
        axes.text(x, y, text, color=colour, transform=axes.transAxes, va="center", **options)


def svg(fig, name, title):
    """The drawing's markup, to be put into a page; name is unique in it."""
    with matplotlib.rc_context({"svg.hashsalt": name}):
        file = io.StringIO()
        fig.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", XLINK)
    root = ElementTree.fromstring(file.getvalue())
    # matplotlib's own style sheet would hold for the whole page; report.css says the same.
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in ("{%s}style" % SVG, "{%s}metadata" % SVG):
                parent.remove(child)
    for element in root.iter():
        clean(element, name)
    for extent in ("width", "height"):
        root.attrib.pop(extent)
    root.set("role", "img")
    root.set("aria-label", title)
    root.set("class", "drawing")
    text = ElementTree.tostring(root, encoding="unicode")
    for colour, variable in NAMES.items():
        text = re.sub(colour, "var(%s)" % variable, text, flags=re.IGNORECASE)
    return re.sub(r"'DejaVu Sans'[^;\"]*", "var(--sans)", text)


def clean(element, name):
    """Names that are unique in the page, and texts for the pointer."""
    own = element.get("id", "")
    if own.startswith(HOVER):
        title = ElementTree.Element("{%s}title" % SVG)
        title.text = own[len(HOVER):]
        element.insert(0, title)
        del element.attrib["id"]
    elif own:
        element.set("id", "%s-%s" % (name, own))
    link = "{%s}href" % XLINK
    if element.get(link, "").startswith("#"):
        element.set(link, "#%s-%s" % (name, element.get(link)[1:]))
    for attribute in ("clip-path", "style"):
        if "url(#" in element.get(attribute, ""):
            element.set(attribute, element.get(attribute).replace("url(#", "url(#%s-" % name))
