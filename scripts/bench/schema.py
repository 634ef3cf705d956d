# SPDX-License-Identifier: BSD-3-Clause
"""
Results on disk: every JSON file is held against its committed schema when read and when written.

    result = schema.read(path, "call")          # scripts/bench/schema/call.json
    schema.write(path, "run", run)              # whole or not at all

Both raise Fault, with one sentence that names the file, the place in it and what is wrong there.
"""

import functools
import json
import os

import jsonschema

from .fault import Fault

DIRECTORY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "schema")


@functools.lru_cache(maxsize=None)
def _load(name):
    with open(os.path.join(DIRECTORY, name + ".json"), encoding="utf-8") as file:
        return json.load(file)


@functools.lru_cache(maxsize=None)
def _validator(name):
    """They refer to each other by $id; nothing is ever fetched."""
    store = {_load(other)["$id"]: _load(other) for other in ("call", "lockstep", "run")}
    resolver = jsonschema.RefResolver.from_schema(_load(name), store=store)
    return jsonschema.Draft7Validator(_load(name), resolver=resolver)


def check(name, value, what):
    """`what` is the value's name in the fault: the path of its file, for example."""
    error = jsonschema.exceptions.best_match(_validator(name).iter_errors(value))
    if error is not None:
        place = "/".join(str(step) for step in error.absolute_path) or "top"
        raise Fault(f"{what} is not valid by schema/{name}.json: {place}: {error.message[:300]}")


def read(path, name):
    try:
        with open(path, encoding="utf-8") as file:
            value = json.load(file)
    except (OSError, ValueError) as error:
        raise Fault(f"{path} cannot be read as JSON: {error}") from None
    check(name, value, path)
    return value


def write(path, name, value):
    check(name, value, path)
    new = f"{path}.{os.getpid()}.new"
    try:
        with open(new, "w", encoding="utf-8") as file:
            json.dump(value, file, separators=(",", ":"))
            file.write("\n")
        os.replace(new, path)
    except OSError as error:
        raise Fault(f"{path} cannot be written: {error.strerror}") from None
