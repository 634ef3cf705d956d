# SPDX-License-Identifier: BSD-3-Clause
"""Data by TCP from one Linux to another, and proof that it came over as it was."""

import json

from child import wait_until

PORT = 7000
IPERF_PORT = 5201
PIECE_MB = 2


class Station:
    """An end of transfers: takes data at any time, and answers with its MD5 sum."""

    def __init__(self, linux):
        self.linux = linux
        self._sums = {}
        self._file = f"{linux.directory}/data"
        # Other data each time: nothing that was left in a buffer passes for it.
        linux.run(f"[ -e {self._file} ] || "
                  f"dd if=/dev/urandom of={self._file} bs=1M count={PIECE_MB} 2>/dev/null")
        linux.run(f"nc -ll -p {PORT} -e md5sum >/dev/null 2>&1 &")
        linux.run(f"iperf3 -s -D -p {IPERF_PORT}")
        self._wait_listening()

    def _wait_listening(self):
        def listening():
            ports = self.linux.run("netstat -ltn")
            return all(f":{port} " in ports for port in (PORT, IPERF_PORT))
        wait_until(listening, 10, f"{self.linux.name} listens")

    def _pieces(self, megabytes):
        return " ".join(["cat"] + [self._file] * (megabytes // PIECE_MB))

    def _sum(self, megabytes):
        if megabytes not in self._sums:
            self._sums[megabytes] = self.linux.run(f"{self._pieces(megabytes)} | md5sum").split()[0]
        return self._sums[megabytes]

    def send(self, address, megabytes, timeout_s=60):
        """Send that much (a multiple of PIECE_MB); what arrives is what was sent."""
        answer = self.linux.run(f"{self._pieces(megabytes)} | nc {address} {PORT}", timeout_s)
        assert answer.split()[:1] == [self._sum(megabytes)], \
            f"{megabytes} MB from {self.linux.name} to {address}: {answer}"

    def measure(self, address, options, timeout_s=60):
        """Run iperf3 to another station. Returns what the receiver says: a "sum" of its JSON."""
        report = json.loads(self.linux.run(f"iperf3 -J -c {address} {options}", timeout_s))
        return report["end"].get("sum_received") or report["end"]["sum"]
