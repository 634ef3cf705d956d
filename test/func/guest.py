# SPDX-License-Identifier: BSD-3-Clause
"""vsw-guest: a process with one or more virtio-user ports."""

import json
import os
import select
import subprocess

from child import GUEST_BUILD, OTHERS_CPU, Child, wait_until

GUEST = os.path.join(GUEST_BUILD, "test", "guest", "vsw-guest")


def mac_of(number):
    """The MAC address the tests give to the front end of port `number`."""
    return f"02:00:00:00:00:{number:02x}"


def device(path, mac, **options):
    """Arguments of one virtio-user port; the options are those of the driver."""
    values = {"path": path, "mac": mac, "queue_size": 1024, "queues": 1, **options}
    return ",".join(f"{key}={value}" for key, value in values.items())


class Guest:
    """A running vsw-guest; its port n is the n-th of `devices`."""

    def __init__(self, directory, name, devices, memory_mb=256, wait_ready=True):
        command = [GUEST, "-l", str(OTHERS_CPU), "--no-pci", "--no-huge", "-m", str(memory_mb),
                   "--no-telemetry", "--file-prefix", f"{name}{os.getpid()}"]
        for number, arguments in enumerate(devices):
            command += ["--vdev", f"net_virtio_user{number},{arguments}"]
        self.child = Child(directory, name, command, stdin=subprocess.PIPE,
                           stdout=subprocess.PIPE)
        self.name = name
        self._unread = b""
        if wait_ready:
            self.wait_ready()

    def wait_ready(self, timeout_s=20):
        assert "ready" in self._read_reply(timeout_s)

    def _read_reply(self, timeout_s):
        stdout = self.child.process.stdout
        while b"\n" not in self._unread:
            readable, _, _ = select.select([stdout], [], [], timeout_s)
            assert readable, f"{self.name} did not answer within {timeout_s} s"
            data = os.read(stdout.fileno(), 1 << 20)
            assert data, f"{self.name} ended"
            self._unread += data
        line, self._unread = self._unread.split(b"\n", 1)
        return json.loads(line)

    def command(self, line, timeout_s=10):
        self.child.process.stdin.write((line + "\n").encode())
        self.child.process.stdin.flush()
        reply = self._read_reply(timeout_s)
        assert "error" not in reply, f"{self.name}: {line[:80]}: {reply}"
        return reply

    def send(self, frame, port=0, count=1):
        sent = self.command(f"send {port} {bytes(frame).hex()} {count}")["sent"]
        assert sent == count, f"{self.name} could send {sent} frames of {count}"

    def receive(self, port=0):
        """Take the captured frames."""
        reply = self.command(f"recv {port}")
        assert reply["overflowed"] == 0
        return [bytes.fromhex(frame) for frame in reply["frames"]]

    def received(self, port=0):
        """The number of all frames received since the start."""
        return self.command(f"recv {port} 0")["received"]

    def stream(self, port, identity, dst, src, count, pps=50000, length=60, **options):
        extra = "".join(f" {key}={value}" for key, value in options.items())
        self.command(f"stream {port} id={identity} dst={dst} src={src} len={length} pps={pps} "
                     f"count={count}{extra}")

    def wait_sent(self, timeout_s):
        self.command("wait", timeout_s)

    def report(self):
        return self.command("report")

    def verdict(self, port, identity):
        """What became of a stream at a port; None if nothing of it came."""
        streams = self.report()["ports"][port]["streams"]
        return next((stream for stream in streams if stream["id"] == identity), None)

    def wait_received(self, port, identity, count, timeout_s=5):
        def all_here():
            verdict = self.verdict(port, identity)
            return verdict and verdict["received"] + verdict["corrupted"] >= count
        try:
            wait_until(all_here, timeout_s, "all frames of the stream")
        except AssertionError:
            pass  # what is missing is shown by the verdict
        return self.verdict(port, identity)

    def link_is_up(self, port=0):
        return self.command(f"link {port}")["link"] == "up"

    def kill(self):
        self.child.kill()

    def quit(self):
        """End the process in an orderly way."""
        if self.child.alive:
            self.command("quit")
            assert self.child.process.wait(10) == 0
        self.child.process.stdin.close()
        self.child.process.stdout.close()


def assert_flawless(verdict, count):
    """Every frame of a stream came once, in order and unchanged."""
    assert verdict is not None, "nothing of the stream came"
    wanted = {"received": count, "lost": 0, "duplicated": 0, "reordered": 0, "corrupted": 0}
    assert {key: verdict[key] for key in wanted} == wanted, verdict
