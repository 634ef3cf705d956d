# SPDX-License-Identifier: BSD-3-Clause
"""
Processes that a run starts: each has a log, and ends with the run, however that ends.

    with Child("testpmd-io", command, log_path, cpus={0}) as child: ...

A child has a session of its own: Ctrl-C on the terminal reaches the runner alone, which then ends
its children in order. Should the runner be killed, the kernel kills them. They are ended by their
process id, and no other process is.
"""

import ctypes
import os
import signal
import subprocess
import time

from .fault import Fault

PR_SET_PDEATHSIG = 1  # prctl(2)
NICE = -10  # other work on the machine shall not be measured
STOP_TIMEOUT_S = 10
POLL_S = 0.02

_libc = ctypes.CDLL(None, use_errno=True)


def _prepare(cpus):
    def prepare():
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if cpus:
            os.sched_setaffinity(0, cpus)
        try:
            os.setpriority(os.PRIO_PROCESS, 0, NICE)
            # Each session is scheduled as a group, whose weight is this one's.
            with open("/proc/self/autogroup", "w") as autogroup:
                autogroup.write(str(NICE))
        except OSError:
            pass  # not root, or no such groups in this kernel
    return prepare


def ending(code):
    """In words, of a return code as subprocess has it."""
    if code >= 0:
        return f"with exit status {code}"
    try:
        return f"by {signal.Signals(-code).name}"
    except ValueError:
        return f"by signal {-code}"


def wait_until(condition, timeout_s):
    """Return the first true value of condition(), or None after timeout_s."""
    deadline = time.monotonic() + timeout_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= deadline:
            return None
        time.sleep(POLL_S)


class Child:
    """`console`: its standard input is a pipe, for say()."""

    def __init__(self, name, command, log_path, cpus=None, console=False, environment=()):
        self.name = name
        self.log_path = log_path
        with open(log_path, "ab") as log:
            log.write(("$ " + " ".join(command) + "\n").encode())
            log.flush()
            try:
                self.process = subprocess.Popen(
                    command, stdin=subprocess.PIPE if console else subprocess.DEVNULL, stdout=log,
                    stderr=log, env=dict(os.environ, **dict(environment)), start_new_session=True,
                    preexec_fn=_prepare(cpus))
            except OSError as error:
                raise Fault(f"{name} cannot be started: {command[0]}: {error.strerror}") from None

    @property
    def pid(self):
        return self.process.pid

    @property
    def alive(self):
        return self.process.poll() is None

    def log(self, start=0):
        """From that byte on."""
        with open(self.log_path, "rb") as log:
            log.seek(start)
            return log.read().decode(errors="replace")

    def last_words(self):
        """The last line of its log that is not the command itself."""
        lines = [line.strip() for line in self.log().splitlines()[1:] if line.strip()]
        return lines[-1][:300] if lines else "it said nothing"

    def death(self, when):
        """A Fault that tells how it ended."""
        return Fault(f"{self.name} ended {ending(self.process.wait())} {when}: {self.last_words()}"
                     f" (log: {self.log_path})")

    def say(self, line):
        try:
            self.process.stdin.write((line + "\n").encode())
            self.process.stdin.flush()
        except OSError:
            pass  # it has ended, and whoever waits for what it does will see that

    def stop(self, timeout_s=None):
        """Returns the return code; kills what does not end by itself."""
        if self.alive:
            self.process.terminate()
            try:
                self.process.wait(timeout_s or STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
        code = self.process.wait()
        if self.process.stdin:
            try:
                self.process.stdin.close()
            except OSError:
                pass
        return code

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.stop()
