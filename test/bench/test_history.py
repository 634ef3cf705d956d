# SPDX-License-Identifier: BSD-3-Clause
"""The history only grows, by whole lines."""

import multiprocessing
import os
import resource

import pytest

import example
from bench import history
from bench.fault import Fault


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "of" / "history.jsonl")


@pytest.fixture(scope="module")
def samples():
    return list(history.samples_of(example.run(rounds=3)))


def test_what_is_appended_is_read_once(path, samples):
    assert history.append(path, samples) == len(samples) > 0
    assert history.append(path, samples) == 0
    assert history.read(path) == (samples, 0)


def test_samples_have_rate_and_cycles_of_each_switch_by_placement(samples):
    found = history.series(samples, suite="2vu-eth-l2bdbasemaclrn", size="64")
    seen = {(key[4], key[5], key[6]) for key in found}
    assert ("vsw", "near", history.RATE) in seen and ("vsw", "near", history.CYCLES) in seen
    assert ("ovs", "near", history.RATE) in seen and ("ovs", "near", history.CYCLES) not in seen
    assert all(entry["git"] == "fe51e9e" and entry["min"] <= entry["value"] <= entry["max"]
               for entry in samples)


def test_thin_and_generator_bound_samples_are_kept_and_marked():
    samples = list(history.samples_of(example.run(gaps=True)))
    bound = history.series(samples, size="64", peer="vsw", metric=history.RATE)
    assert bound and not any(entry["sufficient"] for rows in bound.values() for entry in rows)
    assert not history.series(samples, size="1518", placement="near")


def test_a_run_without_a_machine_leaves_no_samples():
    run = example.run(rounds=1)
    run["host"] = None
    assert not list(history.samples_of(run))


@pytest.mark.parametrize("cut", [1, 40, 200])
def test_a_torn_last_line_costs_only_itself(path, samples, cut):
    history.append(path, samples[:3])
    os.truncate(path, os.path.getsize(path) - cut)
    kept, strange = history.read(path)
    # A line that lacks nothing but its end is whole.
    assert (kept, strange) == ((samples[:3], 0) if cut == 1 else (samples[:2], 1))
    history.append(path, samples[3:6])
    assert history.read(path) == (kept + samples[3:6], strange)


def test_lines_of_others_are_passed_over(path, samples):
    history.append(path, samples[:1])
    with open(path, "a", encoding="utf-8") as file:
        file.write('{"schema": "vsw-sample-2"}\nnull\n[1]\n\n')
    history.append(path, samples[1:2])
    assert history.read(path) == (samples[:2], 3)


def test_a_full_disk_leaves_the_file_as_it_was(path, samples):
    history.append(path, samples[:2])
    size = os.path.getsize(path)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, limits[1]))
    try:
        with pytest.raises(Fault, match="cannot be written.*--history"):
            history.append(path, samples[2:9])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert os.path.getsize(path) == size


def append_one_by_one(path, samples):
    for entry in samples:
        history.append(path, [entry])


def test_writers_at_the_same_time_lose_nothing_and_enter_nothing_twice(path, samples):
    writers = [multiprocessing.Process(target=append_one_by_one, args=(path, samples[:40]))
               for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    kept, strange = history.read(path)
    assert strange == 0
    assert sorted(kept, key=history.identity) == sorted(samples[:40], key=history.identity)


def test_no_file_yet_is_no_history(path):
    assert history.read(path) == ([], 0)


def test_the_file_is_named_by_the_environment(monkeypatch):
    monkeypatch.setenv("VSW_BENCH_HISTORY", "/somewhere/else")
    assert history.default_path() == "/somewhere/else"
    monkeypatch.setenv("VSW_BENCH_HISTORY", "")
    monkeypatch.setenv("HOME", "/home/of")
    assert history.default_path() == "/home/of/.local/share/vhost-switch/bench/history.jsonl"


def test_what_cannot_be_read_is_one_sentence(tmp_path, capsys):
    assert history.main(["--history", str(tmp_path), "list"]) == 1
    assert capsys.readouterr().err.startswith("history: history %s: cannot be read" % tmp_path)
