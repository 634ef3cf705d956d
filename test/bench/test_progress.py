# SPDX-License-Identifier: BSD-3-Clause
"""Promise: on a terminal one line tells what goes on, and nothing of it stays."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios

import lab

COLUMNS = 100
PATIENCE_S = 60


def on_terminal(directory, *words):
    """The Call, and what a terminal has got of it."""
    path = os.path.join(directory, "result.json")
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 25, COLUMNS, 0, 0))
    shown = b""
    with subprocess.Popen(
            lab.command("--result", path, *words), stdin=subprocess.DEVNULL, stdout=theirs,
            stderr=theirs, env=lab.ENVIRONMENT, preexec_fn=lab.raise_priority) as process:
        os.close(theirs)
        try:
            while True:
                shown += os.read(ours, 65536)
        except OSError:  # the other end is closed
            pass
        finally:
            os.close(ours)
        code = process.wait(PATIENCE_S)
    return lab.Call(code, "", path), shown.decode()


def lines(shown):
    """What stood in the line, one state of it after the other; the last is empty."""
    states = shown.split("\r")
    assert states[0] == "" and states[-1] == "\x1b[K", shown[-200:]
    assert all(state.endswith("\x1b[K") for state in states[1:]) and "\n" not in shown, shown
    assert max(len(state) - len("\x1b[K") for state in states[1:]) < COLUMNS
    return [state[:-len("\x1b[K")] for state in states[1:]]


def test_progress():
    with lab.running([""] * 2) as switch:
        call, shown = on_terminal(
            switch.directory, *lab.sockets(switch, (0, 1)), *lab.of_switch(switch), "--mode",
            "search", "--max-load", "40000", "--trial-s", "0.3", "--slice-ms", "100",
            "--near-ticks", "1000000")
        call.measured()
        states = lines(shown)
        assert any("waiting for the switch on port 1" in state for state in states)
        searched = [state for state in states if "seen" in state and " search " in state]
        assert all("Mpps offered" in state for state in searched), shown
        assert any("lost, near" in state for state in searched), shown
        assert re.search(r"  ndr (-\.\.0\.|0\.).* pdr (-\.\.0\.|0\.)", searched[-1]), searched[-1]


def test_refusal_stands_alone():
    """The sentence is on a line of its own."""
    with lab.running([""] * 2) as switch:
        _, shown = on_terminal(switch.directory, *lab.sockets(switch, (0, 5)), "--connect-s", "0.2")
        *states, last = shown.replace("\r\n", "\n").split("\r")
        assert "waiting for the switch" in states[-1], shown
        assert last.startswith("\x1b[Kvsw-bench: ") and last.count("\n") == 1, last
