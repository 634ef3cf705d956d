# SPDX-License-Identifier: BSD-3-Clause
"""The switch under test and its control socket."""

import contextlib
import json
import os
import signal
import stat
import subprocess

from child import BUILD, SWITCH_CPU, Child, wait_until

SWITCH = os.path.join(BUILD, "app", "vhost-switch", "vhost-switch")
CTL = os.path.join(BUILD, "app", "vsw-ctl", "vsw-ctl")
CTL_TIMEOUT_S = 30


class ControlError(Exception):
    """A command was refused; .error is the object of the reply."""

    def __init__(self, error):
        super().__init__(error.get("text"))
        self.error = error


def huge_pages_are_free(megabytes=600):
    with open("/proc/meminfo") as meminfo:
        values = dict(line.split(":") for line in meminfo)
    free_kb = int(values["HugePages_Free"]) * int(values["Hugepagesize"].split()[0])
    return free_kb >= megabytes * 1024


def eal_options(name, n_lcores, in_memory):
    """Several lcores share the switch's CPU: slow, but every interleaving can happen."""
    huge = in_memory and huge_pages_are_free()
    memory = ["--in-memory"] if huge else ["--no-huge", "-m", "512"]
    lcores = ",".join(f"{lcore}@{SWITCH_CPU}" for lcore in range(n_lcores))
    return ["--lcores", lcores, "--no-pci", "--file-prefix", name, *memory]


class Switch:
    """
    A running vhost-switch with the sockets v0, v1, ... (NAMEv0, ... if it has another name than
    "switch") in `directory`.

    `ports` is a list of suffixes of --socket-file, one for each port ("" or ",key=value...").
    `prefix` stands before the command, e.g. to run it in a network namespace. Some drivers (memif)
    need in_memory=False.
    """

    def __init__(self, directory, ports=(), options=(), name="switch", n_lcores=1, eal=(),
                 prefix=(), in_memory=True):
        self.directory = directory
        self.name = name
        self.ctl_path = os.path.join(directory, name + ".ctl")
        self.command = [*prefix, SWITCH, *eal_options(f"{name}{os.getpid()}", n_lcores, in_memory),
                        *eal, "--", "--ctl-socket", self.ctl_path, *options]
        for number, suffix in enumerate(ports):
            self.command += ["--socket-file", self.socket_path(number) + suffix]
        self.n_lcores = n_lcores
        self.child = None

    def socket_path(self, number):
        name = "" if self.name == "switch" else self.name
        return os.path.join(self.directory, f"{name}v{number}")

    def start(self):
        self.child = Child(self.directory, self.name, self.command)
        wait_until(self._answers, 15, "the control socket answers")
        return self

    def _answers(self):
        assert self.child.alive, f"{self.name} ended with {self.child.process.poll()}"
        return self.run_ctl("show", "version").returncode == 0

    def start_refused(self):
        """Start where the switch must refuse to. Returns its exit code and its log."""
        self.child = Child(self.directory, self.name, self.command)
        return self.child.process.wait(15), self.child.log()

    def run_ctl(self, *words, text_input=None):
        return subprocess.run([CTL, "-s", self.ctl_path, *words], input=text_input,
                              stdin=None if text_input is not None else subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=CTL_TIMEOUT_S)

    def ctl(self, line):
        """Run one console line. Returns the parsed reply; raises ControlError."""
        done = self.run_ctl("-j", *line.split())
        if done.returncode == 0:
            return json.loads(done.stdout) if done.stdout.strip() else {}
        try:
            error = json.loads(done.stdout or done.stderr)["error"]
        except ValueError:
            error = {"text": done.stderr.strip()}
        raise ControlError(error)

    def port_info(self, port):
        ports = self.ctl("show port info all")["ports"]
        return next(entry for entry in ports if entry["port"] == port)

    def port_stats(self):
        return {entry["port"]: entry for entry in self.ctl("show port stats all")["ports"]}

    def drops(self, port=None):
        """Frames by reason, of one port or of all."""
        total = {}
        for entry in self.ctl("show drops")["drops"]:
            if port in (None, entry["port"]):
                total[entry["reason"]] = total.get(entry["reason"], 0) + entry["frames"]
        return {reason: frames for reason, frames in total.items() if frames > 0}

    def fdb(self):
        """(vlan, mac) -> port."""
        entries = self.ctl("show fdb")["entries"]
        return {(entry["vlan"], entry["mac"]): entry["port"] for entry in entries}

    def fdb_ports(self):
        """mac -> port, whatever the VLAN."""
        return {mac: port for (_, mac), port in self.fdb().items()}

    def wait_state(self, *ports, state="forwarding", timeout_s=10):
        def reached():
            states = {e["port"]: e["state"] for e in self.ctl("show port info all")["ports"]}
            return all(states.get(port) == state for port in ports)
        wait_until(reached, timeout_s, f"{', '.join(ports)} {state}")

    def books(self):
        return self.ctl("show drops")["books"]

    def wait_quiet(self, timeout_s=5):
        """Wait until no frame moves: the books stay as they are, and balance."""
        last, rounds = None, None

        def quiet():
            nonlocal last, rounds
            previous, last = last, self.books()
            before, rounds = rounds, self._rounds()
            return (last == previous and last["in_flight"] == 0 and last["balance"] == 0 and
                    all(now >= then + 2 for now, then in zip(rounds, before)))
        wait_until(quiet, timeout_s,
                   lambda: f"the switch is quiet, and the books balance: {last}")

    @contextlib.contextmanager
    def dropping(self, port, **reasons):
        """What is done meanwhile makes a port drop exactly this."""
        before = self.drops(port)
        yield
        self.wait_quiet()
        after = self.drops(port)
        assert {reason: frames - before.get(reason, 0) for reason, frames in after.items()
                if frames != before.get(reason, 0)} == reasons

    def _rounds(self):
        """Of each lcore: one that has not got its CPU looks quiet."""
        return [entry["rounds"] for entry in self.ctl("show lcores")["lcores"]]

    def check_books(self):
        self.wait_quiet()
        books = self.books()
        given = books["rx"] + books["injected"] + books["copies"] + books["segments"]
        taken = books["tx"] + books["drops"] + books["consumed"] + books["in_flight"]
        assert given == taken, f"the balance is not the difference: {books}"

    def memory(self):
        """name -> (size, free)."""
        return {entry["name"]: (entry["size"], entry["free"])
                for entry in self.ctl("show memory")["memory"]}

    def check_frames(self):
        """Every frame buffer is back; Ethernet devices may keep some for later."""
        if any(entry["kind"] != "vhost" for entry in self.ctl("show port info all")["ports"]):
            return
        size, free = 0, 0

        def full():
            nonlocal size, free
            size, free = self.memory()["frames"]
            return free == size
        wait_until(full, 5, lambda: f"all frame buffers are back: {free} of {size}")

    def finish(self, number=signal.SIGTERM):
        """End the switch and demand that it leaves nothing behind."""
        code, _ = self.child.stop(2.0, number)
        assert code == 0, f"{self.name} ended with {code}"
        self.child.check_log()
        left = [path for path in self._sockets() if path not in self.foreign_sockets]
        assert not left, f"sockets left behind: {left}"

    foreign_sockets = ()

    def _sockets(self):
        paths = [os.path.join(self.directory, entry) for entry in os.listdir(self.directory)]
        return [path for path in paths if stat.S_ISSOCK(os.lstat(path).st_mode)]
