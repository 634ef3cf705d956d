# SPDX-License-Identifier: BSD-3-Clause
"""The real vsw-bench against the real switch; trials so short that only what they show counts."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile

import conftest  # noqa: F401 - for the path of scripts/
from bench import schema

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "func"))
from child import (  # noqa: E402
    BUILD, LSAN_SUPPRESSIONS, OTHERS_CPU, SWITCH_CPU, Child, raise_priority)
from switch import Switch, huge_pages_are_free  # noqa: E402

ENVIRONMENT = {**os.environ,
               "LSAN_OPTIONS": f"suppressions={LSAN_SUPPRESSIONS}:print_suppressions=0"}
MEDDLER = os.path.join(BUILD, "test", "bench", "meddler")
BENCH = os.path.join(BUILD, "app", "vsw-bench", "vsw-bench")
# A machine that is busy otherwise takes CPUs away for long: frames may come late, but are sent.
SHORT = ("--profile", "smoke", "--trials", "1", "--trial-s", "0.05", "--slice-ms", "20",
         "--jitter-s", "0.02", "--late-us", "500000", "--connect-s", "5")


@contextlib.contextmanager
def running(ports, *options):
    """A switch in a directory of its own, which is held to its promises at the end."""
    directory = tempfile.mkdtemp(prefix="vsw-")
    switch = Switch(directory, ports, options)
    try:
        yield switch.start()
        if switch.child.alive:
            switch.check_books()
            switch.finish()
    finally:
        if switch.child:
            switch.child.kill()
        shutil.rmtree(directory)


class Call:
    """What came of one call: .code, .text (standard error) and .result (None without a file)."""

    def __init__(self, code, text, path):
        self.code = code
        self.text = text
        self.result = schema.read(path, "call") if os.path.exists(path) else None

    def measured(self):
        """Demand that all went well. Returns the result."""
        assert (self.code, self.text) == (0, ""), self.text
        assert self.result["complete"] and self.result["error"] is None
        assert [trial["sums"] for trial in self.result["trials"] if trial["sums"] != "ok"] == []
        return self.result

    def refused(self):
        """Demand one sentence, the same in the result if there is one. Returns it."""
        assert self.code == 1, (self.code, self.text)
        assert self.text.startswith("vsw-bench: ") and self.text.count("\n") == 1, self.text
        sentence = self.text[len("vsw-bench: "):].strip()
        if self.result is not None:
            assert not self.result["complete"]
            assert self.result["error"] == sentence
        return sentence


def sockets(switch, ports, suffix=""):
    return [word for port in ports for word in ("--socket", switch.socket_path(port) + suffix)]


def command(*options, eal=None):
    if eal is None:
        eal = [] if huge_pages_are_free(200) else ["--no-huge", "-m", "256"]
    return [BENCH, "-l", str(OTHERS_CPU), *eal, "--", *SHORT, *map(str, options)]


def of_switch(switch):
    return ["--ctl", switch.ctl_path, "--switch-pid", str(switch.child.process.pid),
            "--switch-cpu", str(SWITCH_CPU)]


def call(directory, *options, eal=None, prefix=()):
    path = os.path.join(directory, "result.json")
    with contextlib.suppress(OSError):
        os.unlink(path)
    done = subprocess.run([*prefix, *command("--result", path, *options, eal=eal)],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
                          env=ENVIRONMENT, preexec_fn=raise_priority)
    return Call(done.returncode, done.stderr, path)


def measure(switch, ports, *options, **others):
    """`ports`: numbers of ports of the switch, in the order of vsw-bench's."""
    return call(switch.directory, *sockets(switch, ports), *of_switch(switch), *options, **others)


@contextlib.contextmanager
def started(switch, ports, *options):
    """A call that goes on, as a Child; .path is that of its result."""
    path = os.path.join(switch.directory, "started.json")
    with contextlib.suppress(OSError):
        os.unlink(path)
    child = Child(switch.directory, "vsw-bench", command(
        *sockets(switch, ports), *options, "--result", path))
    child.path = path
    try:
        yield child
    finally:
        child.kill()


def ended(child, timeout_s=5):
    """The Call that a child was, once it has ended."""
    code = child.process.wait(timeout_s)
    return Call(code, child.log().rsplit(child.path + "\n", 1)[1], child.path)


@contextlib.contextmanager
def meddling(switch, ports, faults, told=None):
    """
    `told` gets what the meddler has done, a round of the traffic after the other. `ports` are those
    of the switch that the meddler's are on.
    """
    words = [MEDDLER, "-l", str(OTHERS_CPU), "--no-pci", "--no-huge", "-m", "128",
             "--no-telemetry", "--file-prefix", f"meddler{os.getpid()}"]
    for number, port in enumerate(ports):
        words += ["--vdev",
                  f"net_virtio_user{number},path={switch.socket_path(port)},queue_size=1024"]
    child = Child(switch.directory, "meddler", [*words, "--", *faults], stdout=subprocess.PIPE)
    try:
        assert "ready" in child.process.stdout.readline().decode(), child.log()
        yield
        child.process.terminate()
        rounds = json.loads(child.process.stdout.read())["rounds"]
        if told is not None:
            told += rounds
        assert child.process.wait(5) == 0, child.log()
        child.check_log()
    finally:
        child.kill()
        child.process.stdout.close()
