# SPDX-License-Identifier: BSD-3-Clause
"""
A stream of random bytes by TCP, from a network namespace to a guest, which may migrate meanwhile.

    stream = Stream(netns, guest, "10.0.0.1", 5000)
    stream.wait_sent(1 << 20)
    stream.finish(guest)                # the guest has received exactly what was sent

A stream that is parked is not read by the guest before finish(): what was received stays where the
switch has put it, in pages that the guest's CPU does not write to.
"""

import hashlib
import random
import socket
import threading
import time

from child import wait_until

CHUNK_BYTES = 1 << 14
TCP_RMEM_BYTES = "4096 33554432 67108864"  # tcp(7): what is parked must find room
TCP_MEM_PAGES = "16384 16384 24576"


class Stream(threading.Thread):
    def __init__(self, netns, guest, address, port, parked=False, bytes_per_s=None):
        super().__init__(daemon=True)
        self.pid_path = f"/tmp/reader{port}"
        self.pause_s = CHUNK_BYTES / bytes_per_s if bytes_per_s else 0
        self.random = random.Random(port)
        self.sum = hashlib.md5()  # the guest's CPU is emulated, and slow
        self.n_bytes = 0
        self.stopping = False
        self.fault = None
        guest.run(f"sysctl -w net.ipv4.tcp_rmem='{TCP_RMEM_BYTES}' "
                  f"net.ipv4.tcp_mem='{TCP_MEM_PAGES}'")
        self.job = guest.start(
            f"{{ nc -l -p {port} & echo $! >{self.pid_path}; wait; }} | md5sum")
        wait_until(lambda: f":{port} " in guest.run("netstat -ltn"), 10, "the guest listens")
        self.socket = netns.inside(socket.create_connection, (address, port), 10)
        self.socket.settimeout(30)
        if parked:
            guest.run(f"kill -STOP $(cat {self.pid_path})")
        self.start()

    def run(self):
        try:
            while not self.stopping:
                data = self.random.randbytes(CHUNK_BYTES)
                self.sum.update(data)
                self.socket.sendall(data)
                self.n_bytes += len(data)
                time.sleep(self.pause_s)
        except OSError as fault:
            self.fault = fault

    def wait_sent(self, n_bytes, timeout_s=60):
        """Until n_bytes more are sent."""
        goal = self.n_bytes + n_bytes
        wait_until(lambda: self.n_bytes >= goal or self.fault, timeout_s,
                   lambda: f"TCP sends {n_bytes} more: {self.n_bytes} of {goal}")
        assert not self.fault, self.fault

    def finish(self, guest):
        """The guest has received what was sent, every bit of it."""
        self.stopping = True
        guest.run(f"kill -CONT $(cat {self.pid_path})")
        self.join(60)
        assert not self.is_alive() and not self.fault, self.fault
        self.socket.close()
        received = guest.finish(self.job).split()[0]
        assert received == self.sum.hexdigest(), "something else was received than was sent"
