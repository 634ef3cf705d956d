# SPDX-License-Identifier: BSD-3-Clause
"""Promise: what is written and read is what the committed schemas say, and nothing else."""

import copy
import json
import os

import jsonschema
import pytest

import sample
from bench import schema, suites
from bench.fault import Fault

EXAMPLE = os.path.join(os.path.dirname(__file__), "data", "run-example.json")
SUITE = suites.SUITES["2vu-eth-l2bdbasemaclrn"]


@pytest.fixture
def call():
    return copy.deepcopy(sample.Maker().call("vsw", SUITE, "64", "mrr"))


@pytest.mark.parametrize("name", ["call", "run"])
def test_schemas_are_draft_7(name):
    with open(os.path.join(schema.DIRECTORY, name + ".json")) as file:
        jsonschema.Draft7Validator.check_schema(json.load(file))


def test_example():
    """It is valid, and what sample.py makes."""
    assert schema.read(EXAMPLE, "run") == sample.run()


@pytest.mark.parametrize("mode", [mode for mode in suites.TYPES if mode != "tcp"])
def test_calls_of_all_modes(mode):
    schema.check("call", sample.Maker().call("ovs", SUITE, "imix", mode), "the call")


DEFECTS = {
    "member missing": (lambda call: call.pop("trials"), "top: 'trials' is a required"),
    "member unknown": (lambda call: call.update(extra=1), "'extra' was unexpected"),
    "complete with an error": (lambda call: call.update(error="no"), "error: 'no' is not"),
    "failed without a word": (lambda call: call.update(complete=False), "error: None is not"),
    "no sums": (lambda call: call["trials"][0].update(sums=[]), "trials/0/sums"),
    "no such placement": (lambda call: call["trials"][0].update(placement="here"), "'here' is not"),
    "negative count": (lambda call: call["trials"][0].update(lost=-1), "trials/0/lost: -1 is less"),
    "counts that are texts": (lambda call: call["trials"][0].update(sent="9"), "trials/0/sent"),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_defects_are_found(call, defect):
    spoil, sentence = DEFECTS[defect]
    schema.check("call", call, "the call")
    spoil(call)
    with pytest.raises(Fault, match="the call is not valid by schema/call.json: ") as fault:
        schema.check("call", call, "the call")
    assert sentence in str(fault.value)


def test_a_run_needs_valid_calls():
    run = sample.run()
    run["cells"][0]["windows"][0]["call"]["mode"] = "guess"
    with pytest.raises(Fault, match="cells/0/windows/0/call"):
        schema.check("run", run, "the run")


def test_nothing_invalid_is_written(tmp_path, call):
    path = str(tmp_path / "call.json")
    with pytest.raises(Fault):
        schema.write(path, "call", {})
    assert os.listdir(tmp_path) == []
    schema.write(path, "call", call)
    assert schema.read(path, "call") == call
    assert os.listdir(tmp_path) == ["call.json"]


@pytest.mark.parametrize("text", ["", "{", "[1]", "{\"schema\": \"vsw-bench-1\"}"])
def test_nothing_invalid_is_read(tmp_path, text):
    path = tmp_path / "call.json"
    path.write_text(text)
    with pytest.raises(Fault, match="call.json"):
        schema.read(str(path), "call")
