# SPDX-License-Identifier: BSD-3-Clause
"""
Network namespaces of a test: interfaces in them, and raw frames on these.

    with Netns("left") as left:
        left.veth("a", "b")                  # both ends up, in this namespace
        wire = left.open("b")                # an Endpoint: raw frames on one interface
        wire.send(frame)
        assert wire.receive(1) == [frame]
        left.run("ping", "-c", "1", "10.0.0.2")

The test process itself stays where it is: sockets are made by a thread that enters the namespace,
and belong to it from then on. IPv6 is off, so that the kernel sends nothing by itself.
"""

import concurrent.futures
import ctypes
import errno
import os
import socket
import struct
import subprocess
import time

from frames import LOCAL_EXPERIMENTAL

CLONE_NEWNET = 0x40000000  # sched.h
SOL_PACKET, PACKET_AUXDATA = 263, 8  # linux/if_packet.h
TP_STATUS_VLAN_VALID = 0x10
AUXDATA = struct.Struct("=IIIHHHH")  # struct tpacket_auxdata
RECEIVE_BUFFER_BYTES = 4 << 20

_libc = ctypes.CDLL(None, use_errno=True)


class Endpoint:
    """Sends any frame on an interface, receives those of one EtherType, with their VLAN tag."""

    def __init__(self, interface, ethertype):
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ethertype))
        self.socket.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        self.socket.bind((interface, ethertype))

    def send(self, frame, count=1):
        for _ in range(count):
            self.socket.send(bytes(frame))

    def _take(self, timeout_s):
        self.socket.settimeout(timeout_s)
        frame, extra, _, _ = self.socket.recvmsg(65536, 64)
        for level, kind, data in extra:
            if (level, kind) == (SOL_PACKET, PACKET_AUXDATA):
                status, _, _, _, _, tci, tpid = AUXDATA.unpack(data)
                if status & TP_STATUS_VLAN_VALID:
                    frame = frame[:12] + struct.pack(">HH", tpid, tci) + frame[12:]
        return frame

    def receive(self, count=1, timeout_s=3):
        """Up to `count` frames: fewer if no more come in time. 0: all that are there now."""
        frames = []
        deadline = time.monotonic() + (timeout_s if count else 0)
        while not count or len(frames) < count:
            try:
                frames.append(self._take(max(deadline - time.monotonic(), 0.001)))
            except TimeoutError:
                break
            except OSError as error:  # told once; there may be frames from before or after
                if error.errno != errno.ENETDOWN:
                    raise
        return frames

    def close(self):
        self.socket.close()


class Netns:
    """A network namespace; its name has the test's process id in it."""

    def __init__(self, name):
        self.name = f"{name}{os.getpid()}"
        # What stands before a command to run it inside; unlike `ip netns exec` in a chroot, too.
        self.enter = ["nsenter", f"--net=/run/netns/{self.name}"]
        self.endpoints = []
        subprocess.run(["ip", "netns", "add", self.name], check=True)
        self.inside(self._silence_ipv6)
        self.ip("link set lo up")

    @staticmethod
    def _silence_ipv6():
        try:
            with open("/proc/sys/net/ipv6/conf/default/disable_ipv6", "w") as switch:
                switch.write("1")
        except FileNotFoundError:
            pass  # a kernel without IPv6

    def _enter(self):
        with open(f"/run/netns/{self.name}") as namespace:
            if _libc.setns(namespace.fileno(), CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), f"setns {self.name}")

    def inside(self, function, *arguments):
        """Call function in a thread that is in the namespace; return what it returns."""
        with concurrent.futures.ThreadPoolExecutor(1, initializer=self._enter) as pool:
            return pool.submit(function, *arguments).result()

    def run(self, *command, check=True):
        """Run a command inside. Returns the completed process, with its output as text."""
        done = subprocess.run([*self.enter, *command], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert done.returncode == 0 or not check, f"{' '.join(command)}: {done.stdout}"
        return done

    def ip(self, line, check=True):
        """`ip` with the words of a line: ip("link set veth0 down")."""
        return subprocess.run([*self.enter, "ip", *line.split()], check=check, text=True,
                              capture_output=not check)

    def veth(self, one, other, mtu=1500):
        """A cable with two ends, both up."""
        self.ip(f"link add {one} mtu {mtu} type veth peer name {other} mtu {mtu}")
        self.ip(f"link set {one} up")
        self.ip(f"link set {other} up")

    def interfaces(self):
        return {name for _, name in self.inside(socket.if_nameindex)}

    def open(self, interface, ethertype=LOCAL_EXPERIMENTAL):
        endpoint = self.inside(Endpoint, interface, ethertype)
        self.endpoints.append(endpoint)
        return endpoint

    def close(self):
        for endpoint in self.endpoints:
            endpoint.close()
        subprocess.run(["ip", "netns", "del", self.name], check=True)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()
