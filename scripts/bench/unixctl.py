# SPDX-License-Identifier: BSD-3-Clause
"""
The control socket of an Open vSwitch daemon, asked without a process for each question: that would
take a CPU from what is measured. JSON-RPC 1.0, as ovs-appctl(8) speaks it.
"""

import json
import socket

from .fault import Fault


def _exchange(path, request, timeout_s):
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(timeout_s)
        connection.connect(path)
        connection.sendall(json.dumps(request).encode())
        text = b""
        while True:  # an answer has no end but that of its JSON
            piece = connection.recv(65536)
            text += piece
            try:
                return json.loads(text)
            except ValueError:
                if not piece:
                    raise OSError("it closed the connection") from None


def ask(path, method, *words, timeout_s=20):
    """Returns what the daemon says."""
    try:
        answer = _exchange(path, {"id": 0, "method": method, "params": words}, timeout_s)
    except OSError as error:
        raise Fault(f"{method} at {path}: {error}") from None
    if answer.get("error") is not None:
        raise Fault(f"{method} at {path}: {str(answer['error']).strip()}")
    return answer["result"]
