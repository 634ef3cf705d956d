#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""
Stand-ins for the programs that a run starts: links to this file, by the name of the program. They
forward nothing and measure nothing, and misbehave as the environment says:

    FAKE_SWITCH     dies-at-start, no-sockets, dies-in-a-trial, ignores-sigterm
    FAKE_BENCH      crash, silent, invalid, torn, incomplete, hang, kills-switch; with ":PEER", only
                    against that one
    FAKE_LOCKSTEP   fails, silent
    FAKE_SELFTEST   fails
    FAKE_MPPS       what the self-test finds
    FAKE_READY_S, FAKE_CALL_S   how long the runner waits
    FAKE_PUBLISH    anything: with history and report
    FAKE_DIRECTORY  where each leaves a file PID with its name; and vsw-bench calls.jsonl
"""

import json
import os
import signal
import socket
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))


def behaviour(variable, peer=None):
    what, _, only = os.environ.get(variable, "").partition(":")
    return what if not only or only == peer else ""


def leave_pid(name):
    with open(os.path.join(os.environ["FAKE_DIRECTORY"], str(os.getpid())), "w") as file:
        file.write(name)


def wait_for_call():
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline and not os.path.exists(calls_path()):
        time.sleep(0.05)


def calls_path():
    return os.path.join(os.environ["FAKE_DIRECTORY"], "calls.jsonl")


def values(option, arguments):
    return [arguments[at + 1] for at, word in enumerate(arguments) if word == option]


def switch(arguments):
    """A vhost-switch, or by its sockets alone any other."""
    leave_pid("switch")
    how = behaviour("FAKE_SWITCH")
    if "--version" in arguments:
        print("vhost-switch fake")
        return 0
    if how == "dies-at-start":
        print("vhost-switch: it has no wish to start", file=sys.stderr)
        return 3
    paths = values("--socket-file", arguments) or [word for word in arguments if "/" in word]
    if how == "no-sockets":
        paths = []
    kept = [socket.socket(socket.AF_UNIX) for _ in paths]
    for one, path in zip(kept, paths):
        one.bind(path)
        one.listen()
    for path in values("--ctl-socket", arguments):
        open(path, "w").close()
    if how == "ignores-sigterm":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    wait_for_call() if how == "dies-in-a-trial" else time.sleep(600)
    print("vhost-switch: that was all", file=sys.stderr)
    return 4


class Bench:
    def __init__(self, arguments):
        self.arguments = arguments
        self.path = values("--result", arguments)[0]
        self.size = values("--size", arguments)[0]
        self.mode = values("--mode", arguments)[0]
        self.peer = None
        if self.mode == "selftest":
            return
        # Ours has a control socket; another one is known by what it was called.
        pid = values("--switch-pid", arguments)[0]
        with open(f"/proc/{pid}/cmdline") as file:
            words = file.read().split("\0")
        names = [word for word in words if word.startswith("name=")]
        self.peer = "vsw" if "--ctl" in arguments else names[0][5:] if names else "other"

    def call(self):
        import sample
        from bench import suites
        suite = suites.SUITES["2vu-eth-l2bdbasemaclrn"]
        return sample.Maker(os.getpid()).call("vsw", suite, self.size, self.mode)

    def write(self, call):
        with open(self.path, "w") as file:
            json.dump(call, file)

    def give_up(self, sentence):
        self.write({**self.call(), "complete": False, "error": sentence, "results": {}})
        print("vsw-bench: " + sentence, file=sys.stderr)
        sys.exit(1)

    def test(self):
        """By itself, before it is known as one of the windows."""
        how = behaviour("FAKE_SELFTEST")
        if how == "fails":
            self.give_up("no thread on CPU 0")
        mpps = float(os.environ.get("FAKE_MPPS", 60))
        self.write({**self.call(), "selftest": {"ticks_per_frame": 2600 / mpps, "mpps": mpps,
                                                "placement": "near"}})
        return 0

    def run(self):
        if self.mode == "selftest":
            return self.test()
        leave_pid("vsw-bench")
        with open(calls_path(), "a") as file:
            json.dump({"peer": self.peer, "arguments": self.arguments}, file)
            file.write("\n")
        signal.signal(signal.SIGTERM, lambda *_: self.give_up("it was interrupted"))
        how = behaviour("FAKE_BENCH", self.peer)
        if how == "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        if how == "kills-switch":
            os.kill(int(values("--switch-pid", self.arguments)[0]), signal.SIGKILL)
        if how in ("hang", "kills-switch"):
            time.sleep(600)
        if how == "incomplete":
            self.give_up("the sums do not close")
        if how == "silent":
            return 0
        self.write(self.call())
        if how == "invalid":
            self.write({**self.call(), "mode": "guess"})
        if how == "torn":
            with open(self.path, "r+") as file:
                file.truncate(1000)
        return 0


def lockstep(arguments):
    import sample
    leave_pid("vsw-lockstep")
    how = behaviour("FAKE_LOCKSTEP")
    result = sample.lockstep(float(os.environ.get("FAKE_TICKS", 230)))
    if how == "fails":
        result.update(complete=False, error="the switch has lost a frame")
    if how != "silent":
        with open(values("--result", arguments)[0], "w") as file:
            json.dump(result, file)
    return 0 if result["complete"] else 1


def main():
    name = os.path.basename(sys.argv[0])
    if name == "vsw-lockstep":
        return lockstep(sys.argv[1:])
    if name == "vsw-bench":
        return Bench(sys.argv[1:]).run()
    return switch(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
