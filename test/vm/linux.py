# SPDX-License-Identifier: BSD-3-Clause
"""
Where a test runs shell commands next to a network interface: a guest, one network namespace of a
guest, one of the host. All have the same programs: busybox, ethtool, iperf3, tcpdump.
"""

import itertools
import shlex
import subprocess

from child import wait_until


class Linux:
    """What can be done with nothing but run(); jobs leave files in `directory`."""

    name = None
    directory = "/tmp"
    _jobs = itertools.count()

    def run(self, command, timeout_s=60, check=True):
        """Run a shell command. Returns its output; with check, it must succeed."""
        raise NotImplementedError

    def start(self, command):
        """Start a command in the background; what finish() wants."""
        job = f"{self.directory}/job{next(self._jobs)}"
        self.run(f"{{ ( {command}\n) >{job} 2>&1; echo $? >{job}.new; "
                 f"mv {job}.new {job}.status; }} >/dev/null 2>&1 &")
        return job

    def finish(self, job, timeout_s=60):
        """Wait until a job ends, well. Returns its output."""
        return self.run(f"while [ ! -e {job}.status ]; do sleep 0.1; done; cat {job}; "
                        f"(exit $(cat {job}.status))", timeout_s)

    def configure(self, interface, *addresses):
        """Bring an interface up, with addresses: "10.0.0.1/24", "fd00::1/64"."""
        self.run("; ".join([f"ip link set {interface} up",
                            *(f"ip addr add {address} dev {interface}" for address in addresses)]))

    def reaches(self, address):
        """An echo request is answered within a second."""
        return " 1 packets received" in self.run(f"ping -c 1 -W 1 {address}", check=False)

    def ping(self, address, count=3, size_bytes=56, timeout_s=20):
        """All of `count` echo requests are answered, once the address is resolved."""
        wait_until(lambda: self.reaches(address), timeout_s, f"{self.name} reaches {address}")
        output = self.run(f"ping -c {count} -i 0.2 -W 5 -s {size_bytes} {address}")
        assert f" {count} packets received" in output, output


class GuestNamespace(Linux):
    """A network namespace in a guest, with some of its interfaces."""

    def __init__(self, guest, *interfaces):
        self.guest = guest
        self.name = f"{guest.name} ({', '.join(interfaces)})"
        self.pid = int(guest.run("unshare -n sleep 1000000 >/dev/null 2>&1 & echo $!"))
        # The namespace is there as soon as the process is another program.
        guest.run(f"until grep -q sleep /proc/{self.pid}/comm; do sleep 0.01; done")
        for interface in ("lo", *interfaces):
            if interface != "lo":
                guest.run(f"ip link set {interface} netns {self.pid}")
            self.run(f"ip link set {interface} up")

    def run(self, command, timeout_s=60, check=True):
        return self.guest.run(f"nsenter -t {self.pid} -n sh -c {shlex.quote(command)}", timeout_s,
                              check)


class HostNamespace(Linux):
    """A network namespace of the host."""

    def __init__(self, netns, directory):
        self.netns = netns
        self.name = netns.name
        self.directory = directory

    def run(self, command, timeout_s=60, check=True):
        done = subprocess.run([*self.netns.enter, "busybox", "sh", "-c", command], text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=timeout_s)
        assert not check or done.returncode == 0, f"{self.name}: {command}: {done.stdout}"
        return done.stdout
