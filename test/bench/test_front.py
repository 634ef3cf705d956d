# SPDX-License-Identifier: BSD-3-Clause
"""
Promise: lib/frontend is a driver as the switch knows them, on either side of the socket; and what
keeps it from being one, it says within its time.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "func"))
from child import BUILD, OTHERS_CPU  # noqa: E402
from switch import Switch  # noqa: E402

FRONT_PASS = os.path.join(BUILD, "test", "bench", "front_pass")
FRAMES = 5000
RINGS = {
    "split": [],
    "packed": ["-p"],
    "split-in-order-2-pairs": ["-o", "-q", "2"],
    "packed-in-order-2-pairs": ["-p", "-o", "-q", "2"],
    "split-mergeable": ["-m", "-b", "300", "-f", "1518", "-r", "1024"],
    "packed-mergeable": ["-p", "-m", "-b", "300", "-f", "1518", "-r", "1024"],
    "split-32768": ["-r", "32768"],
    "packed-32768": ["-p", "-r", "32768"],
}


def front_pass(*words, timeout=60):
    return subprocess.run(["taskset", "-c", str(OTHERS_CPU), FRONT_PASS, *words],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=timeout)


@pytest.fixture(scope="module")
def switch():
    """Two pairs of ports that know nothing of each other: of the second it is the client."""
    directory = tempfile.mkdtemp(prefix="vsw-")
    switch = Switch(directory, [",vlan=10", ",vlan=10", ",vlan=20,client", ",vlan=20,client",
                                ",vlan=30,packed=off"])
    try:
        yield switch.start()
        switch.check_books()
        switch.finish()
    finally:
        switch.child.kill()
        shutil.rmtree(directory)


@pytest.mark.parametrize("rings", RINGS)
def test_frames_pass(switch, rings):
    done = front_pass("-n", str(FRAMES), *RINGS[rings], switch.socket_path(0),
                      switch.socket_path(1))
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("rings", ["split", "packed"])
def test_the_switch_connects(switch, rings):
    paths = [switch.socket_path(number) + ",server" for number in (2, 3)]
    done = front_pass("-n", str(FRAMES), *RINGS[rings], *paths)
    assert done.returncode == 0, done.stderr


def refused(path, *words):
    """One sentence, which is returned."""
    done = front_pass("-t", "300", *words, path, path, timeout=10)
    assert done.returncode == 1 and done.stderr.count("\n") == 1, done.stderr
    return done.stderr


def test_no_socket(tmp_path):
    assert "does not exist" in refused(str(tmp_path / "none"))


def test_nobody_listens(tmp_path):
    path = str(tmp_path / "old")
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(path)
    assert "nobody has listened" in refused(path)


def test_nobody_connects(tmp_path):
    path = str(tmp_path / "ours")
    assert "no switch has connected" in refused(path + ",server")
    assert not os.path.exists(path)


def test_no_answer(tmp_path):
    path = str(tmp_path / "mute")
    with socket.socket(socket.AF_UNIX) as mute:
        mute.bind(path)
        mute.listen()
        assert "no answer to GET_FEATURES within 300 ms" in refused(path)


def answered_with(path, answer):
    """What is said about a switch that answers to the first question with these bytes."""
    def serve():
        connection, _ = listener.accept()
        with connection:
            connection.recv(12)  # SET_OWNER
            connection.recv(12)
            connection.sendall(answer)

    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        thread = threading.Thread(target=serve)
        thread.start()
        said = refused(path)
        thread.join()
    return said


def test_the_connection_ends(tmp_path):
    assert "has closed the connection at GET_FEATURES" in answered_with(str(tmp_path / "end"), b"")


def test_nonsense(tmp_path):
    assert "makes no sense" in answered_with(str(tmp_path / "http"), b"HTTP/1.1 400 Bad Request")


def test_what_the_switch_does_not_offer(switch):
    said = refused(switch.socket_path(4), "-p")
    assert "does not offer RING_PACKED; take split rings" in said
