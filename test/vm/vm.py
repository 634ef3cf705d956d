# SPDX-License-Identifier: BSD-3-Clause
"""
A guest with a real Linux: one QEMU process without KVM, a console on pipes, QMP on a socket.

    guest = Guest(directory, "a", [Nic(switch.socket_path(0), mac_of(0))])
    guest.configure("eth0", "10.0.0.1/24")
    guest.run("ethtool -K eth0 tx off")     # its output; fails if the command does
    job = guest.start("iperf3 -s -1")       # in the background ...
    guest.finish(job)                       # ... until it ends
    guest.qmp("device_del", id="nic0")

The network interfaces are eth0, eth1, ... in the order of `nics`. QEMU connects to the switch, and
waits for it, before the guest starts; a guest is up about 3 s later, 20 s on a busy machine.
scripts/vm-images makes what is needed; a guest has what is named there.
"""

import contextlib
import itertools
import json
import os
import re
import select
import socket
import subprocess
import time

from child import Child, wait_until
from linux import Linux

TREE = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
IMAGES = os.path.abspath(os.environ.get("VSW_VM_DIR", os.path.join(TREE, "build", "vm")))
# With us, however we end.
ENDS = ["setpriv", "--pdeathsig", "KILL"]
QEMU = [os.path.join(IMAGES, "qemu10/usr/bin/qemu-system-x86_64"),
        "-L", os.path.join(IMAGES, "qemu10/usr/share/qemu"),
        "-L", os.path.join(IMAGES, "qemu10/usr/share/seabios")]

# A page that the kernel clears counts as changed, and would migrate with what is received in it.
KERNEL_OPTIONS = "init_on_alloc=0"

BOOT_TIMEOUT_S = 120
ALL_CPUS = os.sched_getaffinity(0)  # read before the rig keeps the test to one of them


class Nic:
    """
    A network interface on a vhost-user socket. `properties` are those of QEMU's virtio-net-pci:
    Nic(path, mac, mrg_rxbuf="off", host_tso4="off"). From a pcie-root-port as `bus` it can be
    unplugged.
    """

    def __init__(self, path, mac, queues=1, server=False, reconnect_ms=0, bus=None, **properties):
        self.path = path
        self.mac = mac
        self.queues = queues
        self.server = server
        self.reconnect_ms = reconnect_ms
        self.properties = {"rx_queue_size": 1024, "tx_queue_size": 1024, **properties}
        if queues > 1:
            self.properties.update(mq="on", vectors=2 * queues + 2)
        if bus:
            self.properties["bus"] = bus

    def chardev(self):
        side = ",server=on,wait=off" if self.server else ""
        if self.reconnect_ms:
            side += f",reconnect-ms={self.reconnect_ms}"
        return f"socket,path={self.path}{side}"

    def arguments(self, number):
        """Of QEMU, for the objects char<number>, net<number> and nic<number>."""
        properties = "".join(f",{key}={value}" for key, value in self.properties.items())
        return ["-chardev", f"{self.chardev()},id=char{number}",
                "-netdev", f"vhost-user,id=net{number},chardev=char{number},queues={self.queues}",
                "-device", f"virtio-net-pci,id=nic{number},netdev=net{number},mac={self.mac},"
                           f"romfile={properties}"]


class QmpError(Exception):
    """QEMU refused a command."""


class Guest(Linux):
    """A running guest. `extra`: further arguments of QEMU, e.g. -incoming."""

    def __init__(self, directory, name, nics=(), memory_mb=192, n_cpus=1, extra=(), wait_up=True):
        self.name = name
        self.qmp_path = os.path.join(directory, name + ".qmp")
        command = [*QEMU, "-name", name, "-accel", "tcg,thread=multi", "-cpu", "max",
                   "-machine", "q35,memory-backend=memory", "-smp", str(n_cpus),
                   "-m", str(memory_mb), "-object",
                   f"memory-backend-memfd,id=memory,size={memory_mb}M,share=on",
                   "-nodefaults", "-display", "none", "-no-reboot", "-serial", "stdio",
                   "-qmp", f"unix:{self.qmp_path},server=on,wait=off",
                   "-kernel", os.path.join(IMAGES, "vmlinuz"),
                   "-initrd", os.path.join(IMAGES, "guest.cpio.gz"),
                   "-append", "console=ttyS0 quiet panic=-1 net.ifnames=0 " + KERNEL_OPTIONS]
        for number, nic in enumerate(nics):
            command += nic.arguments(number)
        cpus = ",".join(str(cpu) for cpu in sorted(ALL_CPUS))
        self.child = Child(directory, name, [*ENDS, "taskset", "-c", cpus, *command, *extra],
                           stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._unread = ""
        self._numbers = itertools.count()
        self._stuck = None  # the command that the console is busy with
        self._qmp = None
        if wait_up:
            self.wait_up()

    def wait_up(self, timeout_s=BOOT_TIMEOUT_S):
        self._read_until(r"guest is up\n", timeout_s)

    def _read_until(self, pattern, timeout_s):
        """Take the console's text up to a match of the pattern. Returns the text and the match."""
        stdout = self.child.process.stdout
        deadline = time.monotonic() + timeout_s
        while True:
            match = re.search(pattern, self._unread)
            if match:
                text, self._unread = self._unread[:match.start()], self._unread[match.end():]
                return text, match
            readable, _, _ = select.select([stdout], [], [], max(0, deadline - time.monotonic()))
            assert readable, f"{self.name}: not within {timeout_s} s: {self._unread[-2000:]!r}"
            data = os.read(stdout.fileno(), 1 << 16)
            assert data, f"{self.name} ended: {self._unread[-2000:]!r}"
            self._unread += data.decode(errors="replace").replace("\r", "")

    def run(self, command, timeout_s=60, check=True):
        assert self._stuck is None, f"{self.name} still does: {self._stuck}"
        number = next(self._numbers)
        line = f"{{ {command}\n}} </dev/null 2>&1; echo \"=$?=\"{number}\n"
        self.child.process.stdin.write(line.encode())
        self.child.process.stdin.flush()
        self._stuck = command
        output, status = self._read_until(rf"=(\d+)={number}\n", timeout_s)
        self._stuck = None
        assert not check or status[1] == "0", f"{self.name}: {command}: {status[1]}: {output}"
        return output

    def qmp(self, command, **arguments):
        """Run a QMP command, with "_" for "-" in its arguments. Returns what it returns."""
        if self._qmp is None:
            connection = socket.socket(socket.AF_UNIX)
            connection.connect(self.qmp_path)
            self._qmp = connection.makefile("rw")
            self._qmp.readline()
            self.qmp("qmp_capabilities")
        arguments = {key.replace("_", "-"): value for key, value in arguments.items()}
        self._qmp.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self._qmp.flush()
        while True:
            reply = json.loads(self._qmp.readline())
            if "error" in reply:
                raise QmpError(f"{self.name}: {command}: {reply['error']['desc']}")
            if "return" in reply:
                return reply["return"]

    def plug(self, nic, number=0):
        """Add an interface, the number-th, behind a pcie-root-port."""
        commands = ("chardev-add", "netdev_add", "device_add")
        for command, arguments in zip(commands, nic.arguments(number)[1::2]):
            fault = self.qmp("human-monitor-command", command_line=f"{command} {arguments}")
            assert not fault, f"{self.name}: {command} {arguments}: {fault}"

    def unplug(self, number=0, timeout_s=20):
        """Take an interface out; returns when the guest has let go of it."""
        self.qmp("device_del", id=f"nic{number}")
        wait_until(lambda: f"nic{number}" not in
                   [child["name"] for child in self.qmp("qom-list", path="/machine/peripheral")],
                   timeout_s, f"{self.name} lets go of interface {number}")
        self.qmp("netdev_del", id=f"net{number}")

    def kill(self):
        self.child.kill()
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.qmp_path)
        self.child.process.stdin.close()
        self.child.process.stdout.close()
