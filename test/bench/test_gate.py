# SPDX-License-Identifier: BSD-3-Clause
"""The gate finds a step, and is silent where there is none."""

import os
import random

import pytest

from bench import gate, history

SEED = int(os.environ.get("VSW_TEST_SEED", random.randrange(1 << 30)))
SERIES = 400
# Of so many series 0.4 % at most are something else than they seem: 1.6, and more than 9 hardly
# once in 50000 tests.
CHANCE = 9


@pytest.fixture(autouse=True)
def tell_seed():
    print("VSW_TEST_SEED=%d" % SEED)


def noise(seed, n, level=1e7, share=0.01):
    own = random.Random(SEED + seed)
    return [level * own.gauss(1, share) for _ in range(n)]


def saw(n, level=1e7):
    """The same each time: within 1 % of the level."""
    return [level * (1 + 0.005 * (i * 7 % 5 - 2)) for i in range(n)]


def word(values, metric=history.RATE):
    return gate.Verdict(metric, values).word


@pytest.mark.parametrize("share", [0.001, 0.01, 0.05, 0.15])
@pytest.mark.parametrize("n", [7, 12, 30, 60])
def test_noise_is_not_a_regression(share, n):
    words = [word(noise(seed, n, share=share)) for seed in range(SERIES)]
    assert words.count(gate.REGRESSION) + words.count(gate.PROGRESSION) <= CHANCE


@pytest.mark.parametrize("metric, factor, expected", [
    (history.RATE, 0.9, gate.REGRESSION), (history.RATE, 1.1, gate.PROGRESSION),
    (history.CYCLES, 1.1, gate.REGRESSION), (history.CYCLES, 0.9, gate.PROGRESSION)])
@pytest.mark.parametrize("samples", [2, 3, 5])
def test_a_step_is_found_from_the_second_sample(metric, factor, expected, samples):
    steps = [noise(seed, 20) + noise(seed + SERIES, samples, 1e7 * factor)
             for seed in range(SERIES)]
    # Noise may be a step of its own just before, in 0.2 % of the series; see CHANCE.
    assert [word(values, metric) for values in steps].count(expected) >= SERIES - CHANCE
    first = [word(values[:21], metric) for values in steps]
    assert first.count(gate.SUSPECT) + first.count(gate.NORMAL) >= SERIES - CHANCE


def test_less_than_two_percent_is_no_step_however_steady():
    values = [1000.0 + i % 2 for i in range(20)]
    assert word(values + [985.0] * 3) == gate.NORMAL
    assert word(values + [979.0] * 3) == gate.REGRESSION


def test_one_sample_is_not_enough():
    values = saw(20)
    assert word(values + [5e6]) == gate.SUSPECT
    assert word(values + [5e6, values[0]]) == gate.NORMAL
    assert word(values + [5e6, values[0], 5e6]) == gate.SUSPECT
    # To both sides: that is noise, not a step.
    assert word(values + [5e6, 2e7]) == gate.SUSPECT
    assert word(values + [5e6, 5e6]) == gate.REGRESSION


def test_three_of_five_are_enough_though_not_in_a_row():
    values = saw(20)
    assert word(values + [5e6, 1e7, 5e6, 1e7, 5e6]) == gate.REGRESSION


def test_a_step_is_told_until_five_samples_have_confirmed_it():
    values = [1e7 + i for i in range(10)] + [8e6 + i for i in range(20)]
    words = [word(values[:n]) for n in range(1, len(values) + 1)]
    assert words[:5] == [gate.TOO_FEW] * 5
    assert words[5:10] == [gate.NORMAL] * 5
    assert words[10] == gate.SUSPECT
    assert words[11:15] == [gate.REGRESSION] * 4
    assert words[15:] == [gate.NORMAL] * 15


def test_a_step_back_is_held_against_the_new_group():
    values = saw(12) + saw(12, 8e6) + saw(3)
    verdict = gate.Verdict(history.RATE, values)
    assert verdict.word == gate.PROGRESSION
    assert verdict.group.average == pytest.approx(8e6, rel=0.02)
    assert verdict.change == pytest.approx(0.25, abs=0.03)


@pytest.mark.parametrize("n", range(6))
def test_too_few_samples_say_so(n):
    assert word([1e7] * n) == gate.TOO_FEW
    assert gate.Verdict(history.RATE, [1e7] * n).in_words((1e6, "Mpps"))


def entries(values, **key):
    base = {"fingerprint": "here", "suite": "2vu-eth-l2bdbasemaclrn", "size": "64", "cores": "1c",
            "peer": "vsw", "placement": "near", "metric": history.RATE, **key}
    for i, value in enumerate(values):
        yield {"schema": history.SCHEMA, "started": "2026-11-%02dT18:00:00Z" % (i + 1), "git": "a",
               "dirty": False, **base, "value": value, "min": value, "max": value, "n": 40,
               "sufficient": True}


@pytest.fixture
def run_gate(tmp_path, capsys):
    path = str(tmp_path / "history.jsonl")

    def run(*series, options=()):
        for samples in series:
            history.append(path, list(samples))
        status = gate.main(["--history", path, *options])
        return status, capsys.readouterr().out
    return run


def test_a_regression_fails_and_is_told_with_its_numbers(run_gate):
    status, text = run_gate(entries([1e7 + i for i in range(10)] + [8e6, 8e6]))
    assert status == 1
    assert ("regression  vs-2vu-eth-l2bdbasemaclrn-64-1c vsw near rate: "
            "8 Mpps, -20.0 % from 10 Mpps (10 samples, ") in text
    assert "gate: 1 regression, 0 progression, 0 suspect, 0 normal, 0 too few" in text


def test_normal_series_pass(run_gate):
    status, text = run_gate(entries(saw(12)), entries(saw(3), size="1518"))
    assert status == 0
    assert "1 normal, 1 too few" in text


def test_peers_are_the_control(run_gate):
    slower = [1e7 + i for i in range(10)] + [8e6, 8e6]
    status, text = run_gate(entries(slower, peer="ovs"))
    assert status == 0 and "ovs" not in text
    status, text = run_gate(entries(slower))
    assert status == 1 and "ovs moved by -20.0 % as well: look at the machine first" in text


def test_other_machines_and_thin_samples_take_no_part(run_gate):
    slower = [1e7 + i for i in range(10)] + [8e6, 8e6]
    thin = [{**entry, "sufficient": entry["value"] > 9e6} for entry in entries(slower)]
    status, text = run_gate(entries(slower, fingerprint="there"), thin,
                            options=["--fingerprint", "here"])
    assert status == 0 and "1 normal" in text


def test_no_history_passes_and_says_so(run_gate):
    status, text = run_gate()
    assert status == 0 and "no history" in text


def test_a_history_that_cannot_be_read_is_not_a_pass(tmp_path, capsys):
    assert gate.main(["--history", str(tmp_path)]) == 2
    assert "cannot be read" in capsys.readouterr().err
