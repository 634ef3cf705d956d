#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Keep what earlier runs measured: one sample a line, in a file that only grows.

    python3 -m bench.history [--history FILE] add RUN.json...   enter the samples of a run, once
    python3 -m bench.history [--history FILE] list              one line for each series

FILE is $VSW_BENCH_HISTORY, or history.jsonl in ~/.local/share/vhost-switch/bench. A sample is a
median over one placement in one run, or the least of a run in lock-step; `sufficient` is false
where it is too thin to be compared, or where the generator may have been the limit. Samples make a
series when all of KEY agree: figures of different machines are never compared.
"""

import argparse
import fcntl
import json
import os
import sys

from . import digest, lockstep, schema
from .fault import Fault

SCHEMA = "vsw-sample-1"
KEY = ("fingerprint", "suite", "size", "cores", "peer", "placement", "metric")
RATE, CYCLES, LOCKSTEP = "mrr_pps", "cycles_per_packet", "lockstep_ticks_per_frame"


def default_path():
    share = os.path.expanduser("~/.local/share/vhost-switch/bench")
    return os.environ.get("VSW_BENCH_HISTORY") or os.path.join(share, "history.jsonl")


def samples_of(run):
    """The samples of a run (schema/run.json): of each switch in each cell at full load, and of ours
    in lock-step.
    """
    if not run["host"] or not run["host"]["fingerprint"]:
        return
    yield from lockstep_samples(run)
    for cell in run["cells"]:
        for peer, found in cell["digest"]["peers"].items():
            for placement in digest.PLACEMENTS:
                rate, cycles = found[placement], found["cycles"][placement]
                key = {"fingerprint": run["host"]["fingerprint"], "suite": cell["suite"],
                       "size": cell["size"], "cores": cell["cores"], "peer": peer,
                       "placement": placement}
                if rate["median_pps"] is not None:
                    enough = (rate["slices"] >= digest.NEAR_SLICES_MIN
                              and not found["generator_bound"])
                    yield sample(run, key, RATE, rate, "_pps", rate["slices"], enough)
                if cycles["median"] is not None:
                    yield sample(run, key, CYCLES, cycles, "", cycles["n"],
                                 cycles["n"] >= digest.WINDOW_SLICES_MIN)


def lockstep_samples(run):
    """They have no placement."""
    result = run.get("lockstep")
    for suite, size, point in lockstep.points(result):
        key = {"fingerprint": run["host"]["fingerprint"], "suite": suite, "size": size,
               "cores": "1c", "peer": digest.OURS, "placement": None}
        spread = lockstep.spread(point)
        yield sample(run, key, LOCKSTEP, spread, "", spread["n"], result["complete"])


def sample(run, key, metric, spread, unit, n, sufficient):
    return {"schema": SCHEMA, "started": run["started"], "git": run["git"]["commit"],
            "dirty": run["git"]["dirty"], **key, "metric": metric,
            "value": spread["median" + unit], "min": spread["min" + unit],
            "max": spread["max" + unit], "n": n, "sufficient": sufficient}


def parse(data):
    """The samples in a file's bytes, and the number of lines that are not samples."""
    samples, strange = [], 0
    for line in data.split(b"\n"):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            if entry["schema"] != SCHEMA or not all(name in entry for name in KEY):
                raise ValueError("not a sample")
            entry["value"] = float(entry["value"])
            samples.append(entry)
        except (KeyError, TypeError, ValueError):
            strange += 1
    return samples, strange


def read(path):
    """The samples of a file, oldest first, and the number of lines passed over. None yet: none."""
    try:
        with open(path, "rb") as file:
            samples, strange = parse(file.read())
    except FileNotFoundError:
        return [], 0
    except OSError as error:
        raise Fault("history %s: cannot be read: %s" % (path, error.strerror)) from error
    return sorted(samples, key=lambda entry: entry["started"]), strange


def write_all(file, size, data):
    """All of it or nothing: what a full disk cut off is taken back."""
    try:
        written = 0
        while written < len(data):
            written += os.write(file, data[written:])
        os.fsync(file)
    except OSError:
        os.ftruncate(file, size)
        raise


def append(path, samples):
    """Add the samples not yet in the file; return how many. Whole or not at all, whoever else
    appends; a last line that was torn (a power cut) is ended, so that it spoils no other.
    """
    try:
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            size = os.fstat(file).st_size
            before = os.pread(file, size, 0)
            known = {identity(entry) for entry in parse(before)[0]}
            new = [entry for entry in samples if identity(entry) not in known]
            lines = "".join(json.dumps(entry, sort_keys=True) + "\n" for entry in new)
            torn = b"\n" if before and not before.endswith(b"\n") else b""
            if new:
                write_all(file, size, torn + lines.encode())
        finally:
            os.close(file)
    except OSError as error:
        raise Fault("history %s: cannot be written: %s; --history names another file"
                           % (path, error.strerror)) from error
    return len(new)


def identity(entry):
    return (entry["started"],) + key_of(entry)


def key_of(entry):
    return tuple(entry[name] for name in KEY)


def series(samples, **wanted):
    """Samples by key, in the order given; wanted: values of KEY that a series must have."""
    found = {}
    for entry in samples:
        if all(entry[name] == value for name, value in wanted.items()):
            found.setdefault(key_of(entry), []).append(entry)
    return found


def list_series(path):
    samples, strange = read(path)
    for key, entries in sorted(series(samples).items(), key=str):
        last = entries[-1]
        print("%s  %3d samples, the last of %s: %.4g"
              % (" ".join(str(part) for part in key), len(entries), last["started"], last["value"]))
    print("%d samples in %s" % (len(samples), path)
          + (", %d lines passed over that are no samples" % strange if strange else ""))


def add_run(path, run_path):
    run = schema.read(run_path, "run")
    entries = list(samples_of(run))
    print("%s: %d of %d samples entered into %s"
          % (run_path, append(path, entries), len(entries), path))


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--history", default=default_path(), metavar="FILE")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("add").add_argument("runs", nargs="+", metavar="RUN.json")
    verbs.add_parser("list")
    options = parser.parse_args(arguments)
    try:
        if options.verb == "list":
            list_series(options.history)
        else:
            for run_path in options.runs:
                add_run(options.history, run_path)
    except Fault as error:
        print("history: %s" % error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
