# SPDX-License-Identifier: BSD-3-Clause
"""Promise: scripts/demo.sh --vm shows two guests at work, and leaves nothing behind."""

import os
import re
import signal
import subprocess
import time

from child import wait_until
from vm import ALL_CPUS, BOOT_TIMEOUT_S, TREE


def leave_the_rig():
    """The demo has all CPUs, at the usual priority."""
    os.sched_setaffinity(0, ALL_CPUS)
    os.setpriority(os.PRIO_PROCESS, 0, 0)


class Demo:
    def __init__(self, seconds):
        self.output = ""
        self.process = subprocess.Popen(
            [os.path.join(TREE, "scripts", "demo.sh"), "--vm", str(seconds)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            preexec_fn=leave_the_rig)

    def read_until(self, text):
        for line in self.process.stdout:
            self.output += line
            if text in line:
                return
        raise AssertionError(f"the demo has ended without {text!r}:\n{self.output}")

    def finish(self, timeout_s):
        rest, _ = self.process.communicate(timeout=timeout_s)
        self.output += rest
        return self.process.returncode

    def check_nothing_is_left(self):
        directory = re.search(r"--ctl-socket (\S+)/ctl", self.output).group(1)
        assert not os.path.exists(directory)
        wait_until(lambda: not list(processes_of(directory)), 2,
                   lambda: f"no process is left: {list(processes_of(directory))}")

    def kill(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)


def processes_of(directory):
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", encoding="utf-8", errors="replace") as file:
                if directory in file.read():
                    yield pid
        except OSError:
            pass


def test_demo():
    demo = Demo(2)
    try:
        assert demo.finish(BOOT_TIMEOUT_S + 120) == 0, demo.output
    finally:
        demo.kill()
    for pattern in (r" 3 packets received", r"bits/sec +receiver", r"balance: +0\n",
                    r"vhost1 +forwarding", r"52:54:00:00:00:0b +vhost1 ",
                    r"qemu-system-x86_64 .*\n.*share=on", r"<interface type='vhostuser'>"):
        assert re.search(pattern, demo.output), f"{pattern}:\n{demo.output}"
    demo.check_nothing_is_left()


def test_demo_is_interrupted_while_guests_boot():
    demo = Demo(2)
    try:
        demo.read_until("virtual machines boot")
        time.sleep(1)
        demo.process.send_signal(signal.SIGINT)
        assert demo.finish(20) == 130, demo.output
    finally:
        demo.kill()
    demo.check_nothing_is_left()
