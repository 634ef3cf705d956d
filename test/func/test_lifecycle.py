# SPDX-License-Identifier: BSD-3-Clause
"""
Promise: ports come and go, sockets are treated with care, and the switch ends when told to.

    guest a -- v0 [      ]
                  [switch] v2 ...     what else each test needs
    guest b -- v1 [      ]
"""

import os
import signal
import socket
import stat
import subprocess
import time

import pytest

from child import wait_until
from frames import BROADCAST, ether
from guest import assert_flawless, device, mac_of
from honest import HonestPair
from rawfront import TX, RawFront
from switch import SWITCH, ControlError, Switch


def pair_of(rig, switch, name="pair"):
    guest = rig.guest(name, *[device(switch.socket_path(n), mac_of(n)) for n in (0, 1)])
    switch.wait_state("vhost0", "vhost1")
    return HonestPair(guest)


def test_ports_at_run_time(rig):
    """Add, stop, start and remove a port under traffic of others, also one in use."""
    switch = rig.switch(ports=2)
    pair = pair_of(rig, switch).start()
    path = switch.socket_path(2)
    for attempt in range(8):
        switch.ctl(f"port add vhost extra path {path}")
        assert switch.port_info("extra")["state"] == "listening"
        front = rig.front(path)
        switch.wait_state("extra", timeout_s=2)
        front.send(ether(mac_of(2), BROADCAST))
        wait_until(lambda: (1, mac_of(2)) in switch.fdb(), 2, "the MAC is learned")
        switch.ctl("port stop extra")
        switch.wait_state("extra", state="stopped", timeout_s=1)
        assert "extra" not in switch.fdb().values()
        switch.ctl("port start extra")
        front.close()
        front = rig.front(path)
        switch.wait_state("extra", timeout_s=2)
        if attempt % 2:
            front.close()
        switch.ctl("port del extra")
        assert not os.path.exists(path)
        assert "extra" not in switch.port_stats()
        front.close()
    pair.finish()


def test_new_socket_is_served_at_once(rig):
    """Not when librte_vhost's thread next looks for new ones, which it does once a second."""
    switch = rig.switch()
    times = []
    for number in range(5):
        path = switch.socket_path(number)
        switch.ctl(f"port add vhost port{number} path {path}")
        start = time.monotonic()
        rig.front(path)
        switch.wait_state(f"port{number}")
        times.append(time.monotonic() - start)
    assert sorted(times)[2] < 0.5, times


def test_stopped_port_neither_sends_nor_receives(rig):
    switch = rig.switch(ports=3)
    lan = rig.lan(switch, 2)
    frame = bytes(ether(mac_of(2), BROADCAST))

    def front_is_reached():
        front = rig.front(switch.socket_path(2))
        switch.wait_state("vhost2", timeout_s=2)
        assert lan.outcome(lambda: front.send(frame), 1) == [[frame], [frame]]
        assert mac_of(2) in switch.fdb_ports()
        lan.reach(0, ether(mac_of(0), BROADCAST))
        assert len(front.receive()) == 1
        return front

    front = front_is_reached()
    switch.ctl("port stop vhost2")
    assert mac_of(2) not in switch.fdb_ports()
    front.offer_frame(frame)
    assert lan.reach(0, ether(mac_of(0), BROADCAST)) == {1}
    assert lan.guest.receive(1) == []
    assert (front.receive(), front.rings[TX].pending()) == ([], 1)
    switch.ctl("port start vhost2")
    front_is_reached()


def test_port_commands_refuse_nonsense(rig):
    switch = rig.switch(ports=1)
    path = switch.socket_path(5)
    for line in (f"port add vhost vhost0 path {path}",
                 f"port add vhost other path {switch.socket_path(0)}",
                 f"port add vhost other path {path} vlan 4095",
                 f"port add vhost other path {path} lcore 77",
                 f"port add vhost other path {path} owner nobody-of-this-name",
                 "port del other", "port stop other", "show port stats other"):
        with pytest.raises(ControlError):
            switch.ctl(line)
    assert not os.path.exists(path)
    assert os.path.exists(switch.socket_path(0))
    assert list(switch.port_stats()) == ["vhost0"]


def test_client_role(rig):
    """The guests own the sockets; the switch connects, now and after a restart of either."""
    paths = [os.path.join(rig.directory, f"v{number}") for number in range(2)]

    def start_guest(name):
        return rig.guest(name, *[device(path, mac_of(number), server=1)
                                 for number, path in enumerate(paths)], wait_ready=False)

    def check(guest):
        switch.wait_state("vhost0", "vhost1", timeout_s=15)
        wait_until(lambda: guest.link_is_up(0) and guest.link_is_up(1), 10, "both links are up")
        guest.command("reset")
        HonestPair(guest).start().finish()
        guest.command("reset")

    switch = rig.switch(ports=2, options=["--client"])
    switch.foreign_sockets = paths
    assert switch.port_info("vhost0")["state"] == "connecting"
    assert switch.port_info("vhost0")["role"] == "client"
    guest = start_guest("server1")
    guest.wait_ready()
    check(guest)

    guest.kill()
    switch.wait_state("vhost0", "vhost1", state="connecting", timeout_s=3)
    for path in paths:
        os.unlink(path)
    guest = start_guest("server2")
    guest.wait_ready()
    check(guest)

    switch.finish()
    switch.start()
    check(guest)


def test_one_port_of_many_is_client(rig):
    path = os.path.join(rig.directory, "v1")
    switch = rig.switch(ports=["", ",client"])
    switch.foreign_sockets = [path]
    assert [switch.port_info(port)["role"] for port in ("vhost0", "vhost1")] == ["server", "client"]
    guest = rig.guest("b", device(path, mac_of(1), server=1))
    switch.wait_state("vhost1")
    front = rig.front(switch.socket_path(0))
    switch.wait_state("vhost0")
    front.send(ether(mac_of(0), BROADCAST, b"to the server"))
    wait_until(lambda: any(b"to the server" in frame for frame in guest.receive()), 2, "the frame")


def test_second_client_is_refused(rig):
    switch = rig.switch(ports=2)
    pair = pair_of(rig, switch).start()
    for _ in range(5):
        second = RawFront(switch.socket_path(0), start=False)
        try:
            second.message(1)
            assert second.socket.recv(1) == b"", "the switch has answered a second client"
        except (BrokenPipeError, ConnectionResetError):
            pass
        second.close()
    assert switch.port_info("vhost0")["state"] == "forwarding"
    pair.finish()


def test_stale_socket_is_replaced(rig):
    stale = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    path = os.path.join(rig.directory, "v0")
    stale.bind(path)
    stale.close()
    switch = rig.switch(ports=1)
    rig.front(path)
    switch.wait_state("vhost0")


def make_file(path):
    with open(path, "w") as file:
        file.write("precious")


def make_symlink(path):
    make_file(path + ".target")
    os.symlink(path + ".target", path)


def make_live_socket(path):
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(path)
    listener.listen()
    return listener


@pytest.mark.parametrize("make", [make_file, make_symlink, os.mkdir, make_live_socket])
@pytest.mark.parametrize("which", ["port", "control"])
def test_what_is_no_stale_socket_is_left_alone(workdir, make, which):
    path = os.path.join(workdir, "v0" if which == "port" else "switch.ctl")
    keep = make(path)
    before = os.lstat(path)
    switch = Switch(workdir, [""] if which == "port" else [])
    assert_refused(switch, path)
    after = os.lstat(path)
    assert (before.st_ino, before.st_mode, before.st_size) == \
        (after.st_ino, after.st_mode, after.st_size)
    del keep


def assert_refused(switch, *fragments):
    """The switch ends with code 1 and one sentence that has the fragments in it."""
    try:
        code, log = switch.start_refused()
        switch.child.check_log()
    finally:
        switch.child.kill()
    errors = [line for line in log.splitlines()
              if line.startswith("vhost-switch: ") and "VHOST_CONFIG" not in line]
    assert code == 1, log
    assert len(errors) == 1, log
    for fragment in fragments:
        assert fragment in errors[0], log


@pytest.mark.parametrize("path", ["{0}/" + "x" * 108, "{0}/missing/v0", "/proc/v0"],
                         ids=["too long", "no directory", "no place for files"])
def test_impossible_path(workdir, path):
    path = path.format(workdir)
    switch = Switch(workdir)
    switch.command += ["--socket-file", path]
    assert_refused(switch, path[:80])


def test_path_of_107_bytes(rig):
    """The longest that a socket address can hold."""
    path = os.path.join(rig.directory, "v").ljust(107, "x")
    switch = rig.switch(options=["--socket-file", path])
    rig.front(path)
    switch.wait_state("vhost0")


def test_socket_mode_and_owner(rig):
    switch = rig.switch(ports=["", ",mode=600", ",mode=0666,owner=nobody,group=nogroup"])
    status = [os.stat(switch.socket_path(number)) for number in range(3)]
    assert [stat.S_IMODE(entry.st_mode) for entry in status] == [0o660, 0o600, 0o666]
    assert (status[2].st_uid, status[2].st_gid) == (65534, 65534)
    assert stat.S_IMODE(os.stat(switch.ctl_path).st_mode) == 0o600


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ends_under_load(rig, number):
    switch = rig.switch(ports=2)
    pair = pair_of(rig, switch).start(pps=100000)
    pair.guest.stream(0, 1, BROADCAST, mac_of(0), 0, 50000, 1514)
    time.sleep(0.5)
    switch.finish(number)


def test_second_signal_changes_nothing(rig):
    switch = rig.switch(ports=2)
    pair_of(rig, switch).start()
    switch.child.process.send_signal(signal.SIGTERM)
    switch.finish()


def test_ends_with_a_silent_connection(rig):
    """A front end that has connected and says nothing."""
    switch = rig.switch(ports=1)
    rig.front(switch.socket_path(0), start=False)
    time.sleep(0.1)
    switch.finish()


def test_quit_command(rig):
    switch = rig.switch(ports=1)
    switch.ctl("quit")
    assert switch.child.process.wait(2) == 0
    assert not os.path.exists(switch.socket_path(0))


def test_traffic_after_restart_of_the_switch(rig):
    """New guests on the same paths; the sockets of a killed switch are stale, not in the way."""
    switch = rig.switch(ports=2)
    pair_of(rig, switch).start()
    switch.child.kill()
    assert os.path.exists(switch.socket_path(0))
    rig.guests[0].kill()
    switch.start()
    pair = pair_of(rig, switch, "pair2")
    pair.guest.stream(0, 1, mac_of(1), mac_of(0), 1000)
    pair.guest.wait_sent(5)
    assert_flawless(pair.guest.wait_received(1, 1, 1000), 1000)


@pytest.mark.parametrize("options, words", [
    (["-l", "99", "--no-huge"], ["lcore 99", "CPUs", "-l"]),
    (["-l", "x", "--no-huge"], ["core list", "-l 0-1"]),
    (["-l", "0", "--in-memory", "-m", "9999999"], ["9999999", "hugepages"]),
    (["-l", "0", "--no-huge", "--in-memory"], ["--in-memory"]),
    (["-l", "0", "--no-such-option"], ["--no-such-option", "--help"]),
    (["-l", "0", "--socket-file", "/tmp/x"], ["--socket-file", "'--'"]),
], ids=lambda value: " ".join(value))
def test_eal_that_does_not_start(workdir, options, words):
    """One sentence: what is wrong, the numbers, what to do."""
    done = subprocess.run([SWITCH, *options, "--no-pci", "--file-prefix", f"no{os.getpid()}"],
                          env=dict(os.environ, RUNTIME_DIRECTORY=workdir), timeout=20,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout == "" and done.stderr.count("\n") == 1, done.stderr
    assert all(word in done.stderr for word in words), done.stderr


@pytest.mark.parametrize("options", [
    ["--no-such-option"], ["--idle-sleep", "1001"], ["--socket-file", ""],
    ["--cmdline-file", "/nonexistent"]], ids=" ".join)
def test_bad_options(workdir, options):
    switch = Switch(workdir)
    switch.command += options
    assert_refused(switch, options[-1])


@pytest.mark.parametrize("suffix", [
    ",nonsense=1", ",vlan=0", ",vlan=4095", ",mode=9", ",mergeable=2", ",owner=no-such-user"])
def test_bad_port_options(workdir, suffix):
    assert_refused(Switch(workdir, [suffix]))


def test_command_file(rig):
    path = os.path.join(rig.directory, "commands")
    with open(path, "w") as file:
        file.write(f"# two ports\nport add vhost a path {rig.directory}/a vlan 7\n\n"
                   f"fdb add {mac_of(0)} port a vlan 7\n")
    switch = rig.switch(options=["--cmdline-file", path])
    assert switch.port_info("a")["vlan"] == "access 7"
    assert switch.fdb() == {(7, mac_of(0)): "a"}


def test_bad_command_file(workdir):
    path = os.path.join(workdir, "commands")
    with open(path, "w") as file:
        file.write("show version\nprot add\n")
    assert_refused(Switch(workdir, options=["--cmdline-file", path]), f"{path}:2:")


def test_second_instance_on_one_control_socket(rig):
    switch = rig.switch(ports=1)
    second = Switch(rig.directory, name="second")
    second.command[second.command.index("--ctl-socket") + 1] = switch.ctl_path
    assert_refused(second, switch.ctl_path)
    switch.ctl("show version")
