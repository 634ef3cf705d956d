# SPDX-License-Identifier: BSD-3-Clause
"""A process under test: started with a log file, ended without leaving anything behind."""

import os
import signal
import subprocess
import time

_CPUS = sorted(os.sched_getaffinity(0))
SWITCH_CPU = _CPUS[0]
# Everything but the switch shares one CPU, so that nothing but the kernel disturbs its polling.
OTHERS_CPU = _CPUS[1] if len(_CPUS) > 1 else _CPUS[0]

RELEASE_BUILD = os.path.abspath(
    os.path.join(os.path.dirname(__file__), "..", "..", "build", "release"))
BUILD = os.environ.get("VSW_BUILD", RELEASE_BUILD)
GUEST_BUILD = os.environ.get("VSW_GUEST_BUILD", BUILD)

LSAN_SUPPRESSIONS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "lsan.supp")

# Other work on the machine shall not hold the rig up for longer than a ring holds out.
NICE = -10
# The test itself, and vsw-ctl, share a CPU with guests that poll, and do little.
TEST_NICE = -15

SANITIZER_MARKS = ("AddressSanitizer", "LeakSanitizer", "ThreadSanitizer", "runtime error:")


def raise_priority(nice=NICE):
    try:
        os.setpriority(os.PRIO_PROCESS, 0, nice)
    except PermissionError:
        pass


def wait_until(condition, timeout_s, what):
    """Return the first true value of condition(); fail with `what`, a text or a function that
    makes one, after timeout_s."""
    deadline = time.monotonic() + timeout_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= deadline:
            raise AssertionError(f"not within {timeout_s} s: {what() if callable(what) else what}")
        time.sleep(0.005)


class Child:
    """One process; stderr goes to <directory>/<name>.log."""

    def __init__(self, directory, name, command, stdout=None, stdin=None):
        self.name = name
        self.log_path = os.path.join(directory, name + ".log")
        environment = dict(
            os.environ,
            RUNTIME_DIRECTORY=directory,
            ASAN_OPTIONS="detect_leaks=1:abort_on_error=0",
            LSAN_OPTIONS=f"suppressions={LSAN_SUPPRESSIONS}:print_suppressions=0",
            UBSAN_OPTIONS="print_stacktrace=1:halt_on_error=1",
        )
        with open(self.log_path, "ab") as log:
            log.write((" ".join(command) + "\n").encode())
            log.flush()
            self.process = subprocess.Popen(
                command, stdin=stdin or subprocess.DEVNULL, stdout=stdout or log, stderr=log,
                env=environment, preexec_fn=raise_priority)

    @property
    def alive(self):
        return self.process.poll() is None

    def log(self):
        with open(self.log_path, errors="replace") as log:
            return log.read()

    def check_log(self):
        text = self.log()
        for mark in SANITIZER_MARKS:
            assert mark not in text, f"{self.name}: {text[text.index(mark):][:4000]}"

    def kill(self):
        if self.alive:
            self.process.kill()
        self.process.wait()

    def stop(self, timeout_s=2.0, number=signal.SIGTERM):
        """Ask the process to end. Returns its exit code and the seconds it took."""
        start = time.monotonic()
        self.process.send_signal(number)
        try:
            code = self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.name} did not end within {timeout_s} s") from None
        return code, time.monotonic() - start
