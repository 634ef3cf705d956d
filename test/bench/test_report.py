# SPDX-License-Identifier: BSD-3-Clause
"""The report shows what was measured, and marks what was not."""

import html.parser
import json
import os
import re

import pytest

import example
from bench import history, look, report, schema

BASE = "2vu-eth-l2bdbasemaclrn"


class Text(html.parser.HTMLParser):
    """What a reader sees; ids, links and addresses besides."""

    VOID = {"meta", "br", "link", "img", "hr"}

    def __init__(self, page):
        super().__init__()
        self.words, self.ids, self.links, self.open, self.svgs = [], [], [], [], 0
        self.feed(page)
        assert self.open == []
        self.text = re.sub(r"\s+", " ", " ".join(self.words))

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        assert tag not in ("script", "iframe", "object", "link")
        self.svgs += tag == "svg"
        self.ids += [attributes["id"]] if "id" in attributes else []
        self.links += [attributes[name] for name in ("href", "xlink:href", "src")
                       if name in attributes]
        self.links += re.findall(r"url\(([^)]*)\)", " ".join(value or "" for _, value in attrs))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("style", "title"):
            self.words.append(data)


@pytest.fixture(scope="module")
def earlier(tmp_path_factory):
    path = str(tmp_path_factory.mktemp("bench") / "history.jsonl")
    for day in range(-8, 0):
        run = example.run(seed=day, day=day, rounds=2)
        history.append(path, list(history.samples_of(run)))
    return path


@pytest.fixture(scope="module")
def whole(earlier):
    run = example.run()
    return run, Text(report.render(run, earlier))


@pytest.fixture(scope="module")
def gaps(earlier):
    run = example.run(gaps=True)
    return run, Text(report.render(run, earlier))


def cell_of(run, size, mode="mrr", suite=BASE):
    return next(cell for cell in run["cells"]
                if (cell["size"], cell["mode"], cell["suite"]) == (size, mode, suite))


@pytest.mark.parametrize("with_gaps", [False, True])
def test_the_example_is_a_run(with_gaps):
    schema.check("run", example.run(gaps=with_gaps), "the example")


def test_all_rates_and_ratios_are_in_the_table(whole):
    run, page = whole
    for cell in run["cells"]:
        if cell["mode"] != "mrr":
            continue
        for found in cell["digest"]["peers"].values():
            for placement in ("near", "far"):
                rate = found[placement]
                assert "%s [%s..%s] (%d)" % (
                    look.mpps(rate["median_pps"]), look.mpps(rate["min_pps"]),
                    look.mpps(rate["max_pps"]), rate["windows"]) in page.text
        for compared in cell["digest"]["ratios"].values():
            near = compared["rate"]["near"]
            assert "%s [%s..%s] (%d)" % (
                look.times(near["median"]), look.number(near["min"]), look.number(near["max"]),
                near["pairs"]) in page.text


def test_every_drawing_is_there(whole):
    _, page = whole
    for part in ("ratios", "rates", "macs", "latency", "cycles", "searches", "loss", "others",
                 "history", "table", "drops", "method", "machine"):
        assert part in page.ids, part
    # Ratios, two suites over sizes, MACs, latency, cycles, loss, two of history.
    assert page.svgs == 9


def test_the_machine_and_the_method_are_told(whole):
    run, page = whole
    for words in ("AMD EPYC 9B14", "8c1f03a2",
                  "size kb 2048, total 1024, free 512", "401 /s", "1.70 /s", "2210 µs", "Near",
                  "64 B 71.0 ticks a frame, at most 36.6 Mpps (near)", " ".join(run["command"]),
                  "DPDK 22.11.11", "--nb-cores=1 --forward-mode=io --burst=32", "fe51e9e"):
        assert words in page.text, words


def test_a_whole_run_has_nothing_to_warn_of(whole):
    _, page = whole
    assert "Read with care" not in page.text
    for mark in ("generator-bound", "stall-limited"):
        # In what explains the marks, and nowhere else.
        assert page.text.count(mark) <= 3


def test_the_page_holds_all_it_needs(whole):
    _, page = whole
    assert all(link.startswith("#") and link[1:] in page.ids for link in page.links), page.links
    assert len(page.ids) == len(set(page.ids))


@pytest.mark.parametrize("words", [
    "interrupted after 19 of 24 cells",
    "1 of 5 windows: ovs: ended with signal 11 after 2.1 s; see its log",
    "incomplete: 1 of 5 windows",
    "5 of 5 windows: ovs: ended with signal 11",
    "not run: testpmd has no table for jumbo frames",
    "0 near slices, 10 are needed",
    "insufficient: 0 near slices",
    "5 of 5 windows: the switch may be faster than this",
    "At least ",
    "NDR of 5 searches: says how long the machine stood still",
    "stall-limited (5)",
    "60 misdelivered",
    "does not add up in 20 trials; in the first: switch tx",
    "no near rate: Open vSwitch",
])
def test_each_gap_is_told(gaps, words):
    assert words in gaps[1].text


def test_an_insufficient_ratio_is_no_number(gaps):
    run, page = gaps
    assert cell_of(run, "1518")["digest"]["ratios"]["ovs"]["rate"]["insufficient"]
    table = page.text[page.text.index("All rates"):]
    row = table[table.index("1518 B"):table.index("9000 B")]
    assert row.count("insufficient: 0 near slices") == 3 and row.count("none") == 5


def test_a_run_of_which_nothing_came_is_a_page():
    run = example.run(rounds=1)
    for cell in run["cells"]:
        for window in cell["windows"]:
            window.update(complete=False, error="the switch never answered", call=None,
                          placement="unknown", near=example.NOTHING, far=example.NOTHING)
        cell["digest"] = example.digest.of_cell(cell["windows"])
    run.update(complete=False, error="no window was complete", host=None)
    schema.check("run", run, "the run")
    page = Text(report.render(run))
    assert "No headline" in page.text and "the switch never answered" in page.text
    assert page.svgs == 0
    run.update(cells=[])
    assert "no window was complete" in Text(report.render(run)).text


def test_a_run_as_the_runner_writes_it_is_a_page():
    run = schema.read(os.path.join(os.path.dirname(__file__), "data", "run-example.json"), "run")
    page = Text(report.render(run))
    assert page.svgs > 0 and run["peers"][0]["title"] in page.text


def test_what_names_hold_is_text(whole):
    run = example.run(rounds=1)
    run["peers"][1]["title"] = "<script>alert(1)</script> & $x^2$"
    run["peers"][1]["settings"] = "<b>"
    page = Text(report.render(run))
    assert "<script>alert(1)</script> & $x^2$" in page.text


def test_the_command_writes_the_page(tmp_path, capsys):
    path = tmp_path / "run.json"
    path.write_text(json.dumps(example.run(rounds=1)))
    assert report.main([str(path), "--history", str(tmp_path / "none")]) == 0
    assert capsys.readouterr().out == "%s\n" % (tmp_path / "run.html")
    assert (tmp_path / "run.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["run.html", "run.json"]
    path.write_text("{}")
    assert report.main([str(path)]) == 1
    assert capsys.readouterr().err.startswith("report: %s is not valid" % path)
