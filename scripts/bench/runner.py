# SPDX-License-Identifier: BSD-3-Clause
"""
Runs cells: round after round, in each one window for each switch, so that what the machine does
meanwhile meets all of them alike. The order is rotated from round to round.

Results are kept whatever happens: a window that fails is in the run's file, with the reason. Every
process is ended before the next one starts, and before the runner ends.
"""

import contextlib
import datetime
import functools
import os
import shutil
import signal
import tempfile
import time

from . import cycles, digest, idle, lockstep, machine, schema, selftest, suites, table, tcp, wiring
from .fault import Fault
from .generator import Generator
from .peers import Site

# Rounds by profile: windows of mode mrr are short, and their medians want to be many.
ROUNDS = {"smoke": (1, 1), "ci": (6, 1), "nightly": (10, 3), "report": (12, 3), "rfc2544": (3, 3)}
NOTHING = {"n": 0, "median_pps": None, "min_pps": None, "max_pps": None}


class Interrupted(BaseException):
    """A signal has come; not to be caught on the way as an error of something."""

    def __init__(self, number):
        super().__init__(f"interrupted by {signal.Signals(number).name}")
        self.number = number


def catch_signals():
    """The first one ends the run; while all is put in order, others are not heard."""
    def handle(number, _):
        for other in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(other, signal.SIG_IGN)
        raise Interrupted(number)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handle)


def now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class Runner:
    """
    `say` takes lines for the user. `generator` is the path of vsw-bench, `extra` are more of its
    options. Results go to `out`: run.json, calls/ with what vsw-bench wrote, logs/ of windows that
    failed.
    """

    def __init__(self, peers, profile, build, generator, out, say, command=(), rounds=None,
                 keep_going=False, extra=(), read_cycles=False):
        self.peers = peers
        self.profile = profile
        self.build = build
        self.out = out
        self.say = say
        self.rounds = rounds
        self.keep_going = keep_going
        self.read_cycles = read_cycles  # of peers, while they are measured
        self.switch_cpu, self.generator_cpu = machine.cpus()
        self.generator = Generator(generator, self.generator_cpu, profile, extra)
        self.run = {"schema": "vsw-run-1", "complete": False, "error": "still running",
                    "started": now(), "finished": now(), "command": list(command),
                    "profile": profile, "git": machine.git(), "host": None,
                    "peers": [peer.description() for peer in peers], "lockstep": None,
                    "selftests": [], "cells": []}
        os.makedirs(os.path.join(out, "calls"), exist_ok=True)

    def n_rounds(self, mode):
        return self.rounds or ROUNDS[self.profile][0 if mode == "mrr" else 1]

    def write(self):
        self.run["finished"] = now()
        schema.write(os.path.join(self.out, "run.json"), "run", self.run)

    def measure(self, cells, with_lockstep=False):
        """
        Each cell is (suite, size, mode). Returns the run; Fault and Interrupted come when it is
        written.
        """
        failed = None
        steps = [self.lockstep] * with_lockstep
        steps += [functools.partial(self.selftest, size)
                  for size in dict.fromkeys(size for _, size, mode in cells if mode == "mrr")]
        steps += [functools.partial(self.cell, *cell) for cell in cells]
        try:
            for step in steps:
                failed = step() or failed
                if failed and not self.keep_going:
                    break
                self.write()
            self.run["complete"] = failed is None
            self.run["error"] = failed
        except BaseException as error:
            self.run["error"] = str(error) or type(error).__name__
            raise
        finally:
            self.write()
        if failed:
            raise Fault(failed)
        return self.run

    def lockstep(self):
        """Returns None, or the sentence that says what failed."""
        self.say("vsw-lockstep ...")
        path = os.path.join(self.out, "calls", "lockstep.json")
        try:
            result = lockstep.measure(self.build, self.generator_cpu, self.profile, path)
        except Fault as fault:
            return str(fault)
        self.run["lockstep"] = result
        self.set_host({**result["host"], "jitter": None})
        self.say(f"vsw-lockstep: {len(result['points'])} points")
        return result["error"] and f"vsw-lockstep: {result['error']}"

    def selftest(self, size):
        """Likewise."""
        path = os.path.join(self.out, "calls", f"selftest-{size}.json")
        tried = []
        try:
            for _ in range(1 if self.profile == "smoke" else selftest.TRIES):
                self.generator.test(size, self.switch_cpu, path)
                tried.append(selftest.of_call(schema.read(path, "call")))
        except Fault as fault:
            return f"self-test of the generator: {fault}"
        found = selftest.best(tried)
        self.run["selftests"].append(found)
        self.say(f"generator, {size}: {found['ticks_per_frame']:.0f} ticks a frame, at most "
                 f"{found['mpps']:.1f} Mpps ({found['placement']})")
        return None

    def cell(self, suite, size, mode):
        """Returns None, or the sentence that says what failed."""
        name = suites.cell_name(suite, size, "1c", mode)
        why_not = {peer.name: suite.why_not(peer.name, mode) for peer in self.peers}
        peers = [peer for peer in self.peers if not why_not[peer.name]]
        skipped = {name: why for name, why in why_not.items() if why}
        cell = {"name": name, "suite": suite.name, "size": size, "cores": "1c", "mode": mode,
                "config": suite.config(), "note": suite.note, "skipped": skipped, "windows": [],
                "digest": {"peers": {}, "ratios": {}}}
        self.run["cells"].append(cell)
        rounds = self.n_rounds(mode)
        try:
            for number in range(rounds):
                turn = number % len(peers)
                for position, peer in enumerate(peers[turn:] + peers[:turn]):
                    window = self.window(cell, suite, peer, number, position)
                    self.say(progress(name, number, rounds, window, self.alone(size)))
                    if window["error"]:
                        return f"{name}: {window['error']}"
            return None
        finally:
            cell["digest"] = digest.of_cell(cell["windows"], self.alone(size))

    def alone(self, size):
        return selftest.of_size(self.run, size)

    def window(self, cell, suite, peer, number, position):
        """One call against one switch, entered into the cell. Only Interrupted comes through."""
        window = {"peer": peer.name, "round": number, "position": position, "started": now(),
                  "elapsed_s": 0, "complete": False, "error": "it has not ended", "file": None,
                  "placement": "unknown", "near": NOTHING, "far": NOTHING, "counters": {},
                  "cycles": {"near": [], "far": []}, "call": None}
        cell["windows"].append(window)
        start = time.monotonic()
        label = f"{cell['name']}-{number}-{peer.name}"
        directory = tempfile.mkdtemp(prefix="vsw-bench-")
        try:
            with wiring.make(directory, suite, self.generator_cpu) as wires:
                site = Site(directory, suite, cell["size"], self.switch_cpu, self.build, wires)
                self.fill(window, site, peer, cell["mode"], label)
            window["complete"], window["error"] = True, None
        except Fault as fault:
            window["error"] = str(fault)
        except BaseException as error:
            window["error"] = str(error) or type(error).__name__
            raise
        finally:
            window["elapsed_s"] = round(time.monotonic() - start, 3)
            if window["error"]:
                self.keep_logs(window, directory, label)
            shutil.rmtree(directory, ignore_errors=True)
        return window

    def keep_logs(self, window, directory, label):
        kept = os.path.join(self.out, "logs", label)
        os.makedirs(kept, exist_ok=True)
        for name in os.listdir(directory):
            if name.endswith((".log", ".json")):
                shutil.copy(os.path.join(directory, name), kept)
        window["error"] = window["error"].replace(directory, kept)

    def fill(self, window, site, peer, mode, label):
        result = os.path.join(site.directory, "result.json")
        with peer.start(site) as switch, idle.guests(site, switch.listens):
            site.wires.connect()
            readings = self.readings(switch, mode)
            try:
                self.call(site, switch, mode, result, readings)
            except BaseException:
                with contextlib.suppress(Fault, OSError):  # what there is, is kept
                    self.enter(window, schema.read(result, "call"), label, readings)
                raise
            self.enter(window, schema.read(result, "call"), label, readings)
            if not window["call"]["complete"]:
                raise Fault(f"vsw-bench: {window['call']['error']}")
            window["counters"] = switch.counters()

    def readings(self, switch, mode):
        """Of what a frame costs a peer, if that is to be known."""
        if not self.read_cycles or mode != "mrr" or switch.peer.name == digest.OURS:
            return None
        return cycles.Readings(
            switch, cycles.EVERY_SMOKE_S if self.profile == "smoke" else cycles.EVERY_S)

    def call(self, site, switch, mode, result, readings=None):
        """Measure a switch: by vsw-bench, or by what guests do."""
        if mode != "tcp":
            self.generator.measure(site, switch, mode, result, readings)
            return
        try:
            tcp.measure(site, switch, self.generator.program, self.profile, result)
        except Fault:
            switch.check_alive()
            raise

    def enter(self, window, call, label, readings):
        path = os.path.join("calls", label + ".json")
        schema.write(os.path.join(self.out, path), "call", call)
        window.update(file=path, placement=digest.placement_of(call),
                      near=digest.slices(call, "near"), far=digest.slices(call, "far"),
                      cycles=readings.of_trials(call) if readings else cycles.told(call),
                      call=digest.without_slices(call))
        if call["complete"]:
            self.set_host(call["host"])

    def set_host(self, host):
        """The first that knows of its jitter."""
        known = self.run["host"]
        if known is None or (known["jitter"] is None and host["jitter"] is not None):
            self.run["host"] = {**host, "fingerprint": host["facts"].get("fingerprint")}


def mpps(value):
    return "-" if value is None else f"{value / 1e6:.2f}"


def progress(name, number, rounds, window, alone):
    """A line for the user. `alone`: the self-test of the generator."""
    head = f"{name}  round {number + 1}/{rounds}  {window['peer']:12}"
    if window["error"]:
        return f"{head} failed: {window['error']}"
    found = [f"{placement} {mpps(window[placement]['median_pps'])} Mpps"
             f" ({window[placement]['n']})" for placement in digest.PLACEMENTS
             if window[placement]["median_pps"] is not None]
    found += [table.of_figure(figure, unit, value) for figure, (unit, value, _)
              in list(digest.figures_of(window["call"]).items())[:4]]
    bound = "  generator-bound" if digest.is_generator_bound(window, alone) else ""
    results = window["call"]["results"]
    found += [f"no {name}: cut short" for name in ("ndr", "pdr")
              if name in results and not results[name]["complete"]]
    found += [f"no {name}: each load lost too much" for name in ("ndr", "pdr")
              if name in results and results[name]["complete"]
              and results[name]["conditional_pps"] is None]
    text = ", ".join(found) or "done, " + window["placement"]
    return f"{head} {text}  [{window['elapsed_s']:.0f} s]{bound}"
