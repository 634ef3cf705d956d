# SPDX-License-Identifier: BSD-3-Clause
"""
Promise: the command lines of DPDK's vhost guide and sample start the switch, and say what they do.
What each option becomes, and what is refused, is in test/unit/test_args.c.

    front a -- v0 [switch] v1 -- front b          [net_null0]
"""

import pytest

from switch import Switch
from test_lifecycle import assert_refused

# All options of the guide and the sample, but for those of sockets.
GOOD = ("-p 0x1 -P --vm2vm 1 --vlan-base 1000 --vlan-strip 1 --mergeable 1 --tx-csum 1 --tso 1 "
        "--rx-retry 1 --rx-retry-num 4 --rx-retry-delay 15 --total-num-mbufs 4096 "
        "--dmas [txd0@00:04.0,rxd0@00:04.1]")

# An option that does nothing (any more), and what its line must name.
NOTES = {
    "--tx-csum 1": "no checksum offload yet",
    "--tso 1": "no segmentation offload yet",
    "--dmas [txd0@00:04.0,rxd0@00:04.1]": "copied by the lcores",
    "--dma-type ioat": "--dmas",
    "--zero-copy 1": "lcores copy",
    "--dequeue-zero-copy": "lcores copy",
    "--rx-desc-num 64": "rx_queue_size",
    "--tx-desc-num 64": "tx_queue_size",
    "--dev-index 1": "--socket-file",
    "--nb-devices 2": "--socket-file",
    "--builtin-net-driver": "librte_vhost",
}


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


@pytest.mark.parametrize("options, words", [
    ("-p 2", ["-p 0x2", "no Ethernet device 1", "found 1"]),
    ("--mergable 1", ["--mergable", "did you mean --mergeable?"]),
    ("--total-num-mbufs 200000", ["200000 frame buffers (", " MiB)", "-m"]),
])
def test_refused_with_one_sentence(workdir, options, words):
    switch = Switch(workdir, options=options.split(), eal=["--vdev", "net_null0"])
    switch.command = [word for word in switch.command if word != "--in-memory"]
    if "--no-huge" not in switch.command:
        switch.command[1:1] = ["--no-huge", "-m", "128"]  # little, whatever the machine has
    assert_refused(switch, *words)
