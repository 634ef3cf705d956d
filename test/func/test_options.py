# SPDX-License-Identifier: BSD-3-Clause
"""
Promise: the command lines of DPDK's vhost guide and sample start the switch, and say what they do.
What each option becomes, and what is refused, is in test/unit/test_args.c.

    front a -- v0 [switch] v1 -- front b          [net_null0]
"""

import fcntl
import os
import re
import time

import pytest

from child import Child, wait_until
from frames import BROADCAST, MULTICAST, ether
from guest import mac_of
from rawfront import F_PROTOCOL_FEATURES, F_VERSION_1, GET_FEATURES, RawFront
from switch import ControlError, Switch
from test_lifecycle import assert_refused

# All options of the guide and the sample, but for those of sockets.
GOOD = ("-p 0x1 -P --vm2vm 1 --vlan-base 1000 --vlan-strip 1 --mergeable 1 --tx-csum 0 --tso 1 "
        "--stats 1 --rx-retry 1 --rx-retry-num 4 --rx-retry-delay 15 --total-num-mbufs 4096 "
        "--dmas [txd0@00:04.0,rxd0@00:04.1]")

# An option that does nothing (any more), and what its line must name.
NOTES = {
    "--tso 1": "--tx-csum 1",
    "--dmas [txd0@00:04.0,rxd0@00:04.1]": "copied by the lcores",
    "--dma-type ioat": "--dmas",
    "--zero-copy 1": "lcores copy",
    "--dequeue-zero-copy": "lcores copy",
    "--rx-desc-num 64": "rx_queue_size",
    "--tx-desc-num 64": "tx_queue_size",
    "--dev-index 1": "--socket-file",
    "--nb-devices 2": "--socket-file",
    "--builtin-net-driver": "works on the rings itself",
}

SCREEN_ROWS = ["TX total", "TX dropped", "TX successful", "RX total", "RX dropped", "RX successful"]


@pytest.fixture(scope="module")
def switch(shared_rig):
    obsolete = " ".join(line for line in NOTES if line.split()[0] not in GOOD.split())
    # A device without traffic of its own.
    return shared_rig.switch(ports=2, options=f"{GOOD} {obsolete}".split(),
                             eal=["--vdev", "net_null0,no-rx=1"])


@pytest.mark.parametrize("option, replacement", NOTES.items(), ids=NOTES)
def test_option_without_effect_says_so_once(switch, option, replacement):
    name = option.split()[0]
    lines = [line for line in switch.child.log().splitlines()
             if line.startswith(f"vhost-switch: {name} ")]
    assert len(lines) == 1 and replacement in lines[0], lines


def screens(switch):
    """Of each complete statistics screen so far: port -> row -> count."""
    found = []
    for screen in re.findall(r"^Device statistics =+\n(.*?)^={40,}\n", switch.child.log(),
                             re.DOTALL | re.MULTILINE):
        ports = re.findall(r"Statistics for device (\S+)\n-+\n((?:[TR]X .*\n){6})", screen)
        found.append({port: dict(re.findall(r"(.+): +(\d+)\n", rows)) for port, rows in ports})
    return found


def test_statistics_screen(switch):
    """TX is what the guest transmitted, RX what was for it; the counts are the console's."""
    a = RawFront(switch.socket_path(0))
    b = RawFront(switch.socket_path(1), size=8)
    switch.wait_state("vhost0", "vhost1")
    before = switch.port_stats()
    for _ in range(12):  # four more than guest b has buffers
        a.send(ether(mac_of(0), BROADCAST))
    a.send(ether(MULTICAST, BROADCAST))  # dropped as a's: no source
    wait_until(lambda: switch.port_stats()["vhost0"]["rx_frames"] ==
               before["vhost0"]["rx_frames"] + 13, 5, "the switch has taken all frames")
    switch.wait_quiet()
    a.close()
    b.close()
    shown = len(screens(switch))
    wait_until(lambda: len(screens(switch)) > shown, 5, "the next screen")
    stats = switch.port_stats()
    assert [list(rows) for rows in screens(switch)[-1].values()] == [SCREEN_ROWS] * 2
    screen = {port: [int(rows[row]) for row in SCREEN_ROWS]
              for port, rows in screens(switch)[-1].items()}
    # vhost0 has sent all of the 13, and one was bad; vhost1 has got 8 of 12.
    assert screen == {"vhost0": [13, 1, 12, 0, 0, 0], "vhost1": [0, 0, 0, 12, 4, 8]}
    for port, (tx, tx_dropped, _, _, rx_dropped, rx) in screen.items():
        assert stats[port]["rx_frames"] == tx
        assert stats[port]["tx_frames"] == rx
        assert stats[port]["tx_dropped"] == rx_dropped
        assert stats[port]["drops"] == tx_dropped + rx_dropped
    assert "\033" not in switch.child.log()


@pytest.mark.long
def test_reader_of_the_screen_that_stops(workdir):
    """The control thread does not wait for who reads stdout."""
    switch = Switch(workdir, [""] * 20, ["--stats", "1"])
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    switch.child = Child(workdir, "switch", switch.command, stdout=writer)
    os.close(writer)
    try:
        time.sleep(5)  # a screen is longer than the pipe
        switch.ctl("show version")
        switch.finish()
        assert len(os.read(reader, 1 << 20)) == 4096
    finally:
        os.close(reader)
        switch.child.kill()


def registrations(switch):
    """(port, id, MAC, VLAN) of each line of the guide's."""
    return re.findall(r"^vhost-switch: (\S+): DATA: \((\d+)\) MAC_ADDRESS (\S+) and VLAN_TAG (\d+) "
                      r"registered$", switch.child.log(), re.MULTILINE)


def test_registration(rig):
    """One line for each connection, when the first address is learned on it."""
    switch = rig.switch(ports=["", ",vlan=7"])
    fronts = [rig.front(switch.socket_path(number)) for number in (0, 1)]
    switch.wait_state("vhost0", "vhost1")
    for number in range(16, 32):  # not learned
        switch.ctl(f"fdb add {mac_of(number)} port vhost0")
    expected = []
    for number, (front, vlan) in enumerate(zip(fronts, "17")):
        front.send(ether(mac_of(number), BROADCAST))
        expected.append((f"vhost{number}", str(number), mac_of(number), vlan))
        wait_until(lambda: registrations(switch) == expected, 2, lambda: f"the line {expected}")
    fronts[0].send(ether(mac_of(2), BROADCAST))
    wait_until(lambda: mac_of(2) in switch.fdb_ports(), 2, "one more address is learned")
    fronts[0].close()
    switch.wait_state("vhost0", state="listening")
    front = rig.front(switch.socket_path(0))
    switch.wait_state("vhost0")
    front.send(ether(mac_of(3), BROADCAST))
    expected.append(("vhost0", "0", mac_of(3), "1"))
    wait_until(lambda: registrations(switch) == expected, 2, lambda: f"the line {expected}")


CSUM = {0, 1}  # F_CSUM, F_GUEST_CSUM: virtio 1.2 section 5.1.3
TSO = {7, 8, 11, 12}  # F_GUEST_TSO4, F_GUEST_TSO6, F_HOST_TSO4, F_HOST_TSO6
NEVER = {6, 9, 10, 13, 14}  # F_GSO, and ECN and UFO both ways

OFFLOADS = {  # by the keys of a socket, where all have --tso 0
    "": CSUM,
    ",tso=on": CSUM | TSO,
    ",csum=off": set(),
    ",csum=off,tso=off": set(),
}


def offloads_offered(path):
    front = RawFront(path, start=False)
    features = front.ask(GET_FEATURES)
    front.close()
    return {bit for bit in CSUM | TSO | NEVER if features >> bit & 1}


def test_offloads_on_offer(rig):
    """As asked for each port, else as for all, else all that the switch can complete."""
    switch = rig.switch(ports=list(OFFLOADS), options=["--tso", "0"])
    assert [offloads_offered(switch.socket_path(number)) for number in range(len(OFFLOADS))] == \
        list(OFFLOADS.values())
    for number, (words, offered) in enumerate((("", CSUM | TSO), ("csum on tso off", CSUM),
                                               ("csum off", set())), len(OFFLOADS)):
        switch.ctl(f"port add vhost vhost{number} path {switch.socket_path(number)} {words}")
        assert offloads_offered(switch.socket_path(number)) == offered
    assert [(port["csum"], port["tso"]) for port in switch.ctl("show vhost")["ports"]] == \
        [("offered" if CSUM <= offered else "not offered",
          "offered" if TSO <= offered else "not offered")
         for offered in (*OFFLOADS.values(), CSUM | TSO, CSUM, set())]
    for taken, shown in (({0, 1, 11}, ("both ways", "from the guest")),
                         ({1, 8}, ("to the guest", "to the guest"))):
        features = F_VERSION_1 | F_PROTOCOL_FEATURES | sum(1 << bit for bit in taken)
        front = RawFront(switch.socket_path(1), features=features)
        switch.wait_state("vhost1")
        port, = switch.ctl("show vhost vhost1")["ports"]
        assert (port["csum"], port["tso"]) == shown
        front.close()
        switch.wait_state("vhost1", state="listening")
    with pytest.raises(ControlError, match="needs csum on"):
        switch.ctl(f"port add vhost other path {switch.socket_path(9)} csum off tso on")
    assert not os.path.exists(switch.socket_path(9))


@pytest.mark.parametrize("options, words", [
    ("-p 2", ["-p 0x2", "no Ethernet device 1", "found 1"]),
    ("--mergable 1", ["--mergable", "did you mean --mergeable?"]),
    ("--total-num-mbufs 200000", ["the switch needs 1948 MiB", "-m 1948"]),
])
def test_refused_with_one_sentence(workdir, options, words):
    switch = Switch(workdir, options=options.split(), eal=["--vdev", "net_null0"])
    switch.command = [word for word in switch.command if word != "--in-memory"]
    if "--no-huge" not in switch.command:
        switch.command[1:1] = ["--no-huge", "-m", "128"]  # little, whatever the machine has
    assert_refused(switch, *words)
