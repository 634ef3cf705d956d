# SPDX-License-Identifier: BSD-3-Clause
"""
Promise: everything can be seen and set through the control socket, by people and by programs.

    vsw-ctl -- control socket [switch] v0 -- guest
                                       v1 -- guest
"""

import json
import os
import socket
import time

import pytest

from frames import BROADCAST, ether
from guest import mac_of
from switch import ControlError

SHOW = {
    "show port stats all": ("ports", {"port", "rx_frames", "rx_bytes", "tx_frames", "tx_bytes",
                                      "copies", "drops"}),
    "show port info all": ("ports", {"port", "id", "kind", "path", "role", "admin", "state", "vlan",
                                     "lcores", "macs"}),
    "show vhost": ("ports", {"port", "path", "role", "state", "since_s", "features",
                             "feature_names", "protocol_features", "memory", "queues"}),
    "show vhost vhost0": ("ports", {"port", "queues"}),
    "show fdb": ("entries", {"vlan", "mac", "port", "type", "age_s"}),
    "show drops": ("drops", {"port", "reason", "frames"}),
    "show lcores": ("lcores", {"lcore", "queues", "rx_frames", "busy_ticks",
                               "busy_ticks_per_frame", "busy_percent"}),
    "show memory": ("memory", {"name", "size", "free", "bytes"}),
}


@pytest.fixture(scope="module")
def shared_lan(shared_rig):
    lan = shared_rig.lan(shared_rig.switch(ports=2), 2)
    lan.reach(0, ether(mac_of(0), BROADCAST))
    lan.reach(1, ether(mac_of(1), mac_of(1)))  # one drop: same_port
    return lan


@pytest.fixture
def lan(shared_lan, request):
    request.node.log_directory = shared_lan.switch.directory
    return shared_lan


@pytest.mark.parametrize("line", SHOW)
def test_json_of_show_commands(lan, line):
    name, keys = SHOW[line]
    entries = lan.switch.ctl(line)[name]
    assert entries, f"{line} is empty"
    for entry in entries:
        assert keys <= set(entry), f"{line} lacks {keys - set(entry)}"


@pytest.mark.parametrize("line", [*SHOW, "show version", "help"])
def test_text_of_show_commands(lan, line):
    done = lan.switch.run_ctl(*line.split())
    assert done.returncode == 0 and done.stdout.strip() and not done.stderr
    assert "{" not in done.stdout.replace("{", "", line == "help")


def test_values_are_those_of_the_port(lan):
    info = lan.switch.port_info("vhost0")
    assert (info["id"], info["kind"], info["admin"], info["state"], info["vlan"]) == \
        (0, "vhost", "up", "forwarding", "access 1")
    assert info["path"] == lan.switch.socket_path(0)
    vhost = lan.switch.ctl("show vhost vhost0")["ports"][0]
    assert int(vhost["features"], 16) & 1 << 32 and vhost["memory"]
    assert [(q["queue"], q["direction"], q["size"], q["enabled"]) for q in vhost["queues"]] == \
        [(0, "tx", 1024, True), (1, "rx", 1024, True)] or \
        [(q["queue"], q["direction"], q["size"], q["enabled"]) for q in vhost["queues"]] == \
        [(0, "rx", 1024, True), (1, "tx", 1024, True)]
    lcores = lan.switch.ctl("show lcores")["lcores"]
    assert sorted(queue for lcore in lcores for queue in lcore["queues"]) == \
        ["vhost0:0", "vhost1:0"]


def test_fdb_counts_are_those_of_the_entries(lan):
    fdb = lan.switch.ctl("show fdb")
    assert fdb["count"] == len(fdb.pop("entries")) > 0
    assert lan.switch.ctl("show fdb counts") == fdb


def test_idle_lcores_are_not_busy(lan):
    lan.switch.wait_quiet()
    lan.switch.ctl("clear lcores")
    time.sleep(0.1)
    lcore = lan.switch.ctl("show lcores")["lcores"][0]
    assert lcore["rounds"] == lcore["empty_rounds"] > 0
    assert (lcore["rx_frames"], lcore["busy_ticks"], lcore["busy_percent"]) == (0, 0, 0)


def test_help_lists_every_command(lan):
    text = lan.switch.run_ctl("help").stdout
    for start in ("port add vhost", "port del", "port start", "port stop", "show port stats",
                  "show port info", "show vhost", "show fdb", "show drops", "show lcores",
                  "show version", "clear port stats", "fdb add", "fdb del", "fdb flush",
                  "set fdb ageing", "set fdb limit", "help", "quit"):
        assert start in text


def test_help_of_one_topic(lan):
    text = lan.switch.run_ctl("help", "fdb").stdout
    assert "fdb add" in text and "port add" not in text


@pytest.mark.parametrize("line, column, hint", [
    ("prot add", 1, "port"), ("show prot stats all", 6, "port"), ("show fbd", 6, "fdb"),
    ("port stop nowhere", None, "vhost0"), ("set fdb ageing never", 16, None),
    ("fdb add 02:00:00:00:00 port vhost0", 9, None), ("port stop", None, None)])
def test_errors_say_where_and_what(lan, line, column, hint):
    with pytest.raises(ControlError) as refused:
        lan.switch.ctl(line)
    error = refused.value.error
    assert error["text"] and (hint is None or hint in error["text"])
    assert column is None or error["column"] == column
    done = lan.switch.run_ctl(*line.split())
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("vsw-ctl: ") and done.stderr.count("\n") == 1


def test_exit_codes_of_vsw_ctl(lan):
    switch = lan.switch
    assert switch.run_ctl("show", "version").returncode == 0
    assert switch.run_ctl("nonsense").returncode == 1
    assert switch.run_ctl("--no-such-option").returncode == 2
    path, switch.ctl_path = switch.ctl_path, os.path.join(switch.directory, "nobody.ctl")
    done = switch.run_ctl("show", "version")
    switch.ctl_path = path
    assert done.returncode == 3
    assert "nobody.ctl" in done.stderr and "--ctl-socket" in done.stderr


def test_lines_from_standard_input(lan):
    done = lan.switch.run_ctl(text_input="show version\n# a comment\n\nshow fdb\n")
    assert done.returncode == 0
    assert mac_of(0) in done.stdout


def test_several_clients_at_once(lan):
    connections = []
    for _ in range(8):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(5)
        connection.connect(lan.switch.ctl_path)
        connection.sendall(b"-j show version\n")
        connections.append(connection)
    for connection in connections:
        with connection.makefile("rb") as stream:
            status, length = stream.readline().split()
            assert status == b"ok"
            json.loads(stream.read(int(length)))
        connection.close()


def test_garbage_on_the_control_socket_harms_nothing(lan):
    for garbage in (b"\0" * 1000, b"x" * 100000, b"\xff\xfe\n" * 100, b"\n" * 10000, b"show"):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(5)
        connection.connect(lan.switch.ctl_path)
        try:
            connection.sendall(garbage)
        except (BrokenPipeError, ConnectionResetError):
            pass
        connection.close()
        lan.switch.ctl("show version")
    assert lan.reach(0, ether(mac_of(0), BROADCAST)) == {1}
