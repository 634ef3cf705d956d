# SPDX-License-Identifier: BSD-3-Clause
"""
Promise: what happens to frames between generator and judge, vsw-bench finds, and counts exactly.

    vsw-bench -- v0 .. v2 [switch] v3 .. v5 -- meddler        port n of both is in VLAN 10 + n
"""

import pytest

import lab

PORTS = 3
# Other work on the machine may hold a frame up beyond the end of its trial.
ATTEMPTS = 8


@pytest.fixture(scope="module")
def switch():
    with lab.running([f",vlan={10 + number % PORTS}" for number in range(2 * PORTS)]) as switch:
        yield switch


def measure(switch):
    """Returns the exit code, what it has said, and the trials."""
    done = lab.call(switch.directory, *lab.sockets(switch, range(PORTS)), "--pattern", "mesh",
                    "--flows", "1", "--load", "closed:64", "--trial-s", "0.2")
    return done.code, done.text, done.result["trials"]


def expected(done):
    """What the judge finds if the meddler has done this, and nobody else anything."""
    lost = done["drop"] + done["redirect"] + done["corrupt"]
    return {"sent": done["frames"], "received": done["frames"] - lost, "lost": lost,
            "duplicated": done["duplicate"], "reordered": done["swap"],
            "corrupted": done["corrupt"], "misdelivered": done["redirect"], "strange": 0}


def found(trial):
    return {key: trial[key] for key in ("sent", "received", "lost", "duplicated", "reordered",
                                        "corrupted", "misdelivered", "strange")}


def until_quiet(switch, faults, check):
    """Measure until no frame is late; check() sees each attempt. Returns the exact trials."""
    pairs = None
    for _ in range(ATTEMPTS):
        rounds = []
        with lab.meddling(switch, range(PORTS, 2 * PORTS), faults, rounds):
            code, text, trials = measure(switch)
        check(code, text)
        if len(trials) != len(rounds):
            continue  # of a trial nothing came
        pairs = [(found(trial), expected(done)) for trial, done in zip(trials, rounds)]
        for judged, did in pairs:
            assert judged["lost"] >= did["lost"] or judged["sent"] > did["sent"]
            for key in ("duplicated", "reordered", "corrupted", "misdelivered", "strange"):
                assert judged[key] <= did[key], (judged, did)
        exact = [judged for judged, did in pairs if judged == did]
        if exact:
            return exact
    raise AssertionError(f"never exact: {pairs}")


def test_loss_is_counted(switch):
    def check(code, text):
        assert (code, text) == (0, "")
    for judged in until_quiet(switch, ["--drop", "50"], check):
        assert judged["lost"] > 0


def test_what_discredits_a_switch_is_counted(switch):
    """And ends the measurement with a sentence."""
    def check(code, text):
        assert code == 1
        assert "the switch is broken" in text
    faults = ["--drop", "50", "--redirect", "45", "--duplicate", "77", "--corrupt", "91",
              "--swap", "33"]
    for judged in until_quiet(switch, faults, check):
        assert min(judged[key] for key in ("lost", "duplicated", "reordered", "corrupted",
                                           "misdelivered")) > 0


def test_an_honest_relay_harms_nothing(switch):
    def check(code, text):
        assert (code, text) == (0, "")
    for judged in until_quiet(switch, [], check):
        assert judged["lost"] == 0
